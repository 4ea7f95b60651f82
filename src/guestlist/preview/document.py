"""
A preview as JSON, for programs. Its form is docs/preview-schema.json; `version` rises when a reader of the old form would misread it.

Not here: for people (`text.py`, `markdown.py`).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

from guestlist.preview import words
from guestlist.preview.change import Change, PropertyChange
from guestlist.preview.report import Report
from guestlist.preview.security.finding import Finding

VERSION = 1


def render_document(reports: Report | Sequence[Report]) -> str:
    """One document of one environment or several; characters that cannot be seen are escaped as JSON does."""
    several = [reports] if isinstance(reports, Report) else list(reports)
    return json.dumps({"version": VERSION, "previews": [_preview(one) for one in several]}, indent=2) + "\n"


def _preview(report: Report) -> dict[str, Any]:
    by = Counter(change.operation for change in report.shown)
    return {
        "project": report.project,
        "environment": report.environment,
        "domain": report.domain,
        "exitCode": report.exit_code,
        "base": report.base,
        "inherited": report.inherited,
        "refreshed": report.refreshed,
        "seconds": round(report.seconds, 3),
        "summary": {
            **{operation: by[operation] for operation in ("create", "update", "replace", "delete")},
            "unchanged": report.unchanged,
            "refused": len(report.refused),
        },
        "changes": [_change(report, one) for one in report.changes],
        "findings": [finding_document(one) for one in report.findings],
        "behaviour": None if report.behaviour is None else list(report.behaviour),
        "budget": None if report.budget is None else {"total": report.budget.total, "calls": dict(report.budget.calls)},
        "problems": [one.said for one in report.problems],
    }


def _change(report: Report, change: Change) -> dict[str, Any]:
    return {
        "operation": change.operation,
        "urn": change.resource.urn,
        "kind": change.resource.kind,
        "name": change.resource.name,
        "retained": change.retained,
        "bookkeeping": change.is_bookkeeping,
        "follows": words.follows(change),
        "because": list(change.because),
        "consequence": words.consequence(report, change) if words.is_grave(change) else None,
        "properties": [property_document(one) for one in change.properties],
    }


def property_document(one: PropertyChange) -> dict[str, Any]:
    """One property; of a text also its lines."""
    found: dict[str, Any] = {
        "path": one.path,
        "nature": one.nature,
        "before": one.before,
        "after": one.after,
        "secret": one.is_secret,
    }
    if words.text_of(one):
        found["lines"] = [
            f"{line.text}" if line.sign == "@" else f"{line.sign}{line.text}" for line in words.lines_of(one)
        ]
    return found


def finding_document(one: Finding) -> dict[str, Any]:
    """What a rule says."""
    return {
        "rule": one.rule,
        "severity": one.severity.value,
        "refuses": one.refuses,
        "urn": one.urn,
        "resource": one.resource,
        "what": one.what,
        "why": one.why,
        "remedy": one.remedy,
        "allowance": None
        if one.allowance is None
        else {"reason": one.allowance.reason, "until": one.allowance.until.isoformat()},
    }
