"""
What the pipeline is told about a login, and what comes back to it after a pause. Plain data.

Not here: what it answers (`steps.py`).
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from localtenant.store import Document

Form = Mapping[str, Any]
NEVER_SHOWN = ("auth_session", "authn_response", "client_secret", "client_assertion", "refresh_token", "password")


@dataclass(frozen=True, kw_only=True)
class RequestFacts:
    """The request that started or resumed the pipeline; becomes `event.request`."""

    ip: str = "127.0.0.1"
    method: str = "GET"
    query: Form = field(default_factory=dict)
    body: Form = field(default_factory=dict)
    hostname: str = "localhost"
    language: str | None = None
    user_agent: str | None = None

    def as_document(self) -> Document:
        """As JSON, without what Auth0 keeps from Actions."""
        shown = {part: {k: v for k, v in getattr(self, part).items() if k not in NEVER_SHOWN} for part in FORMS}
        return {**asdict(self), **shown}


FORMS = ("query", "body")


@dataclass(frozen=True, kw_only=True)
class LoginFacts:
    """
    A login that has just passed its first factor, a session that is used again, or a refresh token that is exchanged.

    Args:
        client: the application's stored document.
        connection: the connection's stored document.
        protocol: as in `event.transaction.protocol`: `oidc-basic-profile`, `oauth2-refresh-token`, …
        request: the request to /authorize or /oauth/token.
        prompt: of /authorize, split.
        locale: the language that the pages speak.
        authentication_methods: of the session, first factors included: `{name, type?, timestamp}`.
        session_id: `None` where there is no session.
        state: the opaque value for /continue, made by the caller; a redirect carries it.
        interactive: whether a page can be shown to a person now.
        audience: of the API that is asked for, if any.

    """

    client: Document
    connection: Document
    user_id: str
    protocol: str
    request: RequestFacts
    prompt: tuple[str, ...] = ()
    locale: str = "en"
    redirect_uri: str | None = None
    requested_scopes: tuple[str, ...] = ()
    authentication_methods: tuple[Document, ...] = ()
    session_id: str | None = None
    state: str = ""
    interactive: bool = True
    audience: str | None = None


@dataclass(frozen=True, kw_only=True)
class RedirectAnswer:
    """
    The browser came back to /continue.

    Args:
        query: of /continue.
        body: the form that was POSTed there, or empty.
        state: by which the caller found the suspended login; what a session token's `state` must be.
        request: everything else about the request; its own `query` and `body` are not looked at.

    """

    query: Form
    body: Form
    state: str
    request: RequestFacts


@dataclass(frozen=True, kw_only=True)
class FactorAnswer:
    """
    The person enrolled or showed a factor.

    Args:
        method: `{"name": "mfa", "type": "phone", "timestamp": …}`, which joins the session's methods.
        enrolled: whether it was an enrolment. The factor is in the store by then.
        request: the request that brought the code; `None` leaves `event.request` as it was.

    """

    method: Document
    enrolled: bool
    request: RequestFacts | None = None


Answer = RedirectAnswer | FactorAnswer
Kind = Literal["enroll", "challenge"]
