"""
Doors at which a stranger makes an account: the sign-up of our database, its page, codes instead of passwords, users of another database.

Source: https://auth0.com/docs/api/authentication/signup/create-a-new-user and
https://auth0.com/docs/authenticate/database-connections/implicit-signup-database-connections
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlsplit

import httpx

from guestlist.doors.door import Door, Finding, looking, opened, shut, unknown
from guestlist.doors.scene import Scene
from guestlist.doors.sight import CannotLook
from guestlist.doors.stranger import CannotTell, at_callback, error_of, is_at, told
from guestlist.invites.passwords import random_password
from stacks.management import ManagementError

TOO_WEAK = "a"  # refused by the policy of an open door: the knock leaves nobody behind
SIGN_UP_LINK = re.compile(r'href="[^"]*/u/signup[/?"]')
SIGN_UP_FORM = re.compile(r'<input[^>]*name="(email|username|password|phone)"')
CLOSED = re.compile(r"sign-?ups? (is|are) disabled|connection is disabled|connection does not exist", re.IGNORECASE)
OTP_METHODS = ("email_otp", "phone_otp")
DEPLOY = "guestlist up --refresh --env {environment}"


def _options(scene: Scene) -> Mapping[str, Any]:
    options = scene.sight.options()
    if options is None:
        raise CannotTell(f"the tenant has no connection {scene.settings.connection.name}: it was never deployed")
    return options


def _look(scene: Scene) -> Finding:
    name = scene.settings.connection.name
    if _options(scene).get("disable_signup"):
        return shut(f"{name} has disable_signup")
    return opened(f"{name} has no disable_signup")


def _knock(scene: Scene) -> Finding:
    answer = _sign_up(scene, TOO_WEAK)
    if answer.is_success:
        return _made(scene, answer)
    if _is_closed(answer):
        return shut("the tenant refuses a sign-up")
    if _minds_the_password(answer):
        return opened("the tenant refuses a weak password and not the sign-up")
    return unknown(f"a sign-up is answered {told(answer)}")


def _knock_on_shut(scene: Scene) -> Finding:
    """The settings say that nobody gets in, so the password may be a good one: it would take settings that lie to make a user."""
    answer = _sign_up(scene, TOO_WEAK)
    if _minds_the_password(answer):
        answer = _sign_up(scene, random_password())
    if answer.is_success:
        return _made(scene, answer)
    return (
        shut("the tenant refuses a sign-up") if _is_closed(answer) else unknown(f"a knock is answered {told(answer)}")
    )


def _sign_up(scene: Scene, password: str) -> httpx.Response:
    body = {
        "client_id": scene.primary.client_id,
        "connection": scene.settings.connection.name,
        "email": scene.stranger.address(),
        "password": password,
    }
    return scene.stranger.post("/dbconnections/signup", body)


def _is_closed(answer: httpx.Response) -> bool:
    return answer.is_client_error and CLOSED.search(" ".join(error_of(answer))) is not None


def _minds_the_password(answer: httpx.Response) -> bool:
    error, description = error_of(answer)
    return answer.status_code == httpx.codes.BAD_REQUEST and "password" in f"{error} {description}".lower()


def _made(scene: Scene, answer: httpx.Response) -> Finding:
    """There is a user now who should not be: take it away again, or say that it is there."""
    user_id = f"auth0|{answer.json().get('_id', '')}"
    try:
        _delete(scene, user_id)
    except ManagementError:
        return opened(
            f"a stranger's sign-up made the user {user_id}, which is still there (no delete:users)",
            f"delete that user (DELETE /api/v2/users/{quote(user_id, safe='')}), then: {DEPLOY}",
            left=(user_id,),
        )
    return opened("a stranger's sign-up made a user, which is deleted again")


def _delete(scene: Scene, user_id: str) -> None:
    if scene.sight.tenant is None:
        raise ManagementError("no credentials")
    scene.sight.tenant.delete(f"/users/{quote(user_id, safe='')}")


def _look_at_page(scene: Scene) -> Finding:
    """Any database of the application that takes sign-ups brings the page about."""
    connections = scene.sight.connections_of(scene.primary.client_id)
    databases = [one for one in connections if one["strategy"] == "auth0"]
    if any("options" not in one for one in databases):
        raise CannotLook("read:connections_options missing")
    taking = [one["name"] for one in databases if not one["options"].get("disable_signup")]
    if taking:
        return opened(f"the login page of {scene.primary.name} offers sign-up to {', '.join(taking)}")
    return shut(f"no database of {scene.primary.name} takes sign-ups")


def _page(scene: Scene) -> Finding:
    parameters = scene.authorize(scene.primary, screen_hint="signup")
    answer = scene.stranger.get("/authorize", **parameters)
    refused = at_callback(answer, parameters["redirect_uri"])
    if refused is not None and "error" in refused:
        return unknown(f"a login is answered {refused['error']}")
    if not is_at(answer, scene.stranger.host):
        return unknown(f"a login is answered {told(answer)}")
    return _at_the_login(scene, answer)


def _at_the_login(scene: Scene, answer: httpx.Response) -> Finding:
    target = urlsplit(answer.headers["location"])
    if target.path.startswith("/u/signup"):
        return opened(f"screen_hint=signup leads to {target.path}")
    login = scene.stranger.follow(answer)
    if SIGN_UP_LINK.search(login.text):
        return opened(f"{target.path} has a link to sign up")
    path = target.path.replace("/login", "/signup", 1)
    page = scene.stranger.get(f"{path}?{target.query}")
    if page.is_success and SIGN_UP_FORM.search(page.text):
        return opened(f"{path} shows a form")
    if not target.path.startswith("/u/login") or page.is_server_error:
        return unknown(f"{path} is answered {told(page)}")
    return shut(f"no sign-up at {target.path}, nor at {path}")


def _look_at_codes(scene: Scene) -> Finding:
    methods = _options(scene).get("authentication_methods") or {}
    on = [name for name in OTP_METHODS if (methods.get(name) or {}).get("enabled")]
    if on:
        return opened(f"{scene.settings.connection.name} takes codes instead of a password ({', '.join(on)})")
    return shut("our connection takes passwords only")


def _knock_for_codes(scene: Scene) -> Finding:
    """Without an address: nothing can be sent."""
    body = {"client_id": scene.primary.client_id, "connection": scene.settings.connection.name, "allow_signup": True}
    answer = scene.stranger.post("/otp/challenge", body)
    error, _ = error_of(answer)
    if error in {"unauthorized_client", "invalid_client", "invalid_connection"} or answer.status_code == 404:
        return shut(f"/otp/challenge is answered {told(answer)}")
    return unknown(f"/otp/challenge is answered {told(answer)}")


def _look_at_import(scene: Scene) -> Finding:
    options = _options(scene)
    on = [name for name in ("import_mode", "enabledDatabaseCustomization") if options.get(name)]
    if on:
        return opened(f"{scene.settings.connection.name} has {' and '.join(on)}")
    return shut("our connection knows its own users only")


DOORS = (
    Door(
        id="sign-up",
        tries="options.disable_signup of our connection; POST /dbconnections/signup with an address at .invalid",
        why="anybody makes an account",
        remedy=DEPLOY,
        try_it=looking(_look, _knock, knock_too=_knock_on_shut),
    ),
    Door(
        id="sign-up-page",
        tries="databases of the application; /authorize?screen_hint=signup, the login page's link, /u/signup",
        why="anybody makes an account on a page",
        remedy=DEPLOY,
        try_it=looking(_look_at_page, _page, knock_too=_page),
    ),
    Door(
        id="one-time-codes",
        tries="options.authentication_methods of our connection; POST /otp/challenge without an address",
        why="whoever can read a mail or a text gets in without a password, and may be signed up by it",
        remedy="PATCH /api/v2/connections/{connection}: authentication_methods without email_otp and phone_otp",
        try_it=looking(_look_at_codes, _knock_for_codes),
    ),
    Door(
        id="imported-users",
        tries="options.import_mode and enabledDatabaseCustomization of our connection",
        why="users of another database get in without an invite",
        remedy=DEPLOY,
        try_it=looking(_look_at_import),
    ),
)
