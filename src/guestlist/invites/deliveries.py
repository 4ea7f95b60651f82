"""Two ways for the link to reach the person. (Interface; the rest follows.)"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from guestlist.invites.mail_server import MailServer

if TYPE_CHECKING:
    from stacks.settings import Settings


@dataclass(frozen=True, kw_only=True)
class OwnMail:
    """What it takes to mail the link ourselves."""

    server: MailServer
    sender: str  # address
    settings: Settings = field(repr=False)  # what the message is made from
