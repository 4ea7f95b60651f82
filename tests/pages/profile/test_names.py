"""One table of names for the page and the Action, and the same verdict on names that nobody thought of."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from pages.profile.names import check_name, clean_name
from tests.pages.profile.naming import differing_names
from tests.pages.profile.people import Browser, hidden, read

CASES: dict[str, list[dict[str, Any]]] = json.loads(
    (Path(__file__).parents[2] / "actions" / "names.json").read_text(encoding="utf-8")
)
NAMES = int(os.environ.get("GUESTLIST_NAMES", "4000"))


def text_of(case: dict[str, Any], key: str = "name") -> Any:
    return case[key] * case.get("times", 1) if isinstance(case[key], str) else case[key]


@pytest.mark.parametrize("case", CASES["valid"], ids=lambda case: case["why"])
def test_a_name_is_stored(case: dict[str, Any]) -> None:
    assert clean_name(text_of(case)) == text_of(case, "becomes" if "becomes" in case else "name")


@pytest.mark.parametrize("case", CASES["invalid"], ids=lambda case: case["why"])
def test_what_is_no_name_is_refused(case: dict[str, Any]) -> None:
    assert clean_name(text_of(case)) is None


def test_the_form_brings_names_through_whole(browser: Browser) -> None:
    for case in CASES["valid"]:
        sent = browser.fill_in(text_of(case), text_of(case))
        said = read(hidden(sent)["session_token"])
        expected = text_of(case, "becomes" if "becomes" in case else "name")
        assert (said["given_name"], said["family_name"]) == (expected, expected), case["why"]


def test_the_form_says_what_is_wrong_with_each(browser: Browser) -> None:
    for case in CASES["invalid"]:
        name = text_of(case)
        if not isinstance(name, str) or "\ud800" in name:  # no form sends those
            continue
        assert browser.fill_in(name).status_code == 422, case["why"]
        assert check_name(name).problem, case["why"]


def test_page_and_action_think_alike() -> None:
    accepted, differing = differing_names(NAMES, seed=20261123)

    assert differing == []
    assert NAMES * 0.2 < accepted < NAMES * 0.9  # both verdicts occur
