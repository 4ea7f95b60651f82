"""What a stack gives to the application, the page, the inviter and the drift check."""

import pytest

from stacks.settings import local_secret
from tests.stacks.running import DOMAIN, run

SECRET = {"applicationClientSecret", "inviterClientSecret", "driftReaderClientSecret", "page"}
PUBLIC = {
    "tenantDomain",
    "issuer",
    "connectionName",
    "connectionId",
    "applicationClientId",
    "applicationClientIds",
    "inviterClientId",
    "driftReaderClientId",
    "profilePageUrl",
}


def test_every_secret_output_is_secret_and_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    ran = run(monkeypatch)

    assert ran.secret_outputs == SECRET
    assert set(ran.outputs) == SECRET | PUBLIC


def test_the_outputs_are_those_of_the_declared_resources(monkeypatch: pytest.MonkeyPatch) -> None:
    outputs = run(monkeypatch).outputs

    assert outputs["issuer"] == f"https://{DOMAIN}/"
    assert outputs["applicationClientId"] == "client-of-application"
    assert outputs["applicationClientSecret"] == "secret-of-application"
    assert outputs["inviterClientSecret"] == "secret-of-inviter"
    assert outputs["driftReaderClientSecret"] == "secret-of-drift-reader"
    assert outputs["connectionId"] == "id-of-invited-users"


def test_the_page_gets_what_it_is_started_with(monkeypatch: pytest.MonkeyPatch) -> None:
    page = run(monkeypatch, previousToPageSecret=local_secret("previousToPageSecret")).outputs["page"]

    assert page == {
        "tenantDomain": DOMAIN,
        "continueUrl": f"https://{DOMAIN}/continue",
        "pageUrl": "https://profile.localhost:8445",
        "toPageSecret": local_secret("toPageSecret"),
        "previousToPageSecret": local_secret("previousToPageSecret"),
        "fromPageSecret": local_secret("fromPageSecret"),
    }


def test_without_a_rotation_the_page_gets_no_previous_key(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "previousToPageSecret" not in run(monkeypatch).outputs["page"]


def test_logins_are_on_the_login_domain_once_its_dns_record_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    made = run(monkeypatch, loginDomain={"name": "login.localhost"}).outputs
    used = run(monkeypatch, loginDomain={"name": "login.localhost", "inUse": True}).outputs

    assert made["issuer"] == f"https://{DOMAIN}/"
    assert used["issuer"] == "https://login.localhost:8443/"
    assert used["page"]["continueUrl"] == "https://login.localhost:8443/continue"
    assert used["tenantDomain"] == DOMAIN, "the Management API stays on the tenant's own domain"


def test_every_application_has_its_client_id_and_those_with_a_server_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    urls = {"callbackUrls": ["https://a.localhost:1/c"], "logoutUrls": ["https://a.localhost:1"]}
    others = {"page": {"name": "Page", "kind": "spa", **urls}, "old": {"name": "Old", "existing": True}}

    ran = run(monkeypatch, otherApplications=others)

    assert ran.outputs["applicationClientIds"] == {
        "application": "client-of-application",
        "application-page": "client-of-application-page",
        "application-old": "existing-application-old",
    }
    assert ran.secret_outputs == SECRET
