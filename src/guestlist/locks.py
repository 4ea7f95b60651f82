"""
Who holds the lock of a state, and whether that run is still alive.

Only a file backend shows its lock without trying to take it; every other backend says it when a run is refused (`StateLocked`).
Source: https://github.com/pulumi/pulumi/blob/v3.253.0/pkg/backend/diy/lock.go
"""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal
from urllib.parse import unquote, urlsplit

from guestlist.engine_errors import LockOwner
from guestlist.processes import alive

Verdict = Literal["free", "stale", "alive", "elsewhere"]


def file_backend(url: str, root: Path) -> Path | None:
    """The folder of a file backend, `None` for every other kind. The engine runs in the project, so `file://./state` is there."""
    parts = urlsplit(url)
    if parts.scheme != "file":
        return None
    return root / Path(unquote(parts.netloc + parts.path)).expanduser()


def owners_of(backend: Path, *, project: str, stack: str) -> tuple[LockOwner, ...]:
    """Read the lock files of one stack; one that cannot be read is held by somebody unknown."""
    found = []
    for path in sorted((backend / ".pulumi" / "locks" / "organization" / project / stack).glob("*.json")):
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            found.append(
                LockOwner(
                    username=str(content["username"]),
                    hostname=str(content["hostname"]),
                    pid=int(content["pid"]),
                    since=str(content["timestamp"]),
                )
            )
        except FileNotFoundError:
            continue  # released while we looked
        except (OSError, ValueError, KeyError, TypeError):
            found.append(LockOwner(username="somebody", hostname="an unknown host", pid=0, since="an unknown time"))
    return tuple(found)


def verdict(
    owners: Sequence[LockOwner],
    *,
    hostname: str | None = None,
    is_alive: Callable[[int], bool] = alive,
) -> Verdict:
    """
    Judge a lock: stale only when every holder was a process of this machine that has ended.

    A process number that was given away since counts as alive: waiting is safe, breaking a live lock is not.
    """
    here = socket.gethostname() if hostname is None else hostname
    if not owners:
        return "free"
    if any(owner.hostname != here for owner in owners):
        return "elsewhere"
    return "alive" if any(is_alive(owner.pid) for owner in owners) else "stale"
