"""
A tenant with an application and Ana, a browser, and nothing behind the login side: Actions, mail and text messages are stubs.

    def test_a_login_ends_at_the_callback(world):
        assert "code" in world.log_in()

What Actions say is put into `world.pipeline.says`, in order; without it they have nothing to say.
Not here: the fixtures (`conftest.py`).
"""

import asyncio
import base64
import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch
from urllib.parse import parse_qsl, urlsplit

import httpx
import jwt

from localtenant.actions.login import Answer, LoginFacts
from localtenant.actions.steps import Finished, Step, Suspended
from localtenant.authentication.services import Services
from localtenant.management import clients, connections, passwords, users
from tests.localtenant.conftest import open_tenant

CALLBACK = "https://app.example.com/callback"
SIGNED_OUT = "https://app.example.com/signed-out"
DATABASE = "invited-users"
PASSWORD = "Correct-horse-1"
API = "https://api.example.com"
VERIFIER = "a-verifier-of-the-right-length-for-a-proof-key"
CHEAP = passwords.Cost(n=2, r=1)
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")


@dataclass
class Pipeline:
    """Stands for the Actions: says what it was told to say, and remembers what it was asked."""

    says: list[Step] = field(default_factory=list)
    asked: list[LoginFacts] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    policy: Callable[[], str | None] = lambda: None
    meanwhile: Callable[[], Any] = lambda: None  # what happens while the Actions run

    async def start(self, login: LoginFacts) -> Step:
        self.asked.append(login)
        self.meanwhile()
        return self._next()

    async def resume(self, _suspended: Suspended, answer: Answer) -> Step:
        self.answers.append(answer)
        return self._next()

    def _next(self) -> Step:
        return self.says.pop(0) if self.says else Finished(ask_factor_at_the_end=self.policy())


@dataclass
class Messenger:
    """Keeps what would have been sent."""

    mails: list[tuple[str, str, str]] = field(default_factory=list)  # template, address, link
    texts: list[tuple[str, str]] = field(default_factory=list)  # number, code

    async def mail(self, template: str, user: Any, url: str, **_more: Any) -> None:
        self.mails.append((template, user["email"], url))

    async def text(self, user: Any, code: str, **_more: Any) -> None:
        self.texts.append((user["phone_number"], code))


