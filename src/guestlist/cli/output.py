"""
What every command shares: how it says things, and where its project is.

Not here: the commands (one file per noun beside this one) and the exit codes (`guestlist.errors`, applied in `main.py`).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from guestlist.environments import Project

_Command = TypeVar("_Command", bound=Callable[..., Any])


@dataclass(frozen=True, kw_only=True)
class Invocation:
    """One run of the tool: `click.pass_obj` hands it to each command."""

    project_option: Path | None = None  # --project, else the working directory and its parents are searched

    def project(self) -> Project:
        """
        Find the project when a command needs it: `--help` works anywhere.
        Raises `NoProject` when there is no Pulumi.yaml of this project here or above.
        """
        from guestlist.environments import find_project

        return find_project(self.project_option or Path.cwd(), exact=self.project_option is not None)


def json_option(command: _Command) -> _Command:
    """Add `--json`: the command prints one JSON document on stdout and nothing else there."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON on stdout instead of text.")(command)


def examples(*commands: str) -> str:
    """Give the epilog of a command's help: each command as it would be typed, or a `#` remark."""
    return "\b\n" + "\n".join(["Examples:" if len(commands) > 1 else "Example:", *(f"  {line}" for line in commands)])


def print_json(document: object) -> None:
    """Print one JSON document, two spaces deep, keys in the order given, names of every script readable."""
    click.echo(json.dumps(document, indent=2, ensure_ascii=False))


def say(text: str) -> None:
    """Print a result line on stdout."""
    click.echo(text)


def note(text: str) -> None:
    """Print progress or a remark on stderr: never mixed into a result that another program reads."""
    click.echo(text, err=True)


def on_a_terminal() -> bool:
    """Whether a person can be asked: both ends are a terminal."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def table(rows: Sequence[Sequence[str]], *, header: Sequence[str]) -> str:
    """Lay out rows in columns wide enough for their texts; the last column is not padded."""
    lines = [list(header), *[list(row) for row in rows]]
    widths = [max(len(line[column]) for line in lines) for column in range(len(header))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )
