"""
Text inside a comment that can do nothing there: no HTML, no Markdown, no mention, no link to an issue, no end of a fence.

A value is shown as code, where nothing is interpreted. In a sentence, each word that is not plainly a word becomes code.

Not here: what a comment says (`markdown.py`).
Source: https://github.github.com/gfm/#code-spans, #fenced-code-blocks; https://docs.github.com/get-started/writing-on-github
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

from guestlist.preview.characters import short, visible
from guestlist.preview.lines import Line

LONGEST_VALUE = 160  # characters of a value in a sentence

_PLAIN = re.compile(r"[^\W_]+(?:['’.,:/%–—-]+[^\W_]+)*")  # letters and digits; signs only between them
_LEADING = "(“‘\"'"
_TRAILING = ".,;:!?…)”’\"'%"
_ALONE = frozenset({"–", "—", "→", "->", "/", "…"})
_LINKED = re.compile(r"(?i)www\.|gh-\d|.*://|[0-9a-f]{7,40}$|.*:[^\W_]+:")  # what GitHub makes a link or a picture of
_ITEM = re.compile(r"\d{1,9}[.)]")
_QUOTED = re.compile(r"(?<!\S)([(“‘\"']*)`([^`]+)`([.,;:!?…)”’\"'%]*)(?!\S)")


def code(text: str, *, length: int = LONGEST_VALUE) -> str:
    """A value as a code span, in one line."""
    text = short(visible(text), length)
    if not text.strip(" "):
        text = f'"{text}"'
    fence = "`" * (_longest_run(text) + 1)
    space = " " if text.startswith(("`", " ")) or text.endswith(("`", " ")) else ""
    return f"{fence}{space}{text}{space}{fence}"


def html_code(text: str, *, length: int = LONGEST_VALUE) -> str:
    """The same where HTML is written: in a summary."""
    return f"<code>{html.escape(short(visible(text), length))}</code>"


def prose(text: str, *, length: int = 1000) -> str:
    """A sentence; what stands between backticks in it is code, as is each word that could mean something to Markdown or GitHub."""
    text = " ".join(short(" ".join(text.split()), length).split())
    parts: list[str] = []
    end = 0
    for quoted in _QUOTED.finditer(text):
        parts += _words(text[end : quoted.start()], first=not parts)
        parts.append(f"{quoted[1]}{code(quoted[2])}{quoted[3]}")
        end = quoted.end()
    parts += _words(text[end:], first=not parts)
    return " ".join(parts)


def strong(text: str) -> str:
    """A name, in bold."""
    return f"**{prose(text, length=80) or code(text)}**"


def _words(text: str, *, first: bool) -> list[str]:
    return [_word(word, first=first and number == 0) for number, word in enumerate(text.split())]


def _word(word: str, *, first: bool) -> str:
    if word in _ALONE and not first:
        return word
    inner = word.lstrip(_LEADING)
    lead = word[: len(word) - len(inner)]
    bare = inner.rstrip(_TRAILING)
    tail = inner[len(bare) :]
    if first and _ITEM.fullmatch(word):
        return code(word)
    option = re.match("--?", bare)  # of a command; a line that began with it would be a list
    bare_word = bare[option.end() :] if option and not first and not lead else bare
    if _PLAIN.fullmatch(bare_word) and visible(bare) == bare and not _LINKED.match(bare):
        return word
    return f"{lead}{code(bare)}{tail}" if bare else code(word)


def fenced(lines: Sequence[Line], *, longest: int | None) -> str:
    """Lines of a diff in a fence that they cannot end; a line longer than `longest` is cut."""
    written = [_line(line, longest) for line in lines]
    fence = "`" * max(3, max((_longest_run(line) for line in written), default=0) + 1)
    return "\n".join([f"{fence}diff", *written, fence])


def _line(line: Line, longest: int | None) -> str:
    text = visible(line.text, kept="\t")
    if longest is not None and len(text) > longest:
        text = f"{text[:longest]}… ({len(text) - longest:,} more characters)"
    return text if line.sign == "@" else f"{line.sign}{text}"


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall(r"`+", text)), default=0)


def size(text: str) -> int:
    """Bytes of it."""
    return len(text.encode())
