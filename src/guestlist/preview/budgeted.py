"""
A page that stays under so many bytes: what matters is written first, what does not fit is counted.

Every part of a page has forms, from the shortest to the fullest, each with its turn; turns are served in their order as long as there is
room. Long diffs share what is left, the short ones whole. Nothing is ever cut but between two lines of a diff.

Not here: which parts a comment has (`markdown.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from guestlist.preview.markdown_text import size

GAP = "\n\n"
REMAINDER_BYTES = 200  # of the line that counts what did not fit
LEAST_DIFF_BYTES = 400  # less of a diff is no use


@dataclass(frozen=True, kw_only=True)
class Form:
    """One way to write a part; those of earlier turns are served first."""

    turn: int
    text: str


@dataclass(frozen=True, kw_only=True)
class Part:
    """
    One piece of the page. `group`: what it is one of, if those that do not fit are to be counted (`change`).

    `of`: it is shown only if that part is.
    """

    forms: tuple[Form, ...]
    group: str = ""
    of: Part | None = None


@dataclass(frozen=True, kw_only=True)
class Diff(Part):
    """Lines that may be cut: `cut` writes it in so many bytes, whole where they suffice."""

    whole: str
    cut: Callable[[int], str]
    forms: tuple[Form, ...] = ()


@dataclass
class _Chosen:
    """What is written of each part, and the room that is left."""

    room: int
    texts: dict[int, str] = field(default_factory=dict)

    def take(self, index: int, text: str) -> bool:
        before = self.texts.get(index)
        cost = size(text) + size(GAP) if before is None else size(text) - size(before)
        if cost > self.room:
            return False
        self.room -= cost
        self.texts[index] = text
        return True


def wanted(parts: Sequence[Part]) -> int:
    """Bytes in which everything fits."""
    groups = {part.group for part in parts if part.group}
    written = [[form.text for form in part.forms] + ([part.whole] if isinstance(part, Diff) else []) for part in parts]
    return sum(max(map(size, texts)) + size(GAP) for texts in written) + REMAINDER_BYTES * len(groups)


def fill(parts: Sequence[Part], *, limit: int, remainder: Callable[[str, int], str]) -> str:
    """
    The page in at most `limit` bytes.

    Args:
        parts: in the order of the page.
        limit: bytes.
        remainder: says how many of a group are not shown.

    """
    groups = {part.group for part in parts if part.group}
    chosen = _Chosen(room=limit - REMAINDER_BYTES * len(groups))
    places = {id(part): index for index, part in enumerate(parts)}
    turns = sorted((form.turn, index, nth) for index, part in enumerate(parts) for nth, form in enumerate(part.forms))
    for _, index, nth in turns:
        part = parts[index]
        if part.of is not None and places[id(part.of)] not in chosen.texts:
            continue
        chosen.take(index, part.forms[nth].text)
    _share(parts, chosen, places)
    return _written(parts, chosen, remainder)


def _share(parts: Sequence[Part], chosen: _Chosen, places: dict[int, int]) -> None:
    """The diffs take what is left: the short ones whole, the long ones an equal share each."""
    waiting = [
        (index, part)
        for index, part in enumerate(parts)
        if isinstance(part, Diff) and (part.of is None or places[id(part.of)] in chosen.texts)
    ]
    waiting.sort(key=lambda one: size(one[1].whole))
    for served, (index, diff) in enumerate(waiting):
        brief = chosen.texts.get(index)  # what it took is free for it
        share = chosen.room // (len(waiting) - served) + (size(brief) if brief is not None else -size(GAP))
        if size(diff.whole) <= share:
            chosen.take(index, diff.whole)
        elif share >= LEAST_DIFF_BYTES:
            chosen.take(index, diff.cut(share))


def _written(parts: Sequence[Part], chosen: _Chosen, remainder: Callable[[str, int], str]) -> str:
    missing: dict[str, int] = {}
    last = {part.group: index for index, part in enumerate(parts) if part.group}
    for index, part in enumerate(parts):
        if part.group and index not in chosen.texts:
            missing[part.group] = missing.get(part.group, 0) + 1
    written = []
    for index, part in enumerate(parts):
        if text := chosen.texts.get(index):
            written.append(text)
        if part.group in missing and last[part.group] == index:
            written.append(remainder(part.group, missing[part.group]))
    return GAP.join(written)
