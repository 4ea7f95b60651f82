"""
Many people, one after the other: each row of a file ends as sent, already invited, already active, refused, failed or in doubt.

What is about to be done goes into the journal before it is done, so a run may be killed anywhere and started again. A row with a final result
is not asked about again while its link works; one that failed is tried again, within the run and by the next one; one whose call was cut off is
asked about again, and the inviter finds out itself how far it got. No mail is sent where one may have left, unless that is asked for.

Not here: how one person is invited (`creating.py`), the file (`csv_rows.py`), the rate limit (`pacing.py`), the command (`cli/invites_csv.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal, Protocol

from guestlist.errors import BadWish, GuestlistError, InviteFailed, InviteInDoubt, InviteRefused, Refused
from guestlist.invites.csv_rows import Row
from guestlist.invites.journal import Journal, Noted
from guestlist.invites.results import Invited
from guestlist.invites.sending import NothingLeft
from guestlist.invites.wish import Wish
from stacks.management import ManagementError

Outcome = Literal["sent", "already_invited", "already_active", "refused", "failed", "in_doubt"]
DONE: frozenset[str] = frozenset({"sent", "already_invited", "already_active"})
FINAL: frozenset[str] = DONE | {"refused"}
PAUSES_SECONDS = (5.0, 15.0, 30.0, 60.0)  # before the second to the fifth try of a row within a run
PASSES = len(PAUSES_SECONDS) + 1
LONGEST_WAIT = timedelta(minutes=3)  # for a doubt to settle, or for Auth0 to take an address again
FAILURES_IN_A_ROW = 20  # or doubts: then the tenant is the reason, not the rows
REFUSES_EVERYBODY = frozenset({401, 403})


class Invite(Protocol):
    """How one person is invited: `create_invite` at an open desk."""

    def __call__(self, wish: Wish, *, probably_new: bool, resend_in_doubt: bool) -> Invited:
        """Raises: InviteRefused, InviteFailed, InviteInDoubt, TenantFailed."""


@dataclass(frozen=True, kw_only=True)
class Result:
    """What came of a row."""

    row: Row
    outcome: Outcome
    detail: str = ""  # a sentence, where there is something to do about it
    user_id: str | None = None
    expires_at: str | None = None
    attempts: int = 0  # in all runs
    earlier: bool = False  # by a run before this one


@dataclass
class _Turn:
    row: Row
    attempt: int
    not_before: datetime | None = None
    in_doubt: bool = False  # as far as the journal knows
    doubted_now: bool = False  # by this run, which was not asked to mail again what it has itself sent
    last: Result | None = None


@dataclass
class BulkRun:
    """
    One run over a file.

    Args:
        journal: of this file, open.
        invite: how one person is invited.
        now: the time.
        sleep: waits.
        link_ttl_sec: how long a result holds: as long as the link works.
        resend_in_doubt: send a mail although an earlier one may have left.
        report: told in a sentence what is waited for.

    """

    journal: Journal
    invite: Invite
    now: Callable[[], datetime]
    sleep: Callable[[float], None]
    link_ttl_sec: int
    resend_in_doubt: bool = False
    report: Callable[[str], None] = field(default=lambda _sentence: None)
    failures_in_a_row: int = field(default=0, init=False)

    def results(self, rows: Sequence[Row]) -> Iterator[Result]:
        """Every row once, as soon as it is settled. What ends the iteration early leaves a journal that the next run goes on with."""
        turns: list[_Turn] = []
        for row in rows:
            noted = self.journal.noted(row.address)
            if noted is not None and self._holds(noted):
                yield _earlier(row, noted)
            else:
                in_doubt = noted is not None and noted.outcome in {None, "in_doubt"}
                turns.append(_Turn(row=row, attempt=noted.attempt if noted else 0, in_doubt=in_doubt))
        for number in range(PASSES):
            waiting: list[_Turn] = []
            for turn in sorted(turns, key=lambda one: (one.not_before is not None, one.not_before or self.now())):
                stopped = self._stopped(turn)
                result = stopped or self._tried(turn, number)
                if result is None:
                    waiting.append(turn)
                else:
                    yield result
            turns = waiting

    def _holds(self, noted: Noted) -> bool:
        return noted.outcome in FINAL and self.now() < noted.at + timedelta(seconds=self.link_ttl_sec)

    def _stopped(self, turn: _Turn) -> Result | None:
        if self.failures_in_a_row < FAILURES_IN_A_ROW:
            return None
        not_tried = Result(
            row=turn.row, outcome="failed", detail=f"was not tried: the {FAILURES_IN_A_ROW} rows before it all failed"
        )
        return turn.last or not_tried

    def _tried(self, turn: _Turn, number: int) -> Result | None:
        """What came of it, or `None` where it is to be tried once more."""
        self._wait(turn)
        turn.attempt += 1
        address, was_in_doubt = turn.row.address, turn.in_doubt
        self.journal.intend(turn.row.line, address, attempt=turn.attempt)
        result, again_at = self._outcome(turn, number)
        self.journal.result(turn.row.line, address, outcome=result.outcome, attempt=turn.attempt)
        if result.outcome in FINAL:
            self.failures_in_a_row = 0
        elif result.outcome == "failed" or not was_in_doubt:  # an old doubt says nothing of how the tenant is now
            self.failures_in_a_row += 1
        turn.last, turn.not_before = result, again_at
        return None if again_at is not None and number < PASSES - 1 else result

    def _wait(self, turn: _Turn) -> None:
        seconds = (turn.not_before - self.now()).total_seconds() if turn.not_before else 0.0
        if seconds > 0:
            self.report(f"{turn.row.address} is tried again in {seconds:.0f} s")
            self.sleep(seconds)

    def _outcome(self, turn: _Turn, number: int) -> tuple[Result, datetime | None]:
        """What the inviter says, and when it is worth asking again, if it is."""
        pause = PAUSES_SECONDS[min(number, len(PAUSES_SECONDS) - 1)]
        try:
            done = self.invite(
                turn.row.wish,
                probably_new=turn.attempt == 1,
                resend_in_doubt=self.resend_in_doubt and not turn.doubted_now,
            )
        except InviteInDoubt as doubt:
            turn.in_doubt = turn.doubted_now = True
            return self._result(turn, "in_doubt", doubt.message), self._soon(doubt.settles_at)
        except InviteRefused as refused:
            if refused.until is not None:  # time is all it takes
                outcome: Outcome = "in_doubt" if turn.in_doubt else "failed"
                return self._result(turn, outcome, refused.message), self._soon(refused.until)
            return self._result(turn, "refused", refused.message), None
        except (Refused, BadWish) as refused:
            return self._result(turn, "refused", refused.message), None
        except (GuestlistError, ManagementError) as failed:
            return self._result(turn, "failed", failed.message), self._again_at(failed, pause)
        said = self._result(turn, "sent" if done.mailed else _as_said(done), " ".join(done.warnings))
        return replace(said, user_id=done.user_id, expires_at=done.expires_at), None

    def _again_at(self, failed: GuestlistError | ManagementError, pause: float) -> datetime | None:
        """Not where the tenant has said that it takes no such thing, or nobody of ours."""
        answers = list(_answers(failed))
        if answers and answers[0] in REFUSES_EVERYBODY and not isinstance(failed.__cause__, NothingLeft):
            self.failures_in_a_row = FAILURES_IN_A_ROW
        if any(400 <= status < 500 and status != 429 for status in answers):
            return None
        wait = failed.wait_seconds if isinstance(failed, InviteFailed) else 0.0
        return self._soon(self.now() + timedelta(seconds=max(pause, wait)))

    def _soon(self, moment: datetime | None) -> datetime | None:
        """The moment, if a run may wait for it."""
        return moment if moment is not None and moment <= self.now() + LONGEST_WAIT else None

    @staticmethod
    def _result(turn: _Turn, outcome: Outcome, detail: str) -> Result:
        return Result(row=turn.row, outcome=outcome, detail=detail, attempts=turn.attempt)


def _answers(failed: BaseException | None) -> Iterator[int]:
    """The statuses that made it fail, the outermost first."""
    while failed is not None:
        if isinstance(failed, ManagementError) and failed.status is not None:
            yield failed.status
        failed = failed.__cause__


def _as_said(done: Invited) -> Outcome:
    return "already_active" if done.state == "already_active" else "already_invited"


def _earlier(row: Row, noted: Noted) -> Result:
    outcome: Outcome = next(one for one in _OUTCOMES if one == noted.outcome)
    when = f"by the run of {noted.at:%Y-%m-%d %H:%M} UTC"
    return Result(row=row, outcome=outcome, detail=when, attempts=noted.attempt, earlier=True)


_OUTCOMES: tuple[Outcome, ...] = ("sent", "already_invited", "already_active", "refused", "failed", "in_doubt")
