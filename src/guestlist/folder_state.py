"""
What a killed engine leaves half-written in a folder that holds the state.

The engine replaces its checkpoint in one step, but writes a small file beside it first (`local.json.attrs`, for the content type), and
that one not in one step: killed in between, it is empty, and every later command ends with `failed to load checkpoint: EOF` although the
checkpoint is whole (seen with engine 3.253.0, once in 60 kills; by emptying the file every time). Nothing but the content type is lost with it.

Not here: locks (`locks.py`), pending operations (`recover.py`).
Source: gocloud.dev/blob/fileblob (setAttrs, writer.Close), which the engine's backend uses.
"""

from __future__ import annotations

import json
from pathlib import Path


def mend(backend: Path, *, project: str, stack: str) -> tuple[Path, ...]:
    """Remove this stack's side files that were cut off; answers which. Only while nobody runs the engine on this stack."""
    state = backend / ".pulumi"
    cut_off = [path for path in _side_files(state, project, stack) if not _is_whole(path)]
    for path in cut_off:
        path.unlink(missing_ok=True)
    return tuple(cut_off)


def _side_files(state: Path, project: str, stack: str) -> list[Path]:
    return [
        *(path for path in state.glob(f"stacks/{project}/*.attrs") if path.name.startswith(f"{stack}.json")),
        *state.glob(f"locks/organization/{project}/{stack}/*.attrs"),
        *state.glob(f"history/{project}/{stack}/*.attrs"),
        *state.glob(f"backups/{project}/{stack}/*.attrs"),
    ]


def _is_whole(path: Path) -> bool:
    try:
        json.loads(path.read_bytes())
    except ValueError:
        return False
    except FileNotFoundError:
        return True  # gone meanwhile
    return True
