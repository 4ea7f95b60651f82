"""Handing a message to a mail server. (Interface; the rest follows.)"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class MailServer:
    """A mail server, and who we are to it. TLS with a verified certificate, except on this machine."""

    host: str
    port: int = 587  # 465: TLS from the first byte; any other: STARTTLS
    user: str | None = None
    password: str | None = field(default=None, repr=False)
