"""
What the login side calls and does not do itself: the post-login Actions, mail, text messages.

Not here: how they work (`localtenant/actions/`, `localtenant/messages/`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from localtenant.actions.login import Answer, LoginFacts
from localtenant.actions.post_login import PostLogin
from localtenant.actions.runtime import ActionRuntime
from localtenant.actions.steps import Step, Suspended
from localtenant.messages.mail import send_mail
from localtenant.messages.phone import send_text
from localtenant.messages.texts import TextKind
from localtenant.store import Document
from localtenant.tenant import Tenant


class Pipeline(Protocol):
    """The post-login Actions of a tenant."""

    async def start(self, login: LoginFacts) -> Step:
        """Run them from the first."""

    async def resume(self, suspended: Suspended, answer: Answer) -> Step:
        """Go on where they stopped."""


class Messenger(Protocol):
    """Sends what the tenant has to say. Never raises: failures are in the tenant's log."""

    async def mail(self, template: str, user: Document, url: str, *, client: Document | None, language: str) -> None:
        """A deployed mail with this link; `language` is what whoever asked for it prefers."""

    async def text(
        self,
        user: Document,
        code: str,
        *,
        kind: TextKind,
        locale: str,
        client: Document | None,
        request: Mapping[str, Any],
    ) -> None:
        """A code to the `phone_number` of this document."""


class DeployedMessenger:
    """By the deployed templates and providers."""

    def __init__(self, tenant: Tenant, runtime: ActionRuntime) -> None:
        self._tenant = tenant
        self._runtime = runtime

    async def mail(self, template: str, user: Document, url: str, *, client: Document | None, language: str) -> None:
        """See `Messenger`."""
        await send_mail(self._tenant, template, user, url, client=client, request_language=language)

    async def text(
        self,
        user: Document,
        code: str,
        *,
        kind: TextKind,
        locale: str,
        client: Document | None,
        request: Mapping[str, Any],
    ) -> None:
        """See `Messenger`."""
        await send_text(
            self._tenant, user, code, kind=kind, locale=locale, runtime=self._runtime, client=client, request=request
        )


@dataclass(frozen=True, kw_only=True)
class Services:
    """All of them."""

    post_login: Pipeline
    messenger: Messenger


def deployed_services(tenant: Tenant, runtime: ActionRuntime) -> Services:
    """What is deployed to this tenant."""
    return Services(post_login=PostLogin(tenant, runtime), messenger=DeployedMessenger(tenant, runtime))
