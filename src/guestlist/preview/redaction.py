"""
A second pass over a preview: no value that is known as a secret leaves it, in whatever dress, and nothing that looks like a token.

The engine masks what it knows as a secret at that moment. It does not know a field's plain value before the field became one, nor a
secret that somebody pasted into an Action's source.

Not here: the engine's own mask (`picture.py`), sentences of other programs (`guestlist.scrubbing`).
"""

from __future__ import annotations

import base64
import dataclasses
import html
import json
import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar
from urllib.parse import quote, quote_plus

from guestlist.preview.change import Change, PropertyChange
from guestlist.preview.picture import PENDING, SECRET
from guestlist.preview.report import Report
from guestlist.scrubbing import PATTERNS, SHORTEST_SECRET

SHORTEST = 4  # characters; a shorter value tells nothing and would be masked everywhere
_NAMED = frozenset({"name", "displayName", "id"})  # beside a value: what it is called
_NOT_SECRET = frozenset({"true", "false", "null", "none"})
_CODE = re.compile(r"[(){}\[\];]|=>")  # in what looks like a token's value: it is computed, and must be seen

T = TypeVar("T")
Clean = Callable[[str], str]


def redact(report: Report, secrets: Iterable[str]) -> Report:
    """
    The same report without any of the secrets.

    A secret is masked wherever it occurs: plain, in pieces of lines, escaped as JSON, JavaScript, HTML or a URL does, in base64 (within a longer
    one too) and in hexadecimal. One shorter than 8 characters is a word that may be part of others: it is masked where it is a whole value or
    stands in quotes, and below 4 characters not at all. Where a property is masked on one side, its other side is masked as well, and what
    stood there counts as a secret.

    Args:
        report: of one environment.
        secrets: values, in the clear.

    """
    changes = tuple(both_sides(change) for change in report.changes)
    return everywhere(dataclasses.replace(report, changes=changes), cleaner(report.changes, secrets))


def cleaner(changes: Iterable[Change], secrets: Iterable[str]) -> Clean:
    """What takes every secret out of a text: those that are known, and what stood in the clear where one side of a change is masked."""
    formerly = {text for change in changes for text in _plain_sides(change)}
    return _cleaner({*secrets, *formerly})


def _masked_paths(change: Change) -> tuple[str, ...]:
    return tuple(one.path for one in change.properties if _has_mask(one.before) or _has_mask(one.after))


def _is_below(path: str, above: Iterable[str]) -> bool:
    return any(path == one or path.startswith((f"{one}.", f"{one}[")) for one in above)


