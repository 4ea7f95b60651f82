"""`SOAK_ONLY=… make soak` tries some of the promises, and says which it did not."""

import pytest

from tests.soak import GROUPS, Row, chosen, report


def test_all_promises_are_tried_unless_some_are_named() -> None:
    assert chosen("") == tuple(GROUPS)
    assert chosen("invites, kills") == ("kills", "invites")


def test_a_promise_that_does_not_exist_is_said_with_those_that_do() -> None:
    with pytest.raises(SystemExit, match=r"there is no invite; there are switches, kills, clean, page, invites"):
        chosen("page,invite")


def test_a_partial_run_names_what_was_not_tried() -> None:
    row = Row(promise="people invited", tried=1, seconds=[3.0], found="12 sent; 3 runs killed")
    page = report([row], is_whole=True, groups=("invites",))
    assert "**A part of it only:** not tried were switches, kills, clean, page (SOAK_ONLY)." in page
    assert "| people invited | 1 | 0 | 3.0 |" in page
    assert "- people invited: 12 sent; 3 runs killed" in page
    assert "A part of it only" not in report([row], is_whole=True)