@dataclass
class World:
    """What a test holds."""

    local: Any
    app: dict[str, Any]
    user_id: str
    pipeline: Pipeline
    messenger: Messenger

    @property
    def http(self) -> httpx.Client:
        """The browser. `world.http.cookies.clear()` makes it another one."""
        return self.local.http  # type: ignore[no-any-return]

    @property
    def store(self) -> Any:
        return self.local.tenant.store

    @property
    def user(self) -> dict[str, Any]:
        return self.store.get(users.KIND, self.user_id)  # type: ignore[no-any-return]

    def an_app(self, **fields: Any) -> dict[str, Any]:
        """Another application, enabled for the database."""
        app = clients.make_client(self.local.tenant, {"name": "Another", "callbacks": [CALLBACK], **fields})
        self._set_enabled(app["client_id"], True)
        return app

    def disable(self, client_id: str) -> None:
        """Take the application off the database."""
        self._set_enabled(client_id, False)

    def _set_enabled(self, client_id: str, status: bool) -> None:
        connection = connections.by_name(self.local.tenant, DATABASE)
        assert connection is not None
        changes = [{"client_id": client_id, "status": status}]
        assert self.local.patch(f"/connections/{connection['id']}/clients", json=changes).status_code == 204

    def change_app(self, **fields: Any) -> None:
        assert self.local.patch(f"/clients/{self.app['client_id']}", json=fields).status_code == 200

    def set_tenant(self, **settings: Any) -> None:
        assert self.local.patch("/tenants/settings", json=settings).status_code == 200

    def change_connection(self, **options: Any) -> None:
        connection = connections.by_name(self.local.tenant, DATABASE)
        assert connection is not None
        merged = {**connection["options"], **options}
        answer = self.local.patch(f"/connections/{connection['id']}", json={"options": merged})
        assert answer.status_code == 200, answer.text

    def ask_always(self, *factors: str) -> None:
        """Policy MFA with these factors."""
        for factor in factors:
            self.local.put(f"/guardian/factors/{factor}", json={"enabled": True})
        self.local.put("/guardian/policies", json=["all-applications"])
        self.pipeline.policy = lambda: "any"

    def authorize(self, **changes: str | None) -> httpx.Response:
        """GET /authorize; a parameter that is `None` is left out."""
        parameters = {
            "response_type": "code",
            "client_id": self.app["client_id"],
            "redirect_uri": CALLBACK,
            "scope": "openid profile email",
            "state": "state-1",
            "nonce": "nonce-1",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
            **changes,
        }
        return self.http.get(
            "/authorize", params={name: value for name, value in parameters.items() if value is not None}
        )

    def submit(
        self, page: httpx.Response, *, email: str = "ana@example.com", password: str = PASSWORD
    ) -> httpx.Response:
        """Sign in on the page that `/authorize` sent the browser to."""
        assert page.status_code == 302, page.text
        return self.http.post(page.headers["location"], data={"username": email, "password": password})

    def log_in(self, **changes: str | None) -> dict[str, str]:
        """The whole login, without the page where there is a session; answers what the callback gets."""
        answer = self.authorize(**changes)
        if answer.headers.get("location", "").startswith(CALLBACK):
            return at_callback(answer)
        return at_callback(self.submit(answer))

    def silently(self, **changes: str | None) -> dict[str, str]:
        """`prompt=none`."""
        return at_callback(self.authorize(prompt="none", **changes))

    def token(self, grant_type: str, **form: Any) -> httpx.Response:
        """POST /oauth/token as the application; a field that is `None` is left out."""
        credentials = {"client_id": self.app["client_id"], "client_secret": self.app["client_secret"]}
        body = {"grant_type": grant_type, **credentials, **form}
        return self.http.post("/oauth/token", data={name: value for name, value in body.items() if value is not None})

    def exchange(self, code: str, **form: Any) -> httpx.Response:
        """The code for tokens."""
        proof = {"redirect_uri": CALLBACK, "code_verifier": VERIFIER}
        return self.token("authorization_code", code=code, **{**proof, **form})

    def tokens(self, **changes: str | None) -> dict[str, Any]:
        """The whole way to the tokens."""
        answer = self.exchange(self.log_in(**changes)["code"])
        assert answer.status_code == 200, answer.text
        return answer.json()  # type: ignore[no-any-return]

    def refresh(self, refresh_token: str, **form: Any) -> httpx.Response:
        return self.token("refresh_token", refresh_token=refresh_token, **form)

    def log_types(self) -> list[str]:
        return [entry["type"] for entry in self.local.logs()]


def at_callback(answer: httpx.Response, callback: str = CALLBACK) -> dict[str, str]:
    """What an application reads from the address that the browser is sent to."""
    assert answer.status_code == 302, answer.text
    location = urlsplit(answer.headers["location"])
    assert answer.headers["location"].startswith(callback), answer.headers["location"]
    return dict(parse_qsl(location.query, keep_blank_values=True))


def claims(token: str) -> dict[str, Any]:
    """What a JWT says; its signature is another test's."""
    return jwt.decode(token, options={"verify_signature": False})


def refused(answer: httpx.Response) -> tuple[int, str]:
    """Status and `error` of the Authentication API."""
    body: Mapping[str, Any] = answer.json()
    return answer.status_code, body["error"]


def a_world(local: Any) -> World:
    """The application and Ana in this fresh tenant."""
    pipeline, messenger = Pipeline(), Messenger()
    local.app.login_side.services = Services(post_login=pipeline, messenger=messenger)
    app = clients.make_client(
        local.tenant,
        {
            "name": "The application",
            "app_type": "regular_web",
            "callbacks": [CALLBACK],
            "allowed_logout_urls": [SIGNED_OUT],
            "jwt_configuration": {"alg": "RS256"},
        },
    )
    database = {"name": DATABASE, "strategy": "auth0", "enabled_clients": [app["client_id"]]}
    assert local.post("/connections", json=database).status_code == 201
    document = connections.by_name(local.tenant, DATABASE)
    assert document is not None
    fields = {"email": "ana@example.com", "password": PASSWORD, "name": "Ana Lima", "connection": DATABASE}
    user = users.make_user(local.tenant, document, fields)
    return World(local, app, user["user_id"], pipeline, messenger)


@contextmanager
def worlds() -> Iterator[Callable[[], World]]:
    """Worlds outside of a test, with passwords that cost nothing."""
    loop = asyncio.new_event_loop()
    opened: list[World] = []

    def make() -> World:
        opened.append(a_world(open_tenant(loop)))
        return opened[-1]

    with patch.object(passwords, "DEFAULT_COST", CHEAP):
        yield make
    for world in opened:
        world.http.close()
    loop.close()
