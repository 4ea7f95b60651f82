"""
A tenant in this process as the program leaves it, and strangers before it. Every door is shut, and each can be opened by name.

    def test_a_door(place):
        OPENINGS["sign-up"](place)
        assert place.statuses()["sign-up"] == "open"

Not here: what is tested (`test_doors.py`), the same with the real program (`tests/e2e/test_doors.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import httpx

from guestlist.doors.probe import Tried, probe
from guestlist.doors.scene import PRIMARY, Scene
from guestlist.doors.sight import SCOPES, Sight
from guestlist.doors.stranger import Stranger
from guestlist.environments import find_project, load_settings
from localtenant.action_builds import builds_of
from localtenant.authentication.services import Services
from localtenant.management import connections
from stacks.management import ManagementClient
from stacks.settings import Settings
from tests.localtenant.authentication.world import Messenger, Pipeline
from tests.localtenant.conftest import LocalTenant

ROOT = Path(__file__).resolve().parents[2]
NEEDED_GRANTS = ["authorization_code", "refresh_token"]
BINDINGS = "/actions/triggers/post-login/bindings"


@dataclass
class Network(httpx.BaseTransport):
    """The way to the tenant; remembers the calls, and may answer some of them itself."""

    tenant: httpx.BaseTransport
    calls: list[tuple[str, str]] = field(default_factory=list)
    instead: dict[str, Callable[[httpx.Request], httpx.Response]] = field(default_factory=dict)  # by path

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.calls.append((request.method, request.url.path))
        answer = self.instead.get(request.url.path)
        return answer(request) if answer else self.tenant.handle_request(request)

    def close(self) -> None:
        """The tenant is the test's."""


@dataclass
class Place:
    """What a test holds."""

    local: LocalTenant
    network: Network
    settings: Settings
    application: dict[str, Any]
    waits: list[float] = field(default_factory=list)

    @property
    def connection(self) -> dict[str, Any]:
        found = connections.by_name(self.local.tenant, self.settings.connection.name)
        assert found is not None
        return found

    def scene(self, *, scopes: tuple[str, ...] | None = SCOPES, known: bool = True) -> Scene:
        """With these rights; `None` is without any. `known`: the client id, where nobody may look."""
        tenant = None
        if scopes is not None:
            token = self.local.with_scopes(*scopes).token
            domain = self.settings.tenant.domain
            tenant = ManagementClient(domain, api_token=token, transport=self.network, sleep=self.waits.append)
        number = count(1)
        stranger = Stranger(
            self.settings.tenant.domain,
            transport=self.network,
            sleep=self.waits.append,
            clock=self.local.clock.seconds,
            name=lambda: str(next(number)),
        )
        return Scene(
            settings=self.settings,
            sight=Sight(tenant, connection=self.settings.connection.name),
            stranger=stranger,
            known={PRIMARY: self.application["client_id"]} if known else {},
        )

    def tried(self, scene: Scene | None = None) -> dict[str, Tried]:
        return {one.door.id: one for one in probe(scene or self.scene())}

    def statuses(self, scene: Scene | None = None) -> Mapping[str, str]:
        return {name: one.finding.status for name, one in self.tried(scene).items()}

    def users(self) -> list[str]:
        return [user["email"] for user in self.local.tenant.store.all("users")]

    def change_connection(self, **options: Any) -> None:
        merged = {"options": {**self.connection["options"], **options}}
        self.done(self.local.patch(f"/connections/{self.connection['id']}", json=merged))

    def change_application(self, **fields: Any) -> None:
        self.done(self.local.patch(f"/clients/{self.application['client_id']}", json=fields))

    def grant(self, grant_type: str) -> None:
        self.change_application(grant_types=[*NEEDED_GRANTS, grant_type])

    def set_flag(self, name: str, value: bool) -> None:
        self.done(self.local.patch("/tenants/settings", json={"flags": {name: value}}))

    def enable(self, connection_id: str, client_id: str = "") -> None:
        change = [{"client_id": client_id or self.application["client_id"], "status": True}]
        self.done(self.local.patch(f"/connections/{connection_id}/clients", json=change))

    def enable_named(self, name: str) -> None:
        found = connections.by_name(self.local.tenant, name)
        assert found is not None
        self.enable(found["id"])

    def enable_new(self, strategy: str) -> None:
        made = self.local.post("/connections", json={"name": strategy, "strategy": strategy})
        self.done(made)
        self.enable(made.json()["id"])

    def bind(self, *names: str) -> None:
        listed = [{"ref": {"type": "action_name", "value": name}} for name in names]
        self.done(self.local.patch(BINDINGS, json={"bindings": listed}))

    @staticmethod
    def done(answer: httpx.Response) -> None:
        assert answer.is_success, answer.text


