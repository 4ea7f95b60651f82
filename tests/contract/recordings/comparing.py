"""
Whether two answers are the same one, given by two tenants at two times.

Every recorded key must be here with the recorded value. Not compared: dates, secrets, how far an unfinished build is, and the order of
lists (Auth0 promises none, save for bindings); ids are the same when they stand for the same object (`aliases.py`). Keys that only we answer with are no disagreement: a recording
holds what the SDK of its year could read.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.contract.recordings.aliases import Aliases

REDACTED = "[REDACTED]"
DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
MADE_UP = frozenset(  # secrets, and what is made from ids and regions: only whether there is one
    {"client_secret", "signing_secret", "provisioning_ticket_url", "record", "origin_domain_name"}
)
UNFINISHED = frozenset({"pending", "building", "retrying"})  # of a build: which one is a matter of milliseconds
NAMES = (
    "id",
    "client_id",
    "user_id",
    "custom_domain_id",
    "permission_name",
    "value",
    "name",
)  # by which items are told apart
SEALED = ("configuration",)  # secrets of a database's scripts, answered encrypted
IN_ORDER = ("bindings",)  # the one list whose order is its meaning
LONGEST = 60  # characters of a value in a message

Path = tuple[str | int, ...]


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One thing that is not as recorded."""

    what: str  # `.options.mfa.active: another value here`; places in lists left out, so that lists stay short
    recorded: Any
    ours: Any

    def __str__(self) -> str:
        return f"{self.what} (recorded {_shown(self.recorded)}, here {_shown(self.ours)})"


def differences(recorded: Any, ours: Any, aliases: Aliases, path: Path = ()) -> Iterator[Difference]:
    """What the recorded answer has and ours has not."""
    if isinstance(recorded, dict) and isinstance(ours, dict):
        for key, value in recorded.items():
            mine = aliases.text(key)
            if mine in ours:
                yield from differences(value, ours[mine], aliases, (*path, key))
            else:
                yield Difference(what=f"{_spelled((*path, key))}: missing here", recorded=value, ours=None)
    elif isinstance(recorded, list) and isinstance(ours, list):
        yield from _list_differences(recorded, ours, aliases, path)
    elif path[-2:-1] != SEALED and not _same(path[-1] if path else "", recorded, ours, aliases):
        yield Difference(what=f"{_spelled(path)}: another value here", recorded=recorded, ours=ours)


def _list_differences(recorded: list[Any], ours: list[Any], aliases: Aliases, path: Path) -> Iterator[Difference]:
    if len(recorded) != len(ours):
        yield Difference(what=f"{_spelled(path)}: another number of items here", recorded=recorded, ours=ours)
        return
    if path[-1:] != IN_ORDER:
        ours = _in_order_of(recorded, ours, aliases)
    for number, (theirs, mine) in enumerate(zip(recorded, ours, strict=True)):
        yield from differences(theirs, mine, aliases, (*path, number))


def _in_order_of(recorded: list[Any], ours: list[Any], aliases: Aliases) -> list[Any]:
    """Our items as Auth0 happened to list them, where both lists name the same things."""
    for name in NAMES:
        theirs, mine = _names(aliases.value(recorded), name), _names(ours, name)
        if None not in theirs and len(set(mine)) == len(mine) and set(theirs) == set(mine):
            return [ours[mine.index(wanted)] for wanted in theirs]
    return ours


def _names(items: list[Any], name: str) -> list[str | None]:
    """What the items are called: by a member, or by themselves where they are texts."""
    values = (item.get(name) if isinstance(item, dict) else item for item in items)
    return [value if isinstance(value, str) else None for value in values]


def _same(name: str | int, recorded: Any, ours: Any, aliases: Aliases) -> bool:
    if isinstance(recorded, str) and isinstance(ours, str):
        if name in MADE_UP or recorded == REDACTED:
            return bool(recorded) == bool(ours)
        if name == "status" and recorded in UNFINISHED:
            return ours in UNFINISHED
        if DATE.fullmatch(recorded) and DATE.fullmatch(ours):
            return True
        return aliases.text(recorded) == ours or aliases.same_id(recorded, ours)
    return type(recorded) is type(ours) and bool(recorded == ours)


def _spelled(path: Path) -> str:
    return "".join("[]" if isinstance(step, int) else f".{step}" for step in path) or "the answer"


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
