"""
What the tests of many invites at once stand on: a clock that only waiting moves, a kill anywhere, and an inviter that keeps the books.

`Books` is what create_invite does, without a tenant: it notes an attempt, mails, notes that it has mailed; asked again meanwhile it is in doubt.
Not here: the real inviter on the local tenant (`tests/unit/invites/test_at_scale.py`), real processes (`tests/soak.py`).
"""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from guestlist.errors import InviteFailed, InviteInDoubt
from guestlist.invites.bulk import BulkRun, Result
from guestlist.invites.csv_rows import Row, hash_of
from guestlist.invites.journal import open_journal
from guestlist.invites.results import Invited
from guestlist.invites.wish import Wish

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
WEEK = 7 * 24 * 3600


class Killed(BaseException):
    """kill -9, as far as a test in one process can do it: nothing may catch it."""


@dataclass
class Killer:
    """Ends the run at the call that was drawn; `strikes` is asked at every place where a run may be cut off."""

    after: int | None = None
    calls: int = 0

    def arm(self, after: int | None) -> None:
        self.after, self.calls = after, 0

    def strikes(self) -> bool:
        self.calls += 1
        return self.after is not None and self.calls > self.after

    def point(self) -> None:
        if self.strikes():
            raise Killed

    def append(self, descriptor: int, line: bytes) -> None:
        """Before the write, in the middle of it, or after it."""
        self.point()
        if self.strikes():
            os.write(descriptor, line[: len(line) // 2])
            raise Killed
        os.write(descriptor, line)  # no wait for the disk: a killed process loses nothing that it has written
        self.point()


@dataclass
class VirtualClock:
    """Time that passes only while somebody waits."""

    seconds: float = 0.0

    def now(self) -> datetime:
        return NOON + timedelta(seconds=self.seconds)

    def timestamp(self) -> float:
        return self.now().timestamp()

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds


@dataclass
class Books:
    """An inviter whose tenant is a dictionary."""

    clock: VirtualClock
    killer: Killer = field(default_factory=Killer)
    standing: dict[str, str] = field(default_factory=dict)  # unsent, in_doubt, pending
    mails: Counter[str] = field(default_factory=Counter)
    asked: list[str] = field(default_factory=list)
    fails: Callable[[str], BaseException | None] = lambda _address: None
    loses_answers: Callable[[str], bool] = lambda _address: False

    def __call__(self, wish: Wish, *, probably_new: bool, resend_in_doubt: bool) -> Invited:
        address = wish.address
        self.asked.append(address)
        self.killer.point()
        failure = self.fails(address)
        if failure is not None:
            raise failure
        if self.standing.get(address) == "pending":
            return self._said(address, mailed=False)
        if self.standing.get(address) == "in_doubt" and not resend_in_doubt:
            raise InviteInDoubt(f"{address}: nobody knows", attempt="a1")
        self.standing[address] = "in_doubt"
        self.killer.point()
        self.mails[address] += 1
        self.killer.point()
        if self.loses_answers(address):
            raise InviteInDoubt(f"{address}: nobody knows", attempt="a1")
        self.standing[address] = "pending"
        self.killer.point()
        return self._said(address, mailed=True)

    def _said(self, address: str, *, mailed: bool) -> Invited:
        return Invited(address=address, user_id=f"auth0|{address}", state="invited" if mailed else "already_invited")


def some_rows(count: int) -> tuple[Row, ...]:
    return tuple(Row(line=n + 2, wish=Wish(address=f"person{n}@example.com")) for n in range(count))


def run_once(
    root: Path,
    rows: tuple[Row, ...],
    books: Books,
    *,
    resend_in_doubt: bool = False,
    report: Callable[[str], None] = lambda _sentence: None,
) -> list[Result]:
    """One run over the rows, as the command makes it."""
    clock, killer = books.clock, books.killer
    with open_journal(
        root, environment="qa", key=hash_of(rows), rows=len(rows), now=clock.now, append=killer.append
    ) as journal:
        run = BulkRun(
            journal=journal,
            invite=books,
            now=clock.now,
            sleep=clock.sleep,
            link_ttl_sec=WEEK,
            resend_in_doubt=resend_in_doubt,
            report=report,
        )
        return list(run.results(rows))


def sometimes(seed: int, share: float) -> Callable[[str], bool]:
    """Whether it happens this time."""
    chance = random.Random(seed)
    return lambda _address: chance.random() < share


def failing(share: float, seed: int = 1) -> Callable[[str], BaseException | None]:
    """An inviter that fails now and then, with no mail on its way."""
    happens = sometimes(seed, share)
    return lambda address: InviteFailed(f"{address}: the tenant answered 500") if happens(address) else None
