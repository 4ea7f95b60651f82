"""`guestlist users`: help for people who cannot log in. Not here: what a reset does (`guestlist.mfa_reset`)."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from guestlist import errors
from guestlist.cli.output import Invocation, examples, json_option, note, on_a_terminal, print_json, say, table
from guestlist.cli.running import environment_option, yes_option

if TYPE_CHECKING:
    from guestlist.mfa_enrolled import Enrolled, Factor
    from guestlist.mfa_reset import Reset


@click.group(epilog=examples("guestlist users reset-mfa ana@example.com --env local"))
def command() -> None:
    """Help people who cannot log in."""


@command.command(
    "reset-mfa",
    epilog=examples(
        "guestlist users reset-mfa ana@example.com --env local",
        "guestlist users reset-mfa ana@example.com --env prod --yes --json",
    ),
)
@click.argument("address")
@environment_option
@json_option
@yes_option("Reset without being asked: for scripts.")
@click.pass_obj
def reset_mfa(invocation: Invocation, *, address: str, environment: str, as_json: bool, yes: bool) -> int:
    """
    Take a user's second factors away: for a lost phone, or one that somebody else has enrolled.

    Shows what is enrolled, asks, then removes the second factors, has every browser forget that it was remembered, and ends sessions
    and refresh tokens. The next login enrols anew. May be repeated. Works with the credentials in the environment (AUTH0_DOMAIN,
    AUTH0_CLIENT_ID, AUTH0_CLIENT_SECRET), not with the inviter's. Every run is noted in .guestlist/audit/ENV.jsonl. Exit code 1 if anything
    is left to be done, which is then said.
    """
    from guestlist.audit import AuditFile, audit_file, operator
    from guestlist.deployment import credentials_for_reading, transport_for
    from guestlist.environments import load_settings
    from guestlist.mfa_enrolled import find_enrolled
    from guestlist.mfa_reset import refuse_missing_scopes
    from guestlist.mfa_reset import reset_mfa as reset_factors
    from stacks.management import ManagementClient

    if not yes and not on_a_terminal():
        raise click.UsageError("Nobody can be asked here: add --yes to reset without being asked.")
    address = _address(address)
    project = invocation.project()
    settings = load_settings(project, environment)
    environ = credentials_for_reading(project, settings, os.environ)
    domain = settings.tenant.domain
    with (
        AuditFile(audit_file(project.root, environment)) as audit,
        ManagementClient.from_environment(domain, environ, transport=transport_for(environ)) as tenant,
    ):
        refuse_missing_scopes(tenant)
        found = find_enrolled(tenant, address=address, connection=settings.connection.name, environment=environment)
        if not as_json or not yes:
            note(_shown(found))
        if not yes:
            _confirm(found)
        reset = reset_factors(tenant, found, by=operator(environ), now=lambda: datetime.now(UTC), audit=audit)
    if as_json:
        print_json(_document(reset))
    else:
        say(_sentence(reset))
    for sentence in _remarks(reset):
        note(sentence)
    return errors.FAILED if reset.left else errors.OK


def _shown(found: Enrolled) -> str:
    who = f"{found.address} ({found.user_id}) in {found.environment}"
    if not found.factors:
        return f"{who}: no second factor is enrolled."
    rows = [
        [factor.type, _phone(factor), _minute(factor.enrolled_at), _minute(factor.last_used_at)]
        for factor in found.factors
    ]
    return f"{who}:\n{table(rows, header=('ENROLLED', 'PHONE', 'SINCE', 'LAST USED'))}"


def _phone(factor: Factor) -> str:
    return f"ends in {factor.phone_ends_in}" if factor.phone_ends_in else "-"


def _minute(timestamp: str | None) -> str:
    return f"{timestamp[:10]} {timestamp[11:16]} UTC" if timestamp and len(timestamp) > 16 else "-"


def _confirm(found: Enrolled) -> None:
    """Raises: click.Abort."""
    what = "Remove what is enrolled, and end" if found.factors else "End"
    if not click.confirm(f"{what} every session and refresh token of {found.address}?", err=True):
        note("Nothing was touched.")
        raise click.Abort


def _sentence(reset: Reset) -> str:
    found, number = reset.enrolled, len(reset.enrolled.factors)
    if number == 0:
        removed = f"{found.address} had no second factor enrolled"
    elif number == 1:
        removed = f"The second factor of {found.address} is removed"
    else:
        removed = f"The {number} second factors of {found.address} are removed"
    ended = ", ".join(step.what for step in reset.done if step.name != "factors")
    return f"{removed}. Ended: {ended}. The next login enrols anew."


def _remarks(reset: Reset) -> list[str]:
    remarks = [
        f"Left: {step.what}, which the tenant's plan does not let end from here; {step.remedy}." for step in reset.left
    ]
    if reset.enrolled.blocked:
        remarks.append(
            "The user is blocked, and stays so: nobody can log in until the user is unblocked in the dashboard."
        )
    if reset.enrolled.factors:
        remarks.append(
            "If somebody else had enrolled it, they know the password: have a new one chosen before the next login (docs/support.md)."
        )
    return remarks


def _document(reset: Reset) -> dict[str, Any]:
    found = reset.enrolled
    return {
        "address": found.address,
        "userId": found.user_id,
        "blocked": found.blocked,
        "removed": [
            {
                "type": factor.type,
                "phoneEndsIn": factor.phone_ends_in,
                "enrolledAt": factor.enrolled_at,
                "lastUsedAt": factor.last_used_at,
            }
            for factor in found.factors
        ],
        "done": [step.name for step in reset.done],
        "left": [step.name for step in reset.left],
    }


def _address(text: str) -> str:
    from guestlist.invites import clean_address

    address = clean_address(text)
    if address is None:
        raise click.BadParameter(f"{text!r} is no address such as ana@example.com", param_hint="ADDRESS")
    return address
