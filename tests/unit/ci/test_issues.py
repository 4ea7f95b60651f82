"""Which issue is opened, edited and closed, from plain data. Not here: what a check left (`test_told.py`), the forges (`test_tracking.py`)."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from guestlist.ci.body import LONGEST_COMMENT
from guestlist.ci.comments import CHECK_BROKEN, DRIFT, SECURITY, LabelChanges
from guestlist.ci.issues import MOST_KNOWN, TWICE, Close, Issue, Open, Update, steps
from guestlist.ci.told import Found, Told, told_of
from guestlist.drift.document import render_document
from guestlist.drift.markdown import render_markdown
from guestlist.drift.report import Report
from guestlist.preview.change import PropertyChange
from guestlist.preview.report import Problem
from tests.unit.drift.factories import a_report, a_writer, an_ignored, an_item, an_unmanaged
from tests.unit.preview.hostile import ATTACKS, BREAK, DANGEROUS, interpreted
from tests.unit.preview.reports import a_change, a_finding

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


def test_another_change_of_an_object_that_is_known_is_new() -> None:
    """Or whoever changed one thing could go on unheard."""
    url = PropertyChange(path="callbacks", nature="added", before=None, after="https://evil.example")
    known = an_item().live
    assert known is not None
    more = told(an_item(live=replace(known, properties=(*known.properties, url))))
    other = told(
        an_item(live=replace(known, properties=(*known.properties, replace(url, after="https://worse.example"))))
    )

    assert the_only(more, [opened(told(an_item()))]).news == ("Client application, changed",)
    assert the_only(other, [opened(more)]).news == ("Client application, changed",)
    assert the_only(more, [opened(more)]).news == ()


def test_what_is_taken_back_in_part_is_no_news() -> None:
    url = PropertyChange(path="callbacks", nature="added", before=None, after="https://evil.example")
    known = an_item().live
    assert known is not None
    more = told(an_item(live=replace(known, properties=(*known.properties, url))))

    step = the_only(told(an_item()), [opened(more)])

    assert (step.text is None, step.comment, step.news) == (False, None, ())


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


def test_the_same_failure_with_another_number_is_the_same() -> None:
    first, second = (told(problems=(Problem(said=f"No answer after {n} s."),)) for n in ("31.2", "30"))

    assert the_only(second, [], [opened(first)]).comment is None


def test_a_check_that_works_again_closes_its_issue_and_goes_on() -> None:
    found = steps(MORE, [opened(DRIFTED)], [replace(opened(BROKEN), number=9)], me=ME)

    assert [type(one) for one in found] == [Close, Update]
    assert found[0].number == 9  # type: ignore[union-attr]


def test_somebody_elses_issue_with_our_first_line_is_not_ours() -> None:
    assert isinstance(the_only(DRIFTED, [opened(DRIFTED, author="mallory")]), Open)


def test_an_issue_about_another_environment_is_another_issue() -> None:
    dev = replace(opened(DRIFTED), text=opened(DRIFTED).text.replace(":prod", ":dev"))

    assert isinstance(the_only(DRIFTED, [dev]), Open)


def test_of_two_the_oldest_is_kept_up_to_date_and_the_other_closed() -> None:
    closed, kept = steps(DRIFTED, [opened(DRIFTED, 9), opened(DRIFTED, 4)], [], me=ME)

    assert closed == Close(number=9, comment=TWICE.format(4))
    assert isinstance(kept, Update)
    assert kept.number == 4


def test_of_two_both_are_closed_when_nothing_differs_any_more() -> None:
    found = steps(CLEAN, [opened(DRIFTED, 9), opened(DRIFTED, 4)], [], me=ME)

    assert sorted(one.number for one in found if isinstance(one, Close)) == [4, 9]


def test_a_check_that_could_not_tell_leaves_even_two_alone() -> None:
    assert isinstance(the_only(BROKEN, [opened(DRIFTED, 9), opened(DRIFTED, 4)]), Open)


def test_somebody_elses_second_issue_is_not_closed() -> None:
    assert the_only(DRIFTED, [opened(DRIFTED, 4), opened(DRIFTED, 9, author="mallory")]).number == 4


@pytest.mark.parametrize("report", ["", "made up", "<!-- guestlist:drift:guestlist:dev -->\n### of another one"])
def test_without_its_report_an_issue_says_all_the_same_what_was_found(report: str) -> None:
    text = the_only(replace(MORE, report=report)).text

    assert "Action foreign, not declared" in text
    assert "of another one" not in text
    assert text.startswith("<!-- guestlist:drift:guestlist:prod -->\n")


@pytest.mark.parametrize("count", [MOST_KNOWN, MOST_KNOWN + 1, 8 * MOST_KNOWN])
def test_however_much_is_found_it_is_remembered(count: int) -> None:
    many = replace(DRIFTED, found=tuple(Found(id=str(n), said=f"Client {n}", parts=("a", "b")) for n in range(count)))
    there = opened(many)
    fewer = replace(many, found=many.found[:-1])

    assert len(there.text.encode()) <= LONGEST_COMMENT
    assert "Client application" in there.text
    assert the_only(many, [there]).news == ()
    assert the_only(many, [opened(fewer)]).news[-1] == f"Client {count - 1}"


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
    bare = the_only(replace(new, report=""))

    assert not DANGEROUS.search(BREAK.sub("", interpreted(bare.text.split("\n", 2)[2])))
    assert not DANGEROUS.search(BREAK.sub("", interpreted(step.comment)))
    assert not DANGEROUS.search(BREAK.sub("", interpreted(broken.text.split("\n", 2)[2])))
