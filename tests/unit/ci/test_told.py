"""What a drift check left is understood, or said to be a check that could not tell; whatever it is."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guestlist.ci.body import LONGEST_COMMENT
from guestlist.ci.comments import DRIFT, SECURITY
from guestlist.ci.issues import Issue, Open, Update, steps
from guestlist.ci.told import NO_REPORT, OTHER_FORM, Found, Told, told_of
from guestlist.drift.document import render_document
from guestlist.preview.report import Problem
from guestlist.preview.security.finding import Severity
from tests.unit.drift.factories import a_report, a_writer, an_ignored, an_item, an_unmanaged
from tests.unit.preview.hostile import ATTACKS, texts
from tests.unit.preview.reports import a_finding
from tests.unit.tenant_log.test_entries import ANY_JSON

ME = "github-actions[bot]"
WHOLE: Any = json.loads(
    render_document(
        [
            a_report(
                an_item(by=(a_writer(),)),
                an_unmanaged(covered=an_ignored()),
                findings=(a_finding(),),
                problems=(Problem(said="The tenant did not answer."),),
            )
        ]
    )
)


def read(document: Any, report: str = "") -> Told:
    return told_of(document, report, project="guestlist", environment="prod")


def of(*items: Any, **changes: Any) -> Told:
    return read(json.loads(render_document([a_report(*items, **changes)])))


def said(found: tuple[Found, ...]) -> list[str]:
    return [one.said for one in found]


@pytest.mark.parametrize(
    "document",
    [
        None,
        [],
        {},
        {"guestlistDrift": 1},
        {"guestlistDrift": 1, "environments": []},
        {"guestlistDrift": 1, "environments": [{"environment": "dev"}]},
        {"guestlistDrift": 1, "environments": "prod"},
        {"guestlistDrift": 1, "environments": 2 * WHOLE["environments"]},
    ],
)
def test_a_check_that_left_nothing_readable_could_not_tell(document: Any) -> None:
    assert said(read(document).broken) == [NO_REPORT]


@pytest.mark.parametrize("version", [0, 2, "1", None])
def test_a_document_of_another_form_is_not_guessed_at(version: Any) -> None:
    assert said(read({**WHOLE, "guestlistDrift": version}).broken) == [OTHER_FORM]


@pytest.mark.parametrize("code", [1, 3, 64, None, [2]])
def test_an_exit_code_that_says_so_is_enough(code: Any) -> None:
    document = copy.deepcopy(WHOLE)
    document["environments"][0].update(problems=[], exitCode=code)

    assert said(read(document).broken) == [NO_REPORT]


@pytest.mark.parametrize(
    ("finding", "labels"),
    [
        (a_finding(severity=Severity.ERROR), {DRIFT, SECURITY}),
        (a_finding(severity=Severity.WARNING), {DRIFT, SECURITY}),
        (a_finding(severity=Severity.NOTE), {DRIFT}),
    ],
)
def test_what_a_rule_minds_is_labelled(finding: Any, labels: set[str]) -> None:
    assert of(an_item(), findings=(finding,)).labels == labels


def test_what_is_covered_in_an_object_is_not_heard_of() -> None:
    [item] = of(an_item(covered_properties={})).found
    [covered] = of(an_item(covered_properties=dict.fromkeys(_paths(), an_ignored()))).found

    assert item.parts
    assert covered.parts == ()


def _paths() -> list[str]:
    return [one.path for one in an_item().differences]


def test_digests_tell_nothing() -> None:
    for one in of(an_item(by=(a_writer(),))).found:
        assert all(len(digest) == 12 and int(digest, 16) >= 0 for digest in one.digests)


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_people_read_is_one_line_without_anything_unseen(attack: str) -> None:
    told = of(an_unmanaged(shown=f"Client {attack}", by=(a_writer(who=attack),)), problems=(Problem(said=attack),))

    for line in said((*told.found, *told.broken)):
        assert line.isprintable()
        line.encode()


@settings(deadline=None)
@given(document=ANY_JSON, report=st.text(max_size=200))
def test_whatever_it_left_is_understood_or_said_to_be_broken(document: Any, report: str) -> None:
    found = read(document, report)

    assert said(found.broken) == [NO_REPORT]
    assert steps(found, [], [], me=ME)


def _places(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [at, *(place for key, one in inner for place in _places(one, (*at, key)))]


@settings(deadline=None)
@given(place=st.sampled_from(_places(WHOLE)[1:]), value=ANY_JSON | texts, report=texts, problem=st.booleans())
def test_a_document_with_anything_in_it_is_taken_or_said_to_be_broken(
    place: tuple[Any, ...], value: Any, report: str, problem: bool
) -> None:
    document = copy.deepcopy(WHOLE)
    if not problem:
        document["environments"][0].update(problems=[], exitCode=2)
    inner = document
    try:
        for key in place[:-1]:
            inner = inner[key]
        inner[place[-1]] = value
    except IndexError:
        return  # in the problem that is not there

    told = read(document, report)
    for step in steps(told, [], [], me=ME):
        assert isinstance(step, Open)
        assert len(step.text.encode()) <= LONGEST_COMMENT
        there = Issue(number=1, author=ME, text=step.text, labels=step.labels)
        [again] = steps(told, [] if told.broken else [there], [there] if told.broken else [], me=ME)
        assert isinstance(again, Update)
        assert (again.text, again.comment, again.news) == (None, None, ())


@settings(deadline=None)
@given(report=st.text() | st.lists(texts, max_size=50).map("\n".join))
def test_whatever_a_report_says_fits_and_changes_no_hidden_line(report: str) -> None:
    told = replace(
        of(an_item()), report=f"<!-- guestlist:drift:guestlist:prod -->\n{report.encode(errors='replace').decode()}"
    )

    [step] = steps(told, [], [], me=ME)

    assert isinstance(step, Open)
    first, second, *_ = step.text.split("\n")
    assert first == "<!-- guestlist:drift:guestlist:prod -->"
    assert second.startswith("<!-- guestlist:known:")
