"""The mail of the password link: what the tenant gets (Liquid), and what a person reads."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import Any

from localtenant.messages.liquid import render
from stacks.reset_email import MailLook, reset_email_body, reset_email_subject, reset_email_text

A_WEEK_SEC = 604_800
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
URL = "https://login.example.com/u/reset-verify?ticket=abc123#"
HOSTILE = '<img src=x onerror="alert(1)">\'&'


def body(*, link_ttl_sec: int = A_WEEK_SEC, **look: str) -> str:
    return reset_email_body(link_ttl_sec=link_ttl_sec, look=MailLook(**look))


def text() -> str:
    return reset_email_text(link_ttl_sec=A_WEEK_SEC)


def subject() -> str:
    return reset_email_subject()


def in_time(**left: float) -> str:
    """A timestamp as the inviter writes it."""
    return (NOW + timedelta(**left)).isoformat(timespec="seconds").replace("+00:00", "Z")


def an_invited_user(**changes: Any) -> dict[str, Any]:
    """Somebody who has been invited by Grace and has not logged in yet."""
    return {
        "email": "ana@example.com",
        "app_metadata": {"invite": {"id": "inv_1", "by": "Grace"}},
        "user_metadata": {},
        **changes,
    }


def an_invite(**fields: Any) -> dict[str, Any]:
    """An invited user whose invite holds that, and no inviter."""
    return an_invited_user(app_metadata={"invite": {"id": "inv_1", **fields}})


def a_known_user(**changes: Any) -> dict[str, Any]:
    """Somebody who has forgotten a password; the invite was closed at the first complete login."""
    accepted = {"id": "inv_1", "by": "Grace", "accepted_at": "2026-11-23T10:00:00.000Z"}
    return an_invited_user(**{"app_metadata": {"invite": accepted}, **changes})


def sent(template: str, user: dict[str, Any], *, now: datetime = NOW, **changes: Any) -> str:
    """The template as Auth0 fills it in for a user."""
    variables = {"url": URL, "friendly_name": "Example", "support_email": "help@example.com", "user": user, **changes}
    return render(template, variables, now=now)


class Page(HTMLParser):
    """Tags, their attributes and the visible text of a mail."""

    def __init__(self, mail: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._silent = ""
        self.feed(mail)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._silent = tag if tag in {"style", "title"} else ""

    def handle_endtag(self, tag: str) -> None:
        self._silent = ""

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]
