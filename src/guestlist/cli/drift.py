"""`guestlist drift`: what differs between tenant, state and program. Not here: finding it out and saying it (`guestlist.drift`)."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from guestlist.cli.drift_fix import accept, fix
from guestlist.cli.output import Invocation, examples, note, say
from guestlist.cli.preview import BY_SUFFIX, FORMATS, save_option

if TYPE_CHECKING:
    from guestlist.drift.environment import Wanted
    from guestlist.drift.report import Report
    from guestlist.environments import Project
    from guestlist.preview.formats import Format


@click.group(
    invoke_without_command=True,
    epilog=examples(
        "guestlist drift --env prod",
        "guestlist drift --all --format markdown --save drift.json",
        "guestlist drift --env prod --since-checkpoint   # often: two calls while nothing is written",
        "guestlist drift --env prod --watch --every 120",
    ),
)
@click.option("--env", "environments", multiple=True, metavar="ENV", help="The environment; may be repeated.")
@click.option("--all", "every", is_flag=True, help="Every environment but the local one.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", show_default=True, help="On stdout.")
@save_option
@click.option(
    "--since-checkpoint",
    is_flag=True,
    help="Ask the tenant's log first, and read only what was written since the last check.",
)
@click.option(
    "--checkpoint",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="What the last check knew; beside the state unless given.",
)
@click.option(
    "--full-check-every",
    "full_hours",
    type=click.FloatRange(min=0, min_open=True),
    default=24.0,
    show_default=True,
    metavar="HOURS",
    help="Read everything after so long, whatever the log says.",
)
@click.option("--watch", "watching", is_flag=True, help="Go on: as --since-checkpoint, again and again.")
@click.option(
    "--every",
    "seconds",
    type=click.FloatRange(min=10),
    default=300.0,
    show_default=True,
    metavar="SECONDS",
    help="With --watch: between two checks.",
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
    since_checkpoint: bool,
    checkpoint: Path | None,
    full_hours: float,
    watching: bool,
    seconds: float,
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
    project = invocation.project()
    names = _named(project, environments, every=every)
    guided = since_checkpoint or watching
    if checkpoint is not None and (not guided or len(names) > 1):
        raise click.UsageError("--checkpoint is of one environment, with --since-checkpoint or --watch.")
    wanted = Wanted(
        since_checkpoint=guided,
        checkpoint=checkpoint.absolute() if checkpoint else None,
        full_check_every=timedelta(hours=full_hours),
        from_source=from_source,
    )
    if watching:
        if len(names) > 1:
            raise click.UsageError("--watch is for one environment: name one --env.")
        return _watch(project, names[0], wanted, form, saved, every=timedelta(seconds=seconds))
    reports = check_environments(project, names, wanted, say=note, clock=_clock)
    return _show(reports, form, saved)


def _clock() -> datetime:
    return datetime.now(UTC)


def _watch(
    project: Project, environment: str, wanted: Wanted, form: Format, saved: tuple[Path, ...], *, every: timedelta
) -> int:
    """Until it is interrupted; what differs from the last report is shown, and the files are always of the last one."""
    from guestlist.drift.several import check_elsewhere
    from guestlist.drift.watch import Glances, watch

    glances = Glances(project, environment, clock=_clock, environ=os.environ)

    def check(wanted: Wanted) -> Report:
        return check_elsewhere(project, environment, wanted, shell=os.environ, clock=_clock)

    note(f"Watching {environment}, every {every.total_seconds():g} s. To end it press Ctrl-C.")
    try:
        for one in watch(wanted, glances=glances, check=check, every=every, sleep=time.sleep):
            _save([one.report], saved)
            if one.news:
                _say([one.report], form)
    finally:
        glances.close()
    return 0


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
    from guestlist.drift.formats import exit_code

    _save(reports, saved)
    _say(reports, form)
    return exit_code(reports)


def _save(reports: list[Report], saved: tuple[Path, ...]) -> None:
    """All of a file or nothing: somebody may read it at the same time."""
    from guestlist.drift.formats import render

    for file in saved:
        partial = file.with_name(f"{file.name}.partial")
        partial.write_text(render(reports, BY_SUFFIX[file.suffix], full=True) + "\n", encoding="utf-8")
        partial.replace(file)


def _say(reports: list[Report], form: Format) -> None:
    from guestlist.drift.formats import render

    say(render(reports, form))
