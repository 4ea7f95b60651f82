"""
Many people invited at once to a local tenant in this process that is slow, refuses, loses answers, and to which the run is lost again and again.

The tenant is at the free tier (two Management API calls a second) on a clock that only waiting moves. Not here: real processes (`tests/soak.py`).
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import httpx

from guestlist.invites import Desk, Inviter, create_invite, open_desk
from guestlist.invites.bulk import BulkRun, Result
from guestlist.invites.csv_rows import Row, hash_of
from guestlist.invites.journal import open_journal
from guestlist.invites.pacing import Paced
from localtenant.faults import Fault
from localtenant.rate_limits import Tier, Verdict
from tests.bulk_invites import WEEK, Killed, Killer, some_rows
from tests.localtenant.conftest import LocalTenant
from tests.unit.invites.place import a_place

SECONDS_PER_CALL = 0.02
ENDLESS = 10**9
# Of all answers: 15 % refused with 429, 15 % are a 500, half of those after the tenant has done what was asked.
ADVERSITY = (
    ("before_commit", "status:429", 0.15),
    ("before_commit", "status:500", 0.09),
    ("after_commit", "status:500", 0.10),
)


@dataclass
class Way(httpx.BaseTransport):
    """The way to the tenant: each call takes its time, and the run may be lost before it or after it."""

    tenant: LocalTenant
    killer: Killer
    calls: Counter[str] = field(default_factory=Counter)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.killer.point()
        self.tenant.clock.advance(SECONDS_PER_CALL)
        answer = self.tenant.http._transport.handle_request(request)
        self.calls["management" if request.url.path.startswith("/api/v2/") else "authentication"] += 1
        self.calls[str(answer.status_code)] += 1
        self.killer.point()
        return answer

    def close(self) -> None:
        """The test ends with the tenant's own client."""


@dataclass
class Place:
    """A tenant with an inviter, and the folder of a project."""

    root: Path
    tenant: LocalTenant
    inviter: Inviter
    killer: Killer = field(default_factory=Killer)
    refused: int = 0  # calls that went beyond the limit

    def __post_init__(self) -> None:
        self.way = Way(self.tenant, self.killer)
        take = self.tenant.app.runtime.management_limits.take

        def counted(method: str, path: str) -> Verdict:
            verdict = take(method, path)
            self.refused += not verdict.passes
            return verdict

        self.tenant.app.runtime.management_limits.take = counted  # type: ignore[method-assign]

    def be_adverse(self) -> None:
        self.tenant.app.runtime.faults.waiting = [
            Fault(method="*", path=".*", when=when, action=action, times=ENDLESS, chance=chance)  # type: ignore[arg-type]
            for when, action, chance in ADVERSITY
        ]

    def run(self, rows: Sequence[Row], *, resend_in_doubt: bool = False) -> Iterator[Result]:
        """One run of the command."""
        clock = self.tenant.clock
        with (
            self._desk() as desk,
            open_journal(
                self.root, environment="qa", key=hash_of(rows), rows=len(rows), now=clock.now, append=self.killer.append
            ) as journal,
        ):
            yield from BulkRun(
                journal=journal,
                invite=partial(create_invite, desk),
                now=clock.now,
                sleep=clock.advance,
                link_ttl_sec=WEEK,
                resend_in_doubt=resend_in_doubt,
            ).results(rows)

    @contextmanager
    def _desk(self) -> Iterator[Desk]:
        clock = self.tenant.clock
        paced = Paced(self.way, clock=clock.seconds, sleep=clock.advance)
        with open_desk(self.inviter, now=clock.now, transport=paced, by="rita", sleep=clock.advance) as desk:
            desk.tenant._clock = clock.seconds  # what `x-ratelimit-reset` is compared with
            yield desk

    def mails(self) -> Counter[str]:
        """How many each address has got."""
        return Counter(mail["to"] for mail in self.tenant.tenant.store.all("mailbox"))


def a_busy_place(local: LocalTenant, root: Path) -> Place:
    """As the program leaves a tenant, as far as inviting goes, and then at the free tier."""
    inviter = a_place(local).inviter()
    local.app.runtime.tier = Tier.FREE
    return Place(root, local, inviter)


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What came of it."""

    outcomes: Counter[str]
    runs: int
    calls: Counter[str]
    refused: int  # beyond the limit, all runs together
    seconds: float  # on the tenant's clock
    mailed_twice: tuple[str, ...]
    astray: tuple[str, ...]  # rows whose mail does not fit what is said of them


def invite_many(
    place: Place, *, count: int, kills: int, seed: int, say: Callable[[str], None] = lambda _: None
) -> Measured:
    """Invite `count` people through runs that are lost at random moments, `kills` times, and then to the end."""
    chance, rows = random.Random(seed), some_rows(count)
    began = place.tenant.clock.seconds()
    place.be_adverse()
    runs = 0
    for number in range(kills):
        # Six or so points a row where a run may be lost: spread the kills over all of them.
        place.killer.arm(chance.randrange(1, max(2, 16 * count // kills)))
        runs += 1
        try:
            for _ in place.run(rows):
                pass
        except Killed:
            say(f"lost run {number + 1} after {place.killer.after} points")
    place.killer.arm(None)
    results = list(place.run(rows))
    mails = place.mails()
    expected = {"sent": {1}, "already_invited": {1}, "failed": {0}, "in_doubt": {0, 1}}
    astray = [
        f"{one.row.address}: {one.outcome}, {mails[one.row.address]} mails"
        for one in results
        if mails[one.row.address] not in expected.get(one.outcome, set())
    ]
    missing = {row.address for row in rows} - {one.row.address for one in results}
    return Measured(
        outcomes=Counter(one.outcome for one in results),
        runs=runs + 1,
        calls=place.way.calls,
        refused=place.refused,
        seconds=place.tenant.clock.seconds() - began,
        mailed_twice=tuple(address for address, number in mails.items() if number > 1),
        astray=(*astray, *sorted(missing)),
    )
