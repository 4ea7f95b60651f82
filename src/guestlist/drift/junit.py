"""
A drift report as JUnit's XML, for the dashboards of CI: one case for each object that differs, one for each finding of a rule.

What somebody has to look at is a failure, what the ignore file or the environment covers is skipped, what could not be told is an error.

Not here: the rules (`guestlist.preview.security`). Source: https://github.com/testmoapp/junitxml
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from xml.etree import ElementTree as ET

from guestlist.drift import words
from guestlist.drift.report import Item, Report
from guestlist.preview.change import Change
from guestlist.preview.characters import visible
from guestlist.preview.junit import case_of, suite_of
from guestlist.preview.security.finding import Finding
from guestlist.preview.words import lines_counted, lines_of, property_words, text_of


def render_junit(reports: Sequence[Report]) -> str:
    """One suite for each environment."""
    suites = ET.Element("testsuites", name="guestlist drift")
    for one in reports:
        suites.append(_suite(one))
    ET.indent(suites)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(suites, encoding="unicode")}\n'


def _suite(report: Report) -> ET.Element:
    cases = [
        *(_problem(report, number, one.said) for number, one in enumerate(report.problems, 1)),
        *(_item(report, one) for one in report.items),
        *(_finding(report, one) for one in report.findings),
    ]
    if not cases:
        cases = [_case(report, "check", words.counted(report))]
    return suite_of(report.environment, cases, seconds=report.seconds)


def _case(report: Report, group: str, name: str) -> ET.Element:
    return case_of(report.environment, group, name)


def _problem(report: Report, number: int, said: str) -> ET.Element:
    case = _case(report, "check", f"what could be told, {number}")
    ET.SubElement(case, "error", message=visible(said))
    return case


def _item(report: Report, item: Item) -> ET.Element:
    case = _case(report, item.kind, item.shown)
    if not item.counts:
        ET.SubElement(case, "skipped", message=visible(words.covered(item)))
        return case
    failure = ET.SubElement(case, "failure", message=visible(words.happened(item)), type=item.kind)
    failure.text = visible("\n".join(_details(item)), kept="\n")
    return case


def _details(item: Item) -> Iterator[str]:
    if item.remark:
        yield item.remark
    yield from (f"By {words.author(one)}" for one in item.by)
    for change in (item.live, item.pending):
        if change is not None:
            yield from _properties(change)


def _properties(change: Change) -> Iterator[str]:
    for one in change.properties:
        if text_of(one):
            yield f"{one.path}: {lines_counted(lines_of(one))}"
        else:
            yield f"{one.path}: {''.join(text for text, _ in property_words(one).pieces)}"


def _finding(report: Report, one: Finding) -> ET.Element:
    case = _case(report, "rules", f"{one.rule}: {one.resource}")
    if one.allowance is not None:
        reason = f"allowed until {one.allowance.until.isoformat()}: {one.allowance.reason}"
        ET.SubElement(case, "skipped", message=visible(reason))
    else:
        failure = ET.SubElement(case, "failure", message=visible(one.what), type=visible(one.rule))
        failure.text = visible(f"{one.what}\nWhy: {one.why}\nWhat to do: {one.remedy}", kept="\n")
    return case
