"""`guestlist destroy`: take an environment's tenant back to what it was. Not here: what that means (`guestlist.destroy`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from guestlist import errors
from guestlist.cli.output import Invocation, examples, note, on_a_terminal, say
from guestlist.cli.running import Progress, after_interruption, environment_option, yes_option

if TYPE_CHECKING:
    from guestlist.deployment import Deployment
    from guestlist.destroy import Teardown
    from guestlist.engine import Run


@click.command(epilog=examples("guestlist destroy --env local", "guestlist destroy --env dev --delete-protected"))
@environment_option
@yes_option("Destroy without being asked. Protected resources are still refused.")
@click.option(
    "--delete-protected", is_flag=True, help="Delete what is protected too: the connection with every user in it."
)
@click.option("--from-source", is_flag=True, help="Use a source-built engine and plugin on a real tenant too.")
@click.pass_obj
def command(invocation: Invocation, environment: str, yes: bool, delete_protected: bool, from_source: bool) -> int:
    """
    Take an environment's tenant back to what it was before the first `up`.

    First it is said what is deleted, what is put back, what stays, and what cannot be put back. On a terminal the environment's
    name has to be typed. What is protected is refused (exit code 3) unless you say that it is to go.
    """
    from guestlist.deployment import open_environment
    from guestlist.destroy import describe, plan_teardown, protection_refusal
    from guestlist.state import unprotected

    if not yes and not on_a_terminal():
        raise click.UsageError("Nobody can be asked here: add --yes to destroy without being asked.")
    deployment = open_environment(
        invocation.project(), environment, say=note, from_source=from_source, check_secrets=False
    )
    state = deployment.refuse_unfinished()
    teardown = plan_teardown(state)
    if not state.resources:
        say(f"Nothing to take down in {environment}.")
        return errors.OK
    refused = None if delete_protected else protection_refusal(teardown, environment=environment)
    note(describe(teardown, environment=environment, domain=deployment.domain))
    if refused is not None:
        raise refused
    if not yes:
        _confirm(deployment)
    if delete_protected and teardown.protected:
        exported, _ = deployment.state()
        deployment.engine.import_state(unprotected(exported, frozenset(found.urn for found in teardown.protected)))
    with after_interruption(deployment), Progress(preview=False) as progress:
        run = deployment.engine.destroy(on_event=progress)
    report(deployment, run, teardown)
    return errors.OK


def _confirm(deployment: Deployment) -> None:
    """Have the name typed: `y` is too close to a habit. Raises: click.Abort."""
    typed: str = click.prompt(f"To go on, type the environment's name ({deployment.environment})", err=True)
    if typed.strip() != deployment.environment:
        note("That is another name; nothing was touched.")
        raise click.Abort


def report(deployment: Deployment, run: Run, teardown: Teardown) -> None:
    """Say what was done and what is left."""
    from guestlist.engine_events import changes_line
    from guestlist.up import seconds

    say(f"{deployment.environment} is taken down: {changes_line(run.changes, preview=False)} ({seconds(run.seconds)}).")
    if teardown.restored:
        say(f"Put back on {deployment.domain}: {', '.join(teardown.restored)}.")
    for sentence in teardown.lost:
        say(f"Left behind: {sentence}")
