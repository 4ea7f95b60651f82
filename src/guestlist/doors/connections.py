"""
Doors beside our database: other connections of our application, and other applications of our connection.

The list of either side is declared whole by the program. Only the names that Auth0 gives by itself can be tried without rights.

Source: https://auth0.com/docs/get-started/applications/update-application-connections and
https://auth0.com/docs/authenticate/identity-providers/promote-connections-to-domain-level
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import httpx

from guestlist.doors.door import Door, Finding, looking, opened, shut, unknown
from guestlist.doors.scene import Application, Scene
from guestlist.doors.sight import Document
from guestlist.doors.stranger import CannotTell, at_callback, error_of, told
from guestlist.recover_lookup import MANAGED_BY

Kind = Literal["database", "passwordless", "enterprise", "social"]
PASSWORDLESS = ("email", "sms")
# Source: https://auth0.com/docs/authenticate/identity-providers/enterprise-identity-providers
ENTERPRISE = (
    *("ad", "adfs", "auth0-adldap", "google-apps", "ip", "office365", "oidc", "okta", "pingfederate", "samlp"),
    *("sharepoint", "waad"),
)
BY_ITSELF: dict[Kind, str] = {  # names that Auth0 gives
    "database": "Username-Password-Authentication",
    "social": "google-oauth2",
}
INVITER = "inviter"  # its role in `client_metadata`
NOWHERE = "guestlist-no-such-connection"
DEPLOY = "guestlist up --refresh --env {environment}"


def kind_of(strategy: str) -> Kind:
    """What a connection of this strategy is."""
    if strategy == "auth0":
        return "database"
    if strategy in PASSWORDLESS:
        return "passwordless"
    return "enterprise" if strategy in ENTERPRISE else "social"


def _look(kind: Kind) -> Callable[[Scene], Finding]:
    def look(scene: Scene) -> Finding:
        found = [
            f"{_described(one)} on {application.name}"
            for application in scene.seen_applications()
            for one in scene.sight.connections_of(application.client_id)
            if kind_of(one["strategy"]) == kind and one["name"] != scene.settings.connection.name
        ]
        if found:
            return opened(", ".join(found))
        return shut(f"none but {scene.settings.connection.name} is enabled{scene.not_judged()}")

    return look


def _described(connection: Document) -> str:
    options = connection.get("options") or {}
    if connection["strategy"] == "auth0" and options and not options.get("disable_signup"):
        return f"{connection['name']} (takes sign-ups)"
    return str(connection["name"])


def _knock(kind: Kind) -> Callable[[Scene], Finding]:
    """A silent login by that name: nobody is shown a page, and no login begins."""

    def knock(scene: Scene) -> Finding:
        name = BY_ITSELF[kind]
        for application in scene.ours:
            if (
                _silent(scene, application, name) == "login_required"
                and _silent(scene, application, NOWHERE) != "login_required"
            ):
                return opened(f"{name} on {application.name}")
        return unknown(f"{name}, the one that Auth0 makes, was not found; others may be there")

    return knock


def _silent(scene: Scene, application: Application, connection: str) -> str:
    parameters = scene.authorize(application, prompt="none", connection=connection)
    answer = scene.stranger.get("/authorize", **parameters)
    answered = at_callback(answer, parameters["redirect_uri"])
    if answered is None:
        raise CannotTell(f"a silent login is answered {told(answer)}")
    return answered.get("error", "")


def _knock_for_codes(scene: Scene) -> Finding:
    body = {
        "client_id": scene.primary.client_id,
        "connection": "email",
        "send": "code",
        "email": scene.stranger.address(),
    }
    answer = scene.stranger.post("/passwordless/start", body)
    if answer.is_success:
        return opened("/passwordless/start sends a code to a stranger")
    said = f"/passwordless/start is answered {told(answer)}"
    refused = error_of(answer)[0] == "bad.connection" or answer.status_code in {
        httpx.codes.UNAUTHORIZED,
        httpx.codes.FORBIDDEN,
    }
    return unknown(f"{said} for email; sms was not tried, it would cost a text" if refused else said)


def _look_at_domain(scene: Scene) -> Finding:
    connection = scene.sight.connection()
    if connection is None:
        raise CannotTell(f"the tenant has no connection {scene.settings.connection.name}: it was never deployed")
    if connection.get("is_domain_connection"):
        return opened(f"{connection['name']} is a domain connection")
    return shut(f"{connection['name']} is for the applications of its list only")


def _look_at_clients(scene: Scene) -> Finding:
    members = scene.sight.clients_of_connection()
    expected = {one.client_id for one in scene.applications}
    names: dict[str, str] = {}
    for client in scene.sight.clients():
        names[client["client_id"]] = str(client.get("name"))
        metadata = client.get("client_metadata") or {}
        if metadata.get("managed_by") == MANAGED_BY and metadata.get("role") == INVITER:
            expected.add(client["client_id"])
    others = sorted(f"{names.get(one, 'an application')} ({one})" for one in members - expected)
    if others:
        return opened(f"our connection is enabled for {', '.join(others)}")
    return shut("our connection is for our applications and the inviter only")


def _look_at_flag(scene: Scene) -> Finding:
    if scene.sight.flags().get("enable_client_connections") is False:
        return shut("the flag enable_client_connections is off")
    return opened("the flag enable_client_connections is on: a new application gets every connection, ours too")


def _door(kind: Kind, id_: str, why: str) -> Door:
    knocks: dict[Kind, tuple[str, Callable[[Scene], Finding] | None]] = {
        "passwordless": ("POST /passwordless/start to an address at .invalid", _knock_for_codes),
        "enterprise": ("nothing: such a connection has any name", None),
    }
    named = BY_ITSELF.get(kind, "")
    how, knock = knocks.get(kind) or (f"/authorize?prompt=none&connection={named}", _knock(kind))
    return Door(
        id=id_,
        tries=f"connections of each application of ours, by strategy; blind: {how}",
        why=why,
        remedy=DEPLOY,
        try_it=looking(_look(kind), knock),
    )


DOORS = (
    _door("database", "other-database", "whoever is in another database, or signs up to it, gets in"),
    _door("social", "social-login", "whoever has an account with that provider gets in at the first login"),
    _door("enterprise", "enterprise-login", "whoever is in that directory gets in at the first login"),
    _door("passwordless", "passwordless-login", "whoever can read a mail or a text gets in at the first login"),
    Door(
        id="domain-connection",
        tries="is_domain_connection of our connection",
        why="every third-party application may use our users, those that registered themselves included",
        remedy="PATCH /api/v2/connections/{connection}: is_domain_connection false",
        try_it=looking(_look_at_domain),
    ),
    Door(
        id="other-applications",
        tries="clients of our connection",
        why="another application's callbacks and grants lead to our users",
        remedy=DEPLOY,
        try_it=looking(_look_at_clients),
    ),
    Door(
        id="new-applications",
        tries="the tenant's flag enable_client_connections",
        why="the next application that anybody makes gets our connection, and ours the next connection",
        remedy="with guestlist:ownership tenantSettings own: guestlist up --refresh --env {environment}; else PATCH "
        "/api/v2/tenants/settings: flags.enable_client_connections false",
        try_it=looking(_look_at_flag),
    ),
)
