"""
What a pull request changes, without what its base would change anyway.

Not here: the base's own preview (`elsewhere.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from guestlist.preview.change import Change, PropertyChange


def without(changes: Sequence[Change], inherited: Sequence[Change]) -> tuple[tuple[Change, ...], int]:
    """
    Leave out what the base would do as well; answers what is left, and how many properties and resources were left out.

    A property is left out if the base would change it in the same way. A resource goes if nothing of it is left; one that both create, delete or
    replace goes whole.
    """
    by_urn = {change.resource.urn: change for change in inherited}
    left, count = [], 0
    for change in changes:
        base = by_urn.get(change.resource.urn)
        if base is None or base.operation != change.operation:
            left.append(change)
            continue
        common = [one for one in change.properties if _is_inherited(one, base.properties)]
        rest = tuple(one for one in change.properties if one not in common)
        count += len(common)
        if rest:
            left.append(replace(change, properties=rest))
    return tuple(left), count


def _is_inherited(change: PropertyChange, base: Sequence[PropertyChange]) -> bool:
    """A masked value may be another one on each side, so it is always shown."""
    return not change.is_secret and change in base
