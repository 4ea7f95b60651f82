"""
One run at a time in the cache: a lock that a crashed holder gives back, because the kernel holds it.

Not here: what the lock protects (`bootstrap.py`).
"""

import fcntl
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def cache_lock(root: Path, report: Callable[[str], None]) -> Iterator[None]:
    """
    Hold the cache's lock, after waiting for whoever has it; `report` is told once who that is.
    """
    root.mkdir(parents=True, exist_ok=True)
    # Opened by its path each time and never removed: removing it would let two runs lock two files.
    with (root / "toolchain.lock").open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            report(f"{_holder(file.name)} is preparing the toolchain in {root}; waiting for it …")
            fcntl.flock(file, fcntl.LOCK_EX)
        file.truncate(0)
        json.dump({"pid": os.getpid(), "since": time.strftime("%H:%M:%S")}, file)
        file.flush()
        try:
            yield
        finally:
            file.truncate(0)


def _holder(path: str) -> str:
    try:
        holder = json.loads(Path(path).read_text(encoding="utf-8"))
        return f"Process {holder['pid']} (since {holder['since']})"
    except (OSError, ValueError, KeyError, TypeError):
        return "Another process"
