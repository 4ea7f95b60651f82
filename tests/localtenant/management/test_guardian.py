"""Guardian: factors, policy, message types, the refusals of the Unified Phone Experience, enrollment tickets."""

import pytest

LEGACY = ["selected-provider", "providers/twilio", "templates"]


def test_a_fresh_tenant_has_every_factor_off_and_no_policy(a_tenant):
    tenant = a_tenant()
    factors = tenant.get("/guardian/factors").json()
    assert [factor["name"] for factor in factors][:2] == ["sms", "push-notification"]
    assert len(factors) == 8
    assert not any(factor["enabled"] for factor in factors)
    assert tenant.get("/guardian/policies").json() == []


def test_a_factor_is_switched_on(a_tenant):
    tenant = a_tenant()
    assert tenant.put("/guardian/factors/sms", json={"enabled": True}).json() == {"enabled": True}
    on = [factor["name"] for factor in tenant.get("/guardian/factors").json() if factor["enabled"]]
    assert on == ["sms"]


def test_the_phone_factor_is_not_called_phone(a_tenant):
    assert not a_tenant().put("/guardian/factors/phone", json={"enabled": True}).is_success


def test_the_policy_is_a_bare_array(a_tenant):
    tenant = a_tenant()
    assert tenant.put("/guardian/policies", json=["all-applications"]).json() == ["all-applications"]
    assert tenant.get("/guardian/policies").json() == ["all-applications"]
    assert tenant.put("/guardian/policies", json={"policies": []}).status_code == 400


def test_message_types_are_replaced(a_tenant):
    tenant = a_tenant()
    assert tenant.get("/guardian/factors/phone/message-types").json() == {"message_types": []}
    tenant.put("/guardian/factors/phone/message-types", json={"message_types": ["sms"]})
    assert tenant.get("/guardian/factors/phone/message-types").json() == {"message_types": ["sms"]}


@pytest.mark.parametrize("path", LEGACY)
@pytest.mark.parametrize("factor", ["phone", "sms"])
def test_with_the_unified_phone_experience_guardian_has_no_provider_of_its_own(a_tenant, factor, path):
    answer = a_tenant().get(f"/guardian/factors/{factor}/{path}")
    assert answer.status_code == 403
    assert answer.json()["message"].startswith("Insufficient privileges to use this deprecated feature.")


@pytest.mark.parametrize("path", LEGACY)
def test_without_it_phone_and_sms_are_two_names_of_the_same_settings(a_tenant, path):
    tenant = a_tenant()
    tenant.patch("/tenants/settings", json={"phone_consolidated_experience": False})
    written = {
        "selected-provider": {"provider": "twilio"},
        "providers/twilio": {"from": "+15550100", "sid": "sid", "auth_token": "token"},
        "templates": {"enrollment_message": "enroll {{code}}", "verification_message": "verify {{code}}"},
    }[path]
    assert tenant.put(f"/guardian/factors/phone/{path}", json=written).json() == written
    read = tenant.get(f"/guardian/factors/sms/{path}").json()
    assert {name: read[name] for name in written} == written


@pytest.mark.parametrize(
    ("path", "written", "secret"),
    [
        ("push-notification/providers/apns", {"sandbox": False, "bundle_id": "com.example", "p12": "key"}, "p12"),
        ("push-notification/providers/fcm", {"server_key": "key"}, "server_key"),
        (
            "push-notification/providers/sns",
            {"aws_access_key_id": "id", "aws_secret_access_key": "key", "aws_region": "eu-west-1"},
            "aws_secret_access_key",
        ),
    ],
)
def test_keys_of_push_providers_are_never_read_back(a_tenant, path, written, secret):
    tenant = a_tenant()
    assert tenant.put(f"/guardian/factors/{path}", json=written).status_code == 200
    assert secret not in tenant.get(f"/guardian/factors/{path}").json()


def test_settings_of_a_factor_read_back_as_written(a_tenant):
    tenant = a_tenant()
    written = {"host": "api.example.com", "ikey": "key", "skey": "secret"}
    assert tenant.put("/guardian/factors/duo/settings", json=written).json() == written
    assert tenant.get("/guardian/factors/duo/settings").json() == written


def test_settings_of_factors_need_the_factors_scope(a_tenant):
    stranger = a_tenant().with_scopes("read:users")
    assert stranger.get("/guardian/factors/duo/settings").status_code == 403


def test_an_enrollment_ticket_is_made_for_a_user(a_tenant):
    tenant = a_tenant()
    tenant.tenant.store.put("users", "auth0|1", {"user_id": "auth0|1"})
    ticket = tenant.post("/guardian/enrollments/ticket", json={"user_id": "auth0|1", "factor": "phone"}).json()
    assert ticket["ticket_url"] == f"https://localhost:8443/mfa/enrollment?ticket={ticket['ticket_id']}"
    kept = tenant.tenant.store.get("guardian_enrollment_tickets", ticket["ticket_id"])
    assert kept["user_id"] == "auth0|1"


def test_an_enrollment_ticket_for_nobody_is_refused(a_tenant):
    answer = a_tenant().post("/guardian/enrollments/ticket", json={"user_id": "auth0|1"})
    assert answer.status_code == 404


def test_an_unknown_enrollment_is_a_404(a_tenant):
    answer = a_tenant().get("/guardian/enrollments/dev_0000000000000001")
    assert (answer.status_code, answer.json()["errorCode"]) == (404, "enrollment_not_found")
