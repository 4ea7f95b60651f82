"""`guestlist keys`: rotate the keys of the profile page. Not here: the stages (`guestlist.key_rotation`)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from guestlist import errors
from guestlist.cli.output import Invocation, examples, json_option, note, print_json, say
from guestlist.cli.running import environment_option

if TYPE_CHECKING:
    from guestlist.environments import Project
    from guestlist.page_environment import OpenedEnvironment


@click.group(epilog=examples("guestlist keys rotate --env dev", "guestlist keys rotate --env dev --finish"))
def command() -> None:
    """Rotate the keys between Auth0 and the profile page."""


@command.command(
    "rotate",
    epilog=examples(
        "guestlist keys rotate --env dev --dry-run",
        "guestlist keys rotate --env dev",
        "guestlist keys rotate --env dev --finish   # an hour and a quarter after the deployment",
    ),
)
@environment_option
@click.option("--finish", is_flag=True, help="The second stage: drop the former keys.")
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@click.option(
    "--force", is_flag=True, help="With --finish: do not look whether a login may still need the former keys."
)
@json_option
@click.pass_obj
def rotate(invocation: Invocation, *, environment: str, finish: bool, dry_run: bool, force: bool, as_json: bool) -> int:
    """
    Rotate both keys without a failed login, in two stages.

    The first stage makes new keys and keeps the former ones beside them; the second, with --finish, drops those. Only
    config/Pulumi.ENV.yaml is changed, and what to run next is said. Refused (exit code 3): a rotation while one is under way, --finish
    without one, before `up` has deployed the new keys, or within an hour and a quarter of it.
    """
    from guestlist.key_rotation import plan, write
    from guestlist.page_environment import open_page_environment

    if force and not finish:
        raise click.UsageError("--force goes with --finish: making new keys harms no login")
    project = invocation.project()
    opened = open_page_environment(project, environment)
    rotation = plan(opened, "finish" if finish else "begin")
    if finish and not force:
        _refuse_too_early(project, opened)
    if not dry_run:
        write(project, rotation)
    file = project.config_path(environment).relative_to(project.root)
    if as_json:
        print_json(
            {
                "environment": environment,
                "stage": rotation.stage,
                "written": not dry_run,
                "changed": sorted(rotation.changes),
                "next": [step.partition("   #")[0] for step in rotation.next_steps()],
            }
        )
        return errors.OK
    say(f"{'Would change' if dry_run else 'Changed'} {file}:")
    for line in rotation.describe():
        say(f"  {line}")
    say("Next, in this order:" if not dry_run else "Next would be, in this order:")
    for step in rotation.next_steps():
        say(f"  {step}")
    return errors.OK


def _refuse_too_early(project: Project, opened: OpenedEnvironment) -> None:
    """Ask the state whether the new keys are deployed, and since when. Nothing of the tenant is read."""
    from guestlist.deployment import open_environment
    from guestlist.key_rotation import refuse_too_early

    deployment = open_environment(project, opened.settings.environment, say=note, from_source=True, check_secrets=False)
    exported = deployment.engine.export_or_none()
    if exported is None:
        raise errors.Refused(
            f"Refused to finish: there is no stack {opened.settings.environment} to ask. If it was never deployed add --force."
        )
    written = str(exported.get("deployment", {}).get("manifest", {}).get("time", ""))
    try:
        since = datetime.fromisoformat(written).astimezone(UTC)
    except ValueError:
        since = datetime.now(UTC)
    page = deployment.engine.secret_output("page")
    refuse_too_early(opened, page, since=since, now=datetime.now(UTC))
