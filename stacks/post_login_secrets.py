"""
What each post-login Action is told by its secrets: settings and keys, by the names that the Action knows them under.

One list for whoever fills it: the program with the environment's keys, a preview with stand-ins.

Not here: the Actions as resources (`actions.py`). Imports neither pulumi nor pulumi_auth0.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, Self, TypeVar

from .settings_model import Settings
from .settings_types import COMPLETE_PROFILE

TYPE_OF = {"sms": "phone", "otp": "otp", "webauthn": "webauthn-roaming"}  # by the word of `mfa.factors`

Value = TypeVar("Value")


@dataclass(frozen=True, kw_only=True)
class Told:
    """What the Actions are told of an environment's settings."""

    tenant_domain: str
    connection_name: str
    profile_page_url: str  # https
    factors: tuple[str, ...] = ("phone",)  # as Actions call them, the one that is offered first at the front
    profile_applies_to: str = "all"  # or invited
    profile_store: str = "metadata"  # or root

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """From the settings of an environment."""
        return cls(
            tenant_domain=settings.tenant.domain,
            connection_name=settings.connection.name,
            profile_page_url=settings.profile.page_url,
            factors=tuple(TYPE_OF[factor] for factor in settings.mfa.factors),
            profile_applies_to=settings.profile.applies_to,
            profile_store=settings.profile.store,
        )


@dataclass(frozen=True, kw_only=True)
class Keys(Generic[Value]):
    """What only the deployment knows: ids of clients, and what signs."""

    client_ids: Value  # of the applications whose logins are ours, separated by commas
    to_page: Value  # HS256 key, Auth0 to page, 32 bytes or more
    from_page: Value  # HS256 key, page to Auth0
    previous_from_page: Value | None = None  # still accepted during a rotation
    profile_writer: tuple[Value, Value] | None = None  # client id and secret, where root names are written


def post_login_secrets(action: str, told: Told, keys: Keys[Value]) -> Mapping[str, str | Value]:
    """The secrets of one of our Actions, in the order that they are declared in."""
    ours: dict[str, str | Value] = {"CLIENT_IDS": keys.client_ids, "CONNECTION_NAME": told.connection_name}
    if action != COMPLETE_PROFILE:
        return {**ours, "FACTORS": ",".join(told.factors)}
    secrets = {
        **ours,
        "PROFILE_PAGE_URL": told.profile_page_url,
        "TO_PAGE_SECRET": keys.to_page,
        "FROM_PAGE_SECRET": keys.from_page,
        "PROFILE_APPLIES_TO": told.profile_applies_to,
        "PROFILE_STORE": told.profile_store,
    }
    if keys.profile_writer is not None:
        secrets["TENANT_DOMAIN"] = told.tenant_domain
        secrets["PROFILE_WRITER_CLIENT_ID"], secrets["PROFILE_WRITER_CLIENT_SECRET"] = keys.profile_writer
    if keys.previous_from_page is not None:
        secrets["PREVIOUS_FROM_PAGE_SECRET"] = keys.previous_from_page
    return secrets
