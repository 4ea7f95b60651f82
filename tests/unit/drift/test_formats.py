"""Text, Markdown, JSON, SARIF and JUnit: each says what the report says, and holds whatever its values are."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guestlist.drift.check import redacted
from guestlist.drift.formats import exit_code, render
from guestlist.drift.report import LogSaid, Report
from guestlist.preview.formats import FORMATS, Format
from guestlist.preview.markdown import COMMENT_BYTES
from guestlist.preview.report import Problem
from tests.unit.drift.factories import a_report, a_writer, an_ignored, an_item, an_unmanaged
from tests.unit.preview.hostile import ATTACKS, BREAK, DANGEROUS, interpreted
from tests.unit.preview.reports import a_change, a_finding, a_property, an_allowance

SCHEMA = json.loads((Path(__file__).resolve().parents[3] / "docs" / "drift-schema.json").read_text(encoding="utf-8"))
CANARY = "canary-Zq7vX2m9Lk4t"


def of_schema(rendered: str) -> Any:
    document = json.loads(rendered)
    jsonschema.Draft202012Validator(SCHEMA).validate(document)
    return document["environments"]


def of_junit(report: Report) -> ET.Element:
    return ET.fromstring(rendered(report, "junit").encode())[0]  # noqa: S314 - ours


def a_full_report() -> Report:
    return a_report(
        an_item(
            by=(a_writer(), a_writer(who="deployer", ours=True, how="through the Management API")),
            live=a_change(a_property(), a_property(path="logo", nature="added", before=None, after="x")),
            undeclared=("logo",),
        ),
        an_item(
            kind="both",
            shown="Action require-mfa",
            pending=a_change(a_property(path="code", before="a\nb", after="a\nc")),
        ),
        an_item(kind="pending", shown="Tenant tenant", live=None, pending=a_change()),
        an_item(
            shown="ClientGrant inviter-grant", happened="deleted", live=a_change(operation="delete"), remark="No token."
        ),
        an_unmanaged(remark="It runs in post-login."),
        an_unmanaged(shown="Client Marketing site", covered=an_ignored()),
        findings=(a_finding(), a_finding(rule="redirect-moved", allowance=an_allowance())),
        ended=(an_ignored(pattern="Client old", until=date(2026, 1, 1)),),
        log=LogSaid(why_full="the state has changed since the last check"),
    )


def rendered(report: Report, form: str) -> str:
    return render([report], form)  # type: ignore[arg-type]


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_people_read_who_what_and_how_to_take_it_back(form: str) -> None:
    said = " ".join(rendered(a_full_report(), form).replace("`", "").replace("\\", "").split())

    for words in (
        "2 drifted, 1 both drifted and pending, 1 unmanaged, 1 pending",
        "2026-11-26 10:00 UTC, from 203.0.113.7 in the dashboard",
        "(our deployer)",
        "Guests → People",
        "guestlist drift fix --env prod",
        "guestlist drift accept --env prod",
        "guestlist up --env prod",
        "made by the marketing team (until 2027-03-31)",
        "ended on 2026-01-01 and covers nothing any more",
        "sign-up-opened",
        "Everything was read: the state has changed since the last check.",
        "91%",
        "What no check can see: the values of Actions' secrets.",
        "It runs in post-login.",
        "The open day, ticket SEC 17",
    ):
        assert words in said, words


def test_the_json_keeps_to_the_schema() -> None:
    [found] = of_schema(rendered(a_full_report(), "json"))

    assert found["exitCode"] == 2
    assert [one["class"] for one in found["items"]] == ["drift", "both", "pending", "drift", "unmanaged", "unmanaged"]
    assert found["items"][0]["properties"][1]["declared"] is False
    assert found["items"][0]["by"][0] == {
        "who": "Ana <ana@example.com>",
        "at": "2026-11-26T10:00:00Z",
        "address": "203.0.113.7",
        "how": "in the dashboard",
        "ours": False,
    }
    assert found["summary"] == {"drift": 2, "both": 1, "unmanaged": 1, "pending": 1, "covered": 1, "unchanged": 20}


def test_sarif_has_each_object_and_each_finding_and_marks_what_is_covered() -> None:
    [run] = json.loads(rendered(a_full_report(), "sarif"))["runs"]

    rules = [one["ruleId"] for one in run["results"]]
    assert rules == [
        "sign-up-opened",
        "redirect-moved",
        "tenant-drift",
        "tenant-both",
        "tenant-pending",
        "tenant-drift",
        "tenant-unmanaged",
        "tenant-unmanaged",
    ]
    assert [("suppressions" in one) for one in run["results"]] == [False, True, False, False, False, False, False, True]
    assert len({one["partialFingerprints"]["guestlist/v1"] for one in run["results"]}) >= 5


def test_junit_fails_what_counts_and_skips_what_is_covered() -> None:
    suite = of_junit(a_full_report())

    assert (suite.get("failures"), suite.get("skipped"), suite.get("errors")) == ("6", "2", "0")


def test_a_clean_report_is_a_passed_case_and_says_what_cannot_be_seen() -> None:
    report = a_report()

    assert of_junit(report).get("tests") == "1"
    for form in ("text", "markdown"):
        said = rendered(report, form)
        assert "no drift found" in said
        assert "What no check can see" in said


def test_where_nobody_said_which_client_deploys_an_undeclared_one_may_be_it() -> None:
    unnamed = a_report(an_unmanaged(shown="Client Deployer"), deployer_named=False)

    assert "GUESTLIST_DEPLOYER_CLIENT_ID" in rendered(unnamed, "text")
    assert "GUESTLIST_DEPLOYER_CLIENT_ID" not in rendered(replace(unnamed, deployer_named=True), "text")
    assert "GUESTLIST_DEPLOYER_CLIENT_ID" not in rendered(a_report(an_unmanaged(), deployer_named=False), "text")


def test_nothing_recorded_is_never_called_clean() -> None:
    log = LogSaid(
        since=datetime(2026, 11, 27, 6, 0, tzinfo=UTC), full_check_at=datetime(2026, 11, 27, 5, 0, tzinfo=UTC)
    )

    for form in ("text", "markdown"):
        said = rendered(a_report(read="nothing", log=log), form)
        assert "nothing recorded since 2026-11-27 06:00 UTC (full check at 2026-11-27 05:00 UTC)" in " ".join(
            said.replace("`", "").split()
        )
        assert "no drift" not in said
        assert "clean" not in said


def test_what_could_not_be_told_is_exit_code_1_and_the_rest_is_shown() -> None:
    report = replace(a_full_report(), problems=(Problem(said="The tenant did not answer."),))

    assert report.exit_code == 1
    for form in FORMATS:
        said = rendered(report, form)
        assert "The tenant did not answer" in said
        assert "Marketing site" in said


def test_a_refusing_rule_marks_drift_and_never_makes_it_3() -> None:
    assert a_report(an_item(), findings=(a_finding(),)).exit_code == 2


def test_of_several_the_gravest_counts() -> None:
    clean, drifted = a_report(), a_report(an_item())
    failed = a_report(problems=(Problem(said="No."),))

    assert exit_code([clean, clean]) == 0
    assert exit_code([clean, drifted]) == 2
    assert exit_code([drifted, failed]) == 1


@pytest.mark.parametrize("form", FORMATS)
def test_no_format_shows_a_known_secret(form: Format) -> None:
    change = a_change(a_property(path="code", before="a\nb", after=f"const key = '{CANARY}';\nb"))
    report = a_report(
        an_item(live=change, pending=change, remark=f"with {CANARY}"), an_unmanaged(shown=f"Client {CANARY}")
    )

    assert CANARY not in render([redacted(report, {CANARY})], form)
    assert CANARY in render([report], form)


def test_redaction_leaves_the_words_of_closed_sets() -> None:
    report = redacted(a_report(an_item(), an_unmanaged()), {"drift", "changed", "unmanaged", "made"})

    assert [(one.kind, one.happened) for one in report.items] == [("drift", "changed"), ("unmanaged", "made")]


def test_an_issue_stays_below_what_a_forge_takes() -> None:
    long = "\n".join(f"line {number} of an Action" for number in range(10_000))
    report = a_report(
        an_item(live=a_change(a_property(path="code", before=long, after=long.upper()))),
        *(an_unmanaged(shown=f"Client number {number}", id=f"/clients/{number}") for number in range(3000)),
    )

    assert len(rendered(report, "markdown").encode()) <= COMMENT_BYTES + 500
    assert "more object" in rendered(report, "markdown")


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(text=st.text(min_size=1, max_size=60))
def test_whatever_a_person_writes_is_harmless(text: str) -> None:
    report = a_report(
        an_item(shown=f"Client {text}", by=(a_writer(who=text),), remark=text, live=a_change(a_property(after=text))),
        an_unmanaged(shown=f"Action {text}", covered=an_ignored(reason=text)),
    )

    of_schema(rendered(report, "json"))
    of_junit(report)
    json.loads(rendered(report, "sarif"))
    rendered(report, "text")


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_that_a_person_wrote_is_interpreted(attack: str) -> None:
    report = a_report(
        an_item(
            shown=f"Client {attack}", by=(a_writer(who=attack),), remark=attack, live=a_change(a_property(after=attack))
        ),
        an_unmanaged(shown=f"Action {attack}", covered=an_ignored(reason=attack)),
        ended=(an_ignored(pattern=attack, until=date(2026, 1, 1)),),
    )

    left = BREAK.sub("", interpreted(rendered(report, "markdown")))

    assert not DANGEROUS.search(left), left
