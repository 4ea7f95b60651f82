"""`guestlist invites create --csv`: many at once. Not here: the run itself (`guestlist.invites.bulk`), one address (`invites.py`)."""

from __future__ import annotations

import json
import shlex
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Self, TextIO

import click

from guestlist import errors
from guestlist.cli.output import note, say

if TYPE_CHECKING:
    from guestlist.cli.output import Invocation
    from guestlist.invites.bulk import Result
    from guestlist.invites.csv_rows import Row
    from guestlist.invites.inviter import Inviter

WORDS = {
    "sent": "sent",
    "already_invited": "already invited",
    "already_active": "already active",
    "refused": "refused",
    "failed": "failed",
    "in_doubt": "in doubt",
}
SECONDS_BETWEEN_PROGRESS = 0.2


def create_from_file(
    invocation: Invocation,
    *,
    file: Path,
    environment: str,
    delivery: Literal["auth0", "ticket"] | None,
    resend_in_doubt: bool,
    as_json: bool,
) -> int:
    """Invite everybody in the file; answers the exit code."""
    from guestlist.cli.inviting import inviting
    from guestlist.invites import create_invite
    from guestlist.invites.bulk import BulkRun
    from guestlist.invites.csv_rows import hash_of, read_rows
    from guestlist.invites.journal import open_journal

    rows = read_rows(file)
    root = invocation.project().root
    again = f"guestlist invites create --csv {shlex.quote(click.format_filename(file))} --env {environment}"
    with inviting(invocation, environment, delivery=delivery, paced=True) as opened:
        desk, inviter = opened.desk, opened.desk.inviter
        _refuse_phones(inviter, rows, file)
        if inviter.delivery == "ticket":
            desk.own_mail()  # before the first row says the same as all others
        # A tenant that was made anew has another inviter: what the journal of the former one says is not true of it.
        key = hash_of(rows, inviter.tenant_domain, inviter.connection, inviter.client_id)
        with (
            open_journal(root, environment=environment, key=key, rows=len(rows), now=desk.now) as journal,
            Progress(len(rows), as_json=as_json) as progress,
            _after_interruption(progress, again),
        ):
            if journal.resumes:
                progress.remark(f"Going on with an earlier run of these people: {journal.path.relative_to(root)}")
            run = BulkRun(
                journal=journal,
                invite=partial(create_invite, desk),
                now=desk.now,
                sleep=time.sleep,
                link_ttl_sec=inviter.link_ttl_sec,
                resend_in_doubt=resend_in_doubt,
                report=progress.remark,
            )
            for result in run.results(rows):
                progress.settled(result, _as_json(result) if as_json else _as_text(result, file))
    _last_words(progress, file, again, environment)
    if opened.local:
        note(f"The mail is at https://{inviter.tenant_domain}/_local/mail")
    return exit_code(progress.counts)


def exit_code(counts: Counter[str]) -> int:
    """By what came of the rows: 1 where the same command may do more, 3 where a rule forbids somebody, else 0."""
    if counts["failed"] or counts["in_doubt"]:
        return errors.FAILED
    return errors.REFUSED if counts["refused"] else errors.OK


