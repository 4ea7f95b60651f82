"""
The sample application, whose OpenID Connect part is Authlib, against the tenant: whatever somebody changes on the way, the login fails.

Both run in this process, on one event loop; the tenant's clock is the machine's, since Authlib looks at that.
"""

import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest

from sampleapp.app import create_app
from sampleapp.settings import Settings
from tests.localtenant.conftest import NOON, InProcess

from .world import claims

BASE_URL = "https://app.example.com"


@dataclass
class Person:
    """Somebody with one browser, on the application's pages (`app`) and the tenant's (`world.http`)."""

    world: Any
    app: httpx.Client

    def begin(self, **changes: str) -> httpx.Response:
        """Follow the link to the tenant, with some parameters changed on the way."""
        target = urlsplit(self.app.get("/login").headers["location"])
        sent = {name: values[0] for name, values in parse_qs(target.query).items()} | changes
        return self.world.http.get(f"{target.scheme}://{target.netloc}{target.path}?{urlencode(sent)}")

    def come_back(self, answer: httpx.Response, **changes: str) -> httpx.Response:
        """Be sent to the application's callback, with some parameters changed on the way."""
        target = urlsplit(answer.headers["location"])
        got = {name: values[0] for name, values in parse_qs(target.query).items()} | changes
        return self.app.get(f"{target.path}?{urlencode(got)}")

    def log_in(self) -> httpx.Response:
        return self.come_back(self.world.submit(self.begin()))

    def is_logged_in(self) -> bool:
        return "Hello" in self.app.get("/").text


@pytest.fixture
def person(world):
    world.local.clock.advance(time.time() - NOON)
    world.change_app(callbacks=[f"{BASE_URL}/callback"], allowed_logout_urls=[BASE_URL])
    settings = Settings(
        issuer="https://localhost:8443/",
        client_id=world.app["client_id"],
        client_secret=world.app["client_secret"],
        base_url=BASE_URL,
        session_secret="x" * 32,
    )
    app = create_app(settings, transport=httpx.ASGITransport(app=world.local.app))
    with httpx.Client(transport=InProcess(app, world.local.loop), base_url=BASE_URL) as browser:
        yield Person(world, browser)


def test_discovery_pkce_state_and_nonce_lead_to_a_login(person):
    answer = person.log_in()
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    page = person.app.get("/").text
    assert "Ana Lima" in page
    assert "ana@example.com" in page


@pytest.mark.parametrize(
    "changes",
    [
        {"nonce": "another"},  # Authlib: the ID token is for another login
        {"code_challenge": "A" * 43},  # the tenant: the verifier does not fit
    ],
)
def test_a_request_that_was_changed_on_the_way_logs_nobody_in(person, changes):
    answer = person.come_back(person.world.submit(person.begin(**changes)))
    assert answer.status_code >= 400
    assert not person.is_logged_in()


def test_an_answer_with_another_state_logs_nobody_in(person):
    answer = person.come_back(person.world.submit(person.begin()), state="another")
    assert answer.status_code >= 400
    assert not person.is_logged_in()


def test_the_code_of_somebody_elses_login_logs_nobody_in(person):
    stolen = parse_qs(urlsplit(person.world.submit(person.begin()).headers["location"]).query)["code"][0]
    answer = person.come_back(person.begin(), code=stolen)
    assert answer.status_code >= 400
    assert not person.is_logged_in()


def test_a_token_of_another_issuer_logs_nobody_in(person, monkeypatch):
    monkeypatch.setattr("localtenant.authentication.visit.issuer_of", lambda _host: "https://evil.example.com/")
    assert person.log_in().status_code >= 400
    assert not person.is_logged_in()


def test_an_error_of_the_tenant_is_told(person):
    answer = person.come_back(person.begin(prompt="none"))
    assert answer.status_code >= 400
    assert not person.is_logged_in()


@pytest.mark.parametrize("rotation_type", ["rotating", "non-rotating"])
def test_a_refresh_brings_what_changed(person, rotation_type):
    person.world.change_app(refresh_token={"rotation_type": rotation_type, "expiration_type": "expiring"})
    person.log_in()
    path = f"/users/{person.world.user_id.replace('|', '%7C')}"
    for name in ("Ana Bo", "Ana Ce"):
        person.world.local.patch(path, json={"name": name})
        assert person.app.post("/refresh").status_code == 303
        assert name in person.app.get("/").text


def test_the_way_out_ends_both_sessions(person):
    person.log_in()
    out = person.app.get("/logout")
    end = urlsplit(out.headers["location"])
    assert end.path == "/oidc/logout"
    hint = parse_qs(end.query)["id_token_hint"][0]
    assert claims(hint)["sid"]
    back = person.world.http.get(out.headers["location"])
    assert back.headers["location"].startswith(BASE_URL)
    assert not person.is_logged_in()
    assert parse_qs(urlsplit(person.begin(prompt="none").headers["location"]).query)["error"] == ["login_required"]
