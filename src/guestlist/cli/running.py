"""
What the commands that run the engine share: progress on the screen, and the last words of an interrupted run.

Not here: options and printing of all commands (`output.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

import click

from guestlist.cli.output import note
from guestlist.engine_events import Diagnostic, Event, Step, progress_line

if TYPE_CHECKING:
    from guestlist.deployment import Deployment

# What the engine itself says at the end of a failed run; the error that follows says more. The toolchain is on PATH by intention.
_ECHOES = ("update failed", "preview failed", "destroy failed", "resource creation failed")


_Command = TypeVar("_Command", bound=Callable[..., Any])


def environment_option(command: _Command) -> _Command:
    """Add the required `--env ENV`."""
    return click.option(
        "--env", "environment", required=True, metavar="ENV", help="The environment: the stack of that name."
    )(command)


def yes_option(text: str) -> Callable[[_Command], _Command]:
    """Add `--yes`, with what it means here."""
    return click.option("--yes", "-y", is_flag=True, help=text)


class Progress:
    """One line on stderr for each resource that is done, and for each warning; errors are left to the end."""

    def __init__(self, *, preview: bool, write: Callable[[str], None] = note) -> None:
        self._preview = preview
        self._write = write

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing to put away."""

    def __call__(self, event: Event) -> None:
        """Show an event."""
        match event:
            case Step():
                line = progress_line(event, preview=self._preview)
                if line is not None:
                    self._write(line)
            case Diagnostic(severity="warning" | "info#err", message=message) if not _is_echo(message):
                self._write(f"  {message}")
            case _:
                return


def _is_echo(message: str) -> bool:
    return message in _ECHOES or (message.startswith("using ") and " from $PATH at " in message)


@contextmanager
def after_interruption(deployment: Deployment) -> Iterator[None]:
    """Say, after Ctrl-C, whether the run left something unfinished."""
    from guestlist.errors import GuestlistError
    from guestlist.state import read

    try:
        yield
    except KeyboardInterrupt:
        try:
            pending = read(deployment.engine.export_or_none() or {}).pending
        except (GuestlistError, KeyboardInterrupt):
            pending = ()
        if pending:
            listed = ", ".join(str(operation) for operation in pending)
            note(f"Unfinished: {listed}. To repair it run: guestlist recover --env {deployment.environment}")
        raise
