"""
The local mailbox: a real SMTP server on loopback, in the tenant's own event loop, and the mails that it has taken.

It takes every mail for everybody; `AUTH PLAIN` and `LOGIN` succeed with any name and password, and neither is kept.
What goes to other servers is no business of it (`mail.py`).
"""

import asyncio
import logging
import socket
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from localtenant.messages.mail_text import links_of, text_of
from localtenant.store import Document
from localtenant.tenant import Tenant

KIND = "mailbox"
DEFAULT_PORT = 2525
MOST_KEPT = 500
MOST_BYTES = 10 * 1024 * 1024
IDLE_SECONDS = timedelta(minutes=5).total_seconds()
logging.getLogger("mail.log").setLevel(logging.ERROR)  # aiosmtpd's: it warns of a deprecation of its own at every login


class Mailbox:
    """
    The SMTP server of one tenant.

    Args:
        tenant: whose store keeps the mails.
        listeners: bound sockets on loopback, not yet listening.

    """

    def __init__(self, tenant: Tenant, listeners: Sequence[socket.socket]) -> None:
        self._tenant = tenant
        self._listeners = listeners
        self._servers: list[Any] = []

    @property
    def port(self) -> int:
        """Where mail is taken."""
        return int(self._listeners[0].getsockname()[1])

    async def start(self) -> None:
        """Listen, in the running event loop."""
        loop = asyncio.get_running_loop()
        self._servers = [
            await loop.create_server(lambda: _protocol(self._tenant, loop), sock=listener)
            for listener in self._listeners
        ]
        self._tenant.mail_port = self.port

    async def stop(self) -> None:
        """Take no more mail; conversations under way end with the event loop."""
        for server in self._servers:
            server.close()
        self._tenant.mail_port = None


def _protocol(tenant: Tenant, loop: Any) -> SMTP:
    return SMTP(
        _Handler(tenant),
        loop=loop,
        hostname="localhost",
        ident="local mailbox",
        data_size_limit=MOST_BYTES,
        enable_SMTPUTF8=True,
        auth_require_tls=False,
        authenticator=_anybody,
        timeout=IDLE_SECONDS,
    )


def _anybody(_server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, _data: Any) -> AuthResult:
    return AuthResult(success=True)


class _Handler:
    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        content = envelope.original_content or b""
        keep(self._tenant, content, sender=envelope.mail_from or "", recipients=[str(one) for one in envelope.rcpt_tos])
        return "250 Message accepted for delivery"


def keep(tenant: Tenant, content: bytes, *, sender: str, recipients: Sequence[str], note: str = "") -> Document:
    """
    Put a mail into the mailbox.

    Args:
        tenant: whose.
        content: the whole message as it went over the wire.
        sender: of the envelope.
        recipients: of the envelope.
        note: what a reader should know about its way here; empty for mail that came by SMTP.

    """
    message = message_from_bytes(content, policy=policy.default)
    html, text = _part(message, "html"), _part(message, "plain")
    mail: Document = {
        "id": tenant.new_id("mail_", 16),
        "at": tenant.clock.timestamp(),
        "from": _header(message, "from"),
        "to": _header(message, "to"),
        "subject": _header(message, "subject"),
        "envelope": {"from": sender, "to": list(recipients)},
        "text": text if text is not None else text_of(html or ""),
        "html": html,
        "links": links_of(html, text),
        "note": note,
        "source": content.decode("utf-8", "replace"),
    }
    tenant.store.put(KIND, mail["id"], mail)
    for old_id, _ in tenant.store.items(KIND)[:-MOST_KEPT]:
        tenant.store.delete(KIND, old_id)
    return mail


def mails(tenant: Tenant) -> list[Document]:
    """Every mail, newest first."""
    return tenant.store.all(KIND)[::-1]


def empty(tenant: Tenant) -> None:
    """Throw all mails away."""
    for mail_id, _ in tenant.store.items(KIND):
        tenant.store.delete(KIND, mail_id)


def _header(message: EmailMessage, name: str) -> str:
    try:
        return str(message.get(name, ""))
    except (ValueError, IndexError, AttributeError):  # the parser's own, on headers that no program writes
        return ""


def _part(message: EmailMessage, kind: str) -> str | None:
    part = None
    with suppress(KeyError, AttributeError):
        part = message.get_body((kind,))
    if part is None:
        return None
    try:
        content = str(part.get_content())
    except (LookupError, ValueError):
        content = (part.get_payload(decode=True) or b"").decode("utf-8", "replace")  # type: ignore[union-attr]
    return content.replace("\r\n", "\n")
