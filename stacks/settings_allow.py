"""
What an environment lets pass of the security rules, for a time and with a reason.

The ids of the rules are here because the program checks them too and imports nothing of `guestlist`; a test holds this list to the rules.

Not here: the rules (`guestlist.preview.security`), what they say (docs/security-rules.md). An allowance that has ended is no fault: it allows no more.
"""

from __future__ import annotations

import difflib
import re
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

from .settings_faults import problem
from .settings_part import Part
from .settings_types import Kind, PlainText

RULES = (
    "action-dependency-added",
    "application-on-connection",
    "attack-protection-allowlist",
    "attack-protection-off",
    "attack-protection-removed",
    "attack-protection-weakened",
    "bindings-released",
    "client-protection-lowered",
    "client-without-secret",
    "clients-on-every-connection",
    "clients-register-themselves",
    "connection-opened",
    "connections-released",
    "cross-origin-login",
    "domain-connection",
    "foreign-action-bound",
    "grant-of-everything",
    "grant-powerful",
    "grant-type-added",
    "grant-type-dangerous",
    "grant-widened",
    "imports-users",
    "lifetime-raised",
    "mfa-action-asks-nothing",
    "mfa-action-narrowed",
    "mfa-action-reach",
    "mfa-action-unbound",
    "mfa-after-profile",
    "mfa-factors-weakened",
    "mfa-in-actions-off",
    "mfa-left-to-policy",
    "mfa-no-factor",
    "mfa-policy-weakened",
    "mfa-removed",
    "mfa-skipped-by-connection",
    "password-policy-lowered",
    "profile-page-moved",
    "redirect-moved",
    "refresh-token-endless",
    "refresh-token-leeway",
    "refresh-token-not-rotating",
    "secret-in-plain-text",
    "session-cookie-persistent",
    "sign-up-opened",
    "signing-weakened",
    "template-unescaped",
    "tenant-protection-lowered",
    "unprotected",
    "url-localhost",
    "url-new-host",
    "url-not-https",
    "url-wildcard",
    "users-can-be-found",
    "users-unprotected",
)
SHORTEST_REASON = 10
# The engine reads a day without quotes as a point in time, and hands it over as one.
_DAY = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?: 00:00:00 \+0000 UTC)?")


def _rule(value: str) -> str:
    if value not in RULES:
        near = difflib.get_close_matches(value.lower(), RULES, n=1)
        said = f"did you mean {near[0]}?" if near else "docs/security-rules.md lists them all"
        raise problem("is not a security rule", said)
    return value


def _reason(value: str) -> str:
    if len(value.strip()) < SHORTEST_REASON:
        raise problem(f"must have {SHORTEST_REASON} characters or more", "whoever reviews the file reads it")
    return value


def _day(value: object) -> date:
    match = _DAY.fullmatch(value) if isinstance(value, str) else None
    try:
        return date.fromisoformat(match[1] if match else "")
    except ValueError:
        raise problem("must be a day", "in quotes, such as 2026-12-31") from None


class Allowance(Part):
    """A security rule that a change may break."""

    rule: Annotated[PlainText, Kind("id of a rule, see docs/security-rules.md"), AfterValidator(_rule)] = Field(
        description="Which rule a change may break", examples=["redirect-moved"]
    )
    reason: Annotated[PlainText, Kind(f"text, {SHORTEST_REASON} characters or more"), AfterValidator(_reason)] = Field(
        description="Why, for whoever reviews the file", examples=["the application moves to app.example.com"]
    )
    until: Annotated[date, Kind("day in quotes, `YYYY-MM-DD`"), BeforeValidator(_day)] = Field(
        description="The last day on which it may", examples=["2026-12-31"]
    )
