"""
The languages of the page: gettext catalogues, and which one a person reads.

The key of a text is the English text. To add a language: copy `locales/de.po`, translate, and name it in `NAMES`; the tests say what is
missing. No `.mo` files: the catalogues are read when the page starts.

Not here: the texts (`locales/*.po`, the templates, `form.py`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

LOCALES = Path(__file__).parent / "locales"
SOURCE = "en"
# What each language calls itself, for whoever looks for it.
NAMES = {"en": "English", "ar": "العربية", "de": "Deutsch", "es": "Español", "fr": "Français", "he": "עברית"}
LANGUAGES = tuple(NAMES)
RIGHT_TO_LEFT = frozenset({"ar", "he"})

LONGEST_HEADER = 500
_TAG = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{1,8}){0,4}")
_WEIGHT = re.compile(r"\s*;\s*q\s*=\s*([01](?:\.[0-9]{0,3})?)\s*")
_OLDER_CODES = {"iw": "he"}  # ISO 639 of before 1989, which some systems still send


@dataclass(frozen=True)
class Language:
    """One language with its texts."""

    code: str
    texts: Mapping[str, str] = field(repr=False)

    @property
    def direction(self) -> str:
        """The writing direction, as HTML's `dir` has it."""
        return "rtl" if self.code in RIGHT_TO_LEFT else "ltr"

    @property
    def name(self) -> str:
        """What it calls itself."""
        return NAMES[self.code]

    def text(self, source: str, **values: object) -> str:
        """Give the text for an English one, `%(name)s` filled in. Plain text: the template escapes it."""
        found = self.texts.get(source, source)
        return found % values if values else found


def mark(text: str) -> str:
    """Mark a text to be translated where it is shown."""
    return text


def read_catalogue(code: str) -> Catalog:
    """Read one language's catalogue."""
    with (LOCALES / f"{code}.po").open("rb") as stream:
        return read_po(stream, locale=code, abort_invalid=True)


def load(code: str) -> Language:
    """Read a language. English needs no catalogue: its texts are the keys."""
    if code == SOURCE:
        return Language(code, {})
    catalogue = read_catalogue(code)
    return Language(
        code, {str(one.id): str(one.string) for one in catalogue if one.id and one.string and not one.fuzzy}
    )


def load_all(codes: Sequence[str]) -> dict[str, Language]:
    """Read those that are offered, in their order."""
    return {code: load(code) for code in codes}


def choose(offered: Mapping[str, Language], wishes: Sequence[str], accept_language: str = "") -> Language:
    """
    Choose the language that a person reads.

    Args:
        offered: the languages, the first for everybody else.
        wishes: language tags or lists of them (`de-CH fr`), the strongest first; may be empty or nonsense.
        accept_language: the header, which counts after them.

    """
    for wish in wishes:
        for tag in wish[:LONGEST_HEADER].split():
            if (code := _code(tag)) in offered:
                return offered[code]
    for tag in _accepted(accept_language):
        if (code := _code(tag)) in offered:
            return offered[code]
    return next(iter(offered.values()))


def _code(tag: str) -> str:
    if not _TAG.fullmatch(tag):
        return ""
    code = re.split("[-_]", tag, maxsplit=1)[0].lower()
    return _OLDER_CODES.get(code, code)


def _accepted(header: str) -> list[str]:
    """Give the tags of an Accept-Language header, the best first (RFC 9110, section 12.5.4)."""
    found: list[tuple[float, str]] = []
    for item in header[:LONGEST_HEADER].split(","):
        tag, weight = item.strip(), 1.0
        if ";" in tag:
            tag, _, rest = tag.partition(";")
            match = _WEIGHT.fullmatch(";" + rest)
            weight = min(float(match[1]), 1.0) if match else 0.0
        if weight > 0:
            found.append((weight, tag.strip()))
    return [tag for _, tag in sorted(found, key=lambda one: -one[0])]
