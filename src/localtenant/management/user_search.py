"""
The query language of `GET /users`, as far as tests and tools use it.

    email:"ana@example.com"   name:Ana*   app_metadata.plan:free   _exists_:username   NOT blocked:true   a:1 AND b:2 OR c:3
    created_at:[2026-11-23 TO *]

Fields may be nested; comparison ignores case. Without a field a word is looked for in name, nickname, email and username. What it lacks
(parentheses, ranges of anything but dates, proximity) is a 501, never a wrong answer. Unlike Auth0's, this search sees every write at once.
Source: https://auth0.com/docs/manage-users/user-search/user-search-query-syntax
"""

import re
from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import Any

from localtenant.errors import NotEmulated
from localtenant.store import Document

TERM = re.compile(r'(?:(?P<field>[\w.\-]+):)?(?P<value>"(?:[^"\\]|\\.)*"|[\[{]\S+ TO \S+[\]}]|[^\s"]+)')
DATE = r"(?:\d{4}-\d\d-\d\d(?:T[\d:.]+Z?)?|\*)"
DATES = re.compile(rf"(?P<opens>[\[{{])(?P<low>{DATE}) TO (?P<high>{DATE})(?P<closes>[\]}}])")
FREE_TEXT_FIELDS = ("name", "nickname", "email", "username", "given_name", "family_name")
UNKNOWN = re.compile(r"[()\[\]{}~^]")

Predicate = Callable[[Document], bool]


def query(text: str) -> Predicate:
    """What the query asks of a user. OR binds loosest, then AND, which may be left out, then NOT."""
    alternatives: list[list[Predicate]] = [[]]
    negated = False
    for match in TERM.finditer(text):
        word = match["value"]
        if match["field"] is None and word in ("AND", "&&"):
            continue
        if match["field"] is None and word in ("OR", "||"):
            alternatives.append([])
            continue
        if match["field"] is None and word in ("NOT", "!"):
            negated = not negated
            continue
        if UNKNOWN.search(word) and not word.startswith('"') and not (match["field"] and DATES.fullmatch(word)):
            raise NotEmulated("GET", f"/users?q={text}")
        minus = match["field"] is not None and match["field"].startswith("-")
        predicate = _term((match["field"] or "").lstrip("-"), word)
        alternatives[-1].append(_not(predicate) if negated != minus else predicate)
        negated = False
    return lambda user: any(all(holds(user) for holds in terms) for terms in alternatives)


def ordered(users: list[Document], sort: str) -> list[Document]:
    """Users by `field:1` or `field:-1`; those without the field come last."""
    name, _, direction = sort.partition(":")
    having = [user for user in users if _values(user, name)]
    lacking = [user for user in users if not _values(user, name)]
    having.sort(key=lambda user: str(_values(user, name)[0]), reverse=direction == "-1")
    return having + lacking


def _term(field: str, word: str) -> Predicate:
    quoted = word.startswith('"')
    value = (word[1:-1].replace('\\"', '"') if quoted else word).lower()
    if field == "_exists_":
        return lambda user: bool(_values(user, value))
    dates = DATES.fullmatch(word)
    if dates is not None:
        return _between(field, dates)
    pattern = value if not quoted and "*" in value else None

    def holds(user: Document) -> bool:
        fields = [field] if field else FREE_TEXT_FIELDS
        texts = [_text(found) for name in fields for found in _values(user, name)]
        if pattern is not None:
            return any(fnmatchcase(text, pattern) for text in texts)
        if not field:
            return any(value == text or value in re.split(r"\W+", text) for text in texts)
        return value in texts

    return holds


def _between(field: str, dates: re.Match[str]) -> Predicate:
    """A bound that is a day stands for the whole of it."""
    low, high = dates["low"], dates["high"]

    def holds(user: Document) -> bool:
        for found in map(str, _values(user, field)):
            after = low == "*" or (found[: len(low)] >= low if dates["opens"] == "[" else found[: len(low)] > low)
            before = high == "*" or (
                found[: len(high)] <= high if dates["closes"] == "]" else found[: len(high)] < high
            )
            if after and before:
                return True
        return False

    return holds


def _not(predicate: Predicate) -> Predicate:
    return lambda user: not predicate(user)


def _values(user: Any, path: str) -> list[Any]:
    """Everything at a dotted path; lists are looked into, as `identities.connection` needs."""
    found = [user]
    for step in path.split("."):
        members = [item for value in found for item in (value if isinstance(value, list) else [value])]
        found = [item[step] for item in members if isinstance(item, dict) and item.get(step) is not None]
    return [item for value in found for item in (value if isinstance(value, list) else [value])]


def _text(value: Any) -> str:
    return str(value).lower()