class Progress:
    """
    What is told of a run: on a terminal a line of figures and the rows that somebody has to look at, elsewhere a line for every row.

    With JSON the rows go to stdout, an object a line, and nothing else does.
    """

    def __init__(
        self,
        total: int,
        *,
        as_json: bool = False,
        stderr: TextIO | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.counts: Counter[str] = Counter()
        self._total = total
        self._as_json = as_json
        self._stderr = stderr or sys.stderr
        self._live = self._stderr.isatty()
        self._clock = clock
        self._began = clock()
        self._drawn_at = 0.0
        self._earlier = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._wipe()

    def settled(self, result: Result, line: str) -> None:
        """A row has come to its end."""
        self.counts[result.outcome] += 1
        self._earlier += result.earlier
        needs_somebody = result.outcome in {"refused", "failed", "in_doubt"}
        if self._as_json or not self._live or needs_somebody:
            self._wipe()
            say(line)
        self._draw()

    def remark(self, sentence: str) -> None:
        """Something that a person may wonder about meanwhile."""
        self._wipe()
        note(sentence)
        self._draw()

    def total(self, file: Path) -> str:
        """What came of it: `people.csv: 1,000 rows: 997 sent, 3 in doubt. It took 18 min.`"""
        figures = ", ".join(f"{self.counts[name]:,} {words}" for name, words in WORDS.items() if self.counts[name])
        earlier = f" ({self._earlier:,} of them by an earlier run)" if self._earlier else ""
        took = _duration(self._clock() - self._began)
        rows = "1 row" if self._total == 1 else f"{self._total:,} rows"
        return f"{file.name}: {rows}: {figures}{earlier}. It took {took}."

    def figures(self) -> str:
        """The line on a terminal: `412/1,000  1.9 a second, 5 min left; 3 in doubt`."""
        done = self.counts.total()
        fresh, seconds = done - self._earlier, self._clock() - self._began
        rate = fresh / seconds if seconds > 0 else 0.0
        left = f", {_duration((self._total - done) / rate)} left" if rate else ""
        trouble = "".join(
            f"; {self.counts[name]:,} {WORDS[name]}" for name in ("refused", "failed", "in_doubt") if self.counts[name]
        )
        return f"{done:,}/{self._total:,}  {rate:.1f} a second{left}{trouble}"

    def _draw(self) -> None:
        if self._live and self._clock() - self._drawn_at >= SECONDS_BETWEEN_PROGRESS:
            self._drawn_at = self._clock()
            self._stderr.write(f"\r\x1b[K{self.figures()}")
            self._stderr.flush()

    def _wipe(self) -> None:
        if self._live:
            self._stderr.write("\r\x1b[K")
            self._stderr.flush()
            self._drawn_at = 0.0


def _last_words(progress: Progress, file: Path, again: str, environment: str) -> None:
    """What came of it, and what to run next."""
    counts = progress.counts
    note(progress.total(file))
    if counts["failed"]:
        note(f"To try again what failed run: {again}")
    if counts["in_doubt"]:
        note(
            "Nobody knows whether the mail to those in doubt has left, and none is sent again unasked. The same command asks again. "
            f"To send it all the same run: {again} --resend-in-doubt"
        )
    if counts["refused"]:
        note("Who was refused is not asked about again by this file: each of those lines says what to do.")
    if exit_code(counts) == errors.OK:
        note(f"To see who has accepted run: guestlist invites list --env {environment}")


@contextmanager
def _after_interruption(progress: Progress, again: str) -> Iterator[None]:
    """Say, after Ctrl-C, that nothing is lost."""
    try:
        yield
    except KeyboardInterrupt:
        progress.remark(
            f"Interrupted: {progress.counts.total():,} rows are settled, and the journal knows which. To go on run: {again}"
        )
        raise


def _refuse_phones(inviter: Inviter, rows: Sequence[Row], file: Path) -> None:
    """Raises: BadRows, before anything is sent."""
    from guestlist.invites.csv_rows import BadRows

    faults = [
        f"{file.name}:{row.line}: phone needs the setting invite.preEnrolPhone, which {inviter.environment} does not have"
        for row in rows
        if row.wish.phone and not inviter.pre_enrols_phone
    ]
    if faults:
        raise BadRows(faults, file=file.name)


def _as_text(result: Result, file: Path) -> str:
    """`people.csv:12 ana@example.com: sent`."""
    detail = f": {result.detail}" if result.detail else ""
    return f"{file.name}:{result.row.line} {result.row.address}: {WORDS[result.outcome]}{detail}"


def _as_json(result: Result) -> str:
    return json.dumps(
        {
            "line": result.row.line,
            "address": result.row.address,
            "outcome": result.outcome,
            "userId": result.user_id,
            "expiresAt": result.expires_at,
            "attempts": result.attempts,
            "earlier": result.earlier,
            "detail": result.detail,
        },
        ensure_ascii=False,
    )


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
