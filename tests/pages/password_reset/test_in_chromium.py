"""
The mail in a real browser, which is what a webmail is: readable in light and dark, on a phone of 320 px, in both directions of writing.

Not here: mail programs (docs/unverified.md); the pictures of docs/mail.md (`pictures.py`).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from guestlist.mail_preview import EXAMPLE, STATES, make_previews, write_previews
from stacks.reset_email import MailLook
from tests.chromium import a_chromium

from . import pictures
from .mails import NOW, a_known_user, body, sent

# A mail is one article within somebody else's page, which has the landmarks.
RULES = {"rules": {"region": {"enabled": False}, "landmark-one-main": {"enabled": False}}}
LOUD = MailLook(primary_color="#ffe600", background_color="#1a0033")  # neither reads well by itself


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with a_chromium() as browser:
        tab = browser.new_page(viewport={"width": 320, "height": 640})
        tab.route("http*://**", lambda _: pytest.fail("the mail fetched something"))
        yield tab


@pytest.fixture(scope="module")
def mails(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("mails")
    write_previews(make_previews(EXAMPLE, now=NOW), folder)
    return folder


@pytest.mark.parametrize(
    ("state", "language"), [*((state, "en") for state in STATES), ("invitation", "ar"), ("invitation", "de")]
)
def test_axe_finds_nothing_and_nothing_is_wider_than_a_narrow_phone(
    page: Page, mails: Path, state: str, language: str
) -> None:
    page.goto((mails / f"{state}.{language}.html").as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    button = page.locator(".g-button").bounding_box()
    assert button is not None
    assert button["height"] >= 44
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        assert violations(page) == []


def test_the_brands_dot_and_name_are_on_one_line(page: Page, mails: Path) -> None:
    page.goto((mails / "invitation.en.html").as_uri())
    dot, name = (page.locator(one).first.bounding_box() for one in (".g-dot", ".g-dot + span"))
    assert dot is not None
    assert name is not None
    assert abs((dot["y"] + dot["height"] / 2) - (name["y"] + name["height"] / 2)) < 3


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_that_do_not_read_well_are_made_to(page: Page, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    look = {"primary_color": LOUD.primary_color or "", "background_color": LOUD.background_color or ""}
    page.set_content(sent(body(**look), a_known_user(given_name="Ana")))
    assert violations(page) == []


def test_an_arabic_mail_begins_on_the_right_and_its_link_on_the_left(page: Page, mails: Path) -> None:
    page.goto((mails / "invitation.ar.html").as_uri())
    assert page.locator("h1").evaluate("one => getComputedStyle(one).direction") == "rtl"
    assert page.locator(".g-box").evaluate("one => getComputedStyle(one).direction") == "ltr"


def test_the_list_of_previews_has_nothing_for_axe_either(page: Page, mails: Path) -> None:
    page.set_viewport_size({"width": 1000, "height": 700})
    page.goto((mails / "index.html").as_uri())
    assert violations(page) == []
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_the_pictures_in_the_docs_are_there_and_small() -> None:
    files = {file.name: file.stat().st_size for file in pictures.FOLDER.glob("*.png")}
    assert files.keys() == {pictures.name(*picture) for picture in pictures.PICTURES}
    assert max(files.values()) < 60_000
    assert sum(files.values()) < 400_000
    shown = (pictures.FOLDER.parent / "mail.md").read_text(encoding="utf-8")
    assert [name for name in files if f"mail/{name}" not in shown] == []


def violations(page: Page) -> list[Any]:
    return [
        (one["id"], [node["html"][:200] for node in one["nodes"]])
        for one in Axe().run(page, options=RULES).response["violations"]
    ]
