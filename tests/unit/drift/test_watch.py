"""A watch: the log first, the rest only where that does not suffice, news said once, failures tried later and later."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

from guestlist.drift.environment import Wanted
from guestlist.drift.report import Report
from guestlist.drift.watch import LONGEST_PAUSE, Round, watch
from guestlist.preview.report import Problem
from tests.unit.drift.factories import a_report, an_item

QUIET = a_report(read="nothing")
DRIFTED = a_report(an_item())
BROKEN = a_report(problems=(Problem(said="The tenant did not answer."),))


def watched(*rounds: tuple[Report | None, Report | None]) -> tuple[list[Round], list[float]]:
    """What the log alone gives in each round, and what a whole check would."""
    glanced, checked = iter([one[0] for one in rounds]), iter([one[1] for one in rounds if one[0] is None])
    pauses: list[float] = []
    found = watch(
        Wanted(since_checkpoint=True),
        glances=lambda _wanted: next(glanced),
        check=_next(checked),
        every=timedelta(minutes=5),
        sleep=pauses.append,
        rounds=len(rounds),
    )
    return list(found), pauses


def _next(reports: Iterator[Report | None]) -> Callable[[Wanted], Report]:
    def check(_wanted: Wanted) -> Report:
        report = next(reports)
        assert report is not None
        return report

    return check


def test_nothing_is_read_while_the_log_suffices() -> None:
    rounds, pauses = watched((QUIET, None), (QUIET, None), (QUIET, None))

    assert [one.report.read for one in rounds] == ["nothing"] * 3
    assert pauses == [300, 300]


def test_what_the_log_cannot_tell_is_checked() -> None:
    rounds, _ = watched((QUIET, None), (None, DRIFTED))

    assert [one.report for one in rounds] == [QUIET, DRIFTED]


def test_news_is_said_once() -> None:
    rounds, _ = watched((None, QUIET), (None, DRIFTED), (DRIFTED, None), (None, QUIET))

    assert [one.news for one in rounds] == [True, True, False, True]


def test_a_failure_is_said_once_and_tried_later_and_later() -> None:
    rounds, pauses = watched(*[(None, BROKEN)] * 7, (None, QUIET), (QUIET, None))

    assert [one.news for one in rounds] == [True, *[False] * 6, True, False]
    assert pauses == [600, 1200, 2400, 3600, 3600, 3600, 3600, 300]
    assert max(pauses) == LONGEST_PAUSE.total_seconds()
