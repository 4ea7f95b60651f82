"""
A drift report as SARIF 2.1.0, for code scanning: each object that differs, and what makes the tenant less safe.

Not here: the form of a run (`guestlist.preview.sarif`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from guestlist.drift import words
from guestlist.drift.report import Class, Item, Report
from guestlist.preview.sarif import run_document, sarif
from guestlist.preview.security.finding import Allowance, Finding, Severity

WHY: Mapping[Class, str] = {
    "drift": "The tenant is not what was deployed.",
    "both": "The tenant is not what was deployed, and the program wants something else.",
    "unmanaged": "Nobody declares it, so nobody reviews it.",
    "pending": "It was decided, and is not deployed.",
}
SEVERITIES: Mapping[Class, Severity] = {
    "drift": Severity.WARNING,
    "both": Severity.WARNING,
    "unmanaged": Severity.WARNING,
    "pending": Severity.NOTE,
}


def render_sarif(reports: Sequence[Report]) -> str:
    """One run for each environment."""
    return sarif(
        [
            run_document(
                "drift",
                one.environment,
                [*one.findings, *(_finding(one, item) for item in one.items)],
                {item.id: item.live for item in one.items if item.live},
                [problem.said for problem in one.problems],
            )
            for one in reports
        ]
    )


def _finding(report: Report, item: Item) -> Finding:
    by = f" By {words.author(item.by[0])}." if item.by else ""
    paths = ", ".join(dict.fromkeys(one.path for one in item.differences))
    what = f"{words.happened(item).capitalize()}{f': {paths}' if paths else ''}.{by}"
    covered = item.covered
    return Finding(
        rule=f"tenant-{item.kind}",
        severity=SEVERITIES[item.kind],
        urn=item.id,
        resource=item.shown,
        what=f"{what} {item.remark}".strip(),
        why=WHY[item.kind],
        remedy=" ".join(_remedies(report, item)),
        allowance=Allowance(rule=f"tenant-{item.kind}", reason=covered.reason, until=covered.until)
        if covered
        else None,
    )


def _remedies(report: Report, item: Item) -> list[str]:
    from dataclasses import replace

    return words.remedies(replace(report, items=(replace(item, covered=None),)))
