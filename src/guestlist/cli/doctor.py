"""`guestlist doctor`: say what is missing. Not here: the checks (`guestlist.doctor`)."""

from __future__ import annotations

import os

import click

from guestlist import errors
from guestlist.cli.output import Invocation, examples, json_option, print_json, say
from guestlist.cli.running import environment_option


@click.command(epilog=examples("guestlist doctor --env local", "guestlist doctor --env prod --json"))
@environment_option
@json_option
@click.pass_obj
def command(invocation: Invocation, environment: str, as_json: bool) -> int:
    """
    Say what is missing before an environment can be deployed.

    Settings, secrets, toolchain, credentials, the tenant, its clock, the deployer's scopes, the state. Nothing is written, no
    secret is shown. Exit code 0 if nothing is in the way, 1 otherwise.
    """
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
