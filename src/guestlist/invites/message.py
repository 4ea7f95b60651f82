"""
An invitation that we mail ourselves: the deployed template's own words, as HTML and as plain text.

Nothing that a person wrote is in a header but the address, and an address that could be anything else is refused.

Not here: sending it (`mail_server.py`), the words (`pages/password_reset`), filling them in (`guestlist.reset_mail`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from typing import TYPE_CHECKING, Any

from guestlist.errors import BadWish
from guestlist.invites.wish import address_problem, clean_address
from guestlist.reset_mail import Letterhead, write_letter

if TYPE_CHECKING:
    from stacks.settings import Settings

LINK = re.compile(
    r"https://[!#$%&()*+,\-./:;=?@_~A-Za-z0-9\[\]]+"
)  # what may stand in an attribute and in a text as it is


def invite_message(
    *,
    url: str,
    user: Mapping[str, Any],
    wish_language: str | None,
    sender: str,
    settings: Settings,
    message_id: str,
    now: datetime,
) -> EmailMessage:
    """
    Write the mail.

    Args:
        url: the ticket, made just now.
        user: as the Management API shows them, with an open invite.
        wish_language: that of the invite, or what is asked for instead.
        sender: an address, or `Name <address>`; without a name it is the service's.
        settings: of the environment.
        message_id: with its angle brackets.
        now: when it is sent; the link lives from here on.

    Raises:
        BadWish: the user's address is none.
        ValueError: the link, the sender or the id is none, which is a bug of the caller's; the message holds nothing of them.

    """
    if not LINK.fullmatch(url):
        raise ValueError("The link is no https URL that a mail can hold")
    letter = write_letter(
        Letterhead.of(settings),
        url=url,
        user=_as_of_now(user, wish_language, now + timedelta(seconds=settings.invite.link_ttl_sec)),
        now=now,
        request_language=wish_language,
    )
    message = EmailMessage(policy=SMTP)
    message["From"] = _sender(sender, settings.tenant.friendly_name)
    message["To"] = _recipient(str(user.get("email") or ""))
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(now)
    message["Message-ID"] = message_id
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday notice in answer
    message.set_content(letter.text, charset="utf-8")
    message.add_alternative(letter.html, subtype="html", charset="utf-8")
    message["Content-Language"] = letter.language  # last: becoming multipart hands every Content-* on to the first part
    return message


def _as_of_now(user: Mapping[str, Any], language: str | None, expires_at: datetime) -> dict[str, Any]:
    """The user with the invite that this mail makes: what is stored still says when the link before it ends."""
    metadata = user.get("app_metadata") or {}
    stored = metadata.get("invite") or {}
    invite = {name: value for name, value in stored.items() if name not in {"attempt", "last_attempt"}}
    invite["expires_at"] = expires_at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    if language:
        invite["language"] = language
    return {**user, "app_metadata": {**metadata, "invite": invite}}


def _recipient(address: str) -> Address:
    clean = clean_address(address)
    if clean is None:
        raise BadWish("address", address_problem(address))
    username, _, domain = clean.rpartition("@")
    return Address(username=username, domain=domain)


def _sender(sender: str, friendly_name: str) -> Address:
    name, address = parseaddr(sender)
    username, at, domain = address.rpartition("@")
    if not at:
        raise ValueError("The sender is no address")
    return Address(display_name=" ".join((name or friendly_name).split()), username=username, domain=domain)
