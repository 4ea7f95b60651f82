"""Text, JSON, SARIF and JUnit: each says what the report says, and holds whatever its values are."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings

from guestlist.preview.change import PropertyChange
from guestlist.preview.formats import exit_code, render
from guestlist.preview.picture import SECRET
from guestlist.preview.report import Report
from guestlist.preview.security.finding import Severity
from guestlist.preview.text import COLUMNS
from tests.unit.preview.hostile import reports
from tests.unit.preview.prepared import PREPARED
from tests.unit.preview.reports import (
    a_change,
    a_finding,
    a_problem,
    a_property,
    a_report,
    a_resource,
    an_allowance,
    urn_of,
)
from tests.unit.preview.told import report_of

SCHEMA = json.loads((Path(__file__).resolve().parents[3] / "docs" / "preview-schema.json").read_text(encoding="utf-8"))
NAMES = [one.name for one in PREPARED]
any_report = settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def of_schema(rendered: str) -> Any:
    document = json.loads(rendered)
    jsonschema.Draft202012Validator(SCHEMA).validate(document)
    return document


@pytest.mark.parametrize("name", NAMES)
def test_the_json_of_every_prepared_change_keeps_to_the_schema(name: str) -> None:
    [preview] = of_schema(render(report_of(name), "json"))["previews"]

    assert preview["environment"] == "prod"


@any_report
@given(report=reports())
def test_json_keeps_to_the_schema_whatever_the_values_are(report: Report) -> None:
    rendered = render(report, "json")

    of_schema(rendered)
    assert rendered.isascii()  # nothing that is not seen, nothing that turns the text round


def test_the_schema_refuses_what_it_does_not_describe() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    document = json.loads(render(a_report(), "json"))
    document["previews"][0]["changes"][0]["operation"] = "upsert"

    with pytest.raises(jsonschema.ValidationError):
        of_schema(json.dumps(document))


def test_json_holds_both_sides_and_the_lines() -> None:
    code = PropertyChange(path="code", nature="changed", before="a\nb\n", after="a\nc\n")
    [preview] = of_schema(render(a_report(a_change(code)), "json"))["previews"]

    [change] = preview["changes"]
    assert change["properties"] == [
        {
            "path": "code",
            "nature": "changed",
            "before": "a\nb\n",
            "after": "a\nc\n",
            "secret": False,
            "lines": ["@@ -1,2 +1,2 @@", " a", "-b", "+c"],
        }
    ]
    assert (preview["summary"]["update"], preview["exitCode"]) == (1, 2)


def sarif(*several: Report) -> list[dict[str, Any]]:
    document = json.loads(render(list(several), "sarif"))
    assert document["version"] == "2.1.0"
    runs: list[dict[str, Any]] = document["runs"]
    for run in runs:
        rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
        assert len(rules) == len(set(rules))
        for result in run["results"]:
            assert rules[result["ruleIndex"]] == result["ruleId"]
            assert result["level"] in {"error", "warning", "note"}
            assert result["message"]["text"]
    return runs


def test_sarif_names_each_rule_once_and_each_finding() -> None:
    report = a_report(
        findings=(
            a_finding(),
            a_finding(urn=urn_of("Connection", "others"), resource="Connection others"),
            a_finding(rule="foreign-action", severity=Severity.WARNING),
        )
    )
    [run] = sarif(report)

    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["foreign-action", "sign-up-opened"]
    assert [(one["ruleId"], one["level"]) for one in run["results"]] == [
        ("sign-up-opened", "error"),
        ("sign-up-opened", "error"),
        ("foreign-action", "warning"),
    ]
    assert len({one["partialFingerprints"]["guestlist/v1"] for one in run["results"]}) == 3


def test_sarif_suppresses_what_the_environment_allows() -> None:
    [run] = sarif(a_report(findings=(a_finding(allowance=an_allowance()),)))

    assert run["results"][0]["suppressions"] == [
        {"kind": "external", "justification": "Allowed until 2026-12-31: The open day, ticket SEC 17"}
    ]


def test_sarif_says_what_could_not_be_told() -> None:
    [run] = sarif(a_report(problems=(a_problem("No answer."),)))

    assert not run["invocations"][0]["executionSuccessful"]


@pytest.mark.parametrize(
    ("kind", "name", "file"),
    [
        ("Connection", "invited-users", "config/Pulumi.prod.yaml"),
        ("Action", "complete-profile", "actions/post-login/complete-profile.js"),
        ("Action", "not-in-the-change", "stacks/program.py"),
        ("Action", "../../etc/passwd", "stacks/program.py"),
        ("Role", "admin", "stacks/program.py"),
    ],
)
def test_sarif_points_at_the_file_that_says_it(kind: str, name: str, file: str) -> None:
    change = a_change(
        resource=a_resource(
            "Action", name if "not" not in name else "another", supportedTriggers={"id": "post-login", "version": "v3"}
        )
    )
    [run] = sarif(a_report(change, findings=(a_finding(urn=urn_of(kind, name)),)))

    location = run["results"][0]["locations"][0]["physicalLocation"]
    assert location["artifactLocation"]["uri"] == file


def test_every_environment_is_a_run_and_a_suite() -> None:
    several = [a_report(environment="staging"), a_report()]

    assert [run["automationDetails"]["id"] for run in sarif(*several)] == [
        "guestlist-preview/staging/",
        "guestlist-preview/prod/",
    ]
    assert [suite.get("name") for suite in suites(several)] == ["staging", "prod"]


@any_report
@given(report=reports())
def test_sarif_holds_whatever_the_values_are(report: Report) -> None:
    [run] = sarif(report)

    assert len(run["results"]) == len(report.findings)


def suites(reports: Report | list[Report]) -> list[ET.Element]:
    return list(ET.fromstring(render(reports, "junit").encode()))  # noqa: S314 - ours


def test_junit_has_a_case_for_each_finding_and_each_resource() -> None:
    report = a_report(
        a_change(),
        a_change(a_property(before=SECRET, after=SECRET), resource=a_resource("Action", "require-mfa")),
        findings=(a_finding(), a_finding(allowance=an_allowance()), a_finding(severity=Severity.WARNING)),
        problems=(a_problem(),),
    )
    [suite] = suites(report)

    assert {name: suite.get(name) for name in ("tests", "failures", "errors", "skipped")} == {
        "tests": "6",
        "failures": "1",
        "errors": "1",
        "skipped": "1",
    }
    assert [[child.tag for child in case] for case in suite] == [
        ["error"],
        ["failure"],
        ["skipped"],
        ["system-out"],
        ["system-out"],
        ["system-out"],
    ]
    assert suite[5][0].text == "name: (secret, changed)"


@any_report
@given(report=reports())
def test_junit_is_xml_whatever_the_values_are(report: Report) -> None:
    [suite] = suites(report)

    assert len(suite) == len(report.problems) + len(report.findings) + len(report.shown)


@pytest.mark.parametrize("name", NAMES)
def test_text_fits_a_hundred_columns(name: str) -> None:
    assert all(len(line) <= COLUMNS for line in render(report_of(name), "text").splitlines())


@any_report
@given(report=reports())
def test_text_steers_no_terminal_and_fits_whatever_the_values_are(report: Report) -> None:
    shown = render(report, "text")

    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200b-\u200f]", shown)
    assert all(len(line) <= COLUMNS for line in shown.split("\n"))
    assert shown.encode()


def test_colour_is_used_where_it_is_asked_for() -> None:
    report = a_report(a_change(), a_change(operation="delete"), findings=(a_finding(),))

    assert "\x1b" not in render(report, "text")
    coloured = render(report, "text", colour=True)
    assert "\x1b[31m  - delete Client application\x1b[0m" in coloured
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == render(report, "text")


@pytest.mark.parametrize(
    ("several", "expected"),
    [
        ([a_report()], 2),
        ([a_report(), a_report(findings=(a_finding(),))], 3),
        ([a_report(findings=(a_finding(),)), a_report(problems=(a_problem(),))], 1),
    ],
)
def test_the_gravest_environment_decides_the_exit_code(several: list[Report], expected: int) -> None:
    assert exit_code(several) == expected
