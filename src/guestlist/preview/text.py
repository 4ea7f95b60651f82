"""
A preview for the terminal: 100 columns, colour where it is asked for.

Not here: whether a terminal wants colour (`cli/preview.py`), the comment of a pull request (`markdown.py`).
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence

from guestlist.preview import words
from guestlist.preview.change import Change, PropertyChange
from guestlist.preview.characters import short, visible
from guestlist.preview.lines import Line
from guestlist.preview.report import Report
from guestlist.preview.security.finding import Finding

COLUMNS = 100
LONGEST_VALUE = 400  # characters

_SIGNS = {"create": "+", "update": "~", "delete": "-", "replace": "±", "same": " "}
_COLOURS = {"+": "32", "-": "31", "±": "31", "~": "33", "@": "36", "!": "31;1", "?": "33"}


def render_text(reports: Report | Sequence[Report], *, colour: bool = False) -> str:
    """One environment or several, one after the other."""
    several = [reports] if isinstance(reports, Report) else list(reports)
    return "\n".join("".join(f"{line}\n" for line in _lines(one, Paint(on=colour))) for one in several)


class Paint:
    """Colours a line by its sign, or leaves it."""

    def __init__(self, *, on: bool) -> None:
        self._on = on

    def __call__(self, text: str, sign: str) -> str:
        return f"\x1b[{_COLOURS[sign]}m{text}\x1b[0m" if self._on and sign in _COLOURS else text


def _lines(report: Report, paint: Paint) -> Iterator[str]:
    refused = f", {len(report.refused):,} refused by a rule" if report.refused else ""
    yield from wrapped(f"{report.environment} ({report.domain}): {words.counted(report)}{refused}")
    for problem in report.problems:
        yield from (paint(line, "!") for line in wrapped(f"Could not tell: {problem.said}", "  "))
    yield from finding_lines("Refused by a rule", report.refused, "!", paint)
    yield from finding_lines("Warnings of rules", words.warned(report.findings), "?", paint)
    yield from finding_lines("Allowed by the environment's file", words.allowed(report.findings), " ", paint)
    if report.behaviour is not None:
        yield from titled("What is different for the person logging in")
        for sentence in report.behaviour or ("Nothing that the rehearsed logins would show.",):
            yield from wrapped(f"- {sentence}", "  ")
    following = [change for change in report.shown if words.follows(change)]
    others = [change for change in report.shown if not words.follows(change)]
    if others:
        yield from titled("Changes")
    for change in others:
        yield from _change(report, change, paint)
    if following:
        yield ""
        shown = [
            f"{one.resource.shown} ({words.followed(one)})" if one.properties else one.resource.shown
            for one in following
        ]
        yield from wrapped(f"Only follows from the above: {', '.join(shown)}.")
    yield ""
    if report.budget is not None:
        yield from wrapped(f"{words.budget_words(report.budget)}.")
    if looked_at := "; ".join(words.context(report)):
        yield from wrapped(f"{looked_at[:1].upper()}{looked_at[1:]}.")


def titled(title: str) -> Iterator[str]:
    """A part's heading."""
    yield ""
    yield f"{title}:"


def finding_lines(title: str, findings: Sequence[Finding], sign: str, paint: Paint) -> Iterator[str]:
    """What rules say, each with its reason and its remedy."""
    if findings:
        yield from titled(title)
    for one in findings:
        yield from (paint(line, sign) for line in wrapped(f"{one.rule}, {one.resource}: {one.what}", "  "))
        yield from wrapped(f"Why: {one.why}", "    ")
        if one.allowance is not None:
            yield from wrapped(f"Allowed until {one.allowance.until.isoformat()}: {one.allowance.reason}", "    ")
        else:
            yield from wrapped(f"What to do: {one.remedy}", "    ")


def _change(report: Report, change: Change, paint: Paint) -> Iterator[str]:
    sign = _SIGNS[change.operation]
    because = f" (another {', '.join(change.because)})" if change.because else ""
    for line in wrapped(f"{sign} {words.verb(change).lower()} {change.resource.shown}{because}", "  "):
        yield paint(line, sign)
    if words.is_grave(change):
        yield from wrapped(words.consequence(report, change), "      ")
    if change.operation == "delete":
        return
    for one in change.properties:
        yield from property_lines(one, new=change.operation == "create", paint=paint)


def property_lines(one: PropertyChange, *, new: bool, paint: Paint, note: str = "") -> Iterator[str]:
    """One property, its lines below it where it is a text; `note` stands behind its value."""
    if not words.text_of(one):
        pieces = words.property_words(one, new=new).pieces
        yield from wrapped(f"{one.path}: {''.join(short(text, LONGEST_VALUE) for text, _ in pieces)}{note}", "      ")
        return
    lines = words.lines_of(one)
    yield from wrapped(f"{one.path}: {words.lines_counted(lines)}{note}", "      ")
    if not new:
        yield from _diff(lines, paint)


def _diff(lines: Iterable[Line], paint: Paint) -> Iterator[str]:
    for line in lines:
        text = visible(line.text.expandtabs(2))
        whole = text if line.sign == "@" else f"{line.sign}{text}"
        room = COLUMNS - 8
        for start in range(0, max(1, len(whole)), room):
            piece = whole[start : start + room]
            yield f"{' ' * 8}{paint(piece, line.sign) if piece.strip() else piece}".rstrip()


def wrapped(text: str, indent: str = "") -> list[str]:
    """Within the columns; what follows is set in further."""
    clean = visible(" ".join(text.split()))
    further = f"{indent}  " if indent else ""
    return textwrap.wrap(
        clean,
        width=COLUMNS,
        initial_indent=indent,
        subsequent_indent=further,
        break_long_words=True,
        break_on_hyphens=False,
    ) or [indent.rstrip()]
