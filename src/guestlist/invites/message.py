"""The mail with the link, as text. Not here: sending it (`mail_server.py`)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from stacks.settings import Settings


def invite_message(
    *,
    url: str,
    user: Mapping[str, Any],
    wish_language: str | None,  # noqa: ARG001 - for texts in other languages
    sender: str,
    settings: Settings,
    message_id: str,
    now: datetime,
) -> EmailMessage:
    """Write the mail: From, To, Subject, Date, Message-ID and a text."""
    name = settings.tenant.friendly_name
    message = EmailMessage()
    message["From"] = sender
    message["To"] = str(user["email"])
    message["Subject"] = f"You are invited to {name}"
    message["Date"] = format_datetime(now)
    message["Message-ID"] = message_id
    message.set_content(f"You are invited to {name}. To choose a password open:\n\n{url}\n\nThe link works once.\n")
    return message
