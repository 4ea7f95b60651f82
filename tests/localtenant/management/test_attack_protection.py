"""Attack protection, and the retired resources that tools still ask for."""

import pytest

PROTECTIONS = [
    "bot-detection",
    "breached-password-detection",
    "brute-force-protection",
    "captcha",
    "suspicious-ip-throttling",
]


@pytest.mark.parametrize("protection", PROTECTIONS)
def test_a_protection_is_never_an_empty_object(a_tenant, protection):
    assert a_tenant().get(f"/attack-protection/{protection}").json()


def test_brute_force_protection_is_on_from_the_start(a_tenant):
    assert a_tenant().get("/attack-protection/brute-force-protection").json() == {
        "enabled": True,
        "shields": ["block", "user_notification"],
        "mode": "count_per_identifier_and_ip",
        "allowlist": [],
        "max_attempts": 10,
    }


def test_switching_off_keeps_the_rest(a_tenant):
    tenant = a_tenant()
    tenant.patch("/attack-protection/brute-force-protection", json={"max_attempts": 5})
    tenant.patch("/attack-protection/brute-force-protection", json={"enabled": False})
    settings = tenant.get("/attack-protection/brute-force-protection").json()
    assert (settings["enabled"], settings["max_attempts"]) == (False, 5)


def test_stages_are_merged(a_tenant):
    tenant = a_tenant()
    path = "/attack-protection/suspicious-ip-throttling"
    stage = tenant.patch(path, json={"stage": {"pre-login": {"max_attempts": 5}}}).json()["stage"]
    assert stage["pre-login"] == {"max_attempts": 5, "rate": 864000}
    assert "pre-user-registration" in stage


def test_secrets_of_captcha_are_never_shown(a_tenant):
    tenant = a_tenant()
    change = {"active_provider_id": "hcaptcha", "hcaptcha": {"site_key": "site", "secret": "hidden"}}
    assert "hidden" not in tenant.patch("/attack-protection/captcha", json=change).text
    assert tenant.get("/attack-protection/captcha").json()["hcaptcha"] == {"site_key": "site"}


@pytest.mark.parametrize("path", ["/rules", "/rules-configs", "/hooks"])
def test_what_auth0_has_retired_is_empty(a_tenant, path):
    assert a_tenant().get(path).json() == []


def test_a_rule_cannot_be_made(a_tenant):
    assert a_tenant().post("/rules", json={"name": "rule", "script": "function () {}"}).status_code == 501


def test_every_stage_of_throttling_can_be_sent_back_as_it_was_read(a_tenant):
    tenant = a_tenant()
    settings = tenant.get("/attack-protection/suspicious-ip-throttling").json()

    assert tenant.patch("/attack-protection/suspicious-ip-throttling", json=settings).json() == settings
