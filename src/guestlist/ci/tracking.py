"""
Open, edit and close the issues of a drift check, whichever forge it is.

Not here: what is to be done, given what is there (`issues.py`), the calls (`github.py`, `gitlab.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from guestlist.ci.calls import Unsure
from guestlist.ci.comments import CHECK_BROKEN, DRIFT, LabelChanges
from guestlist.ci.issues import Close, Issue, Open, Step, steps
from guestlist.ci.posting import TRIES
from guestlist.ci.told import Told


class Tracker(Protocol):
    """The issues of one repository."""

    def me(self) -> str:
        """Under which name the token writes."""

    def issues(self, label: str) -> list[Issue]:
        """Open ones."""

    def open_issue(self, title: str, text: str, labels: Sequence[str]) -> None:
        """Raises: Unsure, if it may have been done."""

    def edit_issue(self, number: int, text: str) -> None: ...

    def say_in_issue(self, number: int, text: str) -> None:
        """Raises: Unsure, if it may have been done."""

    def close_issue(self, number: int) -> None: ...

    def change_issue_labels(self, number: int, changes: LabelChanges) -> None: ...


@dataclass(frozen=True, kw_only=True)
class Tracked:
    """What was done, in sentences, and what is new to people."""

    done: tuple[str, ...]
    news: tuple[str, ...]


def track(tracker: Tracker, told: Told) -> Tracked:
    """
    Bring the issues up to what a check told.

    Where an answer is lost, one looks again before one opens again: two issues about one environment would be worse than none.

    Raises: ForgeFailed.
    """
    me = tracker.me()
    done: list[str] = []
    news: tuple[str, ...] = ()
    for step in steps(told, tracker.issues(DRIFT), tracker.issues(CHECK_BROKEN), me=me):
        if isinstance(step, Open):
            done.append(_opened(tracker, told, step, me))
            news += step.news
        else:
            done += _changed(tracker, step)
            news += () if isinstance(step, Close) else step.news
    return Tracked(done=tuple(done), news=news)


def _opened(tracker: Tracker, told: Told, step: Open, me: str) -> str:
    for attempt in range(TRIES):
        try:
            tracker.open_issue(step.title, step.text, step.labels)
        except Unsure:
            again = steps(told, tracker.issues(DRIFT), tracker.issues(CHECK_BROKEN), me=me)
            if not any(isinstance(one, Open) for one in again):
                break
            if attempt == TRIES - 1:
                raise
        else:
            break
    return f"Opened: {step.title}."


def _changed(tracker: Tracker, step: Step) -> Iterator[str]:
    if isinstance(step, Close):
        tracker.say_in_issue(step.number, step.comment)
        tracker.close_issue(step.number)
        yield f"Closed issue {step.number}."
        return
    if isinstance(step, Open):
        raise TypeError("there is none to be changed")
    # What is new is said before it counts as known, which its text makes it: a run that ends before that says it twice rather than never.
    if step.labels.add or step.labels.remove:
        tracker.change_issue_labels(step.number, step.labels)
    if step.comment is not None:
        tracker.say_in_issue(step.number, step.comment)
    if step.text is not None:
        tracker.edit_issue(step.number, step.text)
    said = f", {len(step.news):,} new" if step.news else ""
    yield f"Issue {step.number} {'says the same' if step.text is None else 'is up to date'}{said}."
