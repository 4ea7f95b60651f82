"""
The tenant: its name and hosts, what its pages look like, how long its sessions live, how it defends itself.

Not here: whose each of these is (`settings_model.py`, `Ownership`).
Source of the bounds: https://auth0.com/docs/manage-users/sessions/session-lifecycle (100 and 365 days on Enterprise),
https://auth0.com/docs/api/management/v2/attack-protection, https://auth0.com/docs/api/management/v2/branding
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from .settings_part import Part
from .settings_types import (
    Colour,
    EmailAddress,
    HttpsUrl,
    IpRanges,
    Kind,
    LoginHost,
    Name,
    Switch,
    TenantDomain,
    WhenGiven,
    Whole,
)

Plan = Annotated[
    Literal["free", "essentials", "professional", "enterprise"],
    Kind("`free`, `essentials`, `professional` or `enterprise`"),
]


class Tenant(Part):
    """The Auth0 tenant itself."""

    domain: TenantDomain = Field(
        description="The tenant's own domain, not a custom one", examples=["guestlist-dev.eu.auth0.com"]
    )
    friendly_name: Name = Field(description="What people read in mails and on the login page", examples=["Guestlist"])
    support_email: Annotated[EmailAddress | None, WhenGiven] = Field(
        default=None, description="Where people ask for help", examples=["support@example.com"]
    )
    support_url: Annotated[HttpsUrl | None, WhenGiven] = Field(
        default=None, description="The page on which people ask for help", examples=["https://example.com/support"]
    )
    plan: Annotated[Plan | None, WhenGiven] = Field(
        default=None,
        description="Its plan with Auth0: settings that the plan does not include are then named before anything is touched",
        examples=["essentials"],
    )


class LoginDomain(Part):
    """A host name of your own for the login pages."""

    name: Annotated[LoginHost | None, WhenGiven] = Field(
        default=None,
        description="The host; without it people see the tenant's own domain",
        examples=["login.example.com"],
    )
    in_use: Switch = Field(
        default=False,
        description="Whether its DNS record is there: the domain is then verified, and issuer, links and `/continue` are on it",
        examples=[True],
    )


class Branding(Part):
    """What the tenant's pages look like; what is left out stays as it is."""

    logo_url: Annotated[HttpsUrl | None, WhenGiven] = Field(
        default=None, description="The logo", examples=["https://example.com/logo.svg"]
    )
    favicon_url: Annotated[HttpsUrl | None, WhenGiven] = Field(
        default=None, description="The small icon in a browser's tab", examples=["https://example.com/favicon.ico"]
    )
    font_url: Annotated[HttpsUrl | None, WhenGiven] = Field(
        default=None, description="A web font", examples=["https://example.com/font.woff2"]
    )
    primary_color: Annotated[Colour | None, WhenGiven] = Field(
        default=None, description="Buttons and links", examples=["#0059d6"]
    )
    background_color: Annotated[Colour | None, WhenGiven] = Field(
        default=None, description="Behind the page", examples=["#f4f4f5"]
    )


class Sessions(Part):
    """How long a login lasts in a browser; what is left out stays as it is."""

    lifetime_hours: Annotated[Annotated[Whole, Field(ge=1, le=8760)] | None, WhenGiven] = Field(
        default=None, description="From the login on", examples=[168]
    )
    idle_lifetime_hours: Annotated[Annotated[Whole, Field(ge=1, le=2400)] | None, WhenGiven] = Field(
        default=None, description="Since it was last used", examples=[72]
    )


class AttackProtection(Part):
    """How the tenant defends itself; what is left out stays as it is."""

    brute_force_attempts: Annotated[Annotated[Whole, Field(ge=1, le=100)] | None, WhenGiven] = Field(
        default=None,
        description="After how many wrong passwords an account is blocked for the address they came from",
        examples=[10],
    )
    suspicious_ip_throttling: Annotated[Switch | None, WhenGiven] = Field(
        default=None, description="Whether an address that tries many accounts is slowed down", examples=[True]
    )
    breached_passwords: Annotated[Annotated[Literal["off", "block"], Kind("`off` or `block`")] | None, WhenGiven] = (
        Field(
            default=None,
            description="What happens with a password that is known from a breach: at a login, and where one is set",
            examples=["block"],
        )
    )
    bot_detection: Annotated[
        Annotated[Literal["off", "low", "medium", "high"], Kind("`off`, `low`, `medium` or `high`")] | None, WhenGiven
    ] = Field(
        default=None, description="How soon a login that looks automatic is asked to prove itself", examples=["medium"]
    )
    allowed_ips: Annotated[IpRanges | None, WhenGiven] = Field(
        default=None,
        description="Addresses that are neither blocked nor slowed down, for what is set here",
        examples=[["203.0.113.0/24"]],
    )
