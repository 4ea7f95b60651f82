"""The other end: the deployed Action, run by Node. Not here: its own tests (`tests/actions`)."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable
from typing import Any

from tests.actions.node import HERE, node_executable


def ask(script: str, lines: Iterable[object]) -> list[Any]:
    """Give a script of `tests/actions/support` lines of JSON; it answers each with one."""
    asked = "".join(json.dumps(line) + "\n" for line in lines)
    done = subprocess.run(
        [node_executable(), str(HERE / "support" / script)],
        input=asked,
        capture_output=True,
        check=True,
        encoding="utf-8",
    )
    return [json.loads(line) for line in done.stdout.split("\n") if line]


def verdicts(names: Iterable[object]) -> list[str | None]:
    """What the Action would store for each name; None: refused."""
    return ask("clean_names.js", names)
