"""
Doors for tokens without the login page: grant types of our applications beyond the authorization code and its refresh token.

Without the page there is no redirect and no second factor of ours, and some of them need no more than the client id.

Source: https://auth0.com/docs/get-started/applications/application-grant-types
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import httpx

from guestlist.doors.door import Door, Finding, looking, opened, shut, unknown
from guestlist.doors.scene import Application, Scene
from guestlist.doors.stranger import at_callback, error_of, told

REALM = "http://auth0.com/oauth/grant-type/password-realm"
DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"
PASSWORDS = ("password", REALM)
NEEDED = ("authorization_code", "refresh_token")
SECOND_FACTOR = "http://auth0.com/oauth/grant-type/mfa-"  # needs a token that only the first factor gets
NAMED = (*PASSWORDS, "implicit", DEVICE_CODE, "client_credentials", *NEEDED)
DEPLOY = "guestlist up --refresh --env {environment}"


def _is_other(grant_type: str) -> bool:
    return grant_type not in NAMED and not grant_type.startswith(SECOND_FACTOR)


def _look(wanted: Callable[[str], bool]) -> Callable[[Scene], Finding]:
    def look(scene: Scene) -> Finding:
        found = [
            f"{application.name} has {grant_type}"
            for application in scene.seen_applications()
            for grant_type in application.client.get("grant_types") or ()
            if wanted(grant_type)
        ]
        return opened(", ".join(found)) if found else shut(f"no application of ours has it{scene.not_judged()}")

    return look


def _among(grant_types: Sequence[str]) -> Callable[[str], bool]:
    return lambda grant_type: grant_type in grant_types


def _knock(ask: Callable[[Scene, Application], Sequence[httpx.Response]]) -> Callable[[Scene], Finding]:
    """Without a secret, with every application: it is refused for the lack of the secret, or of the grant."""

    def knock(scene: Scene) -> Finding:
        unclear: list[str] = []
        for application in scene.ours:
            for answer in ask(scene, application):
                if _went_on(answer):
                    return opened(f"{application.name} takes it without a secret ({told(answer)})")
                if not _is_refused(answer):
                    unclear.append(f"{application.name}: {told(answer)}")
        return unknown(", ".join(unclear)) if unclear else shut("the tenant refuses it without a secret")

    return knock


def _is_refused(answer: httpx.Response) -> bool:
    error, description = error_of(answer)
    no_grant = error == "unauthorized_client" and "grant type" in description.lower()
    return answer.status_code == httpx.codes.UNAUTHORIZED or no_grant


def _went_on(answer: httpx.Response) -> bool:
    """What follows the grant was looked at: the password, the connection, the audience."""
    if _is_refused(answer):
        return False
    expected = {"invalid_grant", "mfa_required", "too_many_attempts", "invalid_request", "unauthorized_client"}
    return answer.is_success or error_of(answer)[0] in expected


def _with_password(scene: Scene, application: Application) -> Sequence[httpx.Response]:
    body = {
        "client_id": application.client_id,
        "username": scene.stranger.address(),
        "password": "nobody has this one",
        "realm": scene.settings.connection.name,
    }
    return [scene.stranger.post("/oauth/token", {**body, "grant_type": grant_type}) for grant_type in PASSWORDS]


def _for_a_device(scene: Scene, application: Application) -> Sequence[httpx.Response]:
    return [scene.stranger.post("/oauth/device/code", {"client_id": application.client_id, "scope": "openid"})]


def _for_a_machine(scene: Scene, application: Application) -> Sequence[httpx.Response]:
    body = {
        "client_id": application.client_id,
        "grant_type": "client_credentials",
        "audience": f"https://{scene.settings.tenant.domain}/api/v2/",
    }
    return [scene.stranger.post("/oauth/token", body)]


def _knock_implicit(scene: Scene) -> Finding:
    unclear: list[str] = []
    for application in scene.ours:
        parameters = scene.authorize(application, response_type="id_token token", prompt="none")
        answer = scene.stranger.get("/authorize", **parameters)
        error = (at_callback(answer, parameters["redirect_uri"]) or {}).get("error", "")
        if error == "login_required":
            return opened(f"{application.name} is answered with tokens at /authorize")
        if error not in {"unauthorized_client", "unsupported_response_type"}:
            unclear.append(f"{application.name}: {error or told(answer)}")
    return unknown(", ".join(unclear)) if unclear else shut("/authorize refuses to answer with tokens")


DOORS = (
    Door(
        id="password-grant",
        tries="grant types of each application of ours; blind: POST /oauth/token without a secret, both password grants",
        why="passwords can be tried without the login page, and who has one gets tokens without the profile page",
        remedy=DEPLOY,
        try_it=looking(_look(_among(PASSWORDS)), _knock(_with_password)),
    ),
    Door(
        id="implicit-grant",
        tries="grant types; blind: /authorize?response_type=id_token token&prompt=none",
        why="tokens travel in the browser's address",
        remedy=DEPLOY,
        try_it=looking(_look(_among(("implicit",))), _knock_implicit),
    ),
    Door(
        id="device-grant",
        tries="grant types; blind: POST /oauth/device/code",
        why="a stranger's device asks an invited person to let it in",
        remedy=DEPLOY,
        try_it=looking(_look(_among((DEVICE_CODE,))), _knock(_for_a_device)),
    ),
    Door(
        id="client-credentials",
        tries="grant types; blind: POST /oauth/token without a secret",
        why="whoever has the application's secret is the application, without any person",
        remedy=DEPLOY,
        try_it=looking(_look(_among(("client_credentials",))), _knock(_for_a_machine)),
    ),
    Door(
        id="other-grants",
        tries="grant types that none of these doors knows; nothing can be tried without a look",
        why="tokens by another way than the login page: codes, other tokens, signed assertions",
        remedy=DEPLOY,
        try_it=looking(_look(_is_other)),
    ),
)
