"""An invitation that we mail ourselves: its headers are ours alone, its words those of the deployed template."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email import message_from_bytes
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, default
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from guestlist.errors import BadWish
from guestlist.invites.message import invite_message
from stacks.settings import Settings

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
URL = "https://login.example.com/u/reset-verify?ticket=abc123#"


def the_settings(**tenant: Any) -> Settings:
    return Settings.model_validate(
        {
            "tenant": {
                "domain": "t.eu.auth0.com",
                "friendlyName": "Fjord & Söhne",
                "supportEmail": "help@example.com",
                **tenant,
            },
            "application": {
                "name": "App",
                "callbackUrls": ["https://app.example.com/callback"],
                "logoutUrls": ["https://app.example.com"],
                "initiateLoginUri": "https://app.example.com/login",
            },
            "profile": {"pageUrl": "https://profile.example.com"},
            "email": {"fromAddress": "invitations@example.com", "smtpHost": "smtp.example.com"},
        }
    )


SETTINGS = the_settings()
HEADERS = ("From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "Content-Language")


def a_user(**changes: Any) -> dict[str, Any]:
    invite = {"id": "inv_1", "by": "Rita Lima", "language": "de", "sent_count": 1, "expires_at": "2026-11-24T12:00:00Z"}
    return {"email": "ana@example.com", "given_name": "Ana", "app_metadata": {"invite": invite}, **changes}


def a_message(**changes: Any) -> EmailMessage:
    given_values: dict[str, Any] = {
        "url": URL,
        "user": a_user(),
        "wish_language": "de",
        "sender": "invitations@example.com",
        "settings": SETTINGS,
        "message_id": "<att_1@example.com>",
        "now": NOW,
    }
    return invite_message(**{**given_values, **changes})


def received(message: EmailMessage) -> EmailMessage:
    """The message as it comes out of the wire."""
    read = message_from_bytes(message.as_bytes(policy=SMTP), policy=default)
    assert isinstance(read, EmailMessage)
    return read


def part(message: EmailMessage, kind: str) -> str:
    found = message.get_body(preferencelist=(kind,))
    assert found is not None
    return str(found.get_content())


def test_the_headers_say_from_whom_to_whom_what_and_that_a_program_wrote_it() -> None:
    message = received(a_message())
    assert dict(message.items()) | {"MIME-Version": "", "Content-Type": ""} == {
        "From": "Fjord & Söhne <invitations@example.com>",
        "To": "ana@example.com",
        "Subject": "Sie sind zu Fjord & Söhne eingeladen",
        "Date": "Mon, 23 Nov 2026 12:00:00 +0000",
        "Message-ID": "<att_1@example.com>",
        "Auto-Submitted": "auto-generated",
        "Content-Language": "de",
        "MIME-Version": "",
        "Content-Type": "",
    }


def test_text_and_html_say_the_same() -> None:
    message = received(a_message())
    assert message.get_content_type() == "multipart/alternative"
    assert [one.get_content_type() for one in message.iter_parts()] == ["text/plain", "text/html"]
    text, html = part(message, "plain"), re.sub("<[^>]+>", "", part(message, "html"))
    for said in (
        "lädt Sie zu",
        "Ihr Konto steht bereit.",
        "Passwort festlegen",
        URL,
        "läuft in 7 Tagen ab, am 30. November 2026",
    ):
        assert said in text
        assert said in html
    assert "<" not in text


def test_the_date_is_that_of_the_new_link_and_not_of_the_one_before() -> None:
    open_attempt = {
        "attempt": {"id": "att_2"},
        "last_attempt": "att_1",
        "sent_count": 1,
        "expires_at": "2026-11-24T12:00:00Z",
    }
    message = received(a_message(user=a_user(app_metadata={"invite": open_attempt}), wish_language="en"))
    assert "expires in 7 days, on 30 November 2026" in part(message, "plain").replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("stored", "wished", "language"),
    [("de", None, "de"), ("de", "ar", "ar"), (None, None, "en"), (None, "fr-CA", "fr")],
)
def test_it_is_in_the_language_that_was_wished(stored: str | None, wished: str | None, language: str) -> None:
    invite = {"language": stored} if stored else {}
    message = a_message(user=a_user(app_metadata={"invite": invite}), wish_language=wished)
    assert message["Content-Language"] == language


def test_a_senders_own_name_is_kept() -> None:
    assert a_message(sender='"Acme, Inc." <x@example.com>')["From"].addresses == (
        Address(display_name="Acme, Inc.", addr_spec="x@example.com"),
    )


def test_a_long_name_of_the_service_is_folded() -> None:
    message = a_message(
        settings=the_settings(friendlyName="Gesellschaft für außerordentlich lange Namen, " * 2 + "e.V.")
    )
    lines = message.as_bytes(policy=SMTP).split(b"\r\n\r\n")[0].split(b"\r\n")
    assert max(len(line) for line in lines) <= 78
    assert "Namen, Gesellschaft" in received(message)["Subject"]


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ana",
        "ana@example.com\r\nBcc: eve@example.com",
        "ana@example.com, eve@example.com",
        "Ana <ana@example.com>",
        "a\u202eb@example.com",
        "ana@example.com\x00",
        "a" * 65_536 + "@example.com",
        "{{ url }}@example.com",
        '"a b"@example.com',
    ],
)
def test_what_is_no_single_address_gets_no_mail(address: str) -> None:
    with pytest.raises(BadWish) as error:
        a_message(user=a_user(email=address))
    assert "eve" not in str(error.value)
    assert len(str(error.value)) < 200


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://a.example",
        'https://a.example/"onclick=',
        "https://a.example/\nx",
        "javascript:alert(1)",
        "https://a.example/{%x%}<",
    ],
)
def test_a_link_that_could_leave_its_place_is_refused_without_being_shown(url: str) -> None:
    with pytest.raises(ValueError, match=r"^The link is no https URL that a mail can hold$"):
        a_message(url=url)


NAMES = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        [
            "A\r\nBcc: eve@example.com",
            "\u202eAna\u2066",
            "<b>{{ url }}{% debug %}</b>",
            "x" * 65_536,
            "\ud800",
            "&amp;\x00",
        ]
    ),
)


@examples(max_examples=40, deadline=None)
@given(first_name=NAMES, inviter=NAMES, language=st.sampled_from(["en", "ar", "de"]))
def test_no_name_writes_a_header_or_an_element_or_a_large_mail(first_name: str, inviter: str, language: str) -> None:
    invite = {"by": inviter.encode(errors="replace").decode(), "language": language}
    user = a_user(given_name=first_name.encode(errors="replace").decode(), app_metadata={"invite": invite})
    message = a_message(user=user, wish_language=language)
    wire = message.as_bytes(policy=SMTP)
    plain = a_message(user=a_user(app_metadata={"invite": {**invite, "by": "B"}}), wish_language=language)

    assert len(wire) < 24_000
    assert message.keys() == plain.keys()
    assert [str(message[name]) for name in HEADERS] == [str(plain[name]) for name in HEADERS]
    html, text = part(received(message), "html"), part(received(message), "plain")
    assert not re.search("[\u202a-\u202e\u2066-\u2069]", html)
    assert not re.search("[\u202a-\u202e\u2066\u2067]", text)
    assert html.count(URL) == 2
    assert text.count(URL) == 1
