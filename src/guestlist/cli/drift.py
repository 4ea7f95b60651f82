"""`guestlist drift`: what differs between tenant, state and program. Not here: finding it out and saying it (`guestlist.drift`)."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from guestlist.cli.drift_fix import accept, fix
from guestlist.cli.output import Invocation, examples, note, say
from guestlist.cli.preview import BY_SUFFIX, FORMATS

if TYPE_CHECKING:
    from guestlist.drift.report import Report
    from guestlist.environments import Project
    from guestlist.preview.formats import Format


@click.group(
    invoke_without_command=True,
    epilog=examples(
        "guestlist drift --env prod",
        "guestlist drift --all --format markdown --save drift.json",
    ),
)
@click.option("--env", "environments", multiple=True, metavar="ENV", help="The environment; may be repeated.")
@click.option("--all", "every", is_flag=True, help="Every environment but the local one.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", show_default=True, help="On stdout.")
@click.option(
    "--save",
    "saved",
    type=click.Path(path_type=Path),
    multiple=True,
    help=f"Write it to a file too, in the format of its suffix: {', '.join(BY_SUFFIX)}; .md is whole. May be repeated.",
)
@click.option("--from-source", is_flag=True, help="Use a source-built engine and plugin on a real tenant too.")
@click.pass_context
def command(
    context: click.Context,
    *,
    environments: tuple[str, ...],
    every: bool,
    form: Format,
    saved: tuple[Path, ...],
    from_source: bool,
) -> int | None:
    """
    Say what was changed in a tenant behind the program's back.

    What differs from the last deployment, who did it, whether it makes the tenant less safe; what the program would change and nobody deployed; what
    nobody declares. Writes nothing. With --all, credentials of one environment are AUTH0_CLIENT_ID__PROD and so on.

    Exit code 0: nothing differs; 2: something does; 1: something could not be told (the rest is shown all the same).
    """
    from guestlist.drift.environment import Wanted
    from guestlist.drift.several import check_environments

    if context.invoked_subcommand is not None:
        return None
    invocation: Invocation = context.obj
    unknown = [file for file in saved if file.suffix not in BY_SUFFIX]
    if unknown:
        raise click.BadParameter(
            f"{str(unknown[0])!r} has no suffix that says a format: {', '.join(BY_SUFFIX)}", param_hint="--save"
        )
    project = invocation.project()
    names = _named(project, environments, every=every)
    wanted = Wanted(from_source=from_source)
    reports = check_environments(project, names, wanted, say=note, clock=lambda: datetime.now(UTC))
    return _show(reports, form, saved)


command.add_command(fix)
command.add_command(accept)


def _named(project: Project, environments: tuple[str, ...], *, every: bool) -> list[str]:
    from guestlist.environments import LOCAL_ENVIRONMENT, environment_names

    if every == bool(environments):
        raise click.UsageError("Name an environment with --env, or all of them with --all.")
    if not every:
        return list(dict.fromkeys(environments))
    names = [one for one in environment_names(project.root) if one != LOCAL_ENVIRONMENT]
    if not names:
        raise click.UsageError("There is no environment beside the local one: name that one with --env local.")
    return names


def _show(reports: list[Report], form: Format, saved: tuple[Path, ...]) -> int:
    from guestlist.drift.formats import exit_code, render

    for file in saved:
        file.write_text(render(reports, BY_SUFFIX[file.suffix], full=True) + "\n", encoding="utf-8")
    say(render(reports, form))
    return exit_code(reports)
