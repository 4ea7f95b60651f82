"""docs/support.md quotes our own pages letter by letter: whoever helps must find the words that people read out."""

from __future__ import annotations

import re

from guestlist.mfa_reset import SCOPES
from tests.docs.pages import ROOT

PAGE = ROOT / "docs" / "support.md"
OURS = (
    "pages/profile/form.py",
    "pages/profile/render.py",
    "pages/password_reset/words/en.yaml",
    "actions/post-login/require-mfa.js",
    "actions/post-login/complete-profile.js",
)
QUOTED = re.compile(r"\*\*“(.+?)”\*\*")


def sources() -> str:
    """Our words, without the quotation marks of the language that they are written in."""
    return "\n".join((ROOT / name).read_text(encoding="utf-8") for name in OURS)


def test_every_quotation_is_a_text_of_ours() -> None:
    quotations = QUOTED.findall(PAGE.read_text(encoding="utf-8"))
    ours = sources()

    assert len(quotations) > 15
    assert [text for text in quotations if text != "bold quotes" and text not in ours] == []


def test_every_sentence_that_refuses_a_login_is_there() -> None:
    page = PAGE.read_text(encoding="utf-8")
    refused = set(re.findall(r"^  \w+: '(.+)',$", sources(), re.MULTILINE))
    several = {
        sentence for sentence in refused if sentence.startswith("We could not")
    }  # one of them stands for its like

    assert [sentence for sentence in sorted(refused - several) if sentence not in page] == []


def test_the_scopes_for_support_are_those_that_the_command_needs() -> None:
    assert set(re.search(r"^    (read:users .+)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)[1].split()) == set(
        SCOPES
    )  # type: ignore[index]
