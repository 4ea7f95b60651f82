"""Which issue is opened, edited and closed, from plain data."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guestlist.ci.body import LONGEST_COMMENT
from guestlist.ci.comments import CHECK_BROKEN, DRIFT, SECURITY, LabelChanges
from guestlist.ci.issues import Close, Found, Issue, Open, Told, Update, steps, told_of
from guestlist.drift.document import render_document
from guestlist.drift.markdown import render_markdown
from guestlist.drift.report import Report
from guestlist.preview.report import Problem
from tests.unit.drift.factories import a_report, a_writer, an_ignored, an_item, an_unmanaged
from tests.unit.preview.hostile import ATTACKS, BREAK, DANGEROUS, interpreted
from tests.unit.preview.reports import a_change, a_finding
from tests.unit.tenant_log.test_entries import ANY_JSON

ME = "github-actions[bot]"


def told(*items: Any, **changes: Any) -> Told:
    return of_report(a_report(*items, **changes))


def of_report(report: Report) -> Told:
    return told_of(
        json.loads(render_document([report])), render_markdown([report]), project="guestlist", environment="prod"
    )


def the_only(told: Told, drifts: list[Issue] | None = None, broken: list[Issue] | None = None) -> Any:
    [step] = steps(told, drifts or [], broken or [], me=ME)
    return step


def opened(told: Told, number: int = 5, author: str = ME) -> Issue:
    step = the_only(told)
    assert isinstance(step, Open)
    return Issue(number=number, author=author, text=step.text, labels=step.labels)


DRIFTED = told(an_item(by=(a_writer(),)))
MORE = told(an_item(by=(a_writer(),)), an_unmanaged())
CLEAN = told()
BROKEN = told(problems=(Problem(said="The tenant did not answer. Run it again."),))


def test_nothing_found_and_nothing_there_is_nothing_to_do() -> None:
    assert steps(CLEAN, [], [], me=ME) == []


def test_drift_opens_an_issue() -> None:
    step = the_only(DRIFTED)

    assert isinstance(step, Open)
    assert step.title == "The tenant of prod is not as it was deployed"
    assert step.text.startswith("<!-- guestlist:drift:guestlist:prod -->\n<!-- guestlist:known:")
    assert "Client application" in step.text
    assert step.text.count("<!-- guestlist:drift:") == 1
    assert step.labels == (DRIFT,)
    assert step.news == ("Client application, changed, by Ana <ana@example.com>",)


def test_the_same_again_changes_nothing_and_tells_nobody() -> None:
    step = the_only(DRIFTED, [opened(DRIFTED)])

    assert step == Update(number=5, text=None, labels=LabelChanges(), comment=None, news=())


def test_what_is_said_otherwise_is_edited_without_a_word() -> None:
    later = replace(DRIFTED, report=DRIFTED.report + "\nlater\n")

    step = the_only(later, [opened(DRIFTED)])

    assert (step.text is None, step.comment, step.news) == (False, None, ())


def test_what_is_new_is_said_and_only_that() -> None:
    step = the_only(MORE, [opened(DRIFTED)])

    assert step.news == ("Action foreign, not declared",)
    assert "Action foreign" in step.comment
    assert "Client application" not in step.comment


def test_what_comes_back_is_new_again() -> None:
    step = the_only(MORE, [replace(opened(MORE), text=the_only(DRIFTED, [opened(MORE)]).text)])

    assert step.news == ("Action foreign, not declared",)


def test_what_is_healed_closes_it() -> None:
    assert isinstance(the_only(CLEAN, [opened(DRIFTED)]), Close)


def test_what_makes_the_tenant_less_safe_is_labelled() -> None:
    grave = told(an_item(), findings=(a_finding(),))

    assert the_only(grave).labels == (DRIFT, SECURITY)
    assert the_only(grave, [opened(told(an_item()))]).labels == LabelChanges(add=(SECURITY,))


@pytest.mark.parametrize(
    "item", [an_unmanaged(covered=an_ignored()), an_item(kind="pending", live=None, pending=a_change())]
)
def test_what_is_covered_or_only_waits_for_a_deployment_opens_none(item: Any) -> None:
    assert steps(told(item), [], [], me=ME) == []


def test_a_check_that_could_not_tell_is_another_issue_and_leaves_the_first_alone() -> None:
    step = the_only(BROKEN, [opened(DRIFTED)])

    assert isinstance(step, Open)
    assert step.title == "The drift check of prod could not tell"
    assert step.labels == (CHECK_BROKEN,)
    assert "The tenant did not answer" in step.text
    assert "guestlist drift --env prod" in step.text


def test_the_same_failure_again_tells_nobody_twice_and_another_one_is_said() -> None:
    there = opened(BROKEN)
    other = told(problems=(Problem(said="The state is locked."),))

    assert the_only(BROKEN, [], [there]).comment is None
    assert "The state is locked" in the_only(other, [], [there]).comment


def test_a_check_that_works_again_closes_its_issue_and_goes_on() -> None:
    found = steps(MORE, [opened(DRIFTED)], [replace(opened(BROKEN), number=9)], me=ME)

    assert [type(one) for one in found] == [Close, Update]
    assert found[0].number == 9  # type: ignore[union-attr]


def test_somebody_elses_issue_with_our_first_line_is_not_ours() -> None:
    assert isinstance(the_only(DRIFTED, [opened(DRIFTED, author="mallory")]), Open)


def test_an_issue_about_another_environment_is_another_issue() -> None:
    dev = replace(opened(DRIFTED), text=opened(DRIFTED).text.replace(":prod", ":dev"))

    assert isinstance(the_only(DRIFTED, [dev]), Open)


def test_of_two_the_oldest_is_kept_up_to_date() -> None:
    assert the_only(DRIFTED, [opened(DRIFTED, 9), opened(DRIFTED, 4)]).number == 4


@pytest.mark.parametrize(
    "document",
    [None, [], {}, {"environments": []}, {"environments": [{"environment": "dev"}]}, {"environments": "prod"}],
)
def test_a_check_that_left_nothing_readable_could_not_tell(document: Any) -> None:
    found = told_of(document, "", project="guestlist", environment="prod")

    assert found.broken == ("The check left no report that could be read: its job says why.",)


@given(document=ANY_JSON, report=st.text(max_size=200))
def test_whatever_it_left_is_understood_or_said_to_be_broken(document: Any, report: str) -> None:
    found = told_of(document, report, project="guestlist", environment="prod")

    assert found.broken
    assert steps(found, [], [], me=ME)


def test_an_issue_fits_into_what_a_forge_takes() -> None:
    many = replace(
        DRIFTED,
        report="<!-- guestlist:drift:guestlist:prod -->\n" + "- a line that is rather long\n" * 4000,
        found=tuple(Found(id=str(number), said=f"Client {number}") for number in range(300)),
    )

    step = the_only(many)
    again = the_only(many, [opened(many)])

    assert len(step.text.encode()) <= LONGEST_COMMENT
    assert again.news == ()
    assert len(the_only(many, [opened(DRIFTED)]).comment) < 2000


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_that_a_person_wrote_is_interpreted(attack: str) -> None:
    new = told(an_item(), an_unmanaged(shown=f"Client {attack}", by=(a_writer(who=attack),)))
    step = the_only(new, [opened(DRIFTED)])
    broken = the_only(told(problems=(Problem(said=attack),)))

    assert not DANGEROUS.search(BREAK.sub("", interpreted(step.comment)))
    assert not DANGEROUS.search(BREAK.sub("", interpreted(broken.text.split("\n", 2)[2])))
