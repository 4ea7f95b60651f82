"""What the tests of the profile page share: settings, tokens as Auth0 makes them, a browser without a screen, a clock that stands."""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from html import unescape
from typing import Any

import httpx
import jwt

from pages.profile.app import create_app
from pages.profile.settings import Settings, read_settings

NOW = 1_795_600_000
PAGE = "https://profile.guestlist.test"
LOGIN_HOST = "login.guestlist.test"
STATE = "hKFo2SBzdGF0ZS1vZi10aGlzLWxvZ2lu"
AUDIENCE, PURPOSE = "guestlist:profile-page", "ask-for-names"


def a_key(name: str) -> str:
    """A strong key, the same one in every run."""
    return urlsafe_b64encode(hashlib.sha512(f"test key {name}".encode()).digest()).decode().rstrip("=")


TO_PAGE, PREVIOUS_TO_PAGE, FROM_PAGE, FOREIGN = map(a_key, ("to", "previous to", "from", "foreign"))


def environ(**changes: str | None) -> dict[str, str]:
    """A good environment; None takes a variable out."""
    good: dict[str, str | None] = {
        "PROFILE_PAGE_URL": PAGE,
        "PROFILE_LOGIN_HOSTS": LOGIN_HOST,
        "PROFILE_TO_PAGE_SECRET": TO_PAGE,
        "PROFILE_FROM_PAGE_SECRET": FROM_PAGE,
        "PROFILE_NAME": "Northwind",
        "PROFILE_LOGIN_URL": "https://app.guestlist.test/login",
        "PROFILE_REFUSALS_PER_MINUTE": "0",
        "PROFILE_TRIES_PER_MINUTE": "0",
    }
    return {name: value for name, value in (good | changes).items() if value is not None}


def settings(**changes: str | None) -> Settings:
    return read_settings(environ(**changes))


def claims(**changes: Any) -> dict[str, Any]:
    """What Auth0 and the Action say; `...` takes a claim out."""
    good = {
        "sub": "auth0|ana",
        "iss": LOGIN_HOST,
        "iat": NOW,
        "exp": NOW + 900,
        "ip": "203.0.113.7",
        "aud": AUDIENCE,
        "purpose": PURPOSE,
        "locale": "en",
    }
    return {name: value for name, value in (good | changes).items() if value is not ...}


def a_token(key: str = TO_PAGE, **changes: Any) -> str:
    payload = json.dumps(claims(**changes)).encode()  # PyJWT's own `encode` refuses some of what the tests want
    return jwt.api_jws.encode(payload, key, algorithm="HS256")


def read(token: str, key: str = FROM_PAGE) -> dict[str, Any]:
    """What a return token says; its dates are the test's business."""
    options = {"verify_exp": False, "verify_aud": False, "verify_iat": False}
    found: dict[str, Any] = jwt.decode(token, key, algorithms=["HS256"], options=options)  # type: ignore[arg-type]
    return found


class Browser:
    """Reads forms and sends them, as a browser does. Collects what the page logs."""

    def __init__(self, given: Settings | None = None, *, now: float = NOW) -> None:
        self.now = now
        self.log: list[Mapping[str, object]] = []
        self.settings = given or settings()
        self.app = create_app(self.settings, clock=lambda: self.now, log=self.log.append, nonce=lambda: "a-nonce")
        self.runner = asyncio.Runner()
        transport = httpx.ASGITransport(app=self.app, raise_app_exceptions=True)
        self.client = httpx.AsyncClient(transport=transport, base_url=f"https://{self.settings.host}")

    def close(self) -> None:
        self.runner.run(self.client.aclose())
        self.runner.close()

    def get(self, path: str = "/", **options: Any) -> httpx.Response:
        return self.request("GET", path, **options)

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        return self.runner.run(self.client.request(method, path, **options))

    def open(self, token: str | None = None, state: str = STATE, **options: Any) -> httpx.Response:
        """Follow Auth0's redirect."""
        query = {"session_token": a_token() if token is None else token, "state": state}
        return self.get(self.settings.path, params={**query, **options.pop("query", {})}, **options)

    def send(self, form: Mapping[str, str], **options: Any) -> httpx.Response:
        headers = {"Sec-Fetch-Site": "same-origin", "Origin": "null", **options.pop("headers", {})}
        return self.request("POST", self.settings.path, data=dict(form), headers=headers, **options)

    def fill_in(self, given_name: str = "Ana", family_name: str = "Lima", **changes: str) -> httpx.Response:
        """Open the form, type, send."""
        shown = self.open()
        assert shown.status_code == 200
        return self.send({**hidden(shown), "given_name": given_name, "family_name": family_name, **changes})


def hidden(page: httpx.Response) -> dict[str, str]:
    """The hidden fields of a page."""
    return {
        name: unescape(value) for name, value in re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.text)
    }


def action(page: httpx.Response) -> str:
    """Where the page's form goes."""
    found = re.search(r'<form[^>]* action="([^"]*)"', page.text)
    assert found is not None
    return unescape(found[1])


def heading(page: httpx.Response) -> str:
    found = re.search(r"<h1>(.*?)</h1>", page.text)
    assert found is not None
    return unescape(found[1])
