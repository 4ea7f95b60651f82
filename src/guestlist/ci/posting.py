"""
Put a comment and the labels where they belong, whichever forge it is.

Not here: what to do, given what is there (`comments.py`), the calls (`github.py`, `gitlab.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

from guestlist.ci.body import Body
from guestlist.ci.calls import Unsure
from guestlist.ci.comments import Comment, Create, Edit, LabelChanges, label_changes, labels_of, outdated, written
from guestlist.ci.received import Received

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


def put_no_previews(forge: Forge, posted: Iterable[Body], *, stack: str | None = None) -> list[Body]:
    """
    Replace what our other comments say of an earlier push, so that nobody takes it for this one's; answers what was put there.

    Raises: ForgeFailed.
    """
    found = outdated(forge.comments(), me=forge.me(), posted={body.marker for body in posted}, stack=stack)
    for body in found:
        put_comment(forge, body)
    return found


def put_labels(forge: Forge, wanted: Iterable[str]) -> LabelChanges:
    """Set and take off ours. Raises: ForgeFailed."""
    changes = label_changes(forge.labels(), wanted)
    if changes.add or changes.remove:
        forge.change_labels(changes)
    return changes


def post(
    forge: Forge, received: Received, *, untrusted: bool, replacing: bool, stack: str | None = None
) -> Iterator[str]:
    """
    Put everything where it belongs; says what was done.

    Args:
        forge: where.
        received: what the jobs handed over.
        untrusted: whether anybody may have written it.
        replacing: whether it is all there is of this push.
        stack: the only one that may be spoken of, if there is one.

    Raises: ForgeFailed.

    """
    posted = [body.as_anybodys() if untrusted else body for body in received.bodies]
    for body in posted:
        yield f"The comment about {body.project}/{body.stack} was {put_comment(forge, body)}."
    unknown = put_no_previews(forge, posted, stack=stack) if replacing else []
    for body in unknown:
        yield f"The comment about {body.project}/{body.stack} says that there is no preview of this push."
    documents = [*received.documents, *({} for _ in (*received.faults, *unknown))]
    changes = put_labels(forge, labels_of(documents)) if documents else LabelChanges()
    for verb, names in (("Set", changes.add), ("Took off", changes.remove)):
        if names:
            yield f"{verb} {', '.join(names)}."
