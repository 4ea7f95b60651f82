"""
Doors through which a stranger learns who is invited: answers that differ for known and unknown addresses.

Only addresses that nobody has are used: a known one would be sent a mail.

Source: https://auth0.com/docs/api/authentication/change-password/change-password (which also lists 404 for an unknown user)
"""

from __future__ import annotations

import httpx

from guestlist.doors.door import Door, Finding, looking, opened, shut, unknown
from guestlist.doors.scene import Scene
from guestlist.doors.stranger import told

FLAG = "enable_public_signup_user_exists_error"
ATTEMPTS = 2
TELLING = ("not exist", "not found", "no user", "unknown user")


def _reset(scene: Scene) -> Finding:
    first, second = (_ask(scene) for _ in range(ATTEMPTS))
    if httpx.codes.TOO_MANY_REQUESTS in {first.status_code, second.status_code}:
        return unknown("a forgotten password is answered 429: too many were asked for from here")
    if first.status_code == httpx.codes.NOT_FOUND or any(word in first.text.lower() for word in TELLING):
        return opened(f"a forgotten password of an unknown address is answered {told(first)}")
    if not first.is_success:
        return unknown(f"a forgotten password is answered {told(first)}")
    if _shape(first) != _shape(second):
        return opened("two unknown addresses are answered differently")
    return shut("an unknown address is told that a mail was sent, as everybody is")


def _ask(scene: Scene) -> httpx.Response:
    body = {
        "client_id": scene.primary.client_id,
        "connection": scene.settings.connection.name,
        "email": scene.stranger.address(),
    }
    return scene.stranger.post("/dbconnections/change_password", body)


def _shape(answer: httpx.Response) -> tuple[int, str, frozenset[str]]:
    return answer.status_code, answer.text, frozenset(answer.headers)


def _look_at_flag(scene: Scene) -> Finding:
    if scene.sight.flags().get(FLAG):
        return opened(f"the tenant's flag {FLAG} is on")
    return shut(f"the tenant's flag {FLAG} is off")


DOORS = (
    Door(
        id="forgotten-password",
        tries="POST /dbconnections/change_password for two addresses at .invalid",
        why="a stranger learns who is invited",
        remedy="ask Auth0's support: the answer is the same for every address, says its documentation",
        try_it=_reset,
    ),
    Door(
        id="taken-address",
        tries=f"the tenant's flag {FLAG}",
        why="while sign-up is open, a stranger learns who is invited",
        remedy=f"PATCH /api/v2/tenants/settings: flags.{FLAG} false",
        try_it=looking(_look_at_flag),
    ),
)
