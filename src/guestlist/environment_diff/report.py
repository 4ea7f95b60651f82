"""
How two environments differ, for people and for programs.

Not here: finding it out (`compare.py`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from guestlist import errors
from guestlist.environment_diff.causes import Explained, Explanation
from guestlist.environment_diff.settings import shown
from guestlist.preview.change import PropertyChange
from guestlist.preview.lines import counts, is_text, line_diff


@dataclass(frozen=True, kw_only=True)
class Report:
    """Two environments by name, and what was found."""

    before: str
    after: str
    explanation: Explanation

    @property
    def others(self) -> tuple[Explained, ...]:
        """The differences that nobody expects."""
        return tuple(one for one in self.explanation.differences if not one.is_own)

    @property
    def own(self) -> tuple[Explained, ...]:
        """Those that any two environments may have."""
        return tuple(one for one in self.explanation.differences if one.is_own)

    @property
    def exit_code(self) -> int:
        """2 if others differ than the environment's own, else 0."""
        return errors.DIFFERENCES if self.others else errors.OK


def document(report: Report) -> dict[str, object]:
    """
    Give the JSON of `guestlist env diff --json`.

        {"before": "dev", "after": "prod", "others": 1, "own": 14,
         "differences": [
           {"kind": "Connection", "name": "invited-users", "only": null,
            "property": "options.passwordComplexityOptions.minLength", "nature": "changed", "before": 12, "after": 14, "lines": null,
            "own": false, "causes": [["guestlist:connection.passwordMinLength"]]}],
         "withoutEffect": ["guestlist:tenant.plan"]}

    The others come first. `only`: the environment that alone has the resource; then there is no `property`. `nature`: changed, added, removed or
    moved. `lines`: of a long text, `{"sign": "+", "text": …}` each, instead of `before` and `after`. `causes`: each one explains it; one of
    several settings takes all of them together; none is no setting's doing. `withoutEffect`: settings that differ and change nothing.
    """
    return {
        "before": report.before,
        "after": report.after,
        "others": len(report.others),
        "own": len(report.own),
        "differences": [_document(report, one) for one in (*report.others, *report.own)],
        "withoutEffect": [shown(path) for path in report.explanation.without_effect],
    }


def lines_of(report: Report) -> list[str]:
    """What people read."""
    lines = [_headline(report)]
    if report.others:
        lines += _resources(report, report.others)
    if report.own:
        if report.others:
            lines += ["", f"And in {_ways(len(report.own))} that every environment has of its own:"]
        lines += _resources(report, report.own)
    if report.explanation.without_effect:
        listed = ", ".join(shown(path) for path in report.explanation.without_effect)
        lines += ["", f"Other settings, the same tenant: {listed}"]
    return lines


def _headline(report: Report) -> str:
    if report.others:
        return f"{report.after} differs from {report.before} in {_ways(len(report.others))} that are not the environment's own:"
    if report.own:
        return (
            f"{report.after} differs from {report.before} in nothing but what every environment has of its own "
            f"({_ways(len(report.own))}):"
        )
    return f"{report.after} and {report.before} declare the same."


def _ways(count: int) -> str:
    return "1 way" if count == 1 else f"{count} ways"


def _resources(report: Report, found: Sequence[Explained]) -> Iterator[str]:
    for label, ones in groupby(found, key=lambda one: one.difference.resource.shown):
        yield f"  {label}"
        # What one setting does is said once, below all of it.
        for causes, alike in groupby(ones, key=lambda one: one.causes):
            for one in alike:
                yield from _lines(report, one)
            yield f"      from {_shown_causes(causes)}"


def _lines(report: Report, one: Explained) -> Iterator[str]:
    only, change = one.difference.only, one.difference.change
    if change is None:
        yield f"    only {report.before if only == 'before' else report.after} has it"
    elif _is_long(change):
        lines = line_diff(change.before, change.after)
        more, fewer = counts(lines)
        yield f"    {change.path}: +{more} -{fewer} lines"
        yield from (f"      {line.sign} {line.text}" if line.sign != "@" else f"      {line.text}" for line in lines)
    else:
        yield f"    {change.path}: {_shown_change(change)}"


def _shown_change(change: PropertyChange) -> str:
    before, after = (json.dumps(value, ensure_ascii=False) for value in (change.before, change.after))
    match change.nature:
        case "added":
            return f"+ {after}"
        case "removed":
            return f"- {before}"
        case _:
            return f"{before} -> {after}"


def _shown_causes(causes: Sequence[tuple[tuple[str, ...], ...]]) -> str:
    if not causes:
        return "no setting: it would differ with all of them equal"
    return ", or from ".join(
        shown(cause[0]) if len(cause) == 1 else f"several settings together: {', '.join(map(shown, cause))}"
        for cause in causes
    )


def _is_long(change: PropertyChange) -> bool:
    """Whether it is shown by lines: both are texts, or one is and the other is nothing."""
    values = (change.before, change.after)
    return is_text(*values) and all(value is None or isinstance(value, str) for value in values)


def _document(report: Report, one: Explained) -> dict[str, Any]:
    only, change = one.difference.only, one.difference.change
    long = change is not None and _is_long(change)
    return {
        "kind": one.difference.resource.kind,
        "name": one.difference.resource.name,
        "only": {None: None, "before": report.before, "after": report.after}[only],
        "property": change.path if change else None,
        "nature": change.nature if change else None,
        "before": change.before if change and not long else None,
        "after": change.after if change and not long else None,
        "lines": [{"sign": line.sign, "text": line.text} for line in line_diff(change.before, change.after)]
        if change and long
        else None,
        "own": one.is_own,
        "causes": [[shown(path) for path in cause] for cause in one.causes],
    }
