"""
Who did it: the tenant's log laid beside what was found.

Not here: reading the log, and what an entry is about (`guestlist.tenant_log`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from guestlist.drift.report import Item, Writer
from guestlist.tenant_log.entries import Entry
from guestlist.tenant_log.who import Write, writers

PARENTS = ("clientId", "connectionId", "customDomainId")  # properties that name them


def with_authors(items: Sequence[Item], entries: Sequence[Entry], *, deployers: frozenset[str]) -> tuple[Item, ...]:
    """Each object that differs in the tenant with those who wrote it, as far as the log says; what nobody deployed yet nobody wrote."""
    return tuple(
        item if item.kind == "pending" else replace(item, by=_authors(item, entries, deployers) or item.by)
        for item in items
    )


def _authors(item: Item, entries: Sequence[Entry], deployers: frozenset[str]) -> tuple[Writer, ...]:
    """The last deployment is no author of what somebody wrote after it."""
    kind, identity = kind_and_id(item)
    found = writers(entries, kind, identity, parents=_parents(item), deployers=deployers)
    later = bool(found) and not found[0].ours
    return tuple(_writer(one) for one in found if not (later and one.ours))


def _parents(item: Item) -> Iterator[str]:
    """What takes it along when it is deleted."""
    inputs = item.live.resource.inputs if item.live and item.happened == "deleted" else {}
    yield from (str(inputs[name]) for name in PARENTS if inputs.get(name))


def kind_and_id(item: Item) -> tuple[str, str]:
    """As the tenant knows it."""
    if item.live is not None:
        return item.live.resource.kind, item.live.resource.id
    return item.shown.partition(" ")[0], item.id.rpartition("/")[2]


def _writer(one: Write) -> Writer:
    return Writer(who=one.who, at=one.entry.at, address=one.entry.address, how=one.how, ours=one.ours)