def _has_mask(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(_has_mask(one) for one in value.values())
    if isinstance(value, list | tuple):
        return any(_has_mask(one) for one in value)
    return bool(value == SECRET)


def both_sides(change: Change) -> Change:
    """A property that is masked before or after is masked before and after."""
    masked = _masked_paths(change)
    properties = tuple(
        dataclasses.replace(one, before=_mask(one.before), after=_mask(one.after))
        if _is_below(one.path, masked)
        else one
        for one in change.properties
    )
    return dataclasses.replace(change, properties=tuple(dict.fromkeys(properties)) if masked else properties)


def _mask(value: Any) -> Any:
    return None if value is None else SECRET


def _plain_sides(change: Change) -> Iterator[str]:
    """What stood in the clear on one side of a masked property."""
    masked = _masked_paths(change)
    for one in change.properties:
        if _is_below(one.path, masked):
            yield from _words(one.before)
            yield from _words(one.after)


def _words(value: Any, name: str = "") -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, one in value.items():
            yield from _words(one, str(key))
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _words(one, name)
    elif isinstance(value, str) and name not in _NAMED and value not in {SECRET, PENDING}:
        yield value


def _cleaner(secrets: set[str]) -> Clean:
    known = {one for one in secrets if one.strip() and one.strip().lower() not in _NOT_SECRET}
    long = {piece for one in known for piece in (one, *one.splitlines()) if len(piece.strip()) >= SHORTEST_SECRET}
    brief = {one for one in known if len(one.strip()) >= SHORTEST and one not in long}
    dresses = sorted({dress for one in long for dress in _dresses(one)}, key=len)
    lengths = [len(dress) for dress in dresses]
    quoted = re.compile(rf"""(["'`])(?:{"|".join(map(re.escape, sorted(brief)))})\1""") if brief else None

    def clean(text: str) -> str:
        if text.strip() in brief:
            return SECRET
        inside = _in_json(text, clean)
        if inside is not None:
            text = inside
        for dress in reversed(
            dresses[: bisect_right(lengths, len(text))]
        ):  # a pattern of them all takes half a second to compile
            if dress in text:
                text = text.replace(dress, SECRET)
        if quoted is not None:
            text = quoted.sub(rf"\1{SECRET}\1", text)
        return _tokens(text)

    return clean


def _dresses(secret: str) -> Iterator[str]:
    """The ways in which a value is written into another text."""
    raw = secret.encode("utf-8", "surrogatepass")
    yield from (secret, secret.strip())
    for ascii_only in (True, False):
        escaped = json.dumps(secret, ensure_ascii=ascii_only)[1:-1]
        yield from (escaped, escaped.replace("'", "\\'"), escaped.replace("/", "\\/"), json.dumps(escaped)[1:-1])
    yield from (secret.replace("'", "\\'"), html.escape(secret), html.escape(secret, quote=False))
    for encoded in (quote(raw, safe=""), quote(raw), quote_plus(raw)):
        yield encoded
        yield re.sub("%[0-9A-F]{2}", lambda found: found[0].lower(), encoded)
    yield from (raw.hex(), raw.hex().upper())
    yield from _in_base64(raw)


def _in_base64(raw: bytes) -> Iterator[str]:
    """In a text of its own, and those characters of a longer one that are the same whatever stands before and after."""
    for before in range(3):
        whole = base64.b64encode(b"\0" * before + raw).decode()
        first = (0, 2, 3)[before]  # characters that hold bits of what stands before
        last = len(whole.rstrip("=")) - (1 if (before + len(raw)) % 3 else 0)
        for text in (whole, whole.replace("+", "-").replace("/", "_")):
            if len(text[first:last]) >= SHORTEST_SECRET:
                yield text[first:last]
            if before == 0:
                yield from (text, text.rstrip("="))


def _in_json(text: str, clean: Clean) -> str | None:
    """JSON in a string is cleaned by its values, which may be escaped in any way; `None` if that changes nothing."""
    if text[:1] not in {"{", "["}:
        return None
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    cleaned = everywhere(value, clean)
    return None if cleaned == value else json.dumps(cleaned, ensure_ascii=False)


def _tokens(text: str) -> str:
    """What looks like a token; in code only where it is written out, so that nothing computed can hide."""
    is_code = "\n" in text.strip()
    for pattern, replacement in PATTERNS:
        text = pattern.sub(_unless_computed(replacement) if is_code else replacement, text)
    return text


def _unless_computed(replacement: str) -> Callable[[re.Match[str]], str]:
    return lambda found: found[0] if _CODE.search(found[0]) else found.expand(replacement)


def everywhere(value: T, clean: Clean) -> T:
    """The same thing with every text in it cleaned."""
    cleaned: T = _cleaned(value, clean)
    return cleaned


def _cleaned(value: Any, clean: Clean) -> Any:
    if type(value) is str:  # no word of a closed set
        return clean(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value if clean(str(value)) == str(value) else SECRET
    if isinstance(value, Mapping):
        return {_cleaned(name, clean): _cleaned(one, clean) for name, one in value.items()}
    if isinstance(value, tuple | list):
        return type(value)(_cleaned(one, clean) for one in value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.replace(
            value, **{one.name: _kept(value, one.name, clean) for one in dataclasses.fields(value)}
        )
    return value


def _kept(owner: Any, name: str, clean: Clean) -> Any:
    value = getattr(owner, name)
    if (type(owner), name) in _WORDS:
        return value
    return _cleaned(value, clean)


# Closed sets of words and figures of ours.
_WORDS = frozenset(
    {
        (Change, "operation"),
        (PropertyChange, "nature"),
        *((Report, name) for name in ("unchanged", "inherited", "refreshed", "seconds")),
    }
)
