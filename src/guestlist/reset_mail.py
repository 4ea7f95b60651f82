"""
The mail with the link to choose a password, filled in: what a person gets, whether Auth0 sends it or we do.

The texts are those that the program deploys. They are filled in by the local tenant's reading of Liquid, which takes what Auth0 documents
and nothing else: one definition for what is tried, what is previewed and what is sent. `localtenant` knows nothing of this package.

Not here: the texts (`pages/password_reset`, `stacks.reset_email`), headers and sending (`guestlist.invites`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from localtenant.messages.liquid import render
from stacks.reset_email import MailLook, reset_email_body, reset_email_language, reset_email_subject, reset_email_text
from stacks.settings import Settings


@dataclass(frozen=True, kw_only=True)
class Letterhead:
    """What an environment's mails have in common."""

    friendly_name: str
    support_email: str | None
    support_url: str | None
    link_ttl_sec: int
    look: MailLook

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """From the settings of an environment."""
        return cls(
            friendly_name=settings.tenant.friendly_name,
            support_email=settings.tenant.support_email,
            support_url=settings.tenant.support_url,
            link_ttl_sec=settings.invite.link_ttl_sec,
            look=MailLook.of(settings.branding),
        )


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A mail without its headers but the subject."""

    language: str
    subject: str
    html: str
    text: str


def write_letter(
    letterhead: Letterhead, *, url: str, user: Mapping[str, Any], now: datetime, request_language: str | None = None
) -> Letter:
    """
    Fill in the mail: an invitation while the user's invite is open, else that of a forgotten password.

    Args:
        letterhead: the environment's.
        url: the link, percent-encoded.
        user: as the Management API shows them.
        now: when the mail is sent.
        request_language: that of whoever asked for the mail, for people whose language nobody knows.

    """
    variables = {
        "url": url,
        "friendly_name": letterhead.friendly_name,
        "support_email": letterhead.support_email,
        "support_url": letterhead.support_url,
        "request_language": request_language,
        "user": user,
    }
    ttl = letterhead.link_ttl_sec
    subject, html, text, language = (
        render(template, variables, now=now)
        for template in (
            reset_email_subject(),
            reset_email_body(link_ttl_sec=ttl, look=letterhead.look),
            reset_email_text(link_ttl_sec=ttl),
            reset_email_language(),
        )
    )
    return Letter(
        language=language,
        subject=" ".join(subject.split()),
        html=html,
        text=re.sub(r"\n{3,}", "\n\n", text).strip() + "\n",
    )
