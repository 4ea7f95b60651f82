"""
Two ways for the link to reach the person: Auth0's change-password mail, and a password-change ticket that we mail ourselves.

    auth0    Auth0 makes the link and mails it, in the tenant's template; afterwards `email_verified` stays false, and `create` settles it
    ticket   we make the link and mail it; choosing a password through it marks the address as verified

Not here: the message (`message.py`), the mail server (`mail_server.py`), when a mail may be sent (`creating.py`).
Source: https://auth0.com/docs/api/authentication/change-password/change-password,
https://auth0.com/docs/api/management/v2/tickets/post-password-change
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import TYPE_CHECKING, Any, Protocol

import httpx

from guestlist.invites.invite import User, invite_of
from guestlist.invites.message import invite_message
from guestlist.invites.sending import NobodyKnows, NothingLeft
from stacks.management import ManagementError

if TYPE_CHECKING:
    from guestlist.invites.inviter import Desk
    from stacks.settings import Settings

A_MINUTE = 60.0
ShowLink = Callable[[str], None]


class TakesMail(Protocol):
    """What a message is handed to: a `MailServer`, or whatever an application sends its mail with."""

    @property
    def host(self) -> str:
        """Its name, for messages."""

    def send(self, message: EmailMessage) -> None:
        """Hand it over. Raises: NothingLeft, NobodyKnows (`guestlist.invites.sending`)."""


@dataclass(frozen=True, kw_only=True)
class OwnMail:
    """What it takes to mail the link ourselves."""

    server: TakesMail
    sender: str  # address
    settings: Settings = field(repr=False)  # what the message is made from

    def message_id(self, attempt: str) -> str:
        """Name an attempt's mail, so that somebody can look for it in the mail service's log."""
        return f"<{attempt}@{self.sender.rpartition('@')[2]}>"


def deliver(desk: Desk, user: User, *, show_link: ShowLink | None = None) -> None:
    """
    Have the link of an invite's attempt sent, once.

    Raises: NothingLeft, NobodyKnows.
    """
    if desk.inviter.delivery == "ticket":
        _mail_ticket(desk, user, show_link)
    else:
        _ask_auth0(desk, str(user["email"]))


def make_ticket(desk: Desk, user: User, **fields: Any) -> str:
    """Make a link; the user's earlier ones stop working. Raises: ManagementError."""
    answer = desk.tenant.post(
        "/tickets/password-change", {"user_id": user["user_id"], **fields}, headers=desk.inviter.headers
    )
    return str(answer["ticket"])


def _mail_ticket(desk: Desk, user: User, show_link: ShowLink | None) -> None:
    mail = desk.own_mail()
    invite = invite_of(user)
    try:
        url = make_ticket(
            desk,
            user,
            ttl_sec=desk.inviter.link_ttl_sec,
            mark_email_as_verified=True,
            client_id=desk.inviter.application_client_id,
        )
    except ManagementError as error:
        # Without an answer, or after a 5xx, the tenant may have made the link all the same: nobody has it, and the earlier ones are dead.
        unknown = error.status is None or error.status >= 500
        wait = A_MINUTE if error.status == 429 else 0.0
        raise NothingLeft(error.message.rstrip("."), wait_seconds=wait, links_died=unknown) from error
    try:
        message = invite_message(
            url=url,
            user=user,
            wish_language=invite.get("language"),
            sender=mail.sender,
            settings=mail.settings,
            message_id=mail.message_id(str(invite["attempt"]["id"])),
            now=desk.now(),
        )
    except ValueError as error:  # a header that would be two: its words are not repeated
        raise NothingLeft("the message cannot be written for this user", links_died=True) from error
    try:
        mail.server.send(message)
    except NothingLeft as failed:
        raise NothingLeft(failed.reason, wait_seconds=failed.wait_seconds, links_died=True) from failed
    if show_link is not None:
        show_link(url)


def _ask_auth0(desk: Desk, address: str) -> None:
    """
    Auth0's answer is a sentence, the same for an address that it does not know.

    `client_id` gives the mail its application, and the page behind the link its way on.
    """
    inviter = desk.inviter
    body = {"client_id": inviter.application_client_id, "email": address, "connection": inviter.connection}
    host = inviter.login_host
    try:
        answer = desk.login.post("/dbconnections/change_password", json=body)
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
        raise NothingLeft(f"https://{host} was not reached ({type(error).__name__})") from error
    except httpx.TransportError as error:
        raise NobodyKnows(f"https://{host} did not answer ({type(error).__name__})") from error
    said = f"{host} answered {answer.status_code} {answer.reason_phrase} to POST /dbconnections/change_password"
    if answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
        raise NothingLeft("Auth0 sends one address at most a mail a minute", wait_seconds=A_MINUTE)
    if answer.is_server_error:
        raise NobodyKnows(said)
    if not answer.is_success:
        raise NothingLeft(f"{said} (fcpr in the tenant's log says why)")
