"""The local mailbox, over real sockets."""

import asyncio
import smtplib
from email.message import EmailMessage

import pytest

from localtenant.messages import mailbox


def a_message(**changes):
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@example.com", "b@example.com", "Hello"
    for name, value in changes.items():
        del message[name]
        message[name] = value
    message.set_content("See https://example.com/x and mailto:c@example.com\n")
    message.add_alternative(
        '<p>See <a href="https://example.com/x">it</a><script>alert(1)</script></p>', subtype="html"
    )
    return message


def talk(local, receiving, conversation):
    async def run():
        async with receiving(local.tenant) as box:
            return await asyncio.to_thread(conversation, box.port)

    return local.loop.run_until_complete(run())


def deliver(port):
    with smtplib.SMTP("127.0.0.1", port, timeout=5) as session:
        session.login("anybody", "any password")
        session.send_message(a_message())


def test_it_takes_mail_for_anybody_with_any_password(a_tenant, receiving):
    local = a_tenant()
    talk(local, receiving, deliver)

    (mail,) = mailbox.mails(local.tenant)
    assert mail["to"] == "b@example.com"
    assert mail["links"] == ["https://example.com/x"]
    assert "any password" not in str(mail)


def test_it_says_that_passwords_are_taken_in_the_clear(a_tenant, receiving):
    def greet(port):
        with smtplib.SMTP("127.0.0.1", port, timeout=5) as session:
            session.ehlo()
            return session.esmtp_features["auth"].split()

    assert "PLAIN" in talk(a_tenant(), receiving, greet)


def test_the_newest_mail_is_first_and_the_oldest_are_let_go(a_tenant, monkeypatch):
    tenant = a_tenant().tenant
    monkeypatch.setattr(mailbox, "MOST_KEPT", 3)
    for number in range(5):
        mailbox.keep(tenant, a_message(Subject=str(number)).as_bytes(), sender="", recipients=[])
    assert [mail["subject"] for mail in mailbox.mails(tenant)] == ["4", "3", "2"]
    mailbox.empty(tenant)
    assert mailbox.mails(tenant) == []


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xfe", b"Subject: =?utf-8?B?!!!?=\r\n\r\nx", b"Content-Type: text/html; charset=nonsense\r\n\r\n<p>x"],
)
def test_a_mail_that_no_program_writes_is_kept_all_the_same(a_tenant, content):
    assert mailbox.keep(a_tenant().tenant, content, sender="", recipients=[])["id"]


def test_a_reset_empties_it(a_tenant):
    tenant = a_tenant().tenant
    mailbox.keep(tenant, b"Subject: x\r\n\r\n", sender="", recipients=[])
    tenant.reset()
    assert mailbox.mails(tenant) == []
