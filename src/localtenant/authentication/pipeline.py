"""
What the login side knows of the Actions: what it tells them, and what they may answer.

`start` runs the post-login Actions of a login until one of them wants something of the person; `resume` goes on with what the person gave.
A suspended run is JSON, because it lies in the store between two requests.

Not here: how Actions run (`localtenant/actions/`), what the login side does with a step (`universal_login/flow.py`).
Source: https://auth0.com/docs/customize/actions/explore-triggers/signup-and-login-triggers/login-trigger
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from localtenant.store import Document

Suspended = Document


@dataclass(frozen=True, kw_only=True)
class RequestFacts:
    """The request that started the login or brought it back, as `event.request` shows it."""

    ip: str
    method: str
    query: Mapping[str, str]
    body: Mapping[str, str]
    hostname: str
    language: str
    user_agent: str


@dataclass(frozen=True, kw_only=True)
class LoginFacts:
    """Everything about a login that an event may show."""

    client: Document
    connection: Document
    user_id: str
    protocol: str  # "oidc-basic-profile", "oauth2-refresh-token", "oauth2-password"
    request: RequestFacts
    prompt: tuple[str, ...] = ()
    locale: str = "en"
    redirect_uri: str | None = None
    requested_scopes: tuple[str, ...] = ()
    acr_values: tuple[str, ...] = ()
    methods: tuple[Document, ...] = ()  # [{name, type?, timestamp}]
    session_id: str | None = None
    state: str = ""  # what `/continue` is called with
    audience: str | None = None
    interactive: bool = True


@dataclass(frozen=True, kw_only=True)
class Redirect:
    """`sendUserTo`: the same Action goes on when `/continue` is called."""

    url: str
    suspended: Suspended


@dataclass(frozen=True, kw_only=True)
class AskFactor:
    """`enrollWith…` and `challengeWith…`: the next Action begins when the factor was given."""

    kind: Literal["enroll", "challenge"]
    factors: tuple[str, ...]  # phone, otp, webauthn-roaming, …
    suspended: Suspended


@dataclass(frozen=True, kw_only=True)
class Denied:
    """`api.access.deny`: the application gets `access_denied` with this description."""

    reason: str


@dataclass(frozen=True, kw_only=True)
class Failed:
    """An Action failed or broke a rule."""

    description: str


@dataclass(frozen=True, kw_only=True)
class Finished:
    """Every Action is done."""

    id_token_claims: Document = field(default_factory=dict)
    access_token_claims: Document = field(default_factory=dict)
    ask_factor_at_the_end: Literal["any", "none"] | None = None  # None: as the tenant's policy says


Step = Redirect | AskFactor | Denied | Failed | Finished


@dataclass(frozen=True, kw_only=True)
class RedirectAnswer:
    """What `/continue` was called with."""

    query: Mapping[str, str]
    body: Mapping[str, str]
    state: str
    request: RequestFacts


@dataclass(frozen=True, kw_only=True)
class FactorAnswer:
    """The factor that the person gave: `{name: "mfa", type: "phone", timestamp}`."""

    method: Document
    enrolled: bool


Answer = RedirectAnswer | FactorAnswer


class PostLogin(Protocol):
    """The post-login Actions of a tenant."""

    async def start(self, login: LoginFacts) -> Step:
        """Run them from the first."""

    async def resume(self, suspended: Suspended, answer: Answer) -> Step:
        """Go on where they stopped."""


class NoActions:
    """A tenant whose post-login trigger has no Action bound."""

    async def start(self, login: LoginFacts) -> Step:  # noqa: ARG002 - the protocol's
        """Nothing to do."""
        return Finished()

    async def resume(self, suspended: Suspended, answer: Answer) -> Step:  # noqa: ARG002 - the protocol's
        """Nothing ever stops."""
        return Finished()


class SendMail(Protocol):
    """Sends a deployed mail (`messages/mail.py`)."""

    async def __call__(self, template: str, user: Document, url: str, *, client: Document | None) -> None:
        """Render and send it."""


class SendText(Protocol):
    """Sends a code to a phone (`messages/phone.py`)."""

    async def __call__(self, user: Document, number: str, code: str, *, kind: str, locale: str) -> None:
        """`kind` is `otp_enroll` or `otp_verify`."""


async def no_mail(template: str, user: Document, url: str, *, client: Document | None) -> None:
    """A tenant without a mail provider."""


async def no_text(user: Document, number: str, code: str, *, kind: str, locale: str) -> None:
    """A tenant without a phone provider."""


@dataclass(kw_only=True)
class Services:
    """What the login side calls and does not do itself."""

    post_login: PostLogin = field(default_factory=NoActions)
    send_mail: SendMail = no_mail
    send_text: SendText = no_text


def as_json(finished: Finished) -> dict[str, Any]:
    """For the store."""
    return {
        "id_token_claims": dict(finished.id_token_claims),
        "access_token_claims": dict(finished.access_token_claims),
        "ask_factor_at_the_end": finished.ask_factor_at_the_end,
    }
