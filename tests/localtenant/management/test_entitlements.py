"""What a plan lacks is a 403 in Auth0's words, and nothing else is refused."""

import pytest

from localtenant.errors import ManagementError
from localtenant.management.entitlements import FEATURES, Plan, check_entitlement
from localtenant.management.operations import operations

BOT_DETECTION = {
    "statusCode": 403,
    "error": "Forbidden",
    "message": "Please upgrade your subscription to use bot detection",
    "errorCode": "insufficient_entitlement",
}
SMTP = {"smtp_host": "smtp.example.com", "smtp_port": 25, "smtp_user": "u", "smtp_pass": "p"}
# What a request asks for, and the least plan that has it.
GATED = [
    ("PATCH", "/attack-protection/captcha", {}, Plan.ENTERPRISE),
    ("PATCH", "/attack-protection/breached-password-detection", {"enabled": True}, Plan.PROFESSIONAL),
    ("PATCH", "/attack-protection/breached-password-detection", {"method": "enhanced"}, Plan.ENTERPRISE),
    ("PUT", "/guardian/factors/{name}", {"enabled": True}, Plan.ESSENTIALS),
    ("PUT", "/guardian/factors/phone/templates", {}, Plan.ESSENTIALS),
    ("PUT", "/guardian/policies", ["confidence-score"], Plan.ENTERPRISE),
    ("GET", "/risk-assessments/settings", None, Plan.ENTERPRISE),
    ("POST", "/emails/provider", {"name": "smtp", "credentials": SMTP}, Plan.ESSENTIALS),
    ("PATCH", "/email-templates/{templateName}", {"subject": "Hello"}, Plan.ESSENTIALS),
    ("PATCH", "/email-templates/{templateName}", {"resultUrl": "https://example.com"}, Plan.ENTERPRISE),
    ("PUT", "/prompts/{prompt}/partials", {"login": {"form-content-start": "x"}}, Plan.ESSENTIALS),
    ("POST", "/connections", {"options": {"enabledDatabaseCustomization": True}}, Plan.PROFESSIONAL),
    ("POST", "/client-grants", {"organization_usage": "allow"}, Plan.PROFESSIONAL),
    ("PATCH", "/clients/{id}", {"client_authentication_methods": {"private_key_jwt": {"credentials": [{}]}}}, Plan.ENTERPRISE),
    ("POST", "/clients", {"oidc_logout": {"backchannel_logout_urls": ["https://example.com"]}}, Plan.ENTERPRISE),
    ("POST", "/custom-domains", {"type": "self_managed_certs"}, Plan.ENTERPRISE),
    ("PATCH", "/tenants/settings", {"session_lifetime": 721}, Plan.ENTERPRISE),
    ("PATCH", "/tenants/settings", {"idle_session_lifetime": 73}, Plan.ENTERPRISE),
    ("GET", "/network-acls", None, Plan.ENTERPRISE),
    ("DELETE", "/users/{user_id}/sessions", None, Plan.ENTERPRISE),
    ("DELETE", "/users/{user_id}/refresh-tokens", None, Plan.ENTERPRISE),
]  # fmt: skip
ALWAYS = [
    ("PATCH", "/attack-protection/breached-password-detection", {"enabled": False}),
    ("GET", "/attack-protection/breached-password-detection", None),
    ("PATCH", "/attack-protection/brute-force-protection", {"enabled": True}),
    ("PATCH", "/attack-protection/suspicious-ip-throttling", {"enabled": True}),
    ("PUT", "/guardian/factors/{name}", {"enabled": False}),
    ("PUT", "/guardian/policies", []),
    ("PUT", "/guardian/policies", ["all-applications"]),
    ("PATCH", "/email-templates/{templateName}", {"enabled": False}),
    ("DELETE", "/emails/provider", None),
    ("PUT", "/prompts/{prompt}/partials", {}),
    ("POST", "/connections", {"options": {"enabledDatabaseCustomization": False}}),
    ("POST", "/client-grants", {"organization_usage": "deny"}),
    ("PATCH", "/clients/{id}", {"client_authentication_methods": None, "oidc_logout": None}),
    ("POST", "/custom-domains", {"type": "auth0_managed_certs"}),
    ("PATCH", "/tenants/settings", {"session_lifetime": 720, "idle_session_lifetime": 72}),
    ("PATCH", "/tenants/settings", {"session_lifetime": None}),
    ("POST", "/roles", {"name": "editor"}),
]


def passes(plan, method, path, body):
    try:
        check_entitlement(plan, method, path, body)
    except ManagementError as refusal:
        return refusal.status != 403
    return True


@pytest.mark.parametrize(("method", "path", "body", "least"), GATED)
def test_a_feature_is_there_from_its_plan_upwards(method, path, body, least):
    order = list(Plan)
    assert [plan for plan in Plan if passes(plan, method, path, body)] == order[order.index(least) :]


@pytest.mark.parametrize(("method", "path", "body"), ALWAYS)
def test_the_free_plan_can_switch_things_off_and_use_what_all_have(method, path, body):
    assert passes(Plan.FREE, method, path, body)


def test_the_enterprise_plan_has_everything():
    assert max(list(Plan).index(feature.least) for feature in FEATURES) == list(Plan).index(Plan.ENTERPRISE)
    assert all(passes(Plan.ENTERPRISE, method, path, body) for method, path, body, _ in GATED)


def test_every_gated_path_is_one_of_the_api(a_tenant):
    a_tenant()
    from localtenant.management.endpoint import ENDPOINTS

    known = {*operations(), *ENDPOINTS}
    for feature in FEATURES:
        for methods, paths in feature.operations:
            assert {(method, path) for method in methods.split("|") for path in paths} <= known


@pytest.mark.parametrize("protection", ["bot-detection", "captcha"])
@pytest.mark.parametrize("method", ["GET", "PATCH"])
def test_bot_detection_is_refused_in_the_recorded_words(a_tenant, protection, method):
    answer = a_tenant(plan=Plan.PROFESSIONAL).call(method, f"/attack-protection/{protection}")
    assert (answer.status_code, answer.json()) == (403, BOT_DETECTION)


def test_scopes_and_payload_are_asked_first(a_tenant):
    tenant = a_tenant(plan=Plan.FREE)
    answer = tenant.with_scopes("read:clients").put("/guardian/factors/sms", json={"enabled": True})
    assert answer.json()["errorCode"] == "insufficient_scope"
    assert tenant.put("/guardian/factors/sms", json={"enabled": "yes"}).json()["errorCode"] == "invalid_body"
    assert tenant.put("/guardian/factors/sms", json={"enabled": True}).json()["errorCode"] == "insufficient_entitlement"


def test_what_is_refused_changes_nothing_and_is_logged(a_tenant):
    tenant = a_tenant(plan=Plan.FREE)
    tenant.put("/guardian/factors/otp", json={"enabled": True})
    assert not any(factor["enabled"] for factor in tenant.get("/guardian/factors").json())
    assert [entry["type"] for entry in tenant.logs()] == ["fapi"]


def test_a_result_url_is_for_enterprise_plans_only(a_tenant):
    template = {"template": "reset_email", "body": "", "from": "", "subject": "", "syntax": "liquid", "enabled": True}
    body = {**template, "resultUrl": "https://example.com"}
    answer = a_tenant(plan=Plan.PROFESSIONAL).post("/email-templates", json=body)
    assert answer.json() == {
        "statusCode": 403,
        "error": "Forbidden",
        "message": "Customizations for resultUrl are not allowed for non-enterprise tenants",
    }
    assert a_tenant().post("/email-templates", json=body).status_code == 200
