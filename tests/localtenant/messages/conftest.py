"""A tenant that can send: users, templates, and a real SMTP server on a free port."""

import asyncio
import contextlib
import socket

import pytest

from localtenant.messages.mailbox import Mailbox

USER = {
    "user_id": "auth0|1",
    "email": "ana@example.com",
    "email_verified": False,
    "identities": [{"connection": "invited-users", "provider": "auth0", "user_id": "1"}],
}


def a_user(**changes):
    return {**USER, **changes}


def an_smtp_provider(port, host="localhost", **changes):
    credentials = {"smtp_host": host, "smtp_port": port, "smtp_user": "mailer", "smtp_pass": "hidden"}
    return {
        "name": "smtp",
        "enabled": True,
        "default_from_address": "login@example.com",
        "credentials": credentials,
    } | changes


def a_mail_template(**changes):
    return {
        "template": "reset_email",
        "body": '<p>Hello {{ user.given_name | escape }}</p><a href="{{ url }}">Go</a>',
        "from": "{{ friendly_name }} <invitations@example.com>",
        "subject": "You are invited to {{ friendly_name }}",
        "syntax": "liquid",
        "enabled": True,
        **changes,
    }


@pytest.fixture
def receiving():
    """Run a coroutine while the tenant's mailbox takes mail on a free port."""

    @contextlib.asynccontextmanager
    async def mailbox_of(tenant):
        listener = socket.socket()
        listener.bind(("127.0.0.1", 0))
        mailbox = Mailbox(tenant, [listener])
        await mailbox.start()
        try:
            yield mailbox
        finally:
            await mailbox.stop()
            await asyncio.sleep(0)

    return mailbox_of
