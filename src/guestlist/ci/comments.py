"""
Which comment to write and which labels to set, given what is there. Nothing is asked and nothing written.

    written(comments, me="github-actions[bot]", body=body)      Create, Edit or Leave
    labels_of(documents)                                         which of our labels a pull request deserves
    outdated(comments, me=…, posted={body.marker})               what stands there of an earlier push, and is to be replaced
    label_changes(there, wanted)                                 what to add and what to take off

Not here: asking and writing (`github.py`, `gitlab.py`, in the order of `posting.py`).
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from guestlist.ci.body import Body, no_preview, stack_of

DESTROY, SECURITY = "guestlist:destroy", "guestlist:security"
DRIFT, CHECK_BROKEN = "guestlist:drift", "guestlist:check-broken"
LABELS = {
    DESTROY: "Something is deleted or made anew",
    SECURITY: "Something becomes less safe",
}
ISSUE_LABELS = {
    DRIFT: "A tenant is not as it was deployed",
    CHECK_BROKEN: "Whether a tenant is as it was deployed could not be told",
    SECURITY: LABELS[SECURITY],
}


@dataclass(frozen=True, kw_only=True)
class Comment:
    """One that is there."""

    id: int
    author: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Create:
    """There is none yet."""


@dataclass(frozen=True, kw_only=True)
class Edit:
    """One that says something else."""

    id: int


@dataclass(frozen=True, kw_only=True)
class Leave:
    """One that says it already."""

    id: int


def written(comments: Iterable[Comment], *, me: str, body: Body) -> Create | Edit | Leave:
    """
    Find the comment about the same stack that is ours: by its marker and its author, for anybody can write a marker.

    Of several, which a lost answer may have left, the oldest.
    """
    ours = [one for one in comments if one.author == me and one.text.split("\n", 1)[0].rstrip() == body.marker]
    if not ours:
        return Create()
    first = min(ours, key=lambda one: one.id)
    same = first.text.replace("\r\n", "\n").rstrip() == body.text.rstrip()
    return Leave(id=first.id) if same else Edit(id=first.id)


def outdated(comments: Iterable[Comment], *, me: str, posted: Container[str], stack: str | None = None) -> list[Body]:
    """
    What our other comments are to say, which are about an earlier push: that there is no preview of this one.

    Args:
        comments: all that are there.
        me: whose are ours.
        posted: markers of this push's.
        stack: the only one that may be spoken of, if there is one.

    """
    found: dict[str, Body] = {}
    for one in comments:
        about = stack_of(one.text) if one.author == me else None
        if about is None or (stack is not None and about[1] != stack):
            continue
        body = no_preview(*about)
        if body.marker not in posted:
            found[body.marker] = body
    return list(found.values())


@dataclass(frozen=True, kw_only=True)
class LabelChanges:
    """What to do about the labels; others than ours are nobody's business here."""

    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()


def label_changes(
    there: Iterable[str], wanted: Iterable[str], known: Container[str] = frozenset(LABELS)
) -> LabelChanges:
    """Compare, ours only: `known`."""
    ours, wished = {one for one in there if one in known}, {one for one in wanted if one in known}
    return LabelChanges(add=tuple(sorted(wished - ours)), remove=tuple(sorted(ours - wished)))


def labels_of(documents: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    """
    What previews as JSON deserve, all environments together.

    Args:
        documents: of `guestlist preview --format json`. One that cannot be understood deserves both: better looked at than overlooked.

    """
    found: set[str] = set()
    for document in documents:
        try:
            found |= _labels_of(document)
        except (KeyError, TypeError, AttributeError):
            found |= set(LABELS)
    return frozenset(found)


def _labels_of(document: Mapping[str, Any]) -> set[str]:
    found: set[str] = set()
    previews: Sequence[Mapping[str, Any]] = document["previews"]
    for preview in previews:
        changes, findings = preview["changes"], preview["findings"]
        if any(change["operation"] in {"delete", "replace"} and not change["bookkeeping"] for change in changes):
            found.add(DESTROY)
        if any(finding["refuses"] or str(finding["severity"]) != "note" for finding in findings):
            found.add(SECURITY)
    return found
