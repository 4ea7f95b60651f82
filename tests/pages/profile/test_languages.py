"""Six languages, each whole."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

import pytest
from jinja2 import Environment, nodes

from pages.profile import form
from pages.profile.languages import LANGUAGES, LOCALES, SOURCE, load, read_catalogue
from pages.profile.render import MESSAGES, TEMPLATES
from tests.pages.profile.people import NOW, Browser, a_token, heading, hidden

TRANSLATED = [code for code in LANGUAGES if code != SOURCE]


def texts_of_templates() -> Iterator[str]:
    for file in TEMPLATES.glob("*.html"):
        tree = Environment(autoescape=True).parse(file.read_text(encoding="utf-8"))
        for call in tree.find_all(nodes.Call):
            if isinstance(call.node, nodes.Name) and call.node.name == "_" and isinstance(call.args[0], nodes.Const):
                yield call.args[0].value


def texts() -> set[str]:
    """Every text that a person may read."""
    shown = {text for title, message, _ in MESSAGES.values() for text in (title, message)}
    fields = {text for field in form.empty() for text in (field.label, field.hint) if text}
    return {*texts_of_templates(), *shown, *fields, *form._GIVEN.values(), *form._FAMILY.values()}


@pytest.mark.parametrize("code", TRANSLATED)
def test_a_catalogue_is_whole(code: str) -> None:
    catalogue = read_catalogue(code)
    entries = {str(one.id): one for one in catalogue if one.id}

    assert entries.keys() == texts()
    for text, entry in entries.items():
        assert str(entry.string).strip(), text
        assert not entry.fuzzy, text
        assert re.findall(r"%\(\w+\)s", str(entry.string)) == re.findall(r"%\(\w+\)s", text)
        assert "&" not in str(entry.string), text  # plain text: the template escapes it


@pytest.mark.parametrize("code", TRANSLATED)
def test_gettexts_own_reader_takes_a_catalogue(code: str) -> None:
    import gettext
    from io import BytesIO

    from babel.messages.mofile import write_mo

    compiled = BytesIO()
    write_mo(compiled, read_catalogue(code))
    compiled.seek(0)
    assert gettext.GNUTranslations(compiled).gettext("Continue") == load(code).text("Continue")


def test_no_catalogue_lies_about_unused() -> None:
    assert {file.stem for file in LOCALES.glob("*.po")} == set(TRANSLATED)


@pytest.mark.parametrize("code", TRANSLATED)
def test_no_english_is_left_on_a_page(browser: Browser, code: str) -> None:
    shown = browser.open(a_token(locale=code))
    faulty = browser.send({**hidden(shown), "given_name": "", "family_name": "<"})
    for page in (shown, faulty, browser.send({**hidden(shown), "given_name": "Ana"})):
        text = re.sub(r"<(style|script).*?</\1>|<nav.*?</nav>|<[^>]*>|Northwind", " ", page.text, flags=re.DOTALL)
        shown_text = unescape(re.sub(r"\s+", " ", text))
        left = {
            text
            for text in texts()
            if re.search(rf"(?<!\w){re.escape(text)}(?!\w)", shown_text) and load(code).text(text) != text
        }
        assert left == set()


def test_a_refusal_speaks_the_language_of_the_login(browser: Browser) -> None:
    """Also one that has expired, as long as Auth0 has signed it; the browser's language counts where nobody has."""
    late = a_token(iat=NOW - 1000, exp=NOW - 100, locale="de")
    german = load("de").text("This page is no longer valid")

    assert heading(browser.open(late)) == german
    assert heading(browser.open(late + "x", headers={"Accept-Language": "fr"})) == load("fr").text(
        "This page is no longer valid"
    )
    form_in_german = hidden(browser.open(a_token(locale="de")))
    assert heading(browser.send({**form_in_german, "binding": "x"})) == german
