"""
Names by the thousand, from a seed, and what page and Action make of each.

`differing_names(count, seed)` is for the tests with some thousand and for `make soak` with fifty thousand or more. Half of the characters come from
where the two may differ: marks, the edges of the spelled-out ranges, what is younger than the Unicode of one of them.
"""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Callable

from pages.profile.names import BLANKS, CONTROLS, SPACES, YOUNG, clean_name
from tests.pages.profile.actions import verdicts

AT_A_TIME = 20_000
_EDGES = sorted(
    {
        chr(code)
        for ranges in (SPACES, BLANKS, CONTROLS, YOUNG)
        for edge in re.findall(r"[^-]", ranges)
        for code in range(max(ord(edge) - 1, 0), min(ord(edge) + 2, 0x110000))
    }
)
_MARKS = [chr(code) for code in range(0x110000) if unicodedata.combining(chr(code))]
_COMPOSED = [
    chr(code) for code in range(0x110000) if unicodedata.decomposition(chr(code)) and not 0xAC00 < code < 0xD7A4
]
_LETTERS = "aeiouAEIOUnscz'-. ́̈̇ᄀ각ᅡᆨㄱががअ़কা뀀علیאב毛\U00011099\U000110ba"
_SPECIAL = [
    "<",
    ">",
    "://",
    "www.",
    "WwW.",
    "\n",
    "\r\n",
    "\x00",
    "\u202e",
    "\u200d",
    "\u200c",
    "\ud800",
    "\udfff",
    "https://x.y",
]


def _anything(chance: random.Random) -> str:
    return chr(chance.randrange(0x110000))


_SOURCES: list[Callable[[random.Random], str]] = [
    lambda chance: chance.choice(_LETTERS),
    lambda chance: chance.choice(_LETTERS) + chance.choice(_MARKS) * chance.randint(1, 2),
    lambda chance: chance.choice(_MARKS) + chance.choice(_MARKS),
    lambda chance: unicodedata.normalize("NFD", chance.choice(_COMPOSED)),
    lambda chance: chance.choice(_COMPOSED),
    lambda chance: chance.choice(_EDGES),
    lambda chance: chr(chance.choice((0x1100, 0x1161, 0x11A8)) + chance.randrange(30)),
    _anything,
]


def a_name(chance: random.Random) -> str:
    """A name, or what is none."""
    sources = chance.sample(_SOURCES, chance.randint(1, 3))
    length = chance.choice((1, 2, 3, 5, 12, 98, 100, 101)) if chance.random() < 0.9 else chance.randint(0, 220)
    pieces = [chance.choice(sources)(chance) for _ in range(length)]
    if chance.random() < 0.1:
        pieces.insert(chance.randint(0, len(pieces)), chance.choice(_SPECIAL))
    if chance.random() < 0.2:
        pieces = [chance.choice(" \u3000\xa0\t"), *pieces, chance.choice(" \n\u2003")]
    # Two halves of a surrogate pair are one character to JavaScript; UTF-8 from a form holds neither.
    return "".join(pieces).encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


def differing_names(count: int, seed: int) -> tuple[int, list[str]]:
    """Give how many names were accepted by both, and those of which page and Action think differently, with what each would store."""
    chance = random.Random(seed)
    accepted, differing = 0, list[str]()
    for began in range(0, count, AT_A_TIME):
        names = [a_name(chance) for _ in range(min(AT_A_TIME, count - began))]
        for name, theirs in zip(names, verdicts(names), strict=True):
            ours = clean_name(name)
            if ours != theirs:
                differing.append(f"{name!a}: page {ours!a}, Action {theirs!a}")
            accepted += ours is not None
    return accepted, differing
