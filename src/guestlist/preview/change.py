"""
What differs between a resource as it is and as it would be, property by property.

Lists of named things (secrets of an Action, bindings of a trigger) are compared by their names, lists of words as sets with an order, so that
one new callback is one line and not a list that moved. What is masked on both sides is taken from the engine's word that it changed.

Not here: the lines of long texts (`lines.py`), how it is shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from guestlist.preview.picture import PENDING, SECRET, Operation, Resource, Step

NAMES = (
    "displayName",
    "name",
    "scope",
    "value",
)  # what tells the things of a list apart, the first that all of them have
IDENTIFIERS = frozenset({"id"})  # beside a name they say nothing to people

# Kept by the program for its own use; they follow the resources that they are about.
BOOKKEEPING = frozenset({"TenantBackup", "PostLoginBackup"})

Nature = Literal["changed", "added", "removed", "moved"]


@dataclass(frozen=True, kw_only=True)
class PropertyChange:
    """
    One property of one resource.

    `path` as people write it: `callbacks`, `options.passwordPolicy`, `secrets[PROFILE_URL].value`. `before` is `None` for what is added, `after`
    for what is removed; for `moved` both are the whole order. Secrets are `[secret]` on both sides.
    """

    path: str
    nature: Nature
    before: Any = None
    after: Any = None

    @property
    def is_secret(self) -> bool:
        """Whether a value of it is masked."""
        return SECRET in (self.before, self.after)


@dataclass(frozen=True, kw_only=True)
class Change:
    """One resource that would change."""

    operation: Operation
    resource: Resource
    properties: tuple[PropertyChange, ...]
    because: tuple[str, ...] = ()  # of a replacement
    retained: bool = False  # of a delete: forgotten by the program, left in the tenant

    @property
    def is_bookkeeping(self) -> bool:
        """Whether it only follows from others."""
        return self.resource.kind in BOOKKEEPING


def changes_of(steps: Sequence[Step], *, retained: frozenset[str] = frozenset()) -> tuple[Change, ...]:
    """
    Everything that would change: deletes and replacements first, then as the program declares them.

    Args:
        steps: of one preview.
        retained: URNs that a delete leaves in the tenant, as the state says.

    """
    found = [
        Change(
            operation=step.operation,
            resource=step.resource,
            properties=properties_of(step),
            because=step.because,
            retained=step.operation == "delete" and step.resource.urn in retained,
        )
        for step in steps
        if step.operation != "same"
    ]
    gravity = {"delete": 0, "replace": 1}
    return tuple(sorted(found, key=lambda change: gravity.get(change.operation, 2)))


def properties_of(step: Step) -> tuple[PropertyChange, ...]:
    """The properties that differ; of a new or a deleted resource all that it has."""
    before = step.before.inputs if step.before else {}
    after = step.after.inputs if step.after else {}
    found = list(_of_objects("", before, after))
    known = {change.path for change in found}
    found += [
        PropertyChange(path=path, nature="changed", before=SECRET, after=SECRET)
        for path in dict.fromkeys(_masked(step))
        if path not in known
    ]
    return tuple(found)


def _of_objects(path: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[PropertyChange]:
    for name in dict.fromkeys([*before, *after]):
        yield from _of_values(f"{path}.{name}" if path else name, before.get(name), after.get(name))


def _of_values(path: str, before: Any, after: Any) -> Iterator[PropertyChange]:
    before, after = (
        None if value == "" else value for value in (before, after)
    )  # the provider takes them for the same
    if before == after:
        return
    if _is_object(before, after):
        yield from _of_objects(path, before or {}, after or {})
    elif _is_list(before, after):
        yield from _of_lists(path, before or [], after or [])
    elif before is None:
        yield PropertyChange(path=path, nature="added", after=after)
    elif after is None:
        yield PropertyChange(path=path, nature="removed", before=before)
    else:
        yield PropertyChange(path=path, nature="changed", before=before, after=after)


def _is_object(before: Any, after: Any) -> bool:
    return all(value is None or isinstance(value, Mapping) for value in (before, after))


def _is_list(before: Any, after: Any) -> bool:
    return all(value is None or isinstance(value, list) for value in (before, after))


def _of_lists(path: str, before: list[Any], after: list[Any]) -> Iterator[PropertyChange]:
    name = _name_of([*before, *after])
    if name is None and any(isinstance(one, Mapping | list) for one in [*before, *after]):
        yield from _by_position(path, before, after)
        return
    olds, news = _by_name(before, name), _by_name(after, name)
    unknown = name is not None and PENDING in news  # one of those that seem to go may only have moved
    for label in dict.fromkeys([*olds, *news]):
        if unknown and (label not in news or label == PENDING):
            continue
        if name is None:
            yield from _of_values(path, olds.get(label), news.get(label))
        elif label not in news:
            yield PropertyChange(path=path, nature="removed", before=label)
        elif label not in olds:
            yield PropertyChange(path=path, nature="added", after=label)
            yield from _of_objects(f"{path}[{label}]", {}, _beside(news[label], name))
        else:
            yield from _of_objects(f"{path}[{label}]", _beside(olds[label], name), _beside(news[label], name))
    kept_before, kept_after = [one for one in olds if one in news], [one for one in news if one in olds]
    if unknown:
        yield PropertyChange(path=path, nature="moved", before=list(olds), after=[one[name] for one in after])
    elif kept_before != kept_after:
        yield PropertyChange(path=path, nature="moved", before=list(olds), after=list(news))


def _by_position(path: str, before: list[Any], after: list[Any]) -> Iterator[PropertyChange]:
    for index in range(max(len(before), len(after))):
        old = before[index] if index < len(before) else None
        new = after[index] if index < len(after) else None
        yield from _of_values(path if len(before) <= 1 >= len(after) else f"{path}[{index}]", old, new)


def _name_of(things: list[Any]) -> str | None:
    """The property that names each of them; `None` if they are words, or have no such property."""
    if not things or not all(isinstance(one, Mapping) for one in things):
        return None
    return next((name for name in NAMES if all(isinstance(one.get(name), str) for one in things)), None)


def _by_name(things: list[Any], name: str | None) -> dict[Any, Any]:
    return {one if name is None else one[name]: one for one in things}


def _beside(thing: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in thing.items() if key != name and key not in IDENTIFIERS}


def _masked(step: Step) -> Iterator[str]:
    """What the engine calls changed and shows masked: a secret that got another value."""
    if step.after is None or step.before is None:
        return
    for path in step.touched:
        old, new = _at(step.before.inputs, path), _at(step.after.inputs, path)
        if SECRET in (old, new):
            yield _in_names(path, step.after.inputs)


def _at(value: Any, path: str) -> Any:
    """What stands at one of the engine's paths: `secrets[3].value`; `None` for nothing, `[secret]` for what is inside one."""
    for part in _parts(path):
        if value == SECRET:
            return SECRET
        if isinstance(value, Mapping):
            value = value.get(part)
        elif isinstance(value, list) and part.isdigit() and int(part) < len(value):
            value = value[int(part)]
        else:
            return None
    return value


def _parts(path: str) -> list[str]:
    return [part.strip('"') for part in path.replace("]", "").replace("[", ".").split(".") if part]


def _in_names(path: str, inputs: Mapping[str, Any]) -> str:
    """`secrets[3].value` as `secrets[PROFILE_URL].value`, or as `secrets` where that is a secret as a whole."""
    value: Any = inputs
    said = ""
    for part in _parts(path):
        if value == SECRET:
            break  # which one of them is hidden too
        if isinstance(value, list) and part.isdigit() and int(part) < len(value):
            name = _name_of(value)
            value = value[int(part)]
            said += f"[{value[name] if name else part}]"
        else:
            value = value.get(part) if isinstance(value, Mapping) else None
            said += f".{part}" if said else part
    return said
