"""
What every format says in the same words: how many changes, what happens to a resource, what a value is.

Not here: how it is laid out (`text.py`, `markdown.py`, …).
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from guestlist.preview.budget import Budget
from guestlist.preview.change import Change, PropertyChange
from guestlist.preview.lines import Line, counts, is_text, line_diff
from guestlist.preview.picture import PENDING, Operation
from guestlist.preview.report import Report
from guestlist.preview.security.finding import Finding

# Sustained calls per second. Source: rate-limit-configurations, read 2026-11-23 (budget.py names the page)
TIERS = {"free": "the free plan", "paid": "a paid plan", "enterprise": "an Enterprise production tenant"}

_VERBS: Mapping[Operation, str] = {
    "create": "New",
    "update": "Update",
    "delete": "Delete",
    "replace": "Replace",
    "same": "Same",
}
FORGET = "Forget"  # a delete that leaves it in the tenant
_NOUNS = {"Delete": "delete", "Replace": "replacement", "New": "new resource", "Update": "update"}
_IDENTIFIER = re.compile(r"(?:[a-z]{3}_)?[A-Za-z0-9]{16,32}")  # con_…, a client's
MOST_NAMES = 3

NOT_IN_LINES = "only spaces, line ends or the order of keys differ"


def many(number: int, noun: str) -> str:
    """`1 change`, `12,345 changes`."""
    return f"{number:,} {noun if number == 1 else noun + 's'}"


def breakdown(changes: Sequence[Change]) -> str:
    """`1 delete, 2 updates`, the gravest first."""
    by = Counter(verb(change) for change in changes)
    found = [many(by[one], noun) for one, noun in _NOUNS.items() if by[one]]
    return ", ".join([*found, f"{by[FORGET]:,} forgotten"] if by[FORGET] else found)


def counted(report: Report) -> str:
    """`3 changes`; `No changes`."""
    return many(len(report.shown), "change") if report.shown else "No changes"


def verb(change: Change) -> str:
    """`Delete`; `Forget` if it stays in the tenant."""
    return FORGET if change.retained else _VERBS[change.operation]


def consequence(report: Report, change: Change) -> str:
    """What a delete or a replacement really does; a sentence for each, known or not."""
    known = report.consequences.get(change.resource.urn)
    if known:
        return known
    if change.retained:
        return "The program forgets it; it stays in the tenant as it is."
    if change.operation == "delete":
        return "It is deleted from the tenant."
    return "It is deleted and made anew, with another id."


def is_grave(change: Change) -> bool:
    """Whether it is shown before the others."""
    return change.operation in {"delete", "replace"}


def follows(change: Change) -> bool:
    """Whether nothing but the consequence of another change would be seen in it: an id that is not known yet, a rewrite of the same."""
    return change.operation == "update" and all(_is_only_pending(one, change) for one in change.properties)


def _is_only_pending(one: PropertyChange, change: Change) -> bool:
    """An id that is not known yet, in the place of another one."""
    if one.after == PENDING:
        return not one.is_secret
    is_id = isinstance(one.before, str) and _IDENTIFIER.fullmatch(one.before) is not None
    return (
        one.nature == "removed"
        and is_id
        and any(other.after == PENDING and other.path == one.path for other in change.properties)
    )


def followed(change: Change) -> str:
    """Which of its properties, by names: `font, colors`."""
    names = list(dict.fromkeys(one.path for one in change.properties))
    return ", ".join([*names[:MOST_NAMES], *(["…"] if len(names) > MOST_NAMES else [])])


def text_of(one: PropertyChange) -> bool:
    """Whether it is shown by its lines."""
    return not one.is_secret and PENDING not in (one.before, one.after) and is_text(one.before, one.after)


def apart_from_texts(change: Change) -> list[PropertyChange]:
    """Its other properties; a secret as a whole is left out where it is said which part of it changes."""
    others = [one for one in change.properties if not text_of(one)]
    return [
        one
        for one in others
        if not (one.is_secret and any(other.path.startswith((f"{one.path}[", f"{one.path}.")) for other in others))
        or change.operation != "update"
    ]


def lines_of(one: PropertyChange) -> tuple[Line, ...]:
    """The lines of a text that change."""
    return line_diff(_text(one.before), _text(one.after))


def lines_counted(lines: tuple[Line, ...]) -> str:
    """`3 lines added, 1 removed`."""
    added, removed = counts(lines)
    if added and removed:
        return f"{many(added, 'line')} added, {removed:,} removed"
    if added or removed:
        return f"{many(added or removed, 'line')} {'added' if added else 'removed'}"
    return NOT_IN_LINES


def _text(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else said(value)


@dataclass(frozen=True, kw_only=True)
class Words:
    """A property's change as pieces: plain words, and values between them (`is_value`)."""

    pieces: tuple[tuple[str, bool], ...]


def property_words(one: PropertyChange, *, new: bool = False) -> Words:
    """
    What follows a property's name: `x → y`, `added x`, `(secret, changed)`.

    Args:
        one: the change.
        new: whether the whole resource is, so that each property needs no `added`.

    """
    if one.is_secret or (one.before == one.after and one.before is not None):
        return Words(pieces=((f"(secret, {one.nature if one.nature != 'moved' else 'changed'})", False),))
    if one.nature == "moved":
        moved_only = sorted(map(str, one.before or ())) == sorted(map(str, one.after or ()))
        return Words(
            pieces=(("order " if moved_only else "", False), *_listed(one.before), (" → ", False), *_listed(one.after))
        )
    if one.nature == "added":
        return Words(pieces=(("" if new else "added ", False), _piece(one.after)))
    if one.nature == "removed":
        return Words(pieces=(("removed ", False), _piece(one.before)))
    return Words(pieces=(_piece(one.before), (" → ", False), _piece(one.after)))


def _listed(values: Any) -> tuple[tuple[str, bool], ...]:
    found: list[tuple[str, bool]] = []
    for value in values or ():
        found += [(", ", False)] if found else []
        found.append(_piece(value))
    return tuple(found)


def _piece(value: Any) -> tuple[str, bool]:
    if value == PENDING:
        return PENDING, False
    if value is None:
        return "nothing", False
    return said(value), True


def said(value: Any) -> str:
    """A value in one line, as JSON where it is no word."""
    if isinstance(value, str):
        return value or '""'
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)


def budget_words(budget: Budget) -> str:
    """`7 Management API calls: about 4 s on the free plan, 3 s on a paid plan, …`."""
    if not budget.total:
        return "No Management API calls"
    first, *others = (f"{max(1, round(seconds)):,} s on {TIERS[tier]}" for tier, seconds in budget.by_tier.items())
    return f"{many(budget.total, 'Management API call')}: about {', '.join([first, *others])}"


def allowed(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """What the environment's file lets pass."""
    return tuple(one for one in findings if one.allowance is not None)


def warned(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """What is neither refused nor allowed by name."""
    return tuple(one for one in findings if one.allowance is None and not one.refuses)


def context(report: Report) -> list[str]:
    """What the preview looked at, in sentences."""
    if report.problems and not report.changes and not report.unchanged:
        return []
    found = []
    if report.unchanged:
        found.append(f"{many(report.unchanged, 'resource')} {'stays' if report.unchanged == 1 else 'stay'} as declared")
    found.append(f"compared with {report.base or 'what was deployed last'}")
    if report.inherited:
        found.append(f"{many(report.inherited, 'change')} that it brings anyway left out")
    found.append("the tenant was read first" if report.refreshed else "the tenant was not read")
    return found
