"""
The settings of one environment as types: which there are, their defaults and their bounds. The one place for all three.

`Pulumi.yaml` declares the same keys to the engine and `config/README.md` explains them; tests hold both to these models.

Not here: the kinds of value and their rules (`settings_types.py`), checking a whole configuration (`settings_check.py`).
Source of the bounds: https://auth0.com/docs/api/management/v2/connections/post-connections (name, password options),
https://auth0.com/docs/api/management/v2/tickets/post-password-change (`ttl_sec` 0 means 5 days).
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, PrivateAttr

from .settings_allow import Allowance
from .settings_applications import Application, OtherApplication, Tokens
from .settings_delivery import Email, Phone
from .settings_part import Part
from .settings_tenant import AttackProtection, Branding, LoginDomain, Sessions, Tenant
from .settings_types import (
    ActionNames,
    ApplicationKeys,
    Factors,
    Kind,
    Languages,
    Owner,
    PageUrl,
    PlainText,
    Switch,
    WhenGiven,
    Whole,
)


class Connection(Part):
    """The database of invited users."""

    name: Annotated[
        PlainText,
        Kind("letters, digits and single hyphens between them"),
        Field(max_length=128, pattern=r"^[a-zA-Z0-9](-[a-zA-Z0-9]|[a-zA-Z0-9])*$"),
    ] = Field(default="invited-users", description="Its name in Auth0", examples=["invited-users"])
    password_min_length: Annotated[Whole, Field(ge=8, le=72)] = Field(
        default=12, description="The fewest characters of a password", examples=[12]
    )
    password_history_size: Annotated[Whole, Field(ge=1, le=24)] = Field(
        default=5, description="How many earlier passwords may not be used again", examples=[5]
    )


class Invite(Part):
    """The invitation: its link, who mails it, and what the inviter may do."""

    link_ttl_sec: Annotated[Whole, Field(ge=1, le=30 * 24 * 3600)] = Field(
        default=7 * 24 * 3600, description="How long the link in the invitation works, in seconds", examples=[604800]
    )
    delivery: Annotated[Literal["auth0", "ticket"], Kind("`auth0` or `ticket`")] = Field(
        default="auth0",
        description="Who mails the link: Auth0 (the inviter may then read the tenant's log), or we, through `email.smtpHost`",
        examples=["ticket"],
    )
    revoke: Annotated[Literal["block", "delete"], Kind("`block` or `delete`")] = Field(
        default="block",
        description="What becomes of a user whose invite is revoked; with `delete` the inviter may delete users",
        examples=["delete"],
    )
    pre_enrol_phone: Switch = Field(
        default=False,
        description="Whether the inviter may enrol phones, for `--phone` of `guestlist invites create`",
        examples=[True],
    )


class Mfa(Part):
    """The second factor."""

    enabled: Switch = Field(
        default=True, description="Whether people enrol a second factor and are asked for it", examples=[True]
    )
    factors: Factors = Field(
        default=("sms",),
        description="Which ones, the one that is offered first at the front",
        examples=[["sms", "otp"]],
    )
    order: Annotated[Literal["beforeProfile", "afterProfile"], Kind("`beforeProfile` or `afterProfile`")] = Field(
        default="beforeProfile",
        description="When people are asked: before the page by an Action, or after everything by the tenant's policy alone",
        examples=["beforeProfile"],
    )
    applies_to: Annotated[Literal["tenant", "clients"], Kind("`tenant` or `clients`")] = Field(
        default="tenant",
        description="Whom the tenant's policy asks: everybody, or, left as it was, our applications' users only, by the Action",
        examples=["clients"],
    )


class Profile(Part):
    """The page that asks for a person's name."""

    enabled: Switch = Field(
        default=True, description="Whether people without a name are sent to the page", examples=[True]
    )
    page_url: PageUrl = Field(description="Where the page is hosted", examples=["https://profile.example.com"])
    store: Annotated[Literal["metadata", "root"], Kind("`metadata` or `root`")] = Field(
        default="metadata",
        description="Where names are kept: in the user's metadata, or in the root attributes, which takes a client that may write users",
        examples=["metadata"],
    )
    applies_to: Annotated[Literal["all", "invited"], Kind("`all` or `invited`")] = Field(
        default="all",
        description="Who is asked: everybody without a name, or only those with an invitation",
        examples=["invited"],
    )


