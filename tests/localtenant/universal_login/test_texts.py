"""The words of the pages: the same keys and variables in every language, chosen as the application and the browser want them."""

import json
import re

import pytest

from localtenant.universal_login.texts import DIRECTORY

from .every_page import every_page, prepare
from .reading import links_of, title_of

LANGUAGES = {"de": "ltr", "fr": "ltr", "es": "ltr", "ar": "rtl", "he": "rtl"}


def catalogue(language):
    return json.loads((DIRECTORY / f"{language}.json").read_text(encoding="utf-8"))


def variables(text):
    return sorted(re.findall(r"\$\{(\w+)\}", text))


def test_every_catalogue_is_one_that_we_know():
    assert {path.stem for path in DIRECTORY.glob("*.json")} == {"en", *LANGUAGES}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_has_the_screens_keys_and_variables_of_english(language):
    english, other = catalogue("en"), catalogue(language)
    assert {screen: set(words) for screen, words in other.items()} == {
        screen: set(words) for screen, words in english.items()
    }
    differing = [
        (screen, key)
        for screen, words in english.items()
        for key, text in words.items()
        if variables(text) != variables(other[screen][key]) or bool(text) != bool(other[screen][key])
    ]
    assert differing == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_but_names_is_the_same_as_in_english(language):
    english, other = catalogue("en"), catalogue(language)
    same = {
        text
        for screen, words in english.items()
        for key, text in words.items()
        if text == other[screen][key] and not text.startswith("${")
    }
    assert same <= {"", "Code", "No", "Error:", ", "}


@pytest.mark.parametrize(("language", "direction"), LANGUAGES.items())
def test_every_page_speaks_the_language_and_runs_in_its_direction(world, language, direction):
    prepare(world, language)
    for name, page in every_page(world, language).items():
        assert f'<html lang="{language}" dir="{direction}">' in page.text, name
        assert page.headers["content-language"] == language
        assert "${" not in page.text, name
        assert title_of(page) not in {text for words in catalogue("en").values() for text in words.values()}, name


@pytest.mark.parametrize(
    ("ui_locales", "accepted", "spoken"),
    [
        ("de", "fr", "de"),
        ("it de-CH", "fr", "de"),
        (None, "fr-CA, de;q=0.9", "fr"),
        ("it", "ja", "en"),
        ("he", "ja", "en"),  # not enabled
    ],
)
def test_the_application_comes_before_the_browser_and_both_choose_among_the_enabled(
    world, ui_locales, accepted, spoken
):
    world.set_tenant(enabled_locales=["en", "de", "fr"])
    world.http.headers["accept-language"] = accepted
    page = world.http.get(world.authorize(ui_locales=ui_locales).headers["location"])
    assert f'<html lang="{spoken}"' in page.text


def test_the_tenants_own_words_go_over_ours_with_its_names(world):
    world.set_tenant(enabled_locales=["en", "de"], friendly_name="Acme & Co")
    words = {"login": {"title": "Hello from ${companyName}", "forgotPasswordText": "Lost it?"}}
    world.local.put("/prompts/login/custom-text/en", json=words)
    page = world.http.get(world.authorize(ui_locales="en").headers["location"])
    assert title_of(page) == "Hello from Acme & Co"
    assert "Lost it?" in links_of(page)
    german = world.http.get(world.authorize(ui_locales="de").headers["location"])
    assert title_of(german) == "Anmelden"


def test_words_and_names_never_become_markup(world):
    world.set_tenant(friendly_name="<b>Acme</b>")
    world.local.put("/prompts/login/custom-text/en", json={"login": {"title": "<script>${clientName}</script>"}})
    page = world.http.get(world.authorize(login_hint='"><script>').headers["location"])
    assert not [tag for tag in ("<script", "<b>") if tag in page.text]


@pytest.mark.parametrize(
    ("language", "joined"),
    [("ar", "أحرف صغيرة، أحرف كبيرة"), ("de", "Kleinbuchstaben, Großbuchstaben")],
)
def test_what_a_password_needs_is_listed_with_the_languages_own_comma(world, language, joined):
    complexity = {"min_length": 8, "character_types": ["lowercase", "uppercase"], "character_type_rule": "all"}
    world.change_connection(password_options={"complexity": complexity})
    world.set_tenant(enabled_locales=["en", language])
    ticket = world.local.post("/tickets/password-change", json={"user_id": world.user_id}).json()["ticket"]
    page = world.http.get(ticket, headers={"accept-language": language})
    assert joined in page.text