def a_place(local: LocalTenant) -> Place:
    """A fresh tenant, deployed by hand."""
    settings = load_settings(find_project(ROOT, exact=True), "local")
    local.app.login_side.services = Services(post_login=Pipeline(), messenger=Messenger())

    async def accept(_code: str) -> None:
        return None

    builds_of(local.tenant).parse = accept
    local.patch(
        "/tenants/settings",
        json={"customize_mfa_in_postlogin_action": True, "flags": {"enable_client_connections": False}},
    )
    local.put("/guardian/factors/sms", json={"enabled": True})
    local.put("/guardian/policies", json=["all-applications"])
    application = local.post(
        "/clients",
        json={
            "name": settings.application.name,
            "app_type": "regular_web",
            "callbacks": list(settings.application.callback_urls or ()),
            "grant_types": NEEDED_GRANTS,
            "client_metadata": {"managed_by": "guestlist", "role": "application"},
        },
    ).json()
    inviter = {"name": "Guestlist inviter", "client_metadata": {"managed_by": "guestlist", "role": "inviter"}}
    members = [application["client_id"], local.post("/clients", json=inviter).json()["client_id"]]
    options = {"disable_signup": True, "passwordPolicy": "excellent"}
    database = {"name": settings.connection.name, "strategy": "auth0", "options": options, "enabled_clients": members}
    Place.done(local.post("/connections", json=database))
    place = Place(local, Network(local.http._transport), settings, application)
    names = ("require-mfa", "complete-profile")
    for name in names:
        sent = {"name": name, "supported_triggers": [{"id": "post-login"}], "code": "exports.x = 1;"}
        action_id = local.post("/actions/actions", json=sent).json()["id"]
        local.loop.run_until_complete(builds_of(local.tenant).settled())
        Place.done(local.post(f"/actions/actions/{action_id}/deploy"))
    place.bind(*names)
    return place


def _another_application(place: Place) -> None:
    place.enable(place.connection["id"], place.local.post("/clients", json={"name": "Another"}).json()["client_id"])


# By door: what somebody would do to the tenant by hand.
OPENINGS: Mapping[str, Callable[[Place], None]] = {
    "sign-up": lambda place: place.change_connection(disable_signup=False),
    "sign-up-page": lambda place: place.enable_named("Username-Password-Authentication"),
    "one-time-codes": lambda place: place.change_connection(authentication_methods={"email_otp": {"enabled": True}}),
    "imported-users": lambda place: place.change_connection(import_mode=True),
    "other-database": lambda place: place.enable_named("Username-Password-Authentication"),
    "social-login": lambda place: place.enable_named("google-oauth2"),
    "enterprise-login": lambda place: place.enable_new("samlp"),
    "passwordless-login": lambda place: place.enable_new("email"),
    "domain-connection": lambda place: place.done(
        place.local.patch(f"/connections/{place.connection['id']}", json={"is_domain_connection": True})
    ),
    "other-applications": _another_application,
    "new-applications": lambda place: place.set_flag("enable_client_connections", True),
    "password-grant": lambda place: place.grant("http://auth0.com/oauth/grant-type/password-realm"),
    "implicit-grant": lambda place: place.grant("implicit"),
    "device-grant": lambda place: place.grant("urn:ietf:params:oauth:grant-type:device_code"),
    "client-credentials": lambda place: place.grant("client_credentials"),
    "other-grants": lambda place: place.grant("http://auth0.com/oauth/grant-type/passwordless/otp"),
    "client-registration": lambda place: place.set_flag("enable_dynamic_client_registration", True),
    "cross-origin-login": lambda place: place.change_application(cross_origin_authentication=True),
    "organizations": lambda place: place.change_application(organization_usage="allow"),
    "callbacks": lambda place: place.change_application(callbacks=["https://*.example.com/callback"]),
    "taken-address": lambda place: place.set_flag("enable_public_signup_user_exists_error", True),
    "login-actions": lambda place: place.bind("complete-profile", "require-mfa"),
    "second-factor": lambda place: place.done(place.local.put("/guardian/policies", json=[])),
}
