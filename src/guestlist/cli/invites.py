"""`guestlist invites`: the inviter. Not here: what an invite is (`guestlist.invites`), how one is made (`guestlist.inviter`)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from guestlist import errors
from guestlist.cli.output import Invocation, examples, json_option, note, print_json, say
from guestlist.cli.running import environment_option

if TYPE_CHECKING:
    from guestlist.invites import Invited


@click.group(epilog=examples("guestlist invites create ana@example.com --env local"))
def command() -> None:
    """Invite people to the application."""


@command.command(
    "create",
    epilog=examples(
        "guestlist invites create ana@example.com --env local",
        "guestlist invites create joao@example.com --env prod --language pt --first-name João --by 'Rita Lima' --json",
        "guestlist invites create ana@example.com --env local --resend",
    ),
)
@click.argument("address")
@environment_option
@click.option("--language", metavar="CODE", help="Language of the mail, such as de; English where there are no texts.")
@click.option("--first-name", metavar="NAME", help="For the greeting; the profile page does not ask for it again.")
@click.option("--by", metavar="NAME", help="Who invites, as the mail says it.")
@click.option("--resend", is_flag=True, help="Send a new link although the former one still works; it ends that one.")
@json_option
@click.pass_obj
def create(
    invocation: Invocation,
    *,
    address: str,
    environment: str,
    language: str | None,
    first_name: str | None,
    by: str | None,
    resend: bool,
    as_json: bool,
) -> int:
    """
    Invite an address: create the user, and have Auth0 send the link to choose a password.

    Works with the inviter's own credentials, which are read from the stack's outputs. May be repeated: who was invited gets no second
    mail while the link works (see --resend), who is active gets none at all. Who is blocked, or no invitee of ours, is refused (exit
    code 3). No link, token or password is ever shown.
    """
    from guestlist.deployment import open_outputs
    from guestlist.inviter import Inviter, create_invite
    from guestlist.invites import Wish

    wish = Wish(
        address=_address(address),
        language=_language(language),
        first_name=_name(first_name, "--first-name"),
        by=_name(by, "--by"),
    )
    stack = open_outputs(invocation.project(), environment, say=note)
    inviter = Inviter.of_outputs(
        stack.outputs, environment=environment, link_ttl_sec=stack.settings.invite.link_ttl_sec
    )
    invited = create_invite(inviter, wish, now=lambda: datetime.now(UTC), resend=resend, transport=stack.transport())
    if as_json:
        print_json(
            {
                "address": invited.address,
                "userId": invited.user_id,
                "state": invited.state,
                "sentCount": invited.sent_count,
                "expiresAt": invited.expires_at,
            }
        )
        return errors.OK
    say(_sentence(invited, environment))
    if stack.local and invited.state != "already_active":
        note(f"The mail is at https://{inviter.tenant_domain}/_local/mail")
    return errors.OK


def _sentence(invited: Invited, environment: str) -> str:
    who = f"{invited.address} ({invited.user_id})"
    if invited.state == "already_active" or invited.expires_at is None:
        return f"{who} is active, and no mail was sent: a forgotten password is the login page's affair."
    until = datetime.fromisoformat(invited.expires_at).strftime("%Y-%m-%d %H:%M UTC")
    if invited.state == "already_invited":
        return (
            f"{who} was invited before, and no mail was sent: the link works until {until}. "
            f"To send a new one run: guestlist invites create {invited.address} --env {environment} --resend"
        )
    if invited.state == "sent_again":
        return f"{who} was invited before: a new link is on its way, good until {until}. Earlier links no longer work."
    return f"{who} is invited: the link is on its way, good until {until}."


def _address(text: str) -> str:
    from guestlist.invites import clean_address

    address = clean_address(text)
    if address is None:
        raise click.BadParameter(f"{text!r} is no address such as ana@example.com", param_hint="ADDRESS")
    return address


def _language(code: str | None) -> str | None:
    from guestlist.invites import LANGUAGE

    if code is not None and not LANGUAGE.fullmatch(code):
        raise click.BadParameter(f"{code!r} is no language code such as de or pt-BR", param_hint="--language")
    return code


def _name(text: str | None, option: str) -> str | None:
    """Auth0 takes 150 characters; a name on one line, without what a mail filter would take for an address."""
    import unicodedata

    if text is None:
        return None
    name = unicodedata.normalize("NFC", text.strip())
    is_control = any(unicodedata.category(character) in {"Cc", "Zl", "Zp"} for character in name)
    if not 1 <= len(name) <= 150 or is_control or any(part in name for part in ("<", ">", "://", "www.")):
        raise click.BadParameter("must be a name of 1 to 150 characters, on one line", param_hint=option)
    return name
