"""
One login on its way through the Actions: everything that must survive a redirect, as JSON.

Not here: the steps (`post_login.py`), reading the user (`event.py`).
"""

from dataclasses import asdict, dataclass, field, fields
from typing import Any, Literal

from localtenant.actions.login import Kind, LoginFacts
from localtenant.store import Document


@dataclass(kw_only=True)
class Question:
    """One MFA command of an Action, not yet answered."""

    kind: Kind
    choose_first: bool
    factors: list[Document]  # {"type", "options"?}, the preferred one first

    def unusable(self, reduced: "Question") -> list[str]:
        """The factors that were asked for and are not in what is left of this question."""
        left = {factor["type"] for factor in reduced.factors}
        return [factor["type"] for factor in self.factors if factor["type"] not in left]


@dataclass(kw_only=True)
class Flow:
    """What has happened so far, and what is still to come."""

    client_id: str
    connection_id: str
    user_id: str
    protocol: str
    interactive: bool
    prompt: list[str]
    locale: str
    redirect_uri: str | None
    requested_scopes: list[str]
    session_id: str | None
    state: str
    audience: str | None
    transaction_id: str
    first_request: Document  # of /authorize: what event.transaction is made of
    request: Document  # the latest: event.request
    methods: list[Document]
    remaining: list[str]  # ids of the Actions that have not run yet
    current: str | None = None  # the Action that redirected
    waiting: Literal["redirect", "factor"] | None = None
    asked: list[str] = field(default_factory=list)  # factors that the open question offers
    questions: list[Question] = field(default_factory=list)  # the open one first
    commands: int = 0  # MFA commands in this flow
    challenged: list[str] = field(default_factory=list)  # factors shown in this transaction
    enrolled: list[str] = field(default_factory=list)  # factors enrolled in this transaction
    multifactor: str | None = None  # the latest multifactor.enable
    metadata: Document = field(default_factory=dict)  # event.transaction.metadata
    user_metadata: Document = field(default_factory=dict)
    app_metadata: Document = field(default_factory=dict)
    id_token: Document = field(default_factory=dict)
    access_token: Document = field(default_factory=dict)
    scopes: dict[str, bool] = field(default_factory=dict)  # scope -> added (or else removed)
    recorded_methods: list[Document] = field(default_factory=list)
    executions: list[str] = field(default_factory=list)

    @property
    def can_ask(self) -> bool:
        """Whether the person can be sent to a page: what `canRedirect` answers."""
        return self.interactive and "none" not in self.prompt and self.protocol not in WITHOUT_PAGES

    def as_document(self) -> Document:
        """As JSON."""
        return asdict(self)

    @classmethod
    def of(cls, document: Document) -> "Flow":
        """From JSON; what an older release did not write has its default, what it wrote and we lack is left out."""
        known = {each.name for each in fields(cls)}
        values: dict[str, Any] = {name: value for name, value in document.items() if name in known}
        values["questions"] = [Question(**question) for question in values.get("questions", [])]
        return cls(**values)

    @classmethod
    def begin(cls, login: LoginFacts, *, transaction_id: str, actions: list[str]) -> "Flow":
        """At the first Action."""
        request = login.request.as_document()
        return cls(
            client_id=login.client["client_id"],
            connection_id=login.connection["id"],
            user_id=login.user_id,
            protocol=login.protocol,
            interactive=login.interactive,
            prompt=list(login.prompt),
            locale=login.locale,
            redirect_uri=login.redirect_uri,
            requested_scopes=list(login.requested_scopes),
            session_id=login.session_id,
            state=login.state,
            audience=login.audience,
            transaction_id=transaction_id,
            first_request=request,
            request=request,
            methods=list(login.authentication_methods),
            remaining=actions,
        )


# Source: https://auth0.com/docs/customize/actions/action-coding-guidelines names the first two; the others show no page either.
WITHOUT_PAGES = (
    "oauth2-refresh-token",
    "oauth2-resource-owner",
    "oauth2-resource-owner-jwt-bearer",
    "oauth2-password",
    "oauth2-token-exchange",
    "oauth2-access-token",
    "oidc-ciba",
    "wstrust-usernamemixed",
)
