"""
What applying a change costs.

Not here: that the table is what a real first `up` makes (`tests/e2e/test_up.py`), that it holds every kind (`tests/stacks/test_preview_kinds.py`).
"""

from __future__ import annotations

import pytest

from guestlist.preview.budget import TIERS, Budget, budget_of
from guestlist.preview.change import Change
from tests.unit.preview.pictures import CLEAN, a_change


def calls(change: Change) -> dict[str, int]:
    return dict(budget_of([change]).calls)


def test_a_changed_application_is_written_and_read() -> None:
    change = a_change("update", "Client application", {"name": "B"}, before={"name": "A"})

    assert calls(change) == {"GET /clients/{id}": 1, "PATCH /clients/{id}": 1}


def test_a_replacement_is_a_delete_and_a_create() -> None:
    change = a_change("replace", "Client application")

    assert calls(change) == {"POST /clients": 1, "DELETE /clients/{id}": 1, "GET /clients/{id}": 1}


def test_what_is_kept_costs_nothing() -> None:
    assert calls(a_change("delete", "Guardian guardian", retained=True)) == {}
    assert calls(a_change("delete", "Guardian guardian")) == {
        "PUT /guardian/policies": 1,
        "PUT /guardian/factors/{name}": 8,
    }


def test_of_guardian_only_what_changed_is_written() -> None:
    was = {"policy": "all-applications", "otp": True}
    policy = a_change("update", "Guardian guardian", {**was, "policy": "never"}, before=was)
    factor = a_change("update", "Guardian guardian", {**was, "otp": False}, before=was)

    assert calls(policy) == {"GET /guardian/factors": 1, "GET /guardian/policies": 1, "PUT /guardian/policies": 1}
    assert calls(factor) == {"GET /guardian/factors": 1, "PUT /guardian/factors/{name}": 1, "GET /guardian/policies": 1}


@pytest.mark.parametrize(
    ("provider", "writes"),
    [
        (None, {"message-types"}),
        ("phone-message-hook", {"message-types", "selected-provider"}),
        ("auth0", {"message-types", "selected-provider", "templates"}),
        ("twilio", {"message-types", "selected-provider", "templates", "twilio"}),
    ],
)
def test_a_phone_factor_that_holds_its_sender_writes_it(provider: str | None, writes: set[str]) -> None:
    phone = {"enabled": True, "provider": provider}
    made = calls(a_change("create", "Guardian guardian", {"policy": "never", "phone": phone}))

    assert {
        one.rpartition("/")[2] for one in made if (one.startswith("PUT ") and "/phone/" in one) or "/sms/" in one
    } == writes


def test_of_the_defences_only_what_changed_is_written_and_all_are_read() -> None:
    was = CLEAN["AttackProtection attack-protection"]
    change = a_change(
        "update",
        "AttackProtection attack-protection",
        {**was, "botDetection": {"botDetectionLevel": "low"}},
        before=was,
    )

    assert {one for one in calls(change) if one.startswith("PATCH ")} == {"PATCH /attack-protection/bot-detection"}
    assert sum(calls(change).values()) == 6


def test_each_connection_that_is_closed_is_a_call() -> None:
    change = a_change(
        "update", "ApplicationConnections doors", {"connections": ["a"]}, before={"connections": ["a", "b", "c"]}
    )

    assert calls(change) == {"GET /clients/{id}/connections": 1, "PATCH /connections/{id}/clients": 2}


def test_the_backup_reads_each_page_once() -> None:
    things = ["factor-sms", "factor-otp", "tenant-settings", "languages", "reset-texts-de", "reset-texts-en"]

    assert calls(a_change("create", "TenantBackup tenant-backup", {"things": things})) == {
        "GET /actions/triggers/{triggerId}/bindings": 1,
        "GET /guardian/factors": 1,
        "GET /prompts/{prompt}/custom-text/{language}": 2,
        "GET /tenants/settings": 1,
    }


def test_what_leaves_the_backup_is_read_and_put_back() -> None:
    change = a_change(
        "update", "TenantBackup tenant-backup", {"things": ["branding"]}, before={"things": ["mfa-policy"]}
    )

    assert calls(change) == {
        "GET /actions/triggers/{triggerId}/bindings": 1,
        "GET /branding": 1,
        "GET /guardian/policies": 1,
        "PUT /guardian/policies": 1,
    }


def test_a_kind_that_nobody_counted_costs_nothing_known() -> None:
    assert calls(a_change("create", "Unknown thing")) == {}


def test_calls_are_seconds_by_what_a_tier_lets_through() -> None:
    budget = Budget(calls={"GET /clients": 40, "PATCH /clients/{id}": 8})

    assert budget.total == 48
    assert budget.by_tier == {"free": 24.0, "paid": 19.2, "enterprise": 3.0}
    assert list(TIERS) == ["free", "paid", "enterprise"]
