"""
What a stranger may ask about an address, and what is left of an answer when its random parts are masked.

    assert masked(ask(http, app, KNOWN), KNOWN) == masked(ask(http, app, UNKNOWN), UNKNOWN)

Not here: what is tested (`tests/localtenant/authentication/test_answers_tell_nothing.py`, `tests/e2e/test_doors.py`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import quote

import httpx

WRONG = "Not-the-password-47"
REALM = "http://auth0.com/oauth/grant-type/password-realm"
CHANGING = ("date", "content-length", "x-ratelimit-remaining", "x-ratelimit-reset")
RANDOM = (
    re.compile(r"(state=)[\w%.-]+"),
    re.compile(r'(name="state" value=")[^"]+'),
    re.compile(r"(nonce[-=]\"?)[\w+/=-]+"),
    re.compile(r"^(set-cookie: [^=]+=)[^;]+", re.MULTILINE),
)


@dataclass(frozen=True, kw_only=True)
class App:
    """The application that a stranger pretends to come from."""

    client_id: str
    callback: str
    connection: str


Ask = Callable[[httpx.Client, App, str], httpx.Response]


def masked(answer: httpx.Response, address: str) -> str:
    """Status, headers and body, without the address and what is random in every answer."""
    headers = sorted((name, value) for name, value in answer.headers.multi_items() if name not in CHANGING)
    text = "\n".join([str(answer.status_code), *(f"{name}: {value}" for name, value in headers), "", answer.text])
    for pattern in RANDOM:
        text = pattern.sub(r"\1*", text)
    return text.replace(quote(address), "ADDRESS").replace(address, "ADDRESS")


def _page(http: httpx.Client, app: App) -> str:
    """The address of a login page, in a browser of its own."""
    http.cookies.clear()
    query = {
        "response_type": "code",
        "client_id": app.client_id,
        "redirect_uri": app.callback,
        "scope": "openid",
        "state": "s",
        "connection": app.connection,
    }
    location: str = http.get("/authorize", params=query).headers["location"]
    return location


def _login(http: httpx.Client, app: App, address: str) -> httpx.Response:
    return http.post(_page(http, app), data={"username": address, "password": WRONG})


def _login_hint(http: httpx.Client, app: App, address: str) -> httpx.Response:
    page = _page(http, app)
    return http.post(page, data={"username": address, "password": ""})


def _forgotten_on_the_page(http: httpx.Client, app: App, address: str) -> httpx.Response:
    state = _page(http, app).partition("?")[2]
    return http.post(f"/u/reset-password/request/{app.connection}?{state}", data={"email": address})


def _sign_up_on_the_page(http: httpx.Client, app: App, address: str) -> httpx.Response:
    state = _page(http, app).partition("?")[2]
    return http.post(f"/u/signup?{state}", data={"email": address, "password": WRONG})


def _json(path: str, **more: str | None) -> Ask:
    """A call with a JSON body; a field that is `None` is left out."""

    def ask(http: httpx.Client, app: App, address: str) -> httpx.Response:
        http.cookies.clear()
        names = {"client_id": app.client_id, "connection": app.connection, "realm": app.connection}
        body = {**names, "email": address, "username": address, "password": WRONG, **more}
        return http.post(path, json={name: value for name, value in body.items() if value is not None})

    return ask


ASKS: Mapping[str, Ask] = {
    "login": _login,
    "login without a password": _login_hint,
    "forgotten password": _json("/dbconnections/change_password"),
    "forgotten password on the page": _forgotten_on_the_page,
    "sign-up": _json("/dbconnections/signup", username=None),
    "sign-up on the page": _sign_up_on_the_page,
    "password grant": _json("/oauth/token", grant_type="password"),
    "password grant with a realm": _json("/oauth/token", grant_type=REALM),
    "password from another site": _json("/co/authenticate", credential_type=REALM),
    "code by mail": _json("/passwordless/start", connection="email", send="code"),
    "one-time code": _json("/otp/challenge", allow_signup="true"),
    "second factor": _json("/mfa/challenge", challenge_type="oob", mfa_token="none"),
}
