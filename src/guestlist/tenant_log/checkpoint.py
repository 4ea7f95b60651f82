"""
What the last check knew, in a file beside the state: when everything was read last, which entries of the log were seen, what was found.

Nothing secret is in it, and nothing depends on it: without it, or with one that cannot be read, everything is read.

Not here: what follows from it (`decide.py`), what was found (`guestlist.drift`).
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from guestlist.errors import GuestlistError
from guestlist.tenant_log.entries import UNKNOWN_TIME, moment_of

VERSION = 1


@dataclass(frozen=True, kw_only=True)
class Checkpoint:
    """
    Of one environment. Times are the tenant's own.

    Args:
        full_check_at: when everything was read last.
        looked_at: when the log was read last.
        read_at: when anything of the tenant was read last, all of it or what the log named.
        basis: digests of what else a check depends on, by name: the state, the program, the versions, the ignore file.
        seen: ids of entries within the look-back of the next check.
        standing: what was found and still stands; opaque here.

    """

    environment: str
    domain: str
    full_check_at: datetime
    looked_at: datetime
    read_at: datetime
    basis: Mapping[str, str] = field(default_factory=dict)
    seen: frozenset[str] = frozenset()
    standing: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Unusable:
    """A checkpoint that cannot be used, and why."""

    why: str


def read_checkpoint(file: Path) -> Checkpoint | Unusable | None:
    """What the file says; `None` if there is none yet. Never raises for what is in it."""
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except OSError as error:
        return Unusable(why=f"the checkpoint {file.name} cannot be read ({error.strerror})")
    except (ValueError, RecursionError):
        return Unusable(why=f"the checkpoint {file.name} is damaged")
    try:
        return _checkpoint(found)
    except (KeyError, TypeError, ValueError, AttributeError):
        return Unusable(why=f"the checkpoint {file.name} is of another form, or damaged")


def write_checkpoint(file: Path, checkpoint: Checkpoint) -> None:
    """All of it or nothing, readable by its owner only. Raises: GuestlistError."""
    document = {
        "guestlistCheckpoint": VERSION,
        "environment": checkpoint.environment,
        "domain": checkpoint.domain,
        "fullCheckAt": checkpoint.full_check_at.isoformat(),
        "lookedAt": checkpoint.looked_at.isoformat(),
        "readAt": checkpoint.read_at.isoformat(),
        "basis": dict(checkpoint.basis),
        "seen": sorted(checkpoint.seen),
        "standing": [dict(one) for one in checkpoint.standing],
    }
    partial = file.with_name(f"{file.name}.{os.getpid()}.partial")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as written:
            json.dump(document, written, indent=1)
        partial.replace(file)
    except OSError as error:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
        raise GuestlistError(
            f"Cannot write the checkpoint {file}: {error.strerror}. Make its folder writable, or name another file: --checkpoint FILE"
        ) from error


def _checkpoint(found: Mapping[str, Any]) -> Checkpoint:
    if found["guestlistCheckpoint"] != VERSION:
        raise ValueError("another form")
    full, looked, read = (moment_of(found[name]) for name in ("fullCheckAt", "lookedAt", "readAt"))
    if UNKNOWN_TIME in {full, looked, read}:
        raise ValueError("no moment")
    if not all(isinstance(one, Mapping) for one in found["standing"]):
        raise TypeError("no objects")
    return Checkpoint(
        environment=_word(found["environment"]),
        domain=_word(found["domain"]),
        full_check_at=full,
        looked_at=looked,
        read_at=read,
        basis={_word(name): _word(digest) for name, digest in found["basis"].items()},
        seen=frozenset(_word(one) for one in found["seen"]),
        standing=tuple(found["standing"]),
    )


def _word(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("no text")
    return value
