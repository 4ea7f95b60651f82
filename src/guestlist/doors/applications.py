"""
Doors of the application and of the tenant around it: applications that register themselves, passwords from other sites, organizations, callbacks.

Source: https://auth0.com/docs/get-started/applications/dynamic-client-registration, https://auth0.com/docs/libraries/auth0js,
https://auth0.com/docs/manage-users/organizations, https://auth0.com/docs/get-started/applications/wildcards-for-subdomains
"""

from __future__ import annotations

from urllib.parse import urlsplit

import httpx

from guestlist.doors.door import Door, Finding, looking, opened, shut, unknown
from guestlist.doors.grants import REALM
from guestlist.doors.scene import Scene
from guestlist.doors.stranger import at_callback, error_of, told

DEPLOY = "guestlist up --refresh --env {environment}"
FLAG = "enable_dynamic_client_registration"
LOOPBACK = ("127.0.0.1", "::1", "localhost")
SOME_ORGANIZATION = "org_0000000000000000"


def _look_at_registration(scene: Scene) -> Finding:
    if scene.sight.flags().get(FLAG):
        return opened(f"the tenant's flag {FLAG} is on")
    return shut(f"the tenant's flag {FLAG} is off")


def _knock_for_registration(scene: Scene) -> Finding:
    """Without a callback, which is required: nothing can be registered."""
    answer = scene.stranger.post("/oidc/register", {})
    if answer.status_code in {httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN, httpx.codes.NOT_FOUND}:
        return shut(f"/oidc/register is answered {told(answer)}")
    if answer.status_code == httpx.codes.BAD_REQUEST:
        return opened(f"/oidc/register reads a registration ({told(answer)})")
    return unknown(f"/oidc/register is answered {told(answer)}")


def _look_at_origins(scene: Scene) -> Finding:
    found = [
        one.name
        for one in scene.seen_applications()
        if one.client.get("cross_origin_authentication") or one.client.get("cross_origin_auth")
    ]
    if found:
        return opened(f"cross_origin_authentication is on for {', '.join(found)}")
    return shut(f"no application of ours takes passwords from other sites{scene.not_judged()}")


def _knock_from_another_site(scene: Scene) -> Finding:
    unclear: list[str] = []
    for application in scene.ours:
        body = {
            "client_id": application.client_id,
            "credential_type": REALM,
            "username": scene.stranger.address(),
            "password": "nobody has this one",
            "realm": scene.settings.connection.name,
        }
        answer = scene.stranger.post("/co/authenticate", body)
        error, _ = error_of(answer)
        if error in {"access_denied", "too_many_attempts"}:
            return opened(f"/co/authenticate looks at a password for {application.name}")
        if error != "unauthorized_client":
            unclear.append(f"{application.name}: {told(answer)}")
    return unknown(", ".join(unclear)) if unclear else shut("/co/authenticate refuses")


def _look_at_organizations(scene: Scene) -> Finding:
    found = [
        f"{one.name} ({one.client['organization_usage']})"
        for one in scene.seen_applications()
        if one.client.get("organization_usage", "deny") != "deny"
    ]
    if found:
        return opened(f"organization_usage lets organizations into {', '.join(found)}")
    return shut(f"no application of ours takes organizations{scene.not_judged()}")


def _knock_with_organization(scene: Scene) -> Finding:
    unclear: list[str] = []
    for application in scene.ours:
        parameters = scene.authorize(application, organization=SOME_ORGANIZATION, prompt="none")
        answer = scene.stranger.get("/authorize", **parameters)
        said = (at_callback(answer, parameters["redirect_uri"]) or {}).get("error_description", "")
        if "not allowed for this client" not in said:
            unclear.append(f"{application.name}: {told(answer)}")
    if unclear:
        return unknown(f"an organization is not refused as such ({', '.join(unclear)})")
    return shut("/authorize refuses an organization")


def _is_too_wide(callback: str) -> bool:
    parts = urlsplit(callback)
    return "*" in callback or (parts.scheme == "http" and parts.hostname not in LOOPBACK)


def _look_at_callbacks(scene: Scene) -> Finding:
    found = [
        f"{callback} of {one.name}"
        for one in scene.seen_applications()
        for callback in one.client.get("callbacks") or ()
        if _is_too_wide(callback)
    ]
    if found:
        return opened(f"codes may be sent to {', '.join(found)}")
    return shut(f"every callback is one address, by https{scene.not_judged()}")


def _knock_with_another_callback(scene: Scene) -> Finding:
    """The neighbour of a real one: `*` stands for one label."""
    for application in scene.ours:
        parameters = scene.authorize(application, prompt="none")
        parts = urlsplit(parameters["redirect_uri"])
        _, dot, parent = parts.netloc.partition(".")
        host = f"guestlist-doors{dot}{parent}" if dot else "guestlist-doors.invalid"
        stranger = parts._replace(netloc=host).geturl()
        answer = scene.stranger.get("/authorize", **{**parameters, "redirect_uri": stranger})
        if at_callback(answer, stranger) is not None:
            return opened(f"{application.name} is answered at {stranger}")
        if not answer.is_client_error:
            return unknown(f"a foreign callback of {application.name} is answered {told(answer)}")
    return shut("a callback beside the real one is refused")


DOORS = (
    Door(
        id="client-registration",
        tries=f"the tenant's flag {FLAG}; blind: POST /oidc/register without a callback",
        why="anybody makes an application in the tenant",
        remedy="PATCH /api/v2/tenants/settings: flags.enable_dynamic_client_registration false",
        try_it=looking(_look_at_registration, _knock_for_registration),
    ),
    Door(
        id="cross-origin-login",
        tries="cross_origin_authentication of each application of ours; blind: POST /co/authenticate",
        why="passwords can be tried from any page, without the login page",
        remedy=DEPLOY,
        try_it=looking(_look_at_origins, _knock_from_another_site),
    ),
    Door(
        id="organizations",
        tries="organization_usage of each application of ours; blind: /authorize?organization=…&prompt=none",
        why="an organization's invitation, its connections and its own sign-up need no invite of ours",
        remedy="PATCH /api/v2/clients/{application}: organization_usage deny",
        try_it=looking(_look_at_organizations, _knock_with_organization),
    ),
    Door(
        id="callbacks",
        tries="callbacks of each application of ours; blind: /authorize with the neighbour of a real one",
        why="whoever holds a matching address gets the code of an invited person's login",
        remedy=DEPLOY,
        try_it=looking(_look_at_callbacks, _knock_with_another_callback),
    ),
)
