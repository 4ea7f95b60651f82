"""`guestlist doctor`: say what is missing, or which doors are open. Not here: the checks (`guestlist.doctor`), the doors (`guestlist.doors`)."""

from __future__ import annotations

import os

import click

from guestlist import errors
from guestlist.cli.output import Invocation, examples, json_option, print_json, say
from guestlist.cli.running import environment_option


@click.command(
    epilog=examples(
        "guestlist doctor --env local",
        "guestlist doctor --env prod --json",
        "guestlist doctor --doors --env prod",
        "guestlist doctor --doors --env prod --client-id JkR1c0GQqPq3mE7f --json",
    )
)
@environment_option
@click.option("--doors", is_flag=True, help="Try, as a stranger, every way in that needs no invite.")
@click.option(
    "--client-id",
    metavar="ID",
    help="With --doors: the application's client id, where neither credentials nor the state tell it.",
)
@json_option
@click.pass_obj
def command(invocation: Invocation, environment: str, doors: bool, client_id: str | None, as_json: bool) -> int:
    """
    Say what is missing before an environment can be deployed.

    Settings, secrets, toolchain, credentials, the tenant, its clock, the deployer's scopes, the state. Nothing is written, no
    secret is shown. Exit code 0 if nothing is in the way, 1 otherwise.

    With --doors: whether strangers get in without an invite, after an up. Credentials of the deployer or of the drift reader let it
    look; without any it knocks from outside. It asks nothing and leaves nothing behind. Exit code 0 if every door is shut, 2 if
    one is open, 1 if one could not be tried.
    """
    if doors:
        return _try_doors(invocation, environment, client_id=client_id, as_json=as_json)
    if client_id is not None:
        raise click.UsageError("--client-id goes with --doors.")
    return _examine(invocation, environment, as_json=as_json)


def _try_doors(invocation: Invocation, environment: str, *, client_id: str | None, as_json: bool) -> int:
    from guestlist.doors.opening import open_scene
    from guestlist.doors.probe import Tried, probe
    from guestlist.doors.report import document, exit_code, line_of, summary_of

    found: list[Tried] = []
    with open_scene(invocation.project(), environment, os.environ, client_id=client_id) as scene:
        for tried in probe(scene):
            found.append(tried)
            if not as_json:
                say(line_of(tried))
        if as_json:
            print_json(document(found, scene))
        else:
            for line in summary_of(found, scene):
                say(line)
    return exit_code(found)


def _examine(invocation: Invocation, environment: str, *, as_json: bool) -> int:
    from guestlist.checks import Check, document
    from guestlist.doctor import examine

    found: list[Check] = []
    for check in examine(invocation.project(), environment, os.environ):
        found.append(check)
        if not as_json:
            say(str(check))
    report = document(environment, tuple(found))
    if as_json:
        print_json(report)
    elif report["ok"]:
        say(f"Nothing keeps {environment} from being deployed.")
    return errors.OK if report["ok"] else errors.FAILED
