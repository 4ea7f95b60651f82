"""
What a check found, kept until something about it is read again: in the checkpoint, as JSON, redacted like the report that it comes from.

Not here: the file (`guestlist.tenant_log.checkpoint`), differences themselves: a later check says that they stand, not what they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, get_args

from guestlist.drift.ignore_file import Ignored
from guestlist.drift.report import Class, Happened, Item, Report, Writer
from guestlist.preview.security.finding import Allowance, Finding, Severity

Record = Mapping[str, Any]
MOST_PATHS = 6


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What was found."""

    items: tuple[Item, ...] = ()
    findings: tuple[Finding, ...] = ()


def records_of(report: Report) -> tuple[Record, ...]:
    """For the checkpoint."""
    return (
        *({"item": _item(one, report.checked_at)} for one in report.items),
        *({"finding": _finding(one)} for one in report.findings),
    )


def standing_of(records: Iterable[Record]) -> Standing:
    """Out of a checkpoint. Raises: KeyError, TypeError, ValueError, for one that was damaged."""
    items, findings = [], []
    for one in records:
        if "item" in one:
            items.append(_item_of(one["item"]))
        else:
            findings.append(_finding_of(one["finding"]))
    return Standing(items=tuple(items), findings=tuple(findings))


def without(standing: Standing, urns: Iterable[str], kinds: Sequence[str]) -> Standing:
    """What stands apart from what was read again: resources by URN, unmanaged objects by the kinds that were listed."""
    read = frozenset(urns)
    return Standing(
        items=tuple(
            one
            for one in standing.items
            if one.id not in read and not (one.kind == "unmanaged" and one.shown.partition(" ")[0] in kinds)
        ),
        findings=tuple(one for one in standing.findings if one.urn not in read),
    )


def _item(item: Item, at: datetime) -> dict[str, Any]:
    return {
        "class": item.kind,
        "id": item.id,
        "shown": item.shown,
        "happened": item.happened,
        "remark": _remark(item, at),
        "by": [
            {"who": one.who, "at": one.at.isoformat(), "address": one.address, "how": one.how, "ours": one.ours}
            for one in item.by
        ],
        "covered": None
        if item.covered is None
        else {
            "pattern": item.covered.pattern,
            "reason": item.covered.reason,
            "until": item.covered.until.isoformat(),
        },
    }


def _remark(item: Item, at: datetime) -> str:
    """What differed when it was found; what a check before that found stays as it was said then."""
    changes = [one for one in (item.live, item.pending) if one is not None]
    if not changes and item.kind != "unmanaged":
        return item.remark
    paths = list(dict.fromkeys(one.path for change in changes for one in change.properties))
    more = f" and {len(paths) - MOST_PATHS} more" if len(paths) > MOST_PATHS else ""
    differs = f"What differs: {', '.join(paths[:MOST_PATHS])}{more}." if paths else ""
    found = "" if "Found " in item.remark else f"Found {at:%Y-%m-%d %H:%M} UTC."
    return " ".join(one for one in (differs, item.remark, found) if one)


def _item_of(found: Record) -> Item:
    kind, happened = found["class"], found["happened"]
    if kind not in get_args(Class) or happened not in get_args(Happened):
        raise ValueError("no such class")
    covered = found["covered"]
    return Item(
        kind=kind,
        id=_text(found["id"]),
        shown=_text(found["shown"]),
        happened=happened,
        remark=_text(found["remark"]),
        by=tuple(
            Writer(
                who=_text(one["who"]),
                at=datetime.fromisoformat(one["at"]),
                address=_text(one["address"]),
                how=_text(one["how"]),
                ours=bool(one["ours"]),
            )
            for one in found["by"]
        ),
        covered=None
        if covered is None
        else Ignored(
            pattern=_text(covered["pattern"]),
            reason=_text(covered["reason"]),
            until=date.fromisoformat(covered["until"]),
        ),
    )


def _finding(one: Finding) -> dict[str, Any]:
    found = {name: getattr(one, name) for name in ("rule", "urn", "resource", "what", "why", "remedy")}
    allowance = one.allowance
    return {
        **found,
        "severity": one.severity.value,
        "allowance": None if allowance is None else {"reason": allowance.reason, "until": allowance.until.isoformat()},
    }


def _finding_of(found: Record) -> Finding:
    allowance = found["allowance"]
    rule = _text(found["rule"])
    return Finding(
        rule=rule,
        severity=Severity(found["severity"]),
        allowance=None
        if allowance is None
        else Allowance(rule=rule, reason=_text(allowance["reason"]), until=date.fromisoformat(allowance["until"])),
        **{name: _text(found[name]) for name in ("urn", "resource", "what", "why", "remedy")},
    )


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("no text")
    return value
