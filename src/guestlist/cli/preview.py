"""`guestlist preview`: what `up` would do. Not here: finding it out and saying it (`guestlist.preview`)."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from guestlist import errors
from guestlist.cli.output import Invocation, examples, note, say

if TYPE_CHECKING:
    from guestlist.environments import Project
    from guestlist.preview.environment import Previewed, Wanted
    from guestlist.preview.formats import Format
    from guestlist.preview.report import Report

FORMATS = ("text", "markdown", "json", "sarif", "junit")
BY_SUFFIX: Mapping[str, Format] = {
    ".txt": "text",
    ".md": "markdown",
    ".json": "json",
    ".sarif": "sarif",
    ".xml": "junit",
}


def _with_format(_context: click.Context, _option: click.Parameter, files: tuple[Path, ...]) -> tuple[Path, ...]:
    """Refuse a file whose suffix says none, before anything is looked at."""
    unknown = [file for file in files if file.suffix not in BY_SUFFIX]
    if unknown:
        raise click.BadParameter(f"{str(unknown[0])!r} has no suffix that says a format: {', '.join(BY_SUFFIX)}")
    return files


save_option = click.option(
    "--save",
    "saved",
    type=click.Path(path_type=Path),
    multiple=True,
    callback=_with_format,
    help=f"Write it to a file too, in the format of its suffix: {', '.join(BY_SUFFIX)}; .md is whole. May be repeated.",
)


@click.command(
    epilog=examples(
        "guestlist preview --env dev",
        "guestlist preview --env dev --env prod --compare origin/main --format markdown --save preview.sarif",
        "guestlist preview --env prod --plan prod.plan   # then: guestlist up --env prod --plan prod.plan",
    )
)
@click.option(
    "--env", "environments", required=True, multiple=True, metavar="ENV", help="The environment; may be repeated."
)
@click.option("--refresh", is_flag=True, help="First read the tenant, to find what was changed by hand too.")
@click.option("--compare", metavar="REF", help="Leave out what this branch, tag or commit would change anyway.")
@click.option("--plan", type=click.Path(path_type=Path), help="Write a plan for `up --plan`; reads the tenant first.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", show_default=True, help="On stdout.")
@save_option
@click.option(
    "--no-behaviour",
    "unrehearsed",
    is_flag=True,
    help="Rehearse no logins, where the Actions of the login change.",
)
@click.option("--from-source", is_flag=True, help="Use a source-built engine and plugin on a real tenant too.")
@click.pass_obj
def command(
    invocation: Invocation,
    *,
    environments: tuple[str, ...],
    refresh: bool,
    compare: str | None,
    plan: Path | None,
    form: Format,
    saved: tuple[Path, ...],
    unrehearsed: bool,
    from_source: bool,
) -> int:
    """
    Say what a deployment would change, and what that means.

    Property by property and line by line, deletes first, with what they make less safe and what they cost.
    Where an Action of the login changes, logins are rehearsed on this machine with both versions: what is different for whoever logs in is said too.

    Writes nothing to the tenant, and without --refresh or --plan asks it nothing. Exit code 0: nothing would change; 2: something would; 3: a
    security rule refuses it, or operations are pending; 1: something could not be told (the rest is shown all the same).
    """
    from guestlist.preview.environment import Wanted

    if plan is not None and len(environments) > 1:
        raise click.UsageError("A plan is for one environment: name one --env with --plan.")
    project = invocation.project()
    wanted = Wanted(
        refresh=refresh or plan is not None, compare=compare, behaviour=not unrehearsed, from_source=from_source
    )
    reports = [_look(project, environment, wanted, plan=plan) for environment in dict.fromkeys(environments)]
    return _show(reports, form, saved)


def _look(project: Project, environment: str, wanted: Wanted, *, plan: Path | None) -> Report:
    """One environment; its plan is written if nothing stands in the way."""
    from dataclasses import replace

    from guestlist.preview.environment import preview_environment

    today = datetime.now(UTC).date()
    if plan is None:
        return preview_environment(project, environment, wanted, say=note, today=today).report
    with tempfile.TemporaryDirectory(prefix="guestlist-plan-") as folder:
        engines = Path(folder) / "pulumi.json"
        found = preview_environment(project, environment, replace(wanted, plan=engines), say=note, today=today)
        _keep_plan(found, engines, plan)
    return found.report


def _keep_plan(found: Previewed, engines: Path, file: Path) -> None:
    from guestlist.preview.plan import Plan, write

    if found.bound is None or found.report.exit_code not in {errors.OK, errors.DIFFERENCES}:
        note(f"No plan was written to {file}: what stands above has to be settled first.")
        return
    write(Plan(bound=found.bound, pulumi=json.loads(engines.read_text(encoding="utf-8"))), file)
    note(f"To apply this and nothing else: guestlist up --env {found.report.environment} --plan {file}")


def _show(reports: list[Report], form: Format, saved: tuple[Path, ...]) -> int:
    from guestlist.preview.formats import exit_code, render

    for file in saved:
        file.write_text(render(reports, BY_SUFFIX[file.suffix], full=True) + "\n", encoding="utf-8")
    say(render(reports, form))
    return exit_code(reports)
