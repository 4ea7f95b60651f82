"""`guestlist demo`: the walk of `make demo`. Not here: its steps (`guestlist.demo`, and of the person `guestlist.journey.demo`)."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from guestlist import errors
from guestlist.cli.output import Invocation, examples, note, say
from guestlist.cli.running import Progress, after_interruption

if TYPE_CHECKING:
    from guestlist.deployment import Deployment
    from guestlist.environments import Project
    from guestlist.local import LocalTenant
    from guestlist.stage import Stage

MARK = "made-by-demo"  # in .guestlist/: the deployment there is the demo's own and may be emptied by the next one


@click.command(epilog=examples("guestlist demo", "guestlist demo --headed --keep", "guestlist demo --down"))
@click.option("--fresh", is_flag=True, help="Empty the local tenant first, whoever deployed to it.")
@click.option("--headed", is_flag=True, help="Show the browser's window while the invited person walks.")
@click.option("--keep", is_flag=True, help="Leave everything running until Ctrl-C, to walk through it by hand.")
@click.option("--down", is_flag=True, help="Take the demo's deployment down and stop the local tenant.")
@click.option("--quiet", is_flag=True, help="Leave out the line for each resource.")
@click.pass_obj
def command(invocation: Invocation, *, fresh: bool, headed: bool, keep: bool, down: bool, quiet: bool) -> int:
    """
    Walk through the whole flow on the local tenant.

    Starts an Auth0 tenant here, deploys to it with Pulumi, deploys again (nothing changes), opens sign-up behind the program's back
    (found and healed), takes everything down (the tenant is as it was), and deploys once more. Then somebody is invited and walks the
    whole flow: mail, password, login, text message, profile page, application; in the Chromium, Chrome or Edge that is installed, or by
    HTTP without one. Screenshots are in .guestlist/screenshots.
    """
    from guestlist.deployment import open_environment, the_toolchain
    from guestlist.local import LocalTenant
    from stacks.settings import LOCAL_ENVIRONMENT

    project = invocation.project()
    tenant = LocalTenant.of_project(project.root)
    if down:
        return _take_down(project, tenant)
    began = time.monotonic()
    say("Guestlist: the Auth0 tenant of an invite-only application, as code. Everything here runs on this machine.")
    tools = the_toolchain(LOCAL_ENVIRONMENT, local=True, from_source=True, say=note)
    say("\nThe tools")
    for piece in tools.pieces:
        say(f"  {piece.name.value:14} {piece.version:9} {piece.origin.value.replace('_', ' ')}")
    _start(project, tenant)
    deployment = open_environment(project, LOCAL_ENVIRONMENT, say=note, environ=_own_environ())
    _empty(project, tenant, deployment, fresh=fresh)
    say('  $ eval "$(guestlist local env)"')
    _walk(project, deployment, quiet=quiet)
    _person(project, tenant, deployment, headed=headed, keep=keep)
    _farewell(deployment, seconds_taken=time.monotonic() - began)
    return errors.OK


def _own_environ() -> dict[str, str]:
    """Leave out what a shell says about other tenants and backends: the demo touches its own only."""
    import os

    return {name: value for name, value in os.environ.items() if not name.startswith(("AUTH0_", "PULUMI_"))}


def _start(project: Project, tenant: LocalTenant) -> None:
    from guestlist.cli.local import configured_port

    say("\nAn Auth0 tenant, here")
    say("  $ guestlist local start")
    started = tenant.start(port=configured_port(project))
    say(f"  {started.url} ({started.process}{', was running' if started.already else ''})")


def _empty(project: Project, tenant: LocalTenant, deployment: Deployment, *, fresh: bool) -> None:
    """Begin with an empty tenant; what the demo did not deploy is not its to empty. Raises: Refused."""
    from guestlist.cli.local import empty
    from guestlist.state import read

    mark = _mark(project)
    deployed = read(deployment.engine.export_or_none() or {})
    if not deployed.resources and not deployed.pending:
        deployment.create_stack_if_local()
        return
    if not fresh and not mark.exists():
        raise errors.Refused(
            "The local tenant has a deployment that the demo did not make, and the demo begins with an empty tenant. "
            "To let it be emptied run: guestlist demo --fresh"
        )
    say("  $ guestlist local reset")
    empty(project, tenant)
    mark.unlink(missing_ok=True)


def _walk(project: Project, deployment: Deployment, *, quiet: bool) -> None:
    from guestlist.demo import Walk, inventory
    from guestlist.engine_events import Event

    def silent(_event: Event) -> None:
        """Say nothing."""

    _mark(project).touch()
    progress = silent if quiet else Progress(preview=False, write=say)
    walk = Walk(deployment=deployment, say=say, progress=progress, would=Progress(preview=True, write=say))
    with after_interruption(deployment):
        state = walk.go()
    say("\nThe tenant has now")
    for line in inventory(state):
        say(line)


def _person(project: Project, tenant: LocalTenant, deployment: Deployment, *, headed: bool, keep: bool) -> None:
    """Somebody is invited, with the application and the profile page running beside the tenant."""
    from guestlist.journey.demo import DemoWalk
    from guestlist.page_environment import open_page_environment
    from guestlist.stage import on_stage
    from stacks.settings import LOCAL_ENVIRONMENT

    opened = open_page_environment(project, LOCAL_ENVIRONMENT, environ=deployment.environ)
    outputs = deployment.engine.outputs_with_secrets()
    with on_stage(tenant, opened, outputs) as stage:
        DemoWalk(
            tenant=tenant,
            settings=opened.settings,
            outputs=outputs,
            stage=stage,
            pictures=project.root / ".guestlist" / "screenshots",
            headed=headed,
            say=say,
        ).go()
        if keep:
            _stay(stage)


def _stay(stage: Stage) -> None:
    """Until Ctrl-C."""
    say("\nBy hand, until Ctrl-C, in another shell and in your browser (it has to trust .guestlist/local/ca.pem)")
    say("  invite somebody .venv/bin/guestlist invites create you@example.com --env local")
    say(f"  mail and phone  {stage.inbox_url}")
    say(f"  the application {stage.application.url}")
    with suppress(KeyboardInterrupt):
        stage.wait()


def _farewell(deployment: Deployment, *, seconds_taken: float) -> None:
    from guestlist.up import seconds

    say("\nWhere to look")
    say(f"  the tenant      https://{deployment.domain} (its log: .guestlist/local/server.log)")
    say("  the program     stacks/program.py, settings in config/Pulumi.local.yaml")
    say("  the Actions     actions/post-login/")
    say(
        '  by yourself     source .venv/bin/activate; eval "$(guestlist local env)"; then plain pulumi: up, preview, … -s local'
    )
    say("  take it down    .venv/bin/guestlist demo --down")
    say(f"\nDone in {seconds(seconds_taken)}.")


def _take_down(project: Project, tenant: LocalTenant) -> int:
    """Destroy what the demo deployed, then stop the tenant."""
    from guestlist.deployment import open_environment
    from guestlist.engine_events import changes_line
    from guestlist.state import read
    from stacks.settings import LOCAL_ENVIRONMENT

    if tenant.health() is None:
        say("The local tenant does not run; there is nothing to take down.")
        return errors.OK
    deployment = open_environment(project, LOCAL_ENVIRONMENT, say=note, environ=_own_environ(), check_secrets=False)
    if read(deployment.engine.export_or_none() or {}).resources:
        say("  $ pulumi destroy -s local --yes")
        with after_interruption(deployment):
            run = deployment.engine.destroy()
        say(f"  {changes_line(run.changes, preview=False)}")
    _mark(project).unlink(missing_ok=True)
    say("  $ guestlist local stop")
    tenant.stop()
    say("The demo is taken down. What is left is the tenant's data in .guestlist/local, for the next start.")
    return errors.OK


def _mark(project: Project) -> Path:
    return project.root / ".guestlist" / MARK
