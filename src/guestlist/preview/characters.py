r"""
Values as a reader may trust them: what cannot be seen, turns the text round or steers a terminal is written out (`\u{202e}`).

Source: https://www.unicode.org/reports/tr36/ (bidirectional text spoofing), https://trojansource.codes
Not here: what Markdown, HTML or XML would make of a value (`markdown_text.py`, `junit.py`).
"""

from __future__ import annotations

import unicodedata

_NAMES = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_BLANK = frozenset("\u115f\u1160\u3164\uffa0\u2800\u034f\u17b4\u17b5")  # letters and marks that show nothing
_SELECTORS = range(0xE0100, 0xE01F0), range(0xFE00, 0xFE0F)  # FE0F, which makes a sign an emoji, is seen


def visible(text: str, *, kept: str = "") -> str:
    """The text with everything unseen written out; what is `kept` (a tab) stays."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(one if one in kept else _seen(one) for one in text)


def _seen(one: str) -> str:
    if one.isascii() and one.isprintable():
        return one
    hidden = unicodedata.category(one) in _UNSEEN or one in _BLANK or any(ord(one) in some for some in _SELECTORS)
    if not hidden:
        return " " if unicodedata.category(one) == "Zs" else one
    return _NAMES.get(one, f"\\u{{{ord(one):x}}}")


def short(text: str, length: int) -> str:
    """The text, cut at so many characters."""
    return text if len(text) <= length else f"{text[: length - 1]}…"
