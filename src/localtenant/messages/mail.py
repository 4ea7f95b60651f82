"""
Mail that the tenant sends: the deployed template, filled in, by the deployed provider.

Each goes out as HTML and, for whoever reads no HTML, as the text of it. Only SMTP servers on loopback are really contacted. Whatever else the provider is (a mail service, an SMTP server elsewhere), the mail is put into
the local mailbox with a note: nothing leaves this machine. A mail that cannot be sent is an entry `fn` of the tenant's log, and
nobody hears of it otherwise, as with Auth0.

Not here: the links (`management/tickets.py`), the mailbox (`mailbox.py`).
Source: https://auth0.com/docs/customize/email/email-templates/customize-email-templates
"""

import asyncio
import ipaddress
import re
import smtplib
import ssl
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from typing import Any

from localtenant.messages import mailbox
from localtenant.messages.default_mails import default_mail
from localtenant.messages.liquid import LiquidFailed, render
from localtenant.messages.mail_text import URL, text_of
from localtenant.messages.variables import mail_variables
from localtenant.store import Document
from localtenant.tenant import Tenant

AUTH0_SENDER = "no-reply@auth0user.net"  # of Auth0's own mailer, which sends while there is no provider
SMTP_SECONDS = 10
IMPLICIT_TLS_PORT = 465


class NotSent(Exception):  # noqa: N818 - reads as a sentence where it is raised
    """The mail was not handed over; the message says why, without anything of the mail."""


@dataclass(frozen=True, kw_only=True)
class Server:
    """An SMTP server on this machine."""

    host: str
    port: int
    user: str
    password: str


async def send_mail(
    tenant: Tenant, template: str, user: Document, url: str, *, client: Document | None, request_language: str = ""
) -> None:
    """
    Send the mail of a template to a user.

    A template that is switched off sends nothing. Never raises: failures are in the tenant's log.

    Args:
        tenant: who sends it.
        template: its name in the Management API: `reset_email`, `verify_email`, …
        user: the user's document.
        url: the link in it.
        client: the application that it is about.
        request_language: the language of whoever asked for it.

    """
    deployed = tenant.store.get("email_templates", template)
    if deployed is not None and not deployed.get("enabled", True):
        return
    provider = _provider(tenant)
    try:
        variables = mail_variables(tenant, user, url, client=client, request_language=request_language)
        message = _message(tenant, template, deployed if provider else None, provider, variables)
        await _deliver(tenant, provider, message)
    except (LiquidFailed, NotSent) as reason:
        _log_failure(tenant, template, user, client, str(reason))


def _provider(tenant: Tenant) -> Document | None:
    """The provider in force; without one, or with one that is off, Auth0's own mailer, which ignores templates."""
    provider = tenant.singleton("email_provider")
    return provider if provider is not None and provider.get("enabled", True) else None


def _message(
    tenant: Tenant, template: str, deployed: Document | None, provider: Document | None, variables: dict[str, Any]
) -> EmailMessage:
    """Raises: LiquidFailed, NotSent."""
    default = default_mail(template)
    fallback = str((provider or {}).get("default_from_address") or AUTH0_SENDER)
    texts = {
        "from": str((deployed or {}).get("from") or fallback),
        "subject": str((deployed or {}).get("subject") or default.subject),
        "body": str(deployed["body"]) if deployed and deployed.get("body") else default.body,
    }
    now = tenant.clock.now()
    rendered = {name: render(text, variables, now=now) for name, text in texts.items()}
    message = EmailMessage(policy=SMTP)
    try:
        message["From"] = _address(rendered["from"])
        message["To"] = _address(str(variables["user"]["email"] or ""))
        message["Subject"] = _one_line(rendered["subject"])
        message["Date"] = format_datetime(now)
        message["Message-ID"] = f"<{tenant.new_hex(32)}@{tenant.domain.partition(':')[0]}>"
        for name, value in (((provider or {}).get("settings") or {}).get("headers") or {}).items():
            message[name] = _one_line(str(value))
    except (ValueError, IndexError) as error:
        raise NotSent(f"A header of the mail cannot be written: {error}") from None
    message.set_content(text_of(rendered["body"]), charset="utf-8")
    message.add_alternative(rendered["body"], subtype="html", charset="utf-8")
    return message


def _address(text: str) -> Address:
    name, address = parseaddr(_one_line(text))
    local_part, at, domain = address.rpartition("@")
    if not at:
        raise ValueError("there is no address in it")
    return Address(display_name=name, username=local_part, domain=domain)


