"""
The lines of a long text that change: the source of an Action, a mail's template, the texts of a prompt.

Not here: which properties differ (`change.py`).
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

CONTEXT = 3  # lines around each change
LONG = 100  # characters; a longer word of one line is shown in lines too

Sign = Literal["+", "-", " ", "@"]


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line; `@` says where in the text the next ones are, in the words of unified diffs."""

    sign: Sign
    text: str


def is_text(*values: Any) -> bool:
    """Whether a property is shown by its lines."""
    return any(isinstance(value, str) and ("\n" in value.strip() or _is_json(value)) for value in values)


def line_diff(before: str | None, after: str | None, *, context: int = CONTEXT) -> tuple[Line, ...]:
    """What changes, with some lines around it. JSON in a string is laid out first, so that one text is one line."""
    old, new = _lines(before), _lines(after)
    return tuple(_read(difflib.unified_diff(old, new, n=context, lineterm="")))


def counts(lines: tuple[Line, ...]) -> tuple[int, int]:
    """How many lines come, how many go."""
    return sum(line.sign == "+" for line in lines), sum(line.sign == "-" for line in lines)


def _lines(text: str | None) -> list[str]:
    if text is None:
        return []
    if _is_json(text):
        text = json.dumps(json.loads(text), indent=2, ensure_ascii=False, sort_keys=True)
    return text.splitlines()


def _is_json(text: str) -> bool:
    if text[:1] not in {"{", "["}:
        return False
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _read(unified: Iterator[str]) -> Iterator[Line]:
    for number, line in enumerate(unified):
        if number < 2:
            continue  # the names of two files
        sign: Sign = "@" if line.startswith("@@") else _SIGNS[line[:1]]
        yield Line(sign=sign, text=line if sign == "@" else line[1:])


_SIGNS: dict[str, Sign] = {"+": "+", "-": "-", " ": " "}
