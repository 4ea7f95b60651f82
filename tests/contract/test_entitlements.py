"""What the program says a plan lacks is what the local tenant refuses on that plan, feature by feature."""

from typing import Any

import pytest

from localtenant.errors import ManagementError
from localtenant.management.entitlements import Plan, check_entitlement
from stacks.entitlements import FEATURES, PLANS, Feature

# By setting: the request with which the program asks the tenant for it.
ASKED: dict[str, tuple[str, str, Any]] = {
    "mfa.factors": ("PUT", "/guardian/factors/{name}", {"enabled": True}),
    "email.service": ("POST", "/emails/provider", {"name": "smtp", "enabled": True}),
    "ownership.resetEmail": ("PATCH", "/email-templates/{templateName}", {"subject": "Your invitation"}),
    "phone.enrollmentText": ("PUT", "/guardian/factors/phone/templates", {"enrollment_message": "{{code}}"}),
    "attackProtection.breachedPasswords": (
        "PATCH",
        "/attack-protection/breached-password-detection",
        {"enabled": True},
    ),
    "attackProtection.botDetection": ("PATCH", "/attack-protection/bot-detection", {"bot_detection_level": "high"}),
    "sessions.lifetimeHours": ("PATCH", "/tenants/settings", {"session_lifetime": 721}),
    "sessions.idleLifetimeHours": ("PATCH", "/tenants/settings", {"idle_session_lifetime": 73}),
}


def is_refused(plan: str, request: tuple[str, str, Any]) -> bool:
    try:
        check_entitlement(Plan(plan), *request)
    except ManagementError:
        return True
    return False


def test_both_know_the_same_plans() -> None:
    assert list(PLANS) == [plan.value for plan in Plan]


def test_every_feature_is_asked_for_by_a_request() -> None:
    assert {feature.key for feature in FEATURES} == set(ASKED)


@pytest.mark.parametrize("feature", FEATURES, ids=lambda feature: feature.key)
def test_the_tenant_refuses_what_the_program_says_is_lacking(feature: Feature) -> None:
    refused = [plan for plan in PLANS if is_refused(plan, ASKED[feature.key])]

    assert refused == list(PLANS[: PLANS.index(feature.least)])
