"""What a person meets: the form, what is wrong, the way on."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from pages.profile.languages import LANGUAGES, load
from tests.pages.profile.people import (
    FROM_PAGE,
    NOW,
    PAGE,
    STATE,
    Browser,
    a_token,
    action,
    heading,
    hidden,
    read,
    settings,
)


def test_somebody_without_a_name_is_asked_for_it(browser: Browser) -> None:
    page = browser.open()

    assert page.status_code == 200
    assert heading(page) == "What is your name?"
    assert "in Northwind." in page.text
    assert action(page) == "/"  # without the query, so without the token


def test_the_names_go_to_auth0_in_a_token_for_this_login_alone(browser: Browser) -> None:
    page = browser.fill_in("  Jose\u0301 ", "Lima")

    assert page.status_code == 200
    target = urlsplit(action(page))
    assert f"{target.scheme}://{target.netloc}{target.path}" == "https://login.guestlist.test/continue"
    assert parse_qs(target.query) == {"state": [STATE]}
    assert read(hidden(page)["session_token"], FROM_PAGE) == {
        "iss": PAGE,
        "sub": "auth0|ana",
        "aud": "guestlist:complete-profile",
        "purpose": "names-given",
        "iat": NOW,
        "exp": NOW + 120,
        "state": STATE,
        "given_name": "José",
        "family_name": "Lima",
    }


@pytest.mark.parametrize("family_name", ["", "  "])
def test_one_name_is_enough(browser: Browser, family_name: str) -> None:
    page = browser.fill_in("Isa", family_name)

    assert "family_name" not in read(hidden(page)["session_token"])


def test_the_way_on_works_without_scripts_and_holds_nothing_that_was_typed(browser: Browser) -> None:
    page = browser.fill_in("Anastasia", "Limoncelli")

    assert '<button class="action" type="submit">Continue</button>' in page.text
    assert "Anastasia" not in page.text
    assert "Limoncelli" not in page.text


def test_state_goes_back_byte_for_byte(browser: Browser) -> None:
    state = "a+b/c=d&e%20f?g#h~\"'<>"
    shown = browser.open(state=state)
    page = browser.send({**hidden(shown), "given_name": "Ana"})

    assert parse_qs(urlsplit(action(page)).query) == {"state": [state]}
    assert read(hidden(page)["session_token"])["state"] == state


def test_a_missing_name_is_said_as_govuk_says_it(browser: Browser) -> None:
    page = browser.fill_in("", "Lima")

    assert page.status_code == 422
    assert "<title>Error: What is your name? – Northwind</title>" in page.text
    assert 'id="summary" tabindex="-1" autofocus' in page.text
    assert '<a href="#given_name">Enter your first name</a>' in page.text
    assert 'aria-describedby="given_name-fault given_name-hint" aria-invalid="true"' in page.text
    assert 'value="Lima"' in page.text  # nothing has to be typed twice


def test_every_fault_is_said_at_once(browser: Browser) -> None:
    page = browser.fill_in("x" * 101, "www.evil.example")

    assert page.text.count("First name must be 100 characters or fewer") == 2
    assert page.text.count("Last name must not hold a link") == 2


def test_what_was_typed_is_shown_as_text(browser: Browser) -> None:
    page = browser.fill_in("\"><script>alert('x')</script>", "&amp;\x00")

    assert "<script" not in page.text
    assert "&#34;&gt;&lt;script&gt;" in page.text
    assert "\x00" not in page.text


def test_known_names_are_there_already(browser: Browser) -> None:
    page = browser.open(a_token(given_name="Ana", family_name=7))

    assert 'name="given_name" value="Ana"' in page.text
    assert 'name="family_name" value=""' in page.text


def test_browsers_may_fill_the_fields_in(browser: Browser) -> None:
    page = browser.open().text

    assert 'autocomplete="given-name"' in page
    assert 'autocomplete="family-name"' in page
    assert page.count('spellcheck="false"') == 2


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_page_speaks_the_language_of_the_login(browser: Browser, code: str) -> None:
    page = browser.open(a_token(locale=f"{code}-XX"))

    assert heading(page) == load(code).text("What is your name?")
    direction = "rtl" if code in {"ar", "he"} else "ltr"
    assert f'<html lang="{code}" dir="{direction}">' in page.text
    assert page.headers["content-language"] == code


@pytest.mark.parametrize(
    ("locale", "ui_locales", "accept", "expected"),
    [
        ("de", "fr en", "es", "fr"),
        ("de", "", "es", "de"),
        ("sv", "", "es", "es"),
        (..., "", "sv, he;q=0.5, ar;q=0.9", "ar"),
        (..., "", "iw", "he"),
        (..., "xx yy-ZZ", "zz;q=1", "en"),
        (..., "\U0001f600;;,,", "q=;;;,,*,de;q=0", "en"),
        (7, "", "de;q=9", "en"),
    ],
)
def test_a_language_is_chosen_by_who_knows_best(
    browser: Browser, locale: object, ui_locales: str, accept: str, expected: str
) -> None:
    query = {"ui_locales": ui_locales} if ui_locales else {}
    page = browser.open(a_token(locale=locale), query=query, headers={"Accept-Language": accept})

    assert f'<html lang="{expected}"' in page.text


def test_another_language_keeps_what_was_typed(browser: Browser) -> None:
    shown = browser.open()
    page = browser.send({**hidden(shown), "given_name": "A", "family_name": "B", "language": "de"})

    assert heading(page) == "Wie heißen Sie?"
    assert page.status_code == 200
    assert 'value="A"' in page.text
    assert 'value="B"' in page.text
    assert heading(browser.send({**hidden(page), "given_name": ""})) == "Wie heißen Sie?"  # and the language stays


def test_an_environment_offers_some_languages_only() -> None:
    browser = Browser(settings(PROFILE_LANGUAGES="fr,de"))

    page = browser.open(a_token(locale="en"))
    assert '<html lang="fr"' in page.text
    assert "Deutsch" in page.text
    assert "English" not in page.text


def test_an_expired_page_says_what_to_do(browser: Browser) -> None:
    page = browser.open(a_token(iat=NOW - 5000, exp=NOW - 4100))

    assert heading(page) == "This page is no longer valid"
    assert '<a class="action" href="https://app.guestlist.test/login" rel="noreferrer">Sign in again</a>' in page.text


def test_a_person_may_take_an_hour(browser: Browser) -> None:
    shown = browser.open()
    browser.now += 3600
    assert browser.send({**hidden(shown), "given_name": "Ana"}).status_code == 200

    browser.now += 60
    assert heading(browser.send({**hidden(shown), "given_name": "Ana"})) == "This page is no longer valid"


def test_the_page_may_lie_below_a_path() -> None:
    browser = Browser(settings(PROFILE_PAGE_URL="https://profile.guestlist.test/your/name"))

    assert action(browser.open()) == "/your/name"
    assert browser.fill_in().status_code == 200
    assert browser.get("/").status_code == 404


def test_the_brand_is_the_environments(tmp_path: object) -> None:
    browser = Browser(
        settings(
            PROFILE_NAME="Müller & Søn",
            PROFILE_LOGO_URL="https://cdn.guestlist.test/logo.svg",
            PROFILE_SUPPORT_URL="https://help.guestlist.test/x",
        )
    )
    page = browser.open()

    assert '<img src="https://cdn.guestlist.test/logo.svg" alt="Müller &amp; Søn">' in page.text
    assert "img-src https://cdn.guestlist.test/logo.svg;" in page.headers["content-security-policy"]
    assert '<a href="https://help.guestlist.test/x" rel="noreferrer">Get in touch</a>' in page.text
