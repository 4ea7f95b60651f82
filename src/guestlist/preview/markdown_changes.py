"""
One resource's change in a comment: what happens to it, its properties before → after, the lines of its texts.

Not here: the comment around it (`markdown.py`).
"""

from __future__ import annotations

from collections.abc import Callable

from guestlist.preview import words
from guestlist.preview.budgeted import Diff, Form, Part
from guestlist.preview.change import Change, PropertyChange
from guestlist.preview.lines import Line
from guestlist.preview.markdown_text import code, fenced, html_code, prose, size, strong
from guestlist.preview.picture import PENDING

OPEN_LINES = 30  # a shorter diff is open
OPEN_PROPERTIES = 8
MOST_PROPERTIES = 40  # of one resource, where there is not room for everything
LONGEST_LINE = 500  # characters
WHOLE_LINE = 20_000

_HEADING, _PROPERTIES, _WAS = 10, 11, 12

Shown = tuple[str, str, tuple[Line, ...]]  # resource, property, lines


def change_parts(change: Change, environment: str, seen: dict[Shown, str], *, full: bool, elsewhere: str) -> list[Part]:
    """
    The parts of one change; its texts come after its properties.

    Args:
        change: of a resource.
        environment: whose.
        seen: texts that the comment shows already, and for which environment.
        full: whether long things are shown whole.
        elsewhere: where the rest is.

    """
    texts, others = [one for one in change.properties if words.text_of(one)], words.apart_from_texts(change)
    title = f"**{words.verb(change)}** {code(change.resource.shown, length=80)}"
    forms = [Form(turn=_HEADING, text=title)]
    if others:
        forms.append(Form(turn=_PROPERTIES, text=_with_properties(title, change, others, full=full)))
    heading = Part(group="change", forms=tuple(forms))
    return [heading, *(_diff(change, one, environment, seen, heading, full=full, elsewhere=elsewhere) for one in texts)]


def _with_properties(title: str, change: Change, properties: list[PropertyChange], *, full: bool) -> str:
    new = change.operation == "create"
    bullets = _bullets(properties, new=new, full=full)
    if new:
        listed = len(_bullets(properties, new=new, full=True).splitlines())
        number = "1 property" if listed == 1 else f"{listed:,} properties"
        return f"{title}\n{_details(number, bullets, opened=len(properties) <= OPEN_PROPERTIES)}"
    return f"{title}\n\n{bullets}"


def is_brief(change: Change) -> bool:
    """Whether `because_of` says all that there is to say of a delete or a replacement."""
    if change.operation == "delete":
        return True
    told = _telling(change)
    return len(told) <= words.MOST_NAMES and not any(words.text_of(one) for one in told)


def because_of(change: Change) -> str:
    """Why a replacement is one: the properties that differ, if they are few, else the names that the engine gives."""
    if change.operation == "delete":
        return ""
    if is_brief(change) and _telling(change):
        return "; ".join(f"{code(one.path)}: {_value(one, new=False)}" for one in _telling(change))
    return f"another {', '.join(code(one) for one in change.because)}" if change.because else ""


def _telling(change: Change) -> list[PropertyChange]:
    return [one for one in change.properties if one.after != PENDING]


def what_it_was(change: Change, *, full: bool) -> list[Part]:
    """What is lost; its texts are counted only."""
    if change.operation != "delete" or not change.properties or change.retained:
        return []
    texts, others = [one for one in change.properties if words.text_of(one)], words.apart_from_texts(change)
    counted = [f"- {code(one.path)}: {words.lines_counted(words.lines_of(one))}" for one in texts]
    body = "\n".join([*([_bullets(others, new=True, full=full)] if others else []), *counted])
    summary = f"What {html_code(change.resource.shown, length=80)} was"
    return [Part(forms=(Form(turn=_WAS, text=_details(summary, body, opened=False)),))]


def _bullets(properties: list[PropertyChange], *, new: bool, full: bool) -> str:
    shown = _most(properties, full=full)
    lines: list[str] = []
    path, nature = "", ""
    for one in shown:
        if new and one.is_secret and one.path.startswith(f"{path}["):
            continue  # a new secret has a name and a value that nobody sees
        if one.path == path and one.nature == nature and nature in {"added", "removed"} and not one.is_secret:
            lines[-1] += f", {_value(one, new=True)}"  # one more word of the same list
        else:
            lines.append(f"- {code(one.path)}: {_value(one, new=new)}")
        path, nature = one.path, one.nature
    if len(shown) < len(properties):
        lines.append(f"- … {len(properties) - len(shown):,} more")
    return "\n".join(lines)


def _most(properties: tuple[PropertyChange, ...] | list[PropertyChange], *, full: bool) -> list[PropertyChange]:
    return list(properties if full or len(properties) <= MOST_PROPERTIES + 1 else properties[:MOST_PROPERTIES])


def _value(one: PropertyChange, *, new: bool) -> str:
    if new and one.nature == "removed" and not one.is_secret:
        one = PropertyChange(path=one.path, nature="added", after=one.before)
    return "".join(code(text) if is_value else text for text, is_value in words.property_words(one, new=new).pieces)


def _details(summary: str, body: str, *, opened: bool) -> str:
    return f"<details{' open' if opened else ''}><summary>{summary}</summary>\n\n{body}\n\n</details>"


def _diff(
    change: Change,
    one: PropertyChange,
    environment: str,
    seen: dict[Shown, str],
    heading: Part,
    *,
    full: bool,
    elsewhere: str,
) -> Part:
    lines = words.lines_of(one)
    counted = words.lines_counted(lines)
    brief = f"- {code(one.path)}: {counted}"
    shown_for = seen.setdefault((change.resource.shown, one.path, lines), environment)
    if not lines or shown_for != environment:
        same = f", the same as for {strong(shown_for)}" if lines else ""
        return Part(of=heading, forms=(Form(turn=_PROPERTIES, text=f"{brief}{same}"),))
    summary = f"{html_code(one.path)}: {counted}"
    longest = WHOLE_LINE if full else LONGEST_LINE
    opened = len(lines) <= OPEN_LINES
    return Diff(
        of=heading,
        forms=(Form(turn=_PROPERTIES, text=f"{brief}: see {prose(elsewhere)}"),),
        whole=_details(summary, fenced(lines, longest=longest), opened=opened),
        cut=_cutter(lines, summary, longest=longest, elsewhere=elsewhere),
    )


def _cutter(lines: tuple[Line, ...], summary: str, *, longest: int, elsewhere: str) -> Callable[[int], str]:
    """Writes as many whole lines as fit in so many bytes, and counts the others."""

    def write(number: int) -> str:
        rest = f"… {words.many(len(lines) - number, 'more line')}: see {prose(elsewhere)}"
        body = f"{fenced(lines[:number], longest=longest)}\n\n{rest}" if number else rest
        return _details(summary, body, opened=number <= OPEN_LINES)

    def cut(room: int) -> str:
        least, most = 0, len(lines) - 1
        while least < most:
            middle = (least + most + 1) // 2
            if size(write(middle)) <= room:
                least = middle
            else:
                most = middle - 1
        return write(least)

    return cut
