"""Which comment is written and which labels are set, from plain data."""

from typing import Any

import pytest

from guestlist.ci.body import Body
from guestlist.ci.comments import (
    DESTROY,
    SECURITY,
    Comment,
    Create,
    Edit,
    LabelChanges,
    Leave,
    label_changes,
    labels_of,
    written,
)

ME = "github-actions[bot]"
PROD = Body(project="guestlist", stack="prod", text="<!-- guestlist:preview:guestlist:prod -->\nnew\n")


def a_comment(
    number: int = 1, text: str = "<!-- guestlist:preview:guestlist:prod -->\nold", author: str = ME
) -> Comment:
    return Comment(id=number, author=author, text=text)


def test_the_first_preview_makes_a_comment() -> None:
    assert written([], me=ME, body=PROD) == Create()


def test_the_next_one_edits_it() -> None:
    assert written([a_comment(3)], me=ME, body=PROD) == Edit(id=3)


def test_one_that_says_the_same_is_left_alone() -> None:
    there = a_comment(3, PROD.text.replace("\n", "\r\n").rstrip())

    assert written([there], me=ME, body=PROD) == Leave(id=3)


def test_a_comment_about_another_stack_is_another_comment() -> None:
    dev = a_comment(text="<!-- guestlist:preview:guestlist:dev -->\nold")

    assert written([dev], me=ME, body=PROD) == Create()


def test_somebody_elses_comment_with_our_marker_is_not_ours() -> None:
    assert written([a_comment(author="mallory")], me=ME, body=PROD) == Create()


def test_a_comment_that_quotes_our_marker_is_not_ours() -> None:
    quoting = a_comment(text="> <!-- guestlist:preview:guestlist:prod -->\nwhat is this?")

    assert written([quoting], me=ME, body=PROD) == Create()


def test_of_two_the_oldest_is_edited() -> None:
    assert written([a_comment(9), a_comment(4)], me=ME, body=PROD) == Edit(id=4)


def a_document(*, operation: str = "update", bookkeeping: bool = False, **finding: Any) -> dict[str, Any]:
    change = {"operation": operation, "bookkeeping": bookkeeping}
    findings = [{"refuses": False, "severity": "note", **finding}] if finding else []
    return {"version": 1, "previews": [{"changes": [change], "findings": findings}]}


@pytest.mark.parametrize("operation", ["delete", "replace"])
def test_a_delete_and_a_replacement_are_labelled(operation: str) -> None:
    assert labels_of([a_document(), a_document(operation=operation)]) == {DESTROY}


def test_the_programs_own_records_are_not() -> None:
    assert labels_of([a_document(operation="delete", bookkeeping=True)]) == set()


@pytest.mark.parametrize("finding", [{"severity": "warning"}, {"refuses": True}])
def test_what_becomes_less_safe_is_labelled(finding: dict[str, Any]) -> None:
    assert labels_of([a_document(**finding)]) == {SECURITY}


def test_a_note_is_not() -> None:
    assert labels_of([a_document(severity="note")]) == set()


@pytest.mark.parametrize(
    "broken", [{}, {"previews": 3}, {"previews": [{}]}, {"previews": [{"changes": [1], "findings": []}]}]
)
def test_what_cannot_be_understood_gets_both(broken: dict[str, Any]) -> None:
    assert labels_of([broken]) == {DESTROY, SECURITY}


def test_labels_are_taken_off_again_and_others_are_not_touched() -> None:
    assert label_changes(["bug", DESTROY], [SECURITY, "bug"]) == LabelChanges(add=(SECURITY,), remove=(DESTROY,))
    assert label_changes([DESTROY], [DESTROY]) == LabelChanges()