class Actions(Part):
    """The order in which Actions run."""

    post_login: Annotated[ActionNames | None, WhenGiven] = Field(
        default=None,
        description="After a login: other people's Actions by name, each of ours that is switched on exactly once; without it ours alone",
        examples=[["corp-risk", "@require-mfa", "@complete-profile"]],
    )


class Ownership(Part):
    """Whose the tenant-wide things are: ours to write, others', or others' and checked."""

    tenant_settings: Owner = Field(
        default="own",
        description="Friendly name, support, default login route, MFA in Actions, languages, sessions",
        examples=["own"],
    )
    mfa: Owner = Field(
        default="own", description="Guardian's policy and the factors of `mfa.factors`", examples=["own"]
    )
    email_provider: Owner = Field(
        default="own", description="The email provider; one that is replaced cannot be put back", examples=["leave"]
    )
    reset_email: Owner = Field(default="own", description="The template of the password link", examples=["own"])
    post_login: Owner = Field(default="own", description="The list of Actions that run after a login", examples=["own"])
    phone: Owner = Field(default="own", description="The sender of text messages and their texts", examples=["leave"])
    branding: Owner = Field(default="own", description="Logo, colours and font", examples=["own"])
    reset_texts: Owner = Field(
        default="own",
        description="The texts of the page that sets a password, in each of `languages`",
        examples=["own"],
    )
    attack_protection: Owner = Field(default="own", description="What `attackProtection` sets", examples=["leave"])
    login_domain: Owner = Field(
        default="own",
        description="The custom domain; `require` for one that is in the tenant already",
        examples=["require"],
    )

    def is_decided(self, name: str) -> bool:
        """Whether the environment itself says so, rather than the default."""
        return name in self.model_fields_set


class Settings(Part):
    """All settings of one environment but its secrets."""

    tenant: Tenant
    application: Application
    other_applications: ApplicationKeys[OtherApplication] = Field(
        default_factory=dict, description="Further applications that the same people log in to"
    )
    connection: Connection = Field(default_factory=Connection)
    invite: Invite = Field(default_factory=Invite)
    mfa: Mfa = Field(default_factory=Mfa)
    profile: Profile
    email: Email
    phone: Phone = Field(default_factory=Phone)
    login_domain: LoginDomain = Field(default_factory=LoginDomain)
    branding: Branding = Field(default_factory=Branding)
    languages: Languages = Field(
        default=(),
        description="Which ones the tenant's pages speak; the first is for everybody else. Empty: as the tenant has it",
        examples=[["en", "de"]],
    )
    sessions: Sessions = Field(default_factory=Sessions)
    tokens: Tokens = Field(default_factory=Tokens)
    attack_protection: AttackProtection = Field(default_factory=AttackProtection)
    actions: Actions = Field(default_factory=Actions)
    ownership: Ownership = Field(default_factory=Ownership)
    allow: Annotated[tuple[Allowance, ...], Kind("list of groups")] = Field(
        default=(), description="Security rules that a change may break, for a time"
    )
    protect: Switch = Field(
        default=True, description="Whether Pulumi refuses to delete what holds users", examples=[True]
    )

    _environment: str = PrivateAttr("")

    @property
    def environment(self) -> str:
        """The stack these settings are for; it is the file's name, not a setting."""
        return self._environment

    def existing_applications(self) -> tuple[str, ...]:
        """Names of the applications that are in the tenant already."""
        return tuple(one.name for one in (self.application, *self.other_applications.values()) if one.existing)

    def of_environment(self, environment: str) -> Settings:
        """Give the same settings, knowing their environment."""
        copy = self.model_copy()
        copy._environment = environment  # noqa: SLF001 - its own class
        return copy
