"""
The applications that invited people log in to, and how long their tokens live.

Not here: the other groups (`settings_model.py`).
Source of the bounds: https://auth0.com/docs/secure/tokens/refresh-tokens/configure-refresh-token-expiration,
https://auth0.com/docs/api/management/v2/clients/post-clients (`jwt_configuration.lifetime_in_seconds`).
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from .settings_part import Part
from .settings_types import HttpsUrl, HttpsUrls, Kind, Name, Switch, WebOrigins, WhenGiven, Whole

ApplicationKind = Annotated[Literal["regular_web", "spa", "native"], Kind("`regular_web`, `spa` or `native`")]
HOUR, DAY = 3600, 24 * 3600


class Application(Part):
    """The application that invitations lead to."""

    name: Name = Field(description="Its name in Auth0 and in mails", examples=["Guestlist app"])
    existing: Switch = Field(
        default=False,
        description="Whether it is in the tenant already: found by its name, enabled on the connection, otherwise left as it is",
        examples=[False],
    )
    kind: ApplicationKind = Field(
        default="regular_web",
        description="What it is: a web server has a secret, a page or an app in the hand has none",
        examples=["regular_web"],
    )
    callback_urls: Annotated[HttpsUrls | None, WhenGiven] = Field(
        default=None,
        description="Where Auth0 may send a login's result; needed unless it is existing",
        examples=["https://app.example.com/callback"],
    )
    logout_urls: Annotated[HttpsUrls | None, WhenGiven] = Field(
        default=None,
        description="Where Auth0 may send people after logout; needed unless it is existing",
        examples=["https://app.example.com"],
    )
    web_origins: Annotated[WebOrigins | None, WhenGiven] = Field(
        default=None,
        description="Where a page of a `spa` may renew its tokens from",
        examples=["https://app.example.com"],
    )
    initiate_login_uri: HttpsUrl = Field(
        description="The application's page that starts a login: where people go after setting a password",
        examples=["https://app.example.com/login"],
    )


class OtherApplication(Application):
    """A further application that the same people log in to."""

    initiate_login_uri: Annotated[HttpsUrl | None, WhenGiven] = Field(  # type: ignore[assignment]  # the same, not needed here
        default=None,
        description="Its page that starts a login",
        examples=["https://admin.example.com/login"],
    )


class Tokens(Part):
    """How long the tokens of our applications live."""

    id_token_sec: Annotated[Whole, Field(ge=60, le=30 * DAY)] = Field(
        default=10 * HOUR, description="ID tokens, in seconds", examples=[36000]
    )
    refresh_token_sec: Annotated[Whole, Field(ge=60, le=365 * DAY)] = Field(
        default=30 * DAY, description="Refresh tokens, in seconds", examples=[2592000]
    )
    refresh_token_idle_sec: Annotated[Whole, Field(ge=60, le=365 * DAY)] = Field(
        default=7 * DAY, description="Refresh tokens that nobody uses, in seconds", examples=[604800]
    )
    refresh_leeway_sec: Annotated[Whole, Field(ge=0, le=60)] = Field(
        default=30,
        description="How long a refresh token that was just replaced still works, in seconds: two tabs that refresh at once",
        examples=[30],
    )
