"""`guestlist invites`: the inviter. Not here: what an invite is and how one is made (`guestlist.invites`)."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from guestlist import errors
from guestlist.cli.output import Invocation, examples, json_option, note, print_json, say, table
from guestlist.cli.running import environment_option

if TYPE_CHECKING:
    from guestlist.cli.inviting import Opened
    from guestlist.invites import Invited, Listed, Standing

_Command = TypeVar("_Command", bound=Callable[..., Any])

FILTERS = ("unsent", "pending", "expired", "accepted", "revoked", "in-doubt")
STANDINGS: dict[str, Standing] = {"accepted": "active", "in-doubt": "in_doubt"}


@click.group(epilog=examples("guestlist invites create ana@example.com --env local"))
def command() -> None:
    """Invite people to the application."""


def _wishing(wrapped: _Command) -> _Command:
    """Add what `create` and `resend` can be told about the person and the mail."""
    options = (
        click.option(
            "--language",
            "--lang",
            metavar="CODE",
            help="Language of the mail, such as de; English where there are no texts.",
        ),
        click.option("--by", metavar="NAME", help="Who invites, as the mail says it."),
        click.option(
            "--phone",
            metavar="NUMBER",
            help="Enrol this phone (+4915123456789) as second factor, once. Needs the setting invite.preEnrolPhone.",
        ),
        click.option("--role", "roles", multiple=True, metavar="ID", help="Assign this role (rol_…); may be repeated."),
        click.option(
            "--delivery",
            type=click.Choice(["auth0", "ticket"]),
            help="Who mails the link: Auth0, or we. Without it as invite.delivery says.",
        ),
        click.option(
            "--resend-in-doubt", is_flag=True, help="Send a mail although an earlier one may have left unnoticed."
        ),
        click.option(
            "--print-link", is_flag=True, help="Show the link too, on a terminal only. Needs the delivery ticket."
        ),
        json_option,
    )
    for option in reversed(options):
        wrapped = option(wrapped)
    return wrapped


@command.command(
    "create",
    epilog=examples(
        "guestlist invites create ana@example.com --env local",
        "guestlist invites create joao@example.com --env prod --language pt --first-name João --by 'Rita Lima' --json",
        "guestlist invites create ana@example.com --env local --reinstate",
        "guestlist invites create --csv people.csv --env prod",
    ),
)
@click.argument("address", required=False)
@environment_option
@click.option(
    "--csv",
    "file",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Invite everybody in a file instead: a column address, and language, first_name, by, phone, role as needed.",
)
@click.option("--first-name", metavar="NAME", help="For the greeting; the profile page does not ask for it again.")
@click.option("--reinstate", is_flag=True, help="Invite somebody whose invite was revoked.")
@_wishing
@click.pass_obj
def create(
    invocation: Invocation,
    /,
    *,
    address: str | None,
    environment: str,
    file: Path | None,
    first_name: str | None,
    reinstate: bool,
    **options: Any,
) -> int:
    """
    Invite an address, or everybody in a file: create the user, and have the link to choose a password sent.

    Works with the inviter's own credentials, which are read from the stack's outputs. May be repeated: who was invited gets no second
    mail while the link works (see resend), who is active gets none at all. Who is blocked, or no invitee of ours, is refused (exit
    code 3). A mail of which nobody knows whether it left is not sent again by itself (exit code 1). No token or password is ever shown.

    With --csv nobody is mailed before the whole file is found to be right; what was done is kept in .guestlist/invites, so that the same
    command goes on after a run that was interrupted. Exit code 1: some failed or are in doubt; 3: none of these, and some are refused.
    """
    if file is not None:
        _refuse_beside_a_file(address=address, first_name=first_name, reinstate=reinstate, **options)
        from guestlist.cli.invites_csv import create_from_file

        wanted = {name: options[name] for name in ("delivery", "resend_in_doubt", "as_json")}
        return create_from_file(invocation, file=file, environment=environment, **wanted)
    if address is None:
        raise click.UsageError("Whom to invite is missing: write an ADDRESS, or --csv FILE.")
    from guestlist.cli.inviting import inviting
    from guestlist.invites import create_invite

    wish, show_link = _wish(address, first_name=first_name, **options), _shown(options)
    with inviting(invocation, environment, delivery=options["delivery"]) as opened:
        _refuse_link(opened, show_link)
        done = create_invite(
            opened.desk,
            wish,
            reinstate=reinstate,
            resend_in_doubt=options["resend_in_doubt"],
            show_link=show_link,
        )
        return _report(opened, done, as_json=options["as_json"])


@command.command(
    "resend",
    epilog=examples(
        "guestlist invites resend ana@example.com --env local",
        "guestlist invites resend ana@example.com --env prod --language fr",
    ),
)
@click.argument("address")
@environment_option
@_wishing
@click.pass_obj
def resend(invocation: Invocation, /, *, address: str, environment: str, **options: Any) -> int:
    """
    Send a new link to somebody who was invited; the earlier ones stop working.

    Mails to one address are a minute apart, and five a day at most (exit code 3, with the time). Who was never invited is refused.
    """
    from guestlist.cli.inviting import inviting
    from guestlist.invites import resend_invite

    wish, show_link = _wish(address, **options), _shown(options)
    with inviting(invocation, environment, delivery=options["delivery"]) as opened:
        _refuse_link(opened, show_link)
        done = resend_invite(opened.desk, wish, resend_in_doubt=options["resend_in_doubt"], show_link=show_link)
        return _report(opened, done, as_json=options["as_json"])


@command.command("revoke", epilog=examples("guestlist invites revoke ana@example.com --env local"))
@click.argument("address")
@environment_option
@json_option
@click.pass_obj
def revoke(invocation: Invocation, *, address: str, environment: str, as_json: bool) -> int:
    """
    Take an invite back: its link stops working, and the user is blocked.

    With the setting invite.revoke: delete a user who has never logged in is deleted instead. Who is active is refused (exit code 3).
    """
    from guestlist.cli.inviting import inviting
    from guestlist.invites import revoke_invite

    with inviting(invocation, environment, delivery="auth0") as opened:
        return _report(opened, revoke_invite(opened.desk, address), as_json=as_json)


def _filters(wrapped: _Command) -> _Command:
    for name in reversed(FILTERS):
        wrapped = click.option(f"--{name}", is_flag=True, help=f"Only those that are {name.replace('-', ' ')}.")(
            wrapped
        )
    return wrapped


@command.command(
    "list",
    epilog=examples(
        "guestlist invites list --env local",
        "guestlist invites list --env prod --expired --in-doubt --json",
    ),
)
@environment_option
@_filters
@json_option
@click.pass_obj
def show(invocation: Invocation, /, *, environment: str, as_json: bool, **filters: bool) -> int:
    """
    List the invites, oldest first; options add up.

    Auth0 finds what was written some seconds ago, not at once.
    """
    from guestlist.cli.inviting import inviting
    from guestlist.invites import list_invites

    wanted = {STANDINGS.get(name, name) for name in FILTERS if filters[name.replace("-", "_")]}
    with inviting(invocation, environment, delivery="auth0") as opened:
        found = list(list_invites(opened.desk, wanted or None))  # type: ignore[arg-type]
    if as_json:
        print_json([one.document() for one in found])
    elif found:
        say(table([_row(one) for one in found], header=("ADDRESS", "STANDING", "MAILS", "LAST MAIL", "EXPIRES")))
    else:
        note("There are none.")
    return errors.OK


def _row(one: Listed) -> tuple[str, ...]:
    """Whatever is in the tenant, a terminal gets printable characters only."""
    cells = (one.address, one.standing, str(one.sent_count), one.last_sent_at or "-", one.expires_at or "-")
    return tuple(
        "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in cell) for cell in cells
    )


def _refuse_beside_a_file(**given: object) -> None:
    """Raises: click.UsageError, for what is said of one person only."""
    options = {
        "address": "ADDRESS",
        "language": "--language",
        "first_name": "--first-name",
        "by": "--by",
        "phone": "--phone",
        "roles": "--role",
        "reinstate": "--reinstate",
        "print_link": "--print-link",
    }
    named = [option for name, option in options.items() if given.get(name)]
    if named:
        raise click.UsageError(f"{named[0]} does not go with --csv: the file says it of each person.")


def _wish(
    address: str, *, language: str | None, by: str | None, phone: str | None, roles: tuple[str, ...], **more: Any
) -> Any:
    """Raises: BadWish."""
    from guestlist.invites import Wish

    return Wish(address=address, language=language, first_name=more.get("first_name"), by=by, phone=phone, roles=roles)


def _shown(options: dict[str, Any]) -> Callable[[str], None] | None:
    """Raises: Refused, where the link would end up in a file or a log."""
    if not options["print_link"]:
        return None
    if options["as_json"] or not _is_terminal():
        raise errors.Refused(
            "The link is shown on a terminal only, and nothing was sent: whoever has it can take the account. "
            "Run again on a terminal, without --json, or without --print-link."
        )
    return say


def _is_terminal() -> bool:
    return sys.stdout.isatty()


def _refuse_link(opened: Opened, show_link: Callable[[str], None] | None) -> None:
    """Raises: Refused, where there is no link to show."""
    if show_link is not None and opened.desk.inviter.delivery != "ticket":
        raise errors.Refused(
            "Auth0 mails the link, and does not tell it: nothing was sent. Run again with --delivery ticket, or without --print-link."
        )


def _report(opened: Opened, done: Invited, *, as_json: bool) -> int:
    from guestlist.cli.inviting import sentence

    if as_json:
        print_json(done.document())
        return errors.OK
    say(sentence(done, opened.environment))
    for warning in done.warnings:
        note(warning)
    if opened.local and done.mailed:
        note(f"The mail is at https://{opened.desk.inviter.tenant_domain}/_local/mail")
    return errors.OK
