"""The texts of the page that sets a password: the same ones in every language that an environment can name."""

import json
import re

import pytest

from stacks.reset_texts import TEXTS, reset_texts
from stacks.settings_types import LANGUAGES
from tests.stacks.running import run


def test_there_are_texts_for_the_languages_of_the_settings_and_no_others() -> None:
    assert sorted(file.stem for file in TEXTS.iterdir()) == sorted(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_texts_that_english_has(language: str) -> None:
    texts, english = reset_texts(language), reset_texts("en")

    assert {screen: set(of) for screen, of in texts.items()} == {screen: set(of) for screen, of in english.items()}
    assert all(text.strip() == text != "" for of in texts.values() for text in of.values())


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != "en"])
def test_no_text_was_left_in_english(language: str) -> None:
    texts, english = reset_texts(language), reset_texts("en")

    assert not {text for of in texts.values() for text in of.values()} & {
        text for of in english.values() for text in of.values()
    }


@pytest.mark.parametrize(("language", "letters"), [("ar", r"[\u0600-\u06ff]"), ("he", r"[\u0590-\u05ff]")])
def test_a_language_is_in_its_own_letters(language: str, letters: str) -> None:
    assert all(re.search(letters, text) for of in reset_texts(language).values() for text in of.values())


def test_each_language_of_the_environment_gets_its_own_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    ran = run(monkeypatch, languages=["de", "he"])

    for language in ("de", "he"):
        declared = ran.named(f"reset-texts-{language}").plain
        assert (declared["prompt"], declared["language"]) == ("reset-password", language)
        assert json.loads(declared["body"]) == reset_texts(language)
    assert "reset-texts-en" not in {resource.name for resource in ran.custom()}
