"""
An environment as the doors see it: its settings, whoever looks, whoever knocks, and the applications that are to be protected.

Not here: how it comes about (`opening.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from guestlist.doors.sight import CannotLook, Sight
from guestlist.doors.stranger import CannotTell, Stranger
from guestlist.recover_lookup import MANAGED_BY
from stacks.settings import Settings

PRIMARY = "application"  # role in `client_metadata`, and key of the output
CALLBACK_FREE = {"response_type": "code", "scope": "openid", "state": "doors", "nonce": "doors"}


@dataclass(frozen=True, kw_only=True)
class Application:
    """
    One that invited people log in to.

    Args:
        role: `application`, or `application-` and its key in the settings.
        ours: the program declares the whole of it; otherwise it was there before, and only its place on our connection is ours.
        client: what the Management API shows of it; empty where nobody could look.

    """

    role: str
    name: str
    client_id: str
    callback: str
    ours: bool
    client: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Scene:
    """
    What every door is given.

    Args:
        known: client ids by role, from the stack's outputs or the command line, for when nobody may look.

    """

    settings: Settings
    sight: Sight
    stranger: Stranger
    known: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def applications(self) -> Sequence[Application]:
        """The primary one first. Raises: CannotTell, if the tenant has none of this environment."""
        try:
            found = list(self._seen())
        except CannotLook as blind:
            found = list(self._known())
            if not found:
                raise CannotTell(
                    f"no application is known: {blind}, and there are no outputs of a deployment (name one: --client-id)"
                ) from blind
        if not found:
            raise CannotTell(f"the tenant has no application of {self.settings.environment}: it was never deployed")
        return found

    @property
    def ours(self) -> Sequence[Application]:
        """Those whose whole list of connections and grants is ours to say."""
        return [one for one in self.applications if one.ours]

    @property
    def primary(self) -> Application:
        """The application that invitations lead to."""
        return self.applications[0]

    def seen_applications(self) -> Sequence[Application]:
        """Ours, with what the Management API shows of them. Raises: CannotLook, CannotTell."""
        self.sight.clients()  # raises where they cannot be seen
        return self.ours

    def not_judged(self) -> str:
        """Remark on applications that are not ours to judge."""
        names = [one.name for one in self.applications if not one.ours]
        return f"; existing and not judged: {', '.join(names)}" if names else ""

    def authorize(self, application: Application, **parameters: str) -> dict[str, str]:
        """Parameters of /authorize. Raises: CannotTell, if no callback is known."""
        if not application.callback:
            raise CannotTell(f"no callback of {application.name} is known")
        return {
            **CALLBACK_FREE,
            "client_id": application.client_id,
            "redirect_uri": application.callback,
            **parameters,
        }

    def _wanted(self) -> Mapping[str, Any]:
        others = self.settings.other_applications
        return {PRIMARY: self.settings.application, **{f"{PRIMARY}-{key}": one for key, one in others.items()}}

    def _seen(self) -> Sequence[Application]:
        clients, found = self.sight.clients(), []
        for role, one in self._wanted().items():
            client = next((each for each in clients if _is(each, role, one)), None)
            if client is not None:
                callback = next(iter(client.get("callbacks") or ()), "")
                found.append(_application(role, one, client["client_id"], callback, client))
        return found

    def _known(self) -> Sequence[Application]:
        return [_application(role, one, self.known[role]) for role, one in self._wanted().items() if role in self.known]


def _is(client: Mapping[str, Any], role: str, wanted: Any) -> bool:
    if wanted.existing:
        return bool(client.get("name") == wanted.name)
    metadata = client.get("client_metadata") or {}
    return metadata.get("managed_by") == MANAGED_BY and metadata.get("role") == role


def _application(
    role: str, wanted: Any, client_id: str, callback: str = "", client: Mapping[str, Any] | None = None
) -> Application:
    return Application(
        role=role,
        name=wanted.name,
        client_id=client_id,
        callback=callback or next(iter(wanted.callback_urls or ()), ""),
        ours=not wanted.existing,
        client=client or {},
    )