def _one_line(text: str) -> str:
    return re.sub(r"[\x00-\x1f\x7f\s]+", " ", text).strip()


async def _deliver(tenant: Tenant, provider: Document | None, message: EmailMessage) -> None:
    """Raises: NotSent."""
    if provider is None:
        _keep(tenant, message, "Sent by Auth0's own mailer: this tenant has no email provider.")
        return
    if provider["name"] != "smtp":
        _keep(tenant, message, f"A real tenant would have sent this through {provider['name']}.")
        return
    credentials = provider.get("credentials") or {}
    host, port = str(credentials.get("smtp_host") or ""), int(credentials.get("smtp_port") or 25)
    if not is_loopback(host):
        _keep(tenant, message, f"A real tenant would have sent this through {host}:{port}.")
        return
    if tenant.mail_port is None and port == mailbox.DEFAULT_PORT:
        _keep(tenant, message, "The tenant runs without its SMTP server.")  # in a test, without sockets
        return
    user, password = str(credentials.get("smtp_user") or ""), str(credentials.get("smtp_pass") or "")
    await asyncio.to_thread(_send, Server(host=host, port=port, user=user, password=password), message)
    if port != tenant.mail_port:
        _keep(tenant, message, f"A copy: it was handed to another program, the SMTP server on {host}:{port}.")


def is_loopback(host: str) -> bool:
    """Whether the name can only mean this machine; other names are never looked up."""
    name = host.strip().lower().rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name.strip("[]")).is_loopback
    except ValueError:
        return False


def _send(server: Server, message: EmailMessage) -> None:
    """Talk SMTP, in a thread. Raises: NotSent."""
    failure = ""
    for address in _addresses(server.host):
        try:
            with _connected(server, address) as session:
                session.send_message(message)
                return
        except ConnectionRefusedError:
            failure = f"connect ECONNREFUSED {address}:{server.port}"
        except (smtplib.SMTPException, OSError, ValueError) as error:
            failure = _said(error)
            break
    raise NotSent(failure)


def _addresses(host: str) -> tuple[str, ...]:
    name = host.strip().strip("[]")
    return ("127.0.0.1", "::1") if name.lower().rstrip(".").endswith("localhost") else (name,)


def _connected(server: Server, address: str) -> smtplib.SMTP:
    """Encrypted where the server offers it; nobody on loopback has a certificate that could be checked."""
    unchecked = ssl._create_unverified_context()  # noqa: S323, SLF001
    if server.port == IMPLICIT_TLS_PORT:
        session: smtplib.SMTP = smtplib.SMTP_SSL(address, server.port, timeout=SMTP_SECONDS, context=unchecked)
    else:
        session = smtplib.SMTP(address, server.port, timeout=SMTP_SECONDS)
    try:
        session.ehlo()
        if session.has_extn("starttls"):
            session.starttls(context=unchecked)
            session.ehlo()
        if server.user and server.password:
            session.login(server.user, server.password)
    except BaseException:
        session.close()
        raise
    return session


def _said(error: Exception) -> str:
    """What the server answered, or the kind of error: an exception's own text may hold the credentials or the mail."""
    if isinstance(error, smtplib.SMTPResponseException):
        answer = (
            error.smtp_error.decode("utf-8", "replace") if isinstance(error.smtp_error, bytes) else error.smtp_error
        )
        return f"{error.smtp_code} {_one_line(str(answer))}"
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return "All recipients were refused"
    strerror = error.strerror if isinstance(error, OSError) else None
    return f"{type(error).__name__}: {strerror}" if strerror else type(error).__name__


def _keep(tenant: Tenant, message: EmailMessage, note: str) -> None:
    with tenant.store.transaction():
        mailbox.keep(
            tenant,
            message.as_bytes(policy=SMTP.clone(utf8=True)),
            sender=message["From"].addresses[0].addr_spec,
            recipients=[message["To"].addresses[0].addr_spec],
            note=note,
        )


def _log_failure(tenant: Tenant, template: str, user: Document, client: Document | None, reason: str) -> None:
    """What templates and servers say may quote the mail, so every address of the web is taken out."""
    reason = URL.sub("(a link)", reason)
    tenant.log(
        "fn",
        reason,
        client_id=(client or {}).get("client_id"),
        client_name=(client or {}).get("name", ""),
        user_id=user.get("user_id"),
        details={"email_type": template, "to": user.get("email"), "error": reason},
    )
