"""
What the pipeline wants next. A step that pauses carries `suspended`, which is kept as JSON until the answer comes.

Not here: who shows the pages (`universal_login/`), who issues the tokens (`authentication/`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from localtenant.actions.login import Kind
from localtenant.store import Document


@dataclass(frozen=True)
class Suspended:
    """A login between two requests. `as_document()` is JSON; `Suspended(document)` is the way back."""

    document: Document

    def as_document(self) -> Document:
        """What to keep in the store."""
        return self.document


@dataclass(frozen=True, kw_only=True)
class Redirect:
    """Send the browser to this address, which holds `state` already. Resume with a `RedirectAnswer`."""

    url: str
    suspended: Suspended


@dataclass(frozen=True, kw_only=True)
class AskFactor:
    """
    Have the person enrol or show one of these factors. Resume with a `FactorAnswer`.

    Args:
        kind: `enroll` or `challenge`.
        factors: what may be used, the preferred one first: `phone`, `otp`, `email`, `webauthn-roaming`, … Never empty; each is enabled,
            and enrolled or not yet, as the kind wants it.
        choose_first: whether the person picks one before anything else is shown; only with several factors.
        options: by factor, what the Action said, such as `{"phone": {"preferredMethod": "sms"}}`.

    """

    kind: Kind
    factors: tuple[str, ...]
    suspended: Suspended
    choose_first: bool = False
    options: Mapping[str, Document] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Denied:
    """An Action denied the login: `access_denied` with its reason. Its metadata is written all the same."""

    reason: str
    recorded_methods: tuple[Document, ...] = ()
    log_details: Document = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Failed:
    """
    An Action failed, or what it asked for cannot be. No metadata is written.

    Args:
        description: for `error_description`.
        error: `access_denied`; `interaction_required` or `mfa_required` where nobody can be asked.

    """

    description: str
    error: str = "access_denied"
    log_details: Document = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Finished:
    """
    The Actions are through, and the metadata is written.

    Args:
        id_token_claims: custom claims, restricted ones taken out.
        access_token_claims: likewise.
        added_scopes: to be added to the access token.
        removed_scopes: to be taken out of it.
        ask_factor_at_the_end: `any`: ask for a second factor before there are tokens (the tenant's policy or
            `multifactor.enable`); `none`: an Action settled it; `None`: nobody asks.
        mfa_provider: with `any`, which one `multifactor.enable` named: `any`, `guardian`, `google-authenticator`, `duo`.
        recorded_methods: what `recordMethod` recorded, to be kept with the session.
        log_details: for the `details` of the login's own log entry.

    """

    id_token_claims: Mapping[str, Any] = field(default_factory=dict)
    access_token_claims: Mapping[str, Any] = field(default_factory=dict)
    added_scopes: tuple[str, ...] = ()
    removed_scopes: tuple[str, ...] = ()
    ask_factor_at_the_end: str | None = None
    mfa_provider: str | None = None
    recorded_methods: tuple[Document, ...] = ()
    log_details: Document = field(default_factory=dict)


Step = Redirect | AskFactor | Denied | Failed | Finished
