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
    "inviterClientId",
    "driftReaderClientId",
    "applicationClientIds",
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


def test_the_client_ids_of_all_applications_are_one_output(monkeypatch: pytest.MonkeyPatch) -> None:
    others = {"shop": {"name": "Shop", "existing": True}}

    assert run(monkeypatch, otherApplications=others).outputs["applicationClientIds"] == {
        "application": "client-of-application",
        "application-shop": "existing-client-of-application-shop",
    }


def test_once_the_login_domain_is_in_use_people_and_tokens_are_on_it(monkeypatch: pytest.MonkeyPatch) -> None:
    outputs = run(monkeypatch, loginDomain={"name": "login.localhost", "inUse": True}).outputs

    assert outputs["issuer"] == "https://login.localhost:8443/"
    assert outputs["page"]["continueUrl"] == "https://login.localhost:8443/continue"


def test_the_management_api_stays_on_the_tenants_own_domain(monkeypatch: pytest.MonkeyPatch) -> None:
    outputs = run(monkeypatch, loginDomain={"name": "login.localhost", "inUse": True}).outputs

    assert outputs["tenantDomain"] == DOMAIN
    assert outputs["page"]["tenantDomain"] == DOMAIN


def test_until_then_they_are_on_the_tenants_and_its_dns_record_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    outputs = run(monkeypatch, loginDomain={"name": "login.localhost"}).outputs

    assert outputs["issuer"] == f"https://{DOMAIN}/"
    assert outputs["page"]["continueUrl"] == f"https://{DOMAIN}/continue"
    assert "loginDomainVerification" in outputs


def test_a_login_domain_that_is_somebody_elses_is_used_and_not_made(monkeypatch: pytest.MonkeyPatch) -> None:
    outputs = run(
        monkeypatch, loginDomain={"name": "login.localhost", "inUse": True}, ownership={"loginDomain": "require"}
    ).outputs

    assert outputs["issuer"] == "https://login.localhost:8443/"
    assert "loginDomainVerification" not in outputs
