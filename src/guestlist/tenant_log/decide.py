"""
What a check has to read, by what the log says: nothing, some objects, or everything, with the reason.

An entry is new if its id was not seen, whatever its date: each check looks back over a margin, because entries come late and out of order. What cannot be known leads to a
full check, and one is made from time to time all the same: a log may lose an entry for good.

Not here: reading the log (`reading.py`), reading the objects (`guestlist.drift`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from guestlist.tenant_log.checkpoint import Checkpoint, Unusable
from guestlist.tenant_log.entries import Entry
from guestlist.tenant_log.operations import Touched, touched
from guestlist.tenant_log.reading import AHEAD, Reading

MARGIN = timedelta(minutes=15)
FULL_CHECK_EVERY = timedelta(hours=24)
BASES: Mapping[str, str] = {
    "state": "the state has changed since the last check",
    "program": "the program has changed since the last check",
    "versions": "another version of the engine, the provider or this tool is at work",
    "ignored": "the ignore file has changed, or an entry of it may have ended",
}


@dataclass(frozen=True, kw_only=True)
class NothingRecorded:
    """Since anything was read last, no write was recorded that anybody has to look at."""

    since: datetime


@dataclass(frozen=True, kw_only=True)
class ToRead:
    """Some objects were written; no others have to be read."""

    objects: frozenset[Touched]
    entries: tuple[Entry, ...]


@dataclass(frozen=True, kw_only=True)
class FullCheck:
    """Everything has to be read; `why` is read on from a colon."""

    why: str


Decision = NothingRecorded | ToRead | FullCheck


@dataclass(frozen=True, kw_only=True)
class Now:
    """What a check finds before it reads the tenant."""

    environment: str
    domain: str
    basis: Mapping[str, str]


def look_back(checkpoint: Checkpoint, margin: timedelta = MARGIN) -> datetime:
    """From when on the log is to be read."""
    return checkpoint.looked_at - margin


def before_reading(
    checkpoint: Checkpoint | Unusable | None, now: Now, at: datetime, *, full_check_every: timedelta = FULL_CHECK_EVERY
) -> FullCheck | None:
    """What makes a full check necessary without a look at the log; `None` if the log is to be asked."""
    why = next(_reasons(checkpoint, now, at, full_check_every), None)
    return FullCheck(why=why) if why else None


def _reasons(
    checkpoint: Checkpoint | Unusable | None, now: Now, at: datetime, full_check_every: timedelta
) -> Iterator[str]:
    if checkpoint is None:
        yield "it is the first check"
        return
    if isinstance(checkpoint, Unusable):
        yield checkpoint.why
        return
    if (checkpoint.environment, checkpoint.domain) != (now.environment, now.domain):
        yield "the checkpoint is of another environment or tenant"
    for name in dict.fromkeys([*BASES, *checkpoint.basis, *now.basis]):
        if checkpoint.basis.get(name) != now.basis.get(name):
            yield BASES.get(name, f"{name} has changed since the last check")
    if at < max(checkpoint.looked_at, checkpoint.full_check_at):
        yield "the clock went back since the last check"
    if at - checkpoint.full_check_at >= full_check_every:
        yield f"everything is read every {full_check_every.total_seconds() / 3600:g} hours"


def decide(
    checkpoint: Checkpoint | Unusable | None,
    reading: Reading,
    now: Now,
    *,
    full_check_every: timedelta = FULL_CHECK_EVERY,
) -> Decision:
    """
    What has to be read.

    Args:
        checkpoint: of the last check.
        reading: of the log, from `look_back` on.
        now: what this check depends on besides.
        full_check_every: after which everything is read whatever the log says.

    """
    sooner = before_reading(checkpoint, now, reading.now, full_check_every=full_check_every)
    if sooner is not None:
        return sooner
    if not isinstance(checkpoint, Checkpoint):
        raise TypeError("without a checkpoint everything is read")
    if reading.gap:
        return FullCheck(why=reading.gap)
    new = [entry for entry in reading.entries if entry.id not in checkpoint.seen]
    if any(entry.at > reading.now + AHEAD for entry in new):
        return FullCheck(why="an entry of the log is dated in the future")
    objects: set[Touched] = set()
    concerned: list[Entry] = []
    for entry in new:
        found = touched(entry)
        if found is None:
            said = f"{entry.method} {entry.path}" if entry.readable else "an entry that does not say it"
            return FullCheck(why=f"the log names a write that is not known ({said})")
        objects |= found
        concerned += [entry] if found else []
    if not objects:
        return NothingRecorded(since=checkpoint.read_at)
    return ToRead(objects=frozenset(objects), entries=tuple(concerned))


def seen_in(reading: Reading) -> frozenset[str]:
    """What the next check need not look at again: every entry that this one read. The next one reads none that is older than these."""
    return frozenset(entry.id for entry in reading.entries)
