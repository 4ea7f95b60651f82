"""
Who wrote an object, when and from where, by the tenant's log. Our deployer's writes are told apart.

Names and addresses are what the log says, which is anybody's text: kept short, shown as values.

Not here: reading the log (`reading.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from guestlist.tenant_log.entries import Entry
from guestlist.tenant_log.operations import touched

MOST = 3  # writers that are named of one object
DASHBOARD = "in the dashboard"
API = "through the Management API"


@dataclass(frozen=True, kw_only=True)
class Write:
    """One write of an object. `exact`: the log names this object, not only its kind."""

    entry: Entry
    who: str
    how: str
    ours: bool
    exact: bool = True


def writers(
    entries: Sequence[Entry],
    kind: str,
    identity: str,
    *,
    names: Iterable[str] = (),
    parents: Iterable[str] = (),
    deployers: frozenset[str] = frozenset(),
) -> tuple[Write, ...]:
    """
    The latest writes of an object, at most three; of several by the same one the latest.

    Args:
        entries: of the log.
        kind: as the provider calls it.
        identity: in the tenant; empty where the tenant has one of the kind.
        names: other things by which an answer may call it (of what a POST made).
        parents: ids of objects whose delete takes it along.
        deployers: client ids of our deployer.

    """
    known, above = {identity, *names} - {""}, frozenset(parents) - {""}
    found: dict[tuple[str, str, bool], Write] = {}
    for entry in sorted(entries, key=lambda one: one.at, reverse=True):
        match = _match(entry, kind, known, above)
        if match is None:
            continue
        write = Write(
            entry=entry,
            who=_who(entry),
            how=DASHBOARD if entry.person else API,
            ours=entry.client_id in deployers,
            exact=match,
        )
        found.setdefault((write.who, write.how, write.exact), write)
    exact = [one for one in found.values() if one.exact]
    return tuple((exact or list(found.values()))[:MOST])


def _match(entry: Entry, kind: str, known: set[str], parents: frozenset[str]) -> bool | None:
    """Whether an entry is about the object itself, about something that it went with (`False`), or about others (`None`)."""
    everything = touched(entry) or ()
    about = [one for one in everything if one.kind == kind]
    taken_along = entry.method == "DELETE" and any(one.id in parents for one in everything)
    if about and (taken_along or any(one.id and one.id in known for one in about)):
        return True
    if not any(not one.id for one in about):
        return None
    trigger = TRIGGER.fullmatch(entry.path)
    if trigger is not None and known:
        return True if trigger[1] in {one.partition("::")[0] for one in known} else None
    if kind in SINGLE or not known:
        return True
    if entry.method == "DELETE":
        return False
    return True if known & {value for _, value in entry.answered} else None


TRIGGER = re.compile(r"/actions/triggers/([^/]+)/bindings")
# What a tenant has once, or what a write names no nearer.
SINGLE = frozenset(
    {
        "AttackProtection",
        "Branding",
        "ApplicationConnections",
        "ClientSecrets",
        "EmailProvider",
        "ExistingApplications",
        "Guardian",
        "PhoneProvider",
        "Prompt",
        "Tenant",
        "TriggerActions",
        "PromptCustomText",
    }
)


def _who(entry: Entry) -> str:
    if entry.person:
        return entry.person
    if entry.client_name:
        return f"the application {entry.client_name}"
    return f"the client {entry.client_id}" if entry.client_id else "somebody whom the log does not name"
