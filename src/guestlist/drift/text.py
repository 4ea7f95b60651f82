"""
A drift report for the terminal: 100 columns, colour where it is asked for.

Not here: the body of an issue (`markdown.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from guestlist.drift import words
from guestlist.drift.report import CLASSES, Item, Report
from guestlist.preview.change import Change
from guestlist.preview.text import Paint, finding_lines, property_lines, titled, wrapped
from guestlist.preview.words import verb

_SIGNS = {"changed": "~", "deleted": "-", "made": "+"}


def render_text(reports: Sequence[Report], *, colour: bool = False) -> str:
    """One environment or several, one after the other."""
    return "\n".join("".join(f"{line}\n" for line in _lines(one, Paint(on=colour))) for one in reports)


def _lines(report: Report, paint: Paint) -> Iterator[str]:
    yield from wrapped(f"{words.named(report)}: {words.headline(report)}")
    for problem in report.problems:
        yield from (paint(line, "!") for line in wrapped(f"Could not tell: {problem.said}", "  "))
    if used := words.log(report):
        yield from wrapped(used, "  ")
    grave = [one for one in report.findings if one.allowance is None]
    yield from finding_lines("What makes the tenant less safe", grave, "!", paint)
    for kind in CLASSES:
        items = [one for one in report.counted if one.kind == kind]
        if items:
            yield from titled(words.TITLES[kind])
        for item in items:
            yield from _item(item, paint)
    if report.covered:
        yield from titled("Covered by the ignore file")
        for item in report.covered:
            yield from wrapped(f"{item.shown}, {words.happened(item)}: {words.covered(item)}", "  ")
    allowed = [one for one in report.findings if one.allowance is not None]
    yield from finding_lines("Allowed", allowed, " ", paint)
    yield ""
    yield from _ending(report)


def _item(item: Item, paint: Paint) -> Iterator[str]:
    sign = _SIGNS[item.happened]
    for line in wrapped(f"{sign} {item.shown}, {words.happened(item)}", "  "):
        yield paint(line, sign)
    if item.remark:
        yield from wrapped(item.remark, "      ")
    for writer in item.by:
        yield from wrapped(f"By {words.author(writer)}", "      ")
    for one in item.differences:
        note = words.UNDECLARED if one.path in item.undeclared else ""
        if known := item.covered_properties.get(one.path):
            note = f" (ignored until {known.until.isoformat()}: {known.reason})"
        yield from property_lines(one, new=False, paint=paint, note=note)
    if item.pending is not None:
        yield from _pending(item, item.pending, paint)


def _pending(item: Item, change: Change, paint: Paint) -> Iterator[str]:
    if item.kind == "both" or item.live is not None:
        yield from wrapped(f"The program: {verb(change).lower()}", "      ")
    if change.operation == "delete":
        return
    for one in change.properties:
        yield from property_lines(one, new=change.operation == "create", paint=paint)


def _ending(report: Report) -> Iterator[str]:
    for said in words.remedies(report):
        yield from wrapped(said)
    for entry in report.ended:
        yield from wrapped(
            f"config/drift-ignore.yaml: {entry.pattern!r} ended on {entry.until.isoformat()} and covers nothing any more."
        )
    if report.coverage is not None:
        yield from wrapped(f"Coverage: {words.coverage(report.coverage)}; {words.listed(report.coverage)}.")
    if unseen := words.cannot_be_seen(report):
        yield from wrapped(unseen)
    if report.read == "all" and not report.problems:
        yield from wrapped(f"{report.unchanged:,} resources are in the tenant as deployed.")
