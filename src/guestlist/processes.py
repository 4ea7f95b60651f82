"""
Which process is meant by a number: a pid alone may have been given to another program since.

Source: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html (field 22, starttime)
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

PROC = Path("/proc")


def alive(pid: int) -> bool:
    """Whether a process of this number exists on this machine, whoever owns it; one that ended and was not yet reaped does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    except OverflowError:
        return False
    return _state(pid) != "Z"


def start_time(pid: int) -> str:
    """
    When a process began, as a text that differs between two processes of the same number; empty if there is none.

    Only for comparing: Linux counts ticks since boot, other systems give a date.
    """
    fields = _stat(pid)
    if fields:
        return f"{_boot()}/{fields[19]}"
    if not alive(pid) or PROC.joinpath("self", "stat").exists():
        return ""
    ps = shutil.which("ps")
    if ps is None:
        return ""
    found = subprocess.run([ps, "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return found.stdout.strip()


def _stat(pid: int) -> list[str]:
    """The fields after the command's name, which may hold spaces and brackets; field 3 of the manual is the first."""
    try:
        text = (PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    return text.rpartition(")")[2].split()


def _state(pid: int) -> str:
    fields = _stat(pid)
    return fields[0] if fields else ""


def _boot() -> str:
    try:
        return (PROC / "sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return ""
