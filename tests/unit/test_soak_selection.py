"""`SOAK_ONLY=… make soak` tries some of the promises, and says which it did not."""

from datetime import date

import pytest

from tests import soak
from tests.soak import GROUPS, chosen
from tests.soak_report import Row, section, with_section

TITLES = tuple(soak.TITLES.values())
TODAY = date(2026, 11, 26)


def test_all_promises_are_tried_unless_some_are_named() -> None:
    assert chosen("") == tuple(GROUPS)
    assert chosen("invites, kills") == ("kills", "invites")


def test_a_promise_that_does_not_exist_is_said_with_those_that_do() -> None:
    with pytest.raises(SystemExit, match=r"there is no invite; there are switches, kills, clean, page, invites"):
        chosen("page,invite")


def test_a_group_that_is_tried_alone_leaves_the_rest_of_the_page() -> None:
    row = Row(promise="people invited", tried=1, seconds=[3.0], found="12 sent; 3 runs killed")
    invites = section("Many people invited at once", [row], is_whole=True, today=TODAY)
    kills = section(
        "Runs that are killed", [Row(promise="killed", failures=["write 3: two clients"])], is_whole=False, today=TODAY
    )
    page = with_section("", invites, titles=TITLES)

    page = with_section(page, kills, titles=TITLES)

    assert page.index("## Runs that are killed") < page.index("## Many people invited at once")
    assert "| people invited | 1 | 0 | 3.0 |" in page
    assert "- 12 sent; 3 runs killed" in page
    assert "- write 3: two clients" in page
    assert page.count("did not come to its end") == 1
    assert with_section(page, kills, titles=TITLES) == page
