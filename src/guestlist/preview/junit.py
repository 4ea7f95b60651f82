"""
A preview as JUnit's XML, for the dashboards of CI: one case for each finding of a rule, one for each resource that changes.

A refused finding is a failure, an allowed one is skipped, what could not be told is an error.

Not here: the rules (`security/`). Source: https://github.com/testmoapp/junitxml
"""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree as ET

from guestlist.preview import words
from guestlist.preview.change import Change
from guestlist.preview.characters import visible
from guestlist.preview.report import Report
from guestlist.preview.security.finding import Finding


def render_junit(reports: Report | Sequence[Report]) -> str:
    """One suite for each environment."""
    several = [reports] if isinstance(reports, Report) else list(reports)
    suites = ET.Element("testsuites", name="guestlist preview")
    for one in several:
        suites.append(_suite(one))
    ET.indent(suites)
    return ET.tostring(suites, encoding="unicode", xml_declaration=False).join(
        ['<?xml version="1.0" encoding="UTF-8"?>\n', "\n"]
    )


def _suite(report: Report) -> ET.Element:
    cases = [
        *(_problem(report, number, one.said) for number, one in enumerate(report.problems, 1)),
        *(_finding(report, one) for one in report.findings),
        *(_change(report, one) for one in report.shown),
    ]
    return suite_of(report.environment, cases, seconds=report.seconds)


def suite_of(environment: str, cases: Sequence[ET.Element], *, seconds: float) -> ET.Element:
    """One environment's cases, counted by what is in them."""
    counts = {name: sum(case.find(name) is not None for case in cases) for name in ("failure", "error", "skipped")}
    suite = ET.Element(
        "testsuite",
        name=visible(environment),
        tests=str(len(cases)),
        failures=str(counts["failure"]),
        errors=str(counts["error"]),
        skipped=str(counts["skipped"]),
        time=f"{seconds:.3f}",
    )
    suite.extend(cases)
    return suite


def case_of(environment: str, group: str, name: str) -> ET.Element:
    """A case, empty: passed."""
    return ET.Element("testcase", classname=visible(f"guestlist.{environment}.{group}"), name=visible(name))


def _case(report: Report, group: str, name: str) -> ET.Element:
    return case_of(report.environment, group, name)


def _problem(report: Report, number: int, said: str) -> ET.Element:
    case = _case(report, "preview", f"what could be told, {number}")
    ET.SubElement(case, "error", message=visible(said))
    return case


def _finding(report: Report, one: Finding) -> ET.Element:
    case = _case(report, "rules", f"{one.rule}: {one.resource}")
    text = _text(f"{one.what}\nWhy: {one.why}\nWhat to do: {one.remedy}")
    if one.refuses:
        ET.SubElement(case, "failure", message=visible(one.what), type=visible(one.rule)).text = text
    elif one.allowance is not None:
        reason = f"allowed until {one.allowance.until.isoformat()}: {one.allowance.reason}"
        ET.SubElement(case, "skipped", message=visible(reason))
    else:
        ET.SubElement(case, "system-out").text = text
    return case


def _change(report: Report, change: Change) -> ET.Element:
    case = _case(report, "changes", f"{words.verb(change).lower()} {change.resource.shown}")
    said = [words.consequence(report, change)] if words.is_grave(change) else []
    if change.operation != "delete":
        said += [
            f"{one.path}: {words.lines_counted(words.lines_of(one))}"
            if words.text_of(one)
            else f"{one.path}: {''.join(text for text, _ in words.property_words(one).pieces)}"
            for one in change.properties
        ]
    if said:
        ET.SubElement(case, "system-out").text = _text("\n".join(said))
    return case


def _text(text: str) -> str:
    return visible(text, kept="\n")
