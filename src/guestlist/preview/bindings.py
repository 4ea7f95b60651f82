"""
Which post-login Actions a picture binds, in their order, and whether anything of them differs between two pictures.

Not here: running them (`rehearsal.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from guestlist.preview.change import Change
from guestlist.preview.picture import PENDING, SECRET, Resource, of_kind
from stacks.settings_types import OUR_ACTIONS

TRIGGER = "post-login"
UNKNOWN = frozenset({PENDING, SECRET, ""})

Picture = Mapping[str, Resource]
Told = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, kw_only=True)
class BoundAction:
    """One Action that the program declares and the trigger runs."""

    name: str
    code: str
    has_secrets: bool


@dataclass(frozen=True, kw_only=True)
class Bound:
    """
    What a login runs through.

    Args:
        actions: those whose code is at hand.
        foreign: names of those that somebody else deploys.
        unread: names of ours whose code is not known before applying.
        ordered: whether the list itself is declared and known; if not, ours stand in the order that they are made for.

    """

    actions: tuple[BoundAction, ...]
    foreign: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    ordered: bool = True


def bound_actions(picture: Picture, other: Picture) -> Bound:
    """
    From one picture.

    Args:
        picture: the one.
        other: its counterpart, which may know the id of an Action that this one does not.

    """
    declared = _declared(picture)
    lists = [one for one in of_kind(picture, "TriggerActions") if one.inputs.get("trigger") == TRIGGER]
    if not lists or not all(isinstance(one.inputs.get("actions"), list) for one in lists):
        order = [declared[name] for name in sorted(declared, key=_place)]
        return _bound(order, foreign=(), ordered=not order)
    ids = {
        resource.id: str(resource.inputs.get("name"))
        for one in (other, picture)
        for resource in _post_login(one)
        if resource.id not in UNKNOWN
    }
    order, foreign = [], []
    for entry in _entries(lists):
        shown, known = str(entry.get("displayName") or ""), entry.get("id")
        name = shown if known is None or known in UNKNOWN else ids.get(str(known), "")
        if name in declared:
            order.append(declared[name])
        else:
            foreign.append("an Action whose name is not known yet" if shown in UNKNOWN else shown)
    return _bound(order, foreign=tuple(foreign), ordered=True)


def sides_differ(before: tuple[Picture, Told], after: tuple[Picture, Told]) -> bool:
    """Whether the code, the list or what the Actions are told differs; ids, which a first `up` makes, do not count."""
    (was, was_told), (is_, is_told) = before, after
    sides = (bound_actions(was, is_), bound_actions(is_, was))
    if sides[0] != sides[1] or _sources(was) != _sources(is_):
        return True
    return any(was_told.get(one.name) != is_told.get(one.name) for one in sides[1].actions)


def secrets_touched(changes: Iterable[Change]) -> bool:
    """Whether a secret of a post-login Action that stays gets another value."""
    return any(
        change.operation in {"update", "replace"}
        and change.resource.kind == "Action"
        and _trigger(change.resource.inputs.get("supportedTriggers")) == TRIGGER
        and any(one.path.partition("[")[0] == "secrets" for one in change.properties)
        for change in changes
    )


def _bound(order: list[Resource], *, foreign: tuple[str, ...], ordered: bool) -> Bound:
    read = [one for one in order if _code(one)]
    return Bound(
        actions=tuple(
            BoundAction(name=_name(one), code=_code(one), has_secrets=bool(one.inputs.get("secrets"))) for one in read
        ),
        foreign=foreign,
        unread=tuple(_name(one) for one in order if not _code(one)),
        ordered=ordered,
    )


def _declared(picture: Picture) -> dict[str, Resource]:
    return {_name(resource): resource for resource in _post_login(picture)}


def _post_login(picture: Picture) -> list[Resource]:
    return [one for one in of_kind(picture, "Action") if _trigger(one.inputs.get("supportedTriggers")) == TRIGGER]


def _sources(picture: Picture) -> dict[str, Any]:
    """Code that no list binds counts where the list is not ours; dependencies, because code follows them."""
    return {_name(one): (one.inputs.get("code"), one.inputs.get("dependencies")) for one in _post_login(picture)}


def _trigger(supported: Any) -> str:
    first = supported[0] if isinstance(supported, list) and supported else supported
    return str(first.get("id")) if isinstance(first, Mapping) else ""


def _entries(lists: list[Resource]) -> list[Mapping[str, Any]]:
    return [entry for one in lists for entry in one.inputs["actions"] if isinstance(entry, Mapping)]


def _name(resource: Resource) -> str:
    return str(resource.inputs.get("name") or resource.name)


def _code(resource: Resource) -> str:
    code = resource.inputs.get("code")
    return code if isinstance(code, str) and code not in UNKNOWN else ""


def _place(name: str) -> tuple[int, str]:
    return (OUR_ACTIONS.index(name) if name in OUR_ACTIONS else len(OUR_ACTIONS), name)
