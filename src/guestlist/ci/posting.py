"""
Put a comment and the labels where they belong, whichever forge it is.

Not here: what to do, given what is there (`comments.py`), the calls (`github.py`, `gitlab.py`).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from guestlist.ci.body import Body
from guestlist.ci.calls import Unsure
from guestlist.ci.comments import Comment, Create, Edit, LabelChanges, label_changes, written

TRIES = 3


class Forge(Protocol):
    """One pull request or merge request, as far as we care."""

    def me(self) -> str:
        """Under which name the token writes."""

    def comments(self) -> list[Comment]: ...

    def create(self, text: str) -> None:
        """Raises: Unsure, if it may have been done."""

    def edit(self, comment: int, text: str) -> None: ...

    def labels(self) -> list[str]: ...

    def change_labels(self, changes: LabelChanges) -> None: ...


def put_comment(forge: Forge, body: Body) -> str:
    """
    Write it, or edit the one that is there; answers the verb of what was done.

    Where an answer is lost, one looks again before one writes again: two comments about one stack would be worse than none.

    Raises: ForgeFailed.
    """
    fitting, me = body.fitting(), forge.me()
    for attempt in range(TRIES):
        found = written(forge.comments(), me=me, body=fitting)
        try:
            if isinstance(found, Create):
                forge.create(fitting.text)
                return "written"
            if isinstance(found, Edit):
                forge.edit(found.id, fitting.text)
                return "edited"
        except Unsure:
            if attempt == TRIES - 1:
                raise
        else:
            break
    return "left as it is"


def put_labels(forge: Forge, wanted: Iterable[str]) -> LabelChanges:
    """Set and take off ours. Raises: ForgeFailed."""
    changes = label_changes(forge.labels(), wanted)
    if changes.add or changes.remove:
        forge.change_labels(changes)
    return changes
