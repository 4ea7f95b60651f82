"""`guestlist up --ref`: back to an earlier program. Not here: making it ready (`guestlist.earlier`), deploying today's (`up.py`)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from guestlist import errors
from guestlist.cli.output import note, say
from guestlist.cli.running import after_interruption
from guestlist.cli.up import approved, deploy, finish

if TYPE_CHECKING:
    from guestlist.environments import Project


def go_back(project: Project, environment: str, ref: str, *, yes: bool, refresh: bool, from_source: bool) -> int:
    """Show what the earlier program would change, ask, and deploy it with the same engine to the same state."""
    from guestlist.deployment import open_environment
    from guestlist.earlier import earlier_program
    from guestlist.environments import load_settings
    from guestlist.preview.elsewhere import environ_elsewhere

    load_settings(project, environment)  # today's faults are told before anything of another commit
    with earlier_program(project, environment, ref) as earlier:
        deployment = open_environment(project, environment, say=note, from_source=from_source)
        deployment.refuse_unfinished()
        deployment.create_stack_if_local()
        environ = environ_elsewhere(deployment.environ, root=project.root, folder=earlier.folder)
        there = replace(deployment, engine=replace(deployment.engine, root=earlier.folder, environ=environ))
        with after_interruption(there):
            note(f"Going back to the program and the settings of {earlier.shown}, with today's secrets.")
            if not approved(there, refresh=refresh, yes=yes):
                return errors.OK
            run = deploy(there, refresh=refresh)
        finish(there, run)
    say(
        f"{deployment.domain} is as {earlier.shown} declares it. The working tree is still at another commit: "
        f"the next guestlist up --env {environment} without --ref goes forward again."
    )
    return errors.OK
