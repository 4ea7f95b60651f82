"""
What differs between two pictures of what is declared: resources that only one has, and properties.

Not here: what differs within a resource (`guestlist.preview.change`), why (`causes.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from guestlist.preview.change import PropertyChange, properties_of
from guestlist.preview.picture import Resource, Step

Picture = Mapping[str, Resource]  # by URN, which names no environment
Side = Literal["before", "after"]


@dataclass(frozen=True, kw_only=True)
class Difference:
    """
    One way in which the second differs from the first: a property, or a resource as a whole.

    `only`: which of the two has the resource; `None` if both have it and `change` says which property differs.
    """

    resource: Resource
    change: PropertyChange | None = None
    only: Side | None = None
    is_element: bool = False  # of a list: others of the same path are differences of their own

    def is_still_in(self, others: Mapping[str, tuple[Difference, ...]]) -> bool:
        """
        Whether two other pictures differ here too, in whatever way.

        Args:
            others: their differences, by URN.

        """
        found = others.get(self.resource.urn, ())
        if self.only is not None or any(one.only is not None for one in found):
            return any(one.only is not None for one in found)
        return any(self._is_about(one.change) for one in found)

    def _is_about(self, other: PropertyChange | None) -> bool:
        if self.change is None or other is None:
            return False
        if self.is_element:
            return other == self.change
        mine, others = self.change.path, other.path
        return mine == others or _is_within(mine, others) or _is_within(others, mine)


def differences_of(before: Picture, after: Picture) -> tuple[Difference, ...]:
    """Everything that differs, by kind and name."""
    found = [difference for urn in {**before, **after} for difference in _of_resource(before.get(urn), after.get(urn))]
    return tuple(sorted(found, key=_place))


def by_urn(differences: tuple[Difference, ...]) -> dict[str, tuple[Difference, ...]]:
    """The same, to be looked up."""
    found: dict[str, tuple[Difference, ...]] = {}
    for one in differences:
        found[one.resource.urn] = (*found.get(one.resource.urn, ()), one)
    return found


def _of_resource(before: Resource | None, after: Resource | None) -> list[Difference]:
    if before is None or after is None:
        resource = before or after
        return [Difference(resource=resource, only="before" if before else "after")] if resource else []
    if before.inputs == after.inputs:
        return []
    return [
        Difference(
            resource=after,
            change=change,
            is_element=any(isinstance(_at(one.inputs, change.path), list) for one in (before, after)),
        )
        for change in properties_of(Step(operation="update", before=before, after=after))
    ]


def _place(difference: Difference) -> tuple[str, str, str, str]:
    change = difference.change
    return (
        difference.resource.kind,
        difference.resource.name,
        change.path if change else "",
        {"removed": "0", "added": "1"}.get(change.nature, "2") if change else "",
    )


def _is_within(path: str, outer: str) -> bool:
    return path.startswith((f"{outer}.", f"{outer}["))


def _at(inputs: Any, path: str) -> Any:
    for name in path.split("."):
        inputs = inputs.get(name) if isinstance(inputs, Mapping) else None
    return inputs
