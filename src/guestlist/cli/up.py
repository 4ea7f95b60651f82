"""`guestlist up`: deploy an environment. Not here: what is refused and said (`guestlist.up`), running the engine (`guestlist.engine`)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from guestlist import errors
from guestlist.cli.output import Invocation, examples, note, on_a_terminal, say
from guestlist.cli.running import Progress, after_interruption, environment_option, yes_option
from guestlist.cli.strays import name_strays

if TYPE_CHECKING:
    from guestlist.deployment import Deployment
    from guestlist.engine import Run


@click.command(
    epilog=examples(
        "guestlist up --env local",
        "guestlist up --env prod --yes   # in CI",
        "guestlist up --env prod --ref v1.4.0   # back to an earlier program",
    )
)
@environment_option
@yes_option("Deploy without a preview and without being asked.")
@click.option("--refresh", is_flag=True, help="First read the tenant, to find and take back what was changed by hand.")
@click.option(
    "--plan",
    type=click.Path(path_type=Path),
    help="Apply what `guestlist preview --plan FILE` wrote, if nothing has moved since; asks nobody.",
)
@click.option(
    "--ref",
    metavar="REF",
    help="Go back to the program of this tag, branch or commit, with today's secrets; says first what would change.",
)
@click.option("--from-source", is_flag=True, help="Use a source-built engine and plugin on a real tenant too.")
@click.pass_obj
def command(
    invocation: Invocation,
    *,
    environment: str,
    yes: bool,
    refresh: bool,
    plan: Path | None,
    ref: str | None,
    from_source: bool,
) -> int:
    """
    Deploy an environment: what `pulumi up -s ENV` does, after the checks that Pulumi lacks.

    Refused before any call (exit code 3): credentials for another tenant, a state made against another tenant, operations that a
    killed run left pending, a source-built engine on a real tenant, a plan that something has moved under. Bad settings are listed all at
    once (exit code 1). Refused too: a --ref that has no such environment, is for another tenant, or needs a secret that is gone.
    """
    from guestlist.deployment import open_environment

    if ref is not None and plan is not None:
        raise click.UsageError("--ref and --plan exclude each other: a plan is for the program of the working tree.")
    if not yes and plan is None and not on_a_terminal():
        raise click.UsageError("Nobody can be asked here: add --yes to deploy without being asked.")
    if ref is not None:
        from guestlist.cli.up_ref import go_back

        return go_back(invocation.project(), environment, ref, yes=yes, refresh=refresh, from_source=from_source)
    deployment = open_environment(invocation.project(), environment, say=note, from_source=from_source)
    deployment.refuse_unfinished()
    deployment.create_stack_if_local()
    with after_interruption(deployment):
        if plan is not None:
            run = deploy_planned(deployment, plan)
        elif not yes and not approved(deployment, refresh=refresh):
            return errors.OK
        else:
            run = deploy(deployment, refresh=refresh)
    finish(deployment, run)
    return errors.OK


def finish(deployment: Deployment, run: Run) -> None:
    """Say what was done, and what a lost answer may have made twice."""
    report(deployment, run, outputs=deployment.engine.outputs())
    if run.changes.get("create"):
        name_strays(deployment)


def approved(deployment: Deployment, *, refresh: bool, yes: bool = False) -> bool:
    """Show what would change and ask, unless yes was said; nothing to change is nothing to ask."""
    from guestlist.engine_events import changes_line, differs

    note(f"What would change on {deployment.domain}:")
    with Progress(preview=True) as progress:
        run = deployment.engine.preview(refresh=refresh, on_event=progress)
    note(f"{changes_line(run.changes, preview=True)}.")
    if not differs(run.changes):
        say(f"Nothing to do for {deployment.environment}.")
        return False
    return yes or click.confirm(f"Deploy {deployment.environment} to {deployment.domain}?", err=True)


def deploy(deployment: Deployment, *, refresh: bool = False, plan: Path | None = None) -> Run:
    """Run `up` with its progress; with a plan of the engine's it does that and nothing else."""
    note(f"Deploying {deployment.environment} to {deployment.domain} …")
    with Progress(preview=False) as progress:
        return deployment.engine.up(refresh=refresh, plan=plan, on_event=progress)


def deploy_planned(deployment: Deployment, file: Path) -> Run:
    """Look whether something moved, then do what the plan says. Raises: StalePlan, GuestlistError."""
    import tempfile

    from guestlist.preview.environment import bound_to
    from guestlist.preview.plan import read, refuse_stale
    from guestlist.preview.run import collect

    plan = read(file)
    note(f"Looking whether {deployment.domain} is as it was when {file} was made …")
    now = collect(
        deployment.root,
        deployment.environment,
        pulumi=deployment.tools.pulumi,
        environ=deployment.environ,
        refresh=True,
    )
    refuse_stale(plan.bound, bound_to(deployment, now, deployment.engine.export()))
    with tempfile.TemporaryDirectory(prefix="guestlist-plan-") as folder:
        engines = Path(folder) / "pulumi.json"
        engines.write_text(json.dumps(plan.pulumi), encoding="utf-8")
        return deploy(deployment, refresh=True, plan=engines)


def report(deployment: Deployment, run: Run, *, outputs: Mapping[str, object]) -> None:
    """Say what was done, the outputs without secrets, and where to look."""
    from guestlist.up import output_lines, summary, where_to_look

    say(summary(run, environment=deployment.environment))
    say("Outputs:")
    for line in output_lines(outputs):
        say(line)
    say("Where to look:")
    for line in where_to_look(environment=deployment.environment, domain=deployment.domain, local=deployment.local):
        say(line)
