"""`guestlist drift fix` and `guestlist drift accept`. Not here: what is chosen and found (`guestlist.drift.heal`, `guestlist.drift.accept`)."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from guestlist import errors
from guestlist.cli.output import Invocation, examples, note, on_a_terminal, say
from guestlist.cli.running import Progress, after_interruption, environment_option, yes_option

if TYPE_CHECKING:
    from guestlist.deployment import Deployment
    from guestlist.drift.check import Checked
    from guestlist.drift.heal import Chosen

only_option = click.option(
    "--only",
    multiple=True,
    metavar="NAME",
    help="Only this object, by its URN or as the report shows it; may be repeated.",
)
source_option = click.option(
    "--from-source", is_flag=True, help="Use a source-built engine and plugin on a real tenant too."
)


@click.command(
    "fix",
    epilog=examples(
        "guestlist drift fix --env prod",
        'guestlist drift fix --env prod --only "Client application" --yes',
    ),
)
@environment_option
@only_option
@yes_option("Take it back without being asked.")
@source_option
@click.pass_obj
def fix(invocation: Invocation, *, environment: str, only: tuple[str, ...], yes: bool, from_source: bool) -> int:
    """
    Take back what was changed by hand in the tenant.

    Shows first what would be written, applies exactly that to what drifted and to nothing else, and looks again.

    Exit code 0: taken back, or nothing had drifted; 2: something is left that no deployment takes back; 3: a security rule refuses it, or operations
    are pending; 1: it failed, or something still differs.
    """
    from guestlist.deployment import open_environment
    from guestlist.drift.heal import choose
    from guestlist.drift.heal import targets as targets_of

    if not yes and not on_a_terminal():
        raise click.UsageError("Nobody can be asked here: add --yes to take it back without being asked.")
    deployment = open_environment(invocation.project(), environment, say=note, from_source=from_source)
    deployment.refuse_unfinished()
    checked = _checked(deployment)
    chosen = choose(checked.report, only=only)
    for one in chosen.left:
        note(f"Left as it is: {one.shown}: {one.why}.")
    rest = errors.DIFFERENCES if chosen.left else errors.OK
    if not chosen.items:
        say(f"Nothing to take back in {environment}.")
        return rest
    with tempfile.TemporaryDirectory(prefix="guestlist-plan-") as folder, after_interruption(deployment):
        plan = Path(folder) / "pulumi.json"
        _show(deployment, chosen, plan)
        if not yes and not click.confirm(f"Write this to {deployment.domain}?", err=True):
            return errors.OK
        targets = targets_of(chosen, deployment.refuse_unfinished())
        with Progress(preview=False) as progress:
            deployment.engine.up(refresh=True, plan=plan, targets=targets, on_event=progress)
    return _proven(deployment, chosen) or rest


@click.command(
    "accept",
    epilog=examples(
        "guestlist drift accept --env prod",
        'guestlist drift accept --env prod --only "Client application"',
    ),
)
@environment_option
@only_option
@source_option
@click.pass_obj
def accept(invocation: Invocation, *, environment: str, only: tuple[str, ...], from_source: bool) -> int:
    """
    Print the lines that would keep what was changed by hand.

    Settings for the environment's file where one says it, entries for config/drift-ignore.yaml where none does. Writes nothing.

    Exit code 0: there is nothing to keep; 2: lines were printed; 1: something could not be told.
    """
    from guestlist.config_files import read_file
    from guestlist.deployment import open_environment
    from guestlist.drift.accept import accept as find_lines
    from guestlist.drift.accept import lines_of
    from guestlist.drift.heal import is_named

    project = invocation.project()
    deployment = open_environment(project, environment, say=note, from_source=from_source)
    checked = _checked(deployment)
    items = [one for one in checked.report.counted if one.kind != "pending" and (not only or is_named(one, only))]
    if not items:
        say(f"# Nothing to keep in {environment}.")
        return errors.OK
    config = read_file(project.root, environment).config
    for line in lines_of(find_lines(config, environment, items, checked.live), today=datetime.now(UTC).date()):
        say(line)
    return errors.DIFFERENCES


def _checked(deployment: Deployment) -> Checked:
    """Everything, looked at. Raises: GuestlistError, where something could not be told: then nothing is written."""
    from guestlist.drift.check import check
    from guestlist.drift.environment import deployers
    from guestlist.errors import GuestlistError

    note(f"Reading {deployment.domain} …")
    with deployment.tenant() as tenant:
        checked = check(deployment, tenant, now=datetime.now(UTC), deployers=deployers(deployment))
    if checked.report.problems:
        said = " ".join(one.said for one in checked.report.problems)
        raise GuestlistError(f"Could not tell everything of {deployment.environment}, and nothing was written. {said}")
    return checked


def _show(deployment: Deployment, chosen: Chosen, plan: Path) -> None:
    """What would be written, judged as a preview is. Raises: Refused."""
    from guestlist.drift.heal import preview

    report = preview(deployment, chosen, plan, today=datetime.now(UTC).date())
    from guestlist.preview.text import render_text

    note(render_text(report))
    if report.refused:
        rules = ", ".join(dict.fromkeys(one.rule for one in report.refused))
        raise errors.Refused(
            f"Refused to write this to {deployment.domain}: {rules}. What the program declares is what it is refused for, see above; nothing was touched."
        )


def _proven(deployment: Deployment, chosen: Chosen) -> int:
    """Look again at what was written; says what still differs."""
    from guestlist.drift.check import Targets, check
    from guestlist.drift.environment import deployers
    from guestlist.drift.heal import remains

    with deployment.tenant() as tenant:
        after = check(
            deployment,
            tenant,
            now=datetime.now(UTC),
            deployers=deployers(deployment),
            targets=Targets(urns=chosen.urns),
        ).report
    still = remains(chosen, after)
    if after.problems or still:
        names = ", ".join(one.shown for one in still) or "what could not be read again"
        said = " ".join(one.said for one in after.problems)
        note(
            f"Error: written, and still not as declared: {names}. {said} To look again run: guestlist drift --env {deployment.environment}"
        )
        return errors.FAILED
    say(f"As deployed again in {deployment.environment}: {', '.join(one.shown for one in chosen.items)}.")
    return errors.OK
