"""
Check an environment again and again: the log is asked each time, with one token for all of them; only when it names a write, or cannot tell, is anything read.

What has to be read is read by a process of its own, with the program as it is then. A round that fails is tried again later and later, and said once.

Not here: one check (`environment.py`), when it says anything (`cli/drift.py` prints each report that differs from the last).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from guestlist.deployment import Deployment, open_environment
from guestlist.drift.environment import Clock, Wanted, glance
from guestlist.drift.report import Report
from guestlist.environments import Project
from guestlist.errors import GuestlistError
from stacks.management import ManagementClient, ManagementError

LONGEST_PAUSE = timedelta(hours=1)

Look = Callable[[Wanted], Report]
Sleep = Callable[[float], None]


@dataclass(frozen=True, kw_only=True)
class Round:
    """One check of a watch. `news`: it says something else than the one before."""

    report: Report
    news: bool


class Glances:
    """Looks at the log with a client that is kept, so that a day of rounds takes one or two tokens."""

    def __init__(self, project: Project, environment: str, *, clock: Clock, environ: Mapping[str, str]) -> None:
        self._project = project
        self._environment = environment
        self._clock = clock
        self._environ = environ
        self._client: ManagementClient | None = None

    def __call__(self, wanted: Wanted) -> Report | None:
        """`None` where something has to be read, or the glance failed: then the whole check says why."""
        with suppress(GuestlistError, ManagementError):
            deployment = self._opened(wanted)
            if self._client is None:
                self._client = deployment.tenant()
            return glance(deployment, self._client, wanted, clock=self._clock)
        self.close()  # credentials may have changed
        return None

    def close(self) -> None:
        """Let go of the client."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def _opened(self, wanted: Wanted) -> Deployment:
        return open_environment(
            self._project,
            self._environment,
            say=lambda _said: None,
            environ=self._environ,
            from_source=wanted.from_source,
            check_secrets=False,
        )


def watch(
    wanted: Wanted,
    *,
    glances: Callable[[Wanted], Report | None],
    check: Look,
    every: timedelta,
    sleep: Sleep,
    rounds: int | None = None,
) -> Iterator[Round]:
    """
    Go on checking.

    Args:
        wanted: how to look; always by the log first.
        glances: asks the log alone; `None` where something has to be read.
        check: reads what has to be read.
        every: how long to wait between two rounds.
        sleep: for so many seconds.
        rounds: how many; without end unless given.

    """
    said: object = None
    failures = 0
    number = 0
    while rounds is None or number < rounds:
        if number:
            sleep(_pause(every, failures).total_seconds())
        number += 1
        report = glances(wanted) or check(wanted)
        failures = failures + 1 if report.problems else 0
        says = _says(report)
        yield Round(report=report, news=says != said)
        said = says


def _pause(every: timedelta, failures: int) -> timedelta:
    """Twice as long after each failure, an hour at most."""
    longer: timedelta = every * (1 << min(failures, 16))
    return max(every, min(longer, LONGEST_PAUSE))


def _says(report: Report) -> object:
    """What makes two reports the same to whoever reads them."""
    problems = frozenset(one.said for one in report.problems)
    items = frozenset((one.id, one.kind, one.happened, one.counts) for one in report.items)
    return problems, items, frozenset((one.rule, one.urn) for one in report.findings)
