"""
The query language of `GET /logs`, the subset of Lucene that Auth0's dashboard and documentation use.

    type:sapi AND date:[2026-11-22 TO *]        description:"Create a client"       client_id:abc* OR NOT type:(s f)
    _exists_:user_id

Values are case-sensitive; `date` is compared by day when the bound is a day. What the subset lacks is refused with a 400, never ignored.
Source: https://auth0.com/docs/deploy-monitor/logs/log-search-query-syntax
"""

import re
from collections.abc import Callable, Sequence
from typing import Any

from localtenant.errors import bad_request
from localtenant.store import Document

Predicate = Callable[[Document], bool]

TOKEN = re.compile(
    r"""\s*(?:(?P<paren>[()])
    |(?P<range>[\[{]\s*\S+\s+TO\s+\S+?\s*[\]}])
    |(?P<quoted>"(?:[^"\\]|\\.)*")
    |(?P<field>[A-Za-z_][\w.]*):
    |(?P<word>[^\s()\[\]{}":]+))""",
    re.VERBOSE,
)
FREE_TEXT = ("description", "client_name", "user_name", "connection", "type")


def matching(query: str) -> Predicate:
    """
    What the query says about an entry.

    Raises:
        ManagementError: 400 for a query that cannot be read.

    """
    parser = _Parser(_tokens(query), query)
    predicate = parser.alternatives()
    parser.expect_end()
    return predicate


def types_in(query: str) -> frozenset[str] | None:
    """
    The types of entry that a query asks for before anything else, so that the others need not be looked at; `None` if it does not begin so.

    A query that has `OR` beside them may mean others too.
    """
    match = re.fullmatch(r"\s*type:(?:\(([\w ]+)\)|(\w+))(?:\s+AND\s+(.*))?\s*", query, re.DOTALL)
    if match is None or re.search(r"\bOR\b", match[3] or ""):
        return None
    return frozenset(re.split(r"\s+(?:OR\s+)?", (match[1] or match[2]).strip()))


class _Parser:
    def __init__(self, tokens: Sequence[tuple[str, str]], query: str) -> None:
        self._tokens = list(tokens)
        self._query = query

    def alternatives(self) -> Predicate:
        options = [self._conjunction()]
        while self._take("word", "OR"):
            options.append(self._conjunction())
        return lambda entry: any(option(entry) for option in options)

    def expect_end(self) -> None:
        if self._tokens:
            raise self._unreadable()

    def _conjunction(self) -> Predicate:
        parts = [self._negation()]
        while self._tokens and self._tokens[0] not in {("paren", ")"), ("word", "OR")}:
            self._take("word", "AND")
            parts.append(self._negation())
        return lambda entry: all(part(entry) for part in parts)

    def _negation(self) -> Predicate:
        if self._take("word", "NOT"):
            inner = self._negation()
            return lambda entry: not inner(entry)
        if self._take("paren", "("):
            inner = self.alternatives()
            self._close()
            return inner
        return self._term()

    def _term(self) -> Predicate:
        kind, text = self._next()
        if kind == "field":
            return self._field(text)
        if kind in {"word", "quoted"}:
            return _any_of(FREE_TEXT, _value(kind, text))
        raise self._unreadable()

    def _field(self, name: str) -> Predicate:
        if self._take("paren", "("):
            values = []
            while not self._take("paren", ")"):
                kind, text = self._next()
                if (kind, text) != ("word", "OR"):
                    values.append(_value(kind, text))
            return lambda entry: any(value(found) for value in values for found in _at(entry, name))
        kind, text = self._next()
        if name == "_exists_":
            return lambda entry: any(found not in {None, ""} for found in _at(entry, text))
        if kind == "range":
            return _range(name, text)
        if kind in {"word", "quoted"}:
            return _any_of((name,), _value(kind, text))
        raise self._unreadable()

    def _next(self) -> tuple[str, str]:
        if not self._tokens:
            raise self._unreadable()
        return self._tokens.pop(0)

    def _take(self, kind: str, text: str) -> bool:
        if self._tokens and self._tokens[0] == (kind, text):
            self._tokens.pop(0)
            return True
        return False

    def _close(self) -> None:
        if not self._take("paren", ")"):
            raise self._unreadable()

    def _unreadable(self) -> Exception:
        return _unreadable(self._query)


def _tokens(query: str) -> list[tuple[str, str]]:
    tokens: list[tuple[str, str]] = []
    position = 0
    text = query.strip()
    while position < len(text):
        match = TOKEN.match(text, position)
        if match is None or match.lastgroup is None:
            raise _unreadable(query)
        tokens.append((match.lastgroup, match[match.lastgroup]))
        position = match.end()
    return tokens


def _unreadable(query: str) -> Exception:
    return bad_request(f"Cannot parse the log query: {query}", "invalid_query_string")


def _value(kind: str, text: str) -> Callable[[Any], bool]:
    if kind == "quoted":
        phrase = re.sub(r"\\(.)", r"\1", text[1:-1])
        return lambda found: str(found) == phrase or f" {phrase} " in f" {found} "
    if "*" in text or "?" in text:
        pattern = re.compile("".join({"*": ".*", "?": "."}.get(character, re.escape(character)) for character in text))
        return lambda found: pattern.fullmatch(str(found)) is not None
    return lambda found: str(found) == text or text in str(found).split()


def _any_of(names: Sequence[str], value: Callable[[Any], bool]) -> Predicate:
    return lambda entry: any(value(found) for name in names for found in _at(entry, name))


def _range(name: str, text: str) -> Predicate:
    low, high = (bound.strip().strip('"') for bound in re.split(r"\s+TO\s+", text[1:-1]))
    includes_low, includes_high = text[0] == "[", text[-1] == "]"

    def inside(found: Any) -> bool:
        value = str(found)
        # A bound that is a day stands for the whole day, so the value is cut to the bound's length.
        above = low == "*" or (value[: len(low)] >= low if includes_low else value[: len(low)] > low)
        below = high == "*" or (value[: len(high)] <= high if includes_high else value[: len(high)] < high)
        return above and below

    return lambda entry: any(inside(found) for found in _at(entry, name))


def _at(entry: Any, path: str) -> list[Any]:
    value = entry
    for step in path.split("."):
        if not isinstance(value, dict) or step not in value:
            return []
        value = value[step]
    return value if isinstance(value, list) else [value]
