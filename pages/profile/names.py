"""
What can be a name: the rules of the page, which the Action complete-profile checks once more.

Python and the Node that runs the Action know different versions of Unicode, so nothing here asks for a category: the ranges are
spelled out, alike in both, and marks that are younger than Unicode 14 are left as they come. `tests/actions/names.json` holds the
cases for both sides.

Not here: what the form says about a fault (`form.py`).
Source: https://www.w3.org/International/questions/qa-personal-names, https://www.unicode.org/reports/tr15/ (normalisation is stable
for characters that a version knows).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

LONGEST = 100  # code points; Auth0's root attributes end at 150

Problem = Literal["missing", "too_long", "link", "characters"]

SPACES = "\t\n\r \xa0\u1680\u2000-\u200a\u202f\u205f\u3000"
BLANKS = (
    " \xa0\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u2000-\u200f"
    "\u202a-\u202f\u205f-\u206f\u2800\u3000\u3164\ue000-\uf8ff\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U000110bd\U000110cd"
    "\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff\U000f0000-\U0010ffff"
)
CONTROLS = "\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff"  # overrides of the writing direction too
YOUNG = (
    "\u0897\u1acf-\u1aff\U000105c0-\U000105ff\U00010d40-\U00010d8f\U00010ef0-\U00010eff\U00011380-\U000113ff"
    "\U00011f00-\U00011f5f\U00016100-\U0001613f\U00016d40-\U00016d7f\U0001e08f\U0001e4d0-\U0001e4ff\U0001e5d0-\U0001e5ff"
    "\U0001e6c0-\U0001e6ff"
)

_AROUND = re.compile(f"^[{SPACES}]+|[{SPACES}]+\\Z")
_BLANK = re.compile(f"[{BLANKS}]*")
_CONTROL = re.compile(f"[{CONTROLS}]")
_LINK = re.compile(r"[<>]|://|[wW]{3}\.")  # names are printed in mails
_YOUNG = re.compile(f"([{YOUNG}]+)")


@dataclass(frozen=True, kw_only=True)
class Checked:
    """A name as it is stored, or what keeps it from being one."""

    name: str
    problem: Problem | None = None


def check_name(text: str) -> Checked:
    r"""
    Compose a name, take the spaces around it away, and judge it.

    >>> check_name("  Jose\u0301 ").name, check_name("www.evil.example").problem
    ('José', 'link')
    """
    name = _AROUND.sub("", compose(text))
    problem: Problem | None = None
    if _BLANK.fullmatch(name):
        problem = "missing"
    elif len(name) > LONGEST:
        problem = "too_long"
    elif _CONTROL.search(name):
        problem = "characters"
    elif _LINK.search(name):
        problem = "link"
    return Checked(name=name, problem=problem)


def clean_name(value: object) -> str | None:
    """Give the name as it is stored, or None if it cannot be one: the verdict of the Action's `cleanName`."""
    if not isinstance(value, str):
        return None
    checked = check_name(value)
    return None if checked.problem else checked.name


def compose(text: str) -> str:
    """Give NFC, piece by piece between characters that not every Unicode knows."""
    pieces = _YOUNG.split(text)
    return "".join(piece if at % 2 else unicodedata.normalize("NFC", piece) for at, piece in enumerate(pieces))
