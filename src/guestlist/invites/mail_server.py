"""
Handing one message to a mail server, and knowing how far it got.

A server says in three places whether it takes a mail: to its sender, to its recipient, and after its text. Up to the last line of the text
nothing has left; when the answer to that line is lost, nobody knows.

Not here: the message (`message.py`), how often (`creating.py`).
Source: RFC 5321 section 4.2.5 (after the final dot the server answers for the mail), RFC 3207 (STARTTLS), RFC 8314 (port 465)
"""

from __future__ import annotations

import ipaddress
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.generator import BytesGenerator
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import getaddresses
from io import BytesIO

from guestlist.invites.domains import ascii_domain
from guestlist.invites.sending import NobodyKnows, NothingLeft

IMPLICIT_TLS_PORT = 465
PATIENCE_SECONDS = 30.0


@dataclass(frozen=True, kw_only=True)
class MailServer:
    """A mail server, and who we are to it. TLS with a verified certificate, except on this machine."""

    host: str
    port: int = 587  # 465: TLS from the first byte; any other: STARTTLS
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    tls: ssl.SSLContext | None = field(default=None, repr=False)  # a private authority; the system's unless given
    timeout_seconds: float = PATIENCE_SECONDS

    def send(self, message: EmailMessage) -> None:
        """
        Hand it over.

        Raises:
            NothingLeft: the server was not reached, is not the one it should be, or does not take the mail.
            NobodyKnows: the whole text went out, and no answer came.

        """
        try:
            sender, recipient = _address(message, "From"), _address(message, "To")
            needs_utf8 = not (sender + recipient).isascii()
            text = _bytes(message, utf8=needs_utf8)
        except ValueError as error:
            raise NothingLeft("the message cannot be written as mail") from error
        with self._session() as session:
            if needs_utf8 and not session.has_extn("smtputf8"):
                raise NothingLeft(f"the mail server {self.host} takes no addresses outside ASCII")
            options = ["smtputf8"] if needs_utf8 else []
            with _before_the_text(self.host):
                _expect(session.mail(sender, options), {250}, self.host, "the sender")
                _expect(session.rcpt(recipient), {250, 251}, self.host, "the recipient")
                _expect(session.docmd("DATA"), {354}, self.host, "mail")
            try:
                session.send(text)
                answer = session.getreply()
            except (smtplib.SMTPException, OSError) as error:
                raise NobodyKnows(
                    f"the mail server {self.host} had the whole mail, and did not answer ({type(error).__name__})"
                ) from error
            _expect(answer, {250}, self.host, "the mail")

    @contextmanager
    def _session(self) -> Iterator[smtplib.SMTP]:
        """Connected, encrypted and logged in."""
        session: smtplib.SMTP | None = None
        try:
            with _before_the_text(self.host):
                session = self._connect()
                if self.user is not None and self.password is not None:
                    session.login(self.user, self.password)
            yield session
        finally:
            if session is not None:
                with suppress(smtplib.SMTPException, OSError):
                    session.quit()

    def _connect(self) -> smtplib.SMTP:
        context = self.tls or ssl.create_default_context()
        if self.port == IMPLICIT_TLS_PORT:
            session: smtplib.SMTP = smtplib.SMTP_SSL(
                self.host, self.port, timeout=self.timeout_seconds, context=context
            )
            session.ehlo_or_helo_if_needed()
            return session
        session = smtplib.SMTP(self.host, self.port, timeout=self.timeout_seconds)
        session.ehlo_or_helo_if_needed()
        if not is_loopback(self.host):
            session.starttls(context=context)  # raises where the server does not offer it: never in the clear
            session.ehlo()
        return session


def is_loopback(host: str) -> bool:
    """Whether a host is this machine, by its name or its address."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@contextmanager
def _before_the_text(host: str) -> Iterator[None]:
    """Whatever fails here, no mail has left; what a server says is not repeated, since it may hold an address or a name."""
    try:
        yield
    except smtplib.SMTPAuthenticationError as error:
        raise NothingLeft(f"the mail server {host} does not take user and password ({error.smtp_code})") from error
    except smtplib.SMTPNotSupportedError as error:
        raise NothingLeft(f"the mail server {host} does not offer what is needed: TLS, or a login") from error
    except ssl.SSLCertVerificationError as error:
        raise NothingLeft(
            f"the certificate of the mail server {host} is not trusted ({error.verify_message})"
        ) from error
    except (smtplib.SMTPException, OSError) as error:
        raise NothingLeft(f"the mail server {host} was not reached, or hung up ({type(error).__name__})") from error


def _expect(answer: tuple[int, bytes], wanted: set[int], host: str, what: str) -> None:
    code, _ = answer
    if code not in wanted:
        later = " for now" if 400 <= code < 500 else ""
        raise NothingLeft(f"the mail server {host} does not take {what}{later} ({code})")


def _address(message: EmailMessage, header: str) -> str:
    """The one address of a header; its domain as mail servers take it."""
    ((_, address),) = getaddresses([str(message[header])])
    mailbox, _, domain = address.rpartition("@")
    return f"{mailbox}@{ascii_domain(domain)}"


def _bytes(message: EmailMessage, *, utf8: bool) -> bytes:
    """The text as it goes over the wire, ended by the dot."""
    buffer = BytesIO()
    BytesGenerator(buffer, policy=SMTPUTF8 if utf8 else SMTP).flatten(message)
    lines = buffer.getvalue().replace(b"\r\n", b"\n").split(b"\n")
    if lines[-1] == b"":
        lines.pop()
    stuffed = [b"." + line if line.startswith(b".") else line for line in lines]
    return b"\r\n".join([*stuffed, b".", b""])
