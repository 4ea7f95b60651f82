"""
A drift report as JSON, for programs. Its form is docs/drift-schema.json; `guestlistDrift` rises when a reader of the old form would misread it.

Not here: for people (`text.py`, `markdown.py`).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from guestlist.drift.report import CLASSES, Coverage, Item, LogSaid, Report, Writer
from guestlist.preview import words as preview_words
from guestlist.preview.change import Change
from guestlist.preview.document import finding_document, property_document

VERSION = 1


def render_document(reports: Sequence[Report]) -> str:
    """One document of one environment or several; characters that cannot be seen are escaped as JSON does."""
    return json.dumps({"guestlistDrift": VERSION, "environments": [_report(one) for one in reports]}, indent=2) + "\n"


def _report(report: Report) -> dict[str, Any]:
    by = Counter(item.kind for item in report.counted)
    return {
        "project": report.project,
        "environment": report.environment,
        "domain": report.domain,
        "exitCode": report.exit_code,
        "check": {"all": "full", "touched": "touched", "nothing": "log"}[report.read],
        "checkedAt": _at(report.checked_at),
        "seconds": round(report.seconds, 3),
        "calls": report.calls,
        "summary": {
            **{kind: by[kind] for kind in CLASSES},
            "covered": len(report.covered),
            "unchanged": report.unchanged,
        },
        "items": [_item(one) for one in report.items],
        "findings": [finding_document(one) for one in report.findings],
        "coverage": None if report.coverage is None else _coverage(report.coverage),
        "unseen": list(report.unseen),
        "problems": [{"said": one.said, "refused": one.refused} for one in report.problems],
        "log": None if report.log is None else _log(report.log),
        "endedIgnores": [{"pattern": one.pattern, "until": one.until.isoformat()} for one in report.ended],
    }


def _item(item: Item) -> dict[str, Any]:
    return {
        "class": item.kind,
        "id": item.id,
        "resource": item.shown,
        "happened": item.happened,
        "remark": item.remark or None,
        "properties": [
            {
                **property_document(one),
                "declared": one.path not in item.undeclared,
                "covered": _covered(item.covered_properties.get(one.path)),
            }
            for one in item.differences
        ],
        "pending": None if item.pending is None else _pending(item.pending),
        "by": [_writer(one) for one in item.by],
        "covered": _covered(item.covered),
    }


def _covered(found: Any) -> dict[str, Any] | None:
    return None if found is None else {"reason": found.reason, "until": found.until.isoformat()}


def _pending(change: Change) -> dict[str, Any]:
    return {
        "operation": change.operation,
        "what": preview_words.verb(change),
        "properties": [property_document(one) for one in change.properties],
    }


def _writer(one: Writer) -> dict[str, Any]:
    return {"who": one.who, "at": _at(one.at), "address": one.address, "how": one.how, "ours": one.ours}


def _coverage(found: Coverage) -> dict[str, Any]:
    return {
        "objects": found.objects,
        "declared": found.declared,
        "covered": found.covered,
        "auth0s": list(found.auth0s),
        "percent": found.percent,
        "kinds": list(found.kinds),
    }


def _log(said: LogSaid) -> dict[str, Any]:
    return {
        "nothingRecordedSince": _at(said.since) if said.since else None,
        "fullCheckAt": _at(said.full_check_at) if said.full_check_at else None,
        "whyFull": said.why_full or None,
        "unread": said.unread or None,
    }


def _at(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
