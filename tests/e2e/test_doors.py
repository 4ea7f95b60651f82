"""After one real `up`: every door is shut, for whoever looks and whoever knocks, and no answer tells who is invited."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Mapping
from typing import Any

import httpx
import pytest

from guestlist.doors.probe import DOORS
from tests.answers import ASKS, App, masked
from tests.e2e.harness import Project, succeeded

INVITED, STRANGER = "ana@guestlist.example", "bob@guestlist.example"
MOST_CALLS = 18
NEEDS_A_LOOK = {
    *("imported-users", "other-database", "social-login", "enterprise-login", "passwordless-login"),
    *("domain-connection", "other-applications", "new-applications", "other-grants", "taken-address"),
    *("login-actions", "second-factor"),
}


def doors(project: Project, *, exit_code: int, **environ: str | None) -> dict[str, Any]:
    """`guestlist doctor --doors --json` with these variables; `None` takes one away."""
    changed = {**project.environ, **environ}
    other = dataclasses.replace(project, environ={name: value for name, value in changed.items() if value is not None})
    done = other.guestlist("doctor", "--doors", "--env", "local", "--json")
    assert done.returncode == exit_code, done.stdout + done.stderr
    document: dict[str, Any] = json.loads(done.stdout)
    assert document["exitCode"] == exit_code
    return document


def statuses(document: Mapping[str, Any], status: str) -> set[str]:
    return {door["id"] for door in document["doors"] if door["status"] == status}


@pytest.fixture(scope="module")
def outputs(deployed: Project) -> dict[str, Any]:
    shown = deployed.pulumi("stack", "output", "--json", "--show-secrets", "-s", "local")
    found: dict[str, Any] = json.loads(succeeded(shown).stdout)
    return found


@pytest.fixture
def http(deployed: Project) -> Iterator[httpx.Client]:
    """A browser, which is nobody's."""
    with httpx.Client(base_url=f"https://{deployed.tenant.domain}", verify=_trusted(deployed)) as client:
        yield client


def _trusted(project: Project) -> Any:
    import ssl

    return ssl.create_default_context(cafile=project.environ["SSL_CERT_FILE"])


def test_every_door_is_shut_for_the_deployer_and_for_the_drift_reader(
    deployed: Project, outputs: Mapping[str, Any]
) -> None:
    before = len(deployed.tenant.get("/users")), len(deployed.tenant.get("/clients"))
    reader = {
        "AUTH0_CLIENT_ID": outputs["driftReaderClientId"],
        "AUTH0_CLIENT_SECRET": outputs["driftReaderClientSecret"],
    }
    for credentials in ({}, reader):
        document = doors(deployed, exit_code=0, **credentials)
        assert statuses(document, "shut") == {door.id for door in DOORS}
        assert sum(document["calls"].values()) <= MOST_CALLS
    assert (len(deployed.tenant.get("/users")), len(deployed.tenant.get("/clients"))) == before


def test_without_credentials_the_rest_is_tried_with_the_client_id_of_the_state(deployed: Project) -> None:
    none = dict.fromkeys(("AUTH0_DOMAIN", "AUTH0_CLIENT_ID", "AUTH0_CLIENT_SECRET"))
    document = doors(deployed, exit_code=1, **none)
    assert statuses(document, "unknown") == NEEDS_A_LOOK
    assert statuses(document, "open") == set()


def test_another_tenants_credentials_are_refused(deployed: Project) -> None:
    other = dataclasses.replace(deployed, environ={**deployed.environ, "AUTH0_DOMAIN": "other.eu.auth0.com"})
    assert other.guestlist("doctor", "--doors", "--env", "local").returncode == 3


def _invite(http: httpx.Client, outputs: Mapping[str, Any]) -> None:
    """As the inviter does, without the mail."""
    credentials = {"client_id": outputs["inviterClientId"], "client_secret": outputs["inviterClientSecret"]}
    audience = f"https://{outputs['tenantDomain']}/api/v2/"
    asked = {"grant_type": "client_credentials", "audience": audience, **credentials}
    token = http.post("/oauth/token", json=asked).json()["access_token"]
    user = {"email": INVITED, "password": "Quite-another-word-47!", "connection": outputs["connectionName"]}
    made = http.post("/api/v2/users", json=user, headers={"authorization": f"Bearer {token}"})
    assert made.status_code == 201, made.text


@pytest.mark.parametrize("ask", ASKS)
def test_no_answer_tells_who_is_invited(
    deployed: Project, outputs: Mapping[str, Any], http: httpx.Client, ask: str
) -> None:
    connection = outputs["connectionName"]
    if not deployed.tenant.get("/users-by-email", email=INVITED):
        _invite(http, outputs)
    client = deployed.tenant.get(f"/clients/{outputs['applicationClientId']}")
    app = App(client_id=client["client_id"], callback=client["callbacks"][0], connection=connection)
    known, unknown = (masked(ASKS[ask](http, app, address), address) for address in (INVITED, STRANGER))
    assert known == unknown
    assert not known.startswith("5")


def test_a_door_that_somebody_opens_is_named(deployed: Project, outputs: Mapping[str, Any]) -> None:
    path = f"/connections/{outputs['connectionId']}"
    options = deployed.tenant.get(path)["options"]
    deployed.tenant.write("PATCH", path, {"options": {**options, "disable_signup": False}})
    document = doors(deployed, exit_code=2)
    assert statuses(document, "open") == {"sign-up", "sign-up-page"}
    assert "guestlist up --refresh --env local" in str(document["doors"])
