"""
The settings of one environment as types: which there are, their defaults and their bounds. The one place for all three.

`Pulumi.yaml` declares the same keys to the engine and `config/README.md` explains them; tests hold both to these models.

Not here: the kinds of value and their rules (`settings_types.py`), checking a whole configuration (`settings_check.py`).
Source of the bounds: https://auth0.com/docs/api/management/v2/connections/post-connections (name, password options),
https://auth0.com/docs/api/management/v2/tickets/post-password-change (`ttl_sec` 0 means 5 days).
"""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr
from pydantic.alias_generators import to_camel

from .settings_types import (
    ActionNames,
    EmailAddress,
    HttpsUrl,
    HttpsUrls,
    Kind,
    MailHost,
    Name,
    Owner,
    PageUrl,
    PlainText,
    Switch,
    TenantDomain,
    WhenGiven,
    Whole,
)


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel)


class Tenant(_Part):
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


class Application(_Part):
    """The application that invited people log in to."""

    name: Name = Field(description="Its name in Auth0 and in mails", examples=["Guestlist app"])
    callback_urls: HttpsUrls = Field(
        description="Where Auth0 may send a login's result", examples=["https://app.example.com/callback"]
    )
    logout_urls: HttpsUrls = Field(
        description="Where Auth0 may send people after logout", examples=["https://app.example.com"]
    )
    initiate_login_uri: HttpsUrl = Field(
        description="The application's page that starts a login: where people go after setting a password",
        examples=["https://app.example.com/login"],
    )


class Connection(_Part):
    """The database of invited users."""

    name: Annotated[
        PlainText,
        Kind("letters, digits and single hyphens"),
        Field(max_length=128, pattern=r"^[a-zA-Z0-9](-[a-zA-Z0-9]|[a-zA-Z0-9])*$"),
    ] = Field(default="invited-users", description="Its name in Auth0", examples=["invited-users"])
    password_min_length: Annotated[Whole, Field(ge=8, le=72)] = Field(
        default=12, description="The fewest characters of a password", examples=[12]
    )
    password_history_size: Annotated[Whole, Field(ge=1, le=24)] = Field(
        default=5, description="How many earlier passwords may not be used again", examples=[5]
    )


class Invite(_Part):
    """The invitation's link."""

    link_ttl_sec: Annotated[Whole, Field(ge=1, le=30 * 24 * 3600)] = Field(
        default=7 * 24 * 3600, description="How long the link in the invitation works, in seconds", examples=[604800]
    )


class Mfa(_Part):
    """The second factor by SMS."""

    enabled: Switch = Field(
        default=True, description="Whether people enrol a phone and are asked for a code", examples=[True]
    )


class Profile(_Part):
    """The hosted page that asks for a person's name."""

    enabled: Switch = Field(
        default=True, description="Whether people without a name are sent to the page", examples=[True]
    )
    page_url: PageUrl = Field(description="Where the page is hosted", examples=["https://profile.example.com"])


class Email(_Part):
    """The server that mails are sent through."""

    from_address: EmailAddress = Field(description="The sender of invitations", examples=["invitations@example.com"])
    smtp_host: MailHost = Field(description="The mail server", examples=["smtp.example.com"])
    smtp_port: Annotated[Whole, Field(ge=1, le=65535)] = Field(default=587, description="Its port", examples=[587])
    smtp_user: Annotated[Annotated[PlainText, Field(min_length=1)] | None, WhenGiven] = Field(
        default=None, description="The user at the mail server", examples=["guestlist"]
    )


class Actions(_Part):
    """The order in which Actions run."""

    post_login: Annotated[ActionNames | None, WhenGiven] = Field(
        default=None,
        description="After a login: other people's Actions by name, each of ours that is switched on exactly once; without it ours alone",
        examples=[["corp-risk", "@require-mfa", "@complete-profile"]],
    )


class Ownership(_Part):
    """Whose the tenant-wide things are: ours to write, others', or others' and checked."""

    tenant_settings: Owner = Field(
        default="own", description="Friendly name, support, default login route, MFA in Actions", examples=["own"]
    )
    mfa: Owner = Field(default="own", description="Guardian's policy and phone factor", examples=["own"])
    email_provider: Owner = Field(
        default="own", description="The email provider; one that is replaced cannot be put back", examples=["leave"]
    )
    reset_email: Owner = Field(default="own", description="The template of the password link", examples=["own"])
    post_login: Owner = Field(default="own", description="The list of Actions that run after a login", examples=["own"])

    def is_decided(self, name: str) -> bool:
        """Whether the environment itself says so, rather than the default."""
        return name in self.model_fields_set


class Settings(_Part):
    """All settings of one environment but its secrets."""

    tenant: Tenant
    application: Application
    connection: Connection = Field(default_factory=Connection)
    invite: Invite = Field(default_factory=Invite)
    mfa: Mfa = Field(default_factory=Mfa)
    profile: Profile
    email: Email
    actions: Actions = Field(default_factory=Actions)
    ownership: Ownership = Field(default_factory=Ownership)
    protect: Switch = Field(
        default=True, description="Whether Pulumi refuses to delete what holds users", examples=[True]
    )

    _environment: str = PrivateAttr("")

    @property
    def environment(self) -> str:
        """The stack these settings are for; it is the file's name, not a setting."""
        return self._environment

    def of_environment(self, environment: str) -> Settings:
        """Give the same settings, knowing their environment."""
        copy = self.model_copy()
        copy._environment = environment  # noqa: SLF001 - its own class
        return copy
