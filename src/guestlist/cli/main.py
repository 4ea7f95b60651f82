"""
The entry point: finds the command by its noun, and turns every ending into an exit code.

Commands are imported when they are called, so that `guestlist --help` is quick and a broken one does not take the others with it.
"""

from __future__ import annotations

import atexit
import importlib
import os
import sys
import traceback
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path
from typing import Any, NoReturn

import click

from guestlist import errors
from guestlist.cli.output import Invocation, examples

# noun: what `guestlist --help` says about it. The command itself is `guestlist.cli.<noun>:command`.
COMMANDS = {
    "ci": "What workflows call.",
    "demo": "Walk through the whole flow on the local tenant.",
    "destroy": "Take an environment's tenant back to what it was.",
    "doctor": "Say what is missing before an environment can be deployed.",
    "drift": "Say what was changed in a tenant behind the program's back.",
    "env": "Create, list, check and compare environments.",
    "invites": "Invite people to the application.",
    "keys": "Rotate the keys between Auth0 and the profile page.",
    "local": "Run an Auth0 tenant on this machine.",
    "mail": "Look at the mail that invites.",
    "page": "Run the profile page, and print what it is started with.",
    "preview": "Say what a deployment would change, and what that means.",
    "recover": "Repair an environment after a killed run.",
    "up": "Deploy an environment.",
    "users": "Help people who cannot log in.",
}

EPILOG = (
    examples("guestlist env check", "guestlist up --env dev")
    + """\n\n\b
Exit codes:
  0  nothing to report      1  failed, or bad configuration
  2  differences found      3  refused by a rule
  64 wrong usage            130 interrupted"""
)


class LazyGroup(click.Group):
    """The noun decides which module is imported; every error ends in an exit code here and nowhere else."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"guestlist.cli.{cmd_name}")
        command = module.command
        if not isinstance(command, click.Command):
            raise TypeError(f"guestlist.cli.{cmd_name}.command is not a click command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        """Run, print the error if there is one, and exit. A command may return its exit code."""
        if not standalone_mode:
            return super().main(args, prog_name, complete_var, standalone_mode=False, **extra)
        try:
            result = super().main(args, prog_name, complete_var, standalone_mode=False, **extra)
        except click.UsageError as error:
            error.show()
            sys.exit(errors.USAGE)
        except click.ClickException as error:
            error.show()
            sys.exit(errors.FAILED)
        except (click.Abort, KeyboardInterrupt):
            click.echo("Interrupted.", err=True)
            sys.exit(errors.INTERRUPTED)
        except errors.GuestlistError as error:
            click.echo(f"Error: {error.message}", err=True)
            sys.exit(error.exit_code)
        except BrokenPipeError:
            _close_stdout()
        except Exception as error:  # noqa: BLE001 - the last line of defence: one sentence, never a traceback unasked
            _exit_unexpected(error)
        sys.exit(result if isinstance(result, int) else errors.OK)


def _close_stdout() -> NoReturn:
    """Whoever read our output has gone (`| head`): end without Python's complaint at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(errors.FAILED)


def _exit_unexpected(error: Exception) -> NoReturn:
    if os.environ.get("GUESTLIST_DEBUG") == "1":
        traceback.print_exception(error)
    else:
        # The message may hold anything, a secret too: only its type is shown unasked.
        click.echo(
            f"Error: unexpected {type(error).__name__}; this is a fault of guestlist, not yours. "
            "Run the same command with GUESTLIST_DEBUG=1 for the traceback.",
            err=True,
        )
    sys.exit(errors.FAILED)


def _print_version(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        click.echo(f"guestlist {metadata.version('guestlist')}")
        ctx.exit()


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=EPILOG,
)
@click.option(
    "--project",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The folder with Pulumi.yaml; otherwise searched from here upwards.",
)
@click.option(
    "--version", is_flag=True, expose_value=False, is_eager=True, callback=_print_version, help="Print the version."
)
@click.pass_context
def cli(ctx: click.Context, project: Path | None) -> None:
    """The Auth0 tenant of an invite-only application, as code."""
    ctx.obj = Invocation(project_option=project)


def main() -> None:
    """Run the tool: the `guestlist` script."""
    try:
        cli()
    except SystemExit as ended:
        _leave(ended.code if isinstance(ended.code, int) else errors.FAILED)


def _leave(code: int) -> NoReturn:
    """End without taking apart what was imported, for which Python needs half a second after a program has run in it."""
    atexit._run_exitfuncs()  # noqa: SLF001 - there is no other way to have them run
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except BrokenPipeError:
        code = errors.FAILED
    os._exit(code)
