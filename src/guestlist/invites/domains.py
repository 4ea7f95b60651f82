"""
Whether a domain may be one that only looks like another: `pаypal.example` with a Cyrillic а.

A label holds one script; Chinese, Japanese and Korean ones may stand beside each other and beside Latin. A Cyrillic or Greek label that
consists of nothing but look-alikes of Latin letters is refused too. `xn--` labels are judged by what they show.

Not here: whether the domain exists or takes mail.
Source: https://www.unicode.org/reports/tr39/#Restriction_Level_Detection ("highly restrictive"); the list of look-alikes is the one that
browsers decide by.
"""

from __future__ import annotations

import re
import unicodedata

import idna

LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
EAST_ASIAN = frozenset({"CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO", "LATIN"})
LOOK_ALIKES = frozenset("асԁеһіјӏорԛѕԝхуъьпгѵѡ" + "αικνορτυχ")
MIXED = "must not mix scripts in its domain: such a name only looks like another one"


def domain_problem(domain: str) -> str | None:
    """What is wrong with it, in words that hold nothing of it."""
    for label in domain.split("."):
        if not label or len(label) > 63:
            return "must have a domain such as example.com"
        try:
            shown = idna.decode(label) if label.startswith("xn--") else label
            ascii_form = shown if shown.isascii() else idna.encode(shown).decode()
        except idna.IDNAError:
            return "must have a domain such as example.com"
        if not LABEL.fullmatch(ascii_form):
            return "must have a domain such as example.com"
        if _deceives(shown):
            return MIXED
    return None


def ascii_domain(domain: str) -> str:
    """The domain in its `xn--` form, as mail servers and terminals take it."""
    return domain if domain.isascii() else idna.encode(domain).decode()


def _deceives(label: str) -> bool:
    scripts = {_script(character) for character in label if character.isalpha()}
    if len(scripts) > 1:
        return not scripts <= EAST_ASIAN
    return (
        scripts <= {"CYRILLIC", "GREEK"}
        and bool(scripts)
        and all(character in LOOK_ALIKES for character in label if character.isalpha())
    )


def _script(letter: str) -> str:
    """The first word of its name says it: `CYRILLIC SMALL LETTER A`."""
    return unicodedata.name(letter, "UNKNOWN").replace("-", " ").split()[0]
