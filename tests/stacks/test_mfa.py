"""Which second factors, whom they are asked of, and when."""

import pytest

from tests.stacks.running import POLICY_BEFORE, Ran, run

AFTER, CLIENTS = {"order": "afterProfile"}, {"appliesTo": "clients"}
ALL_FACTORS = {"phone", "otp", "webauthnRoaming"}


def things(ran: Ran) -> set[str]:
    return {name for name in ran.named("tenant-backup").plain["things"] if name.startswith(("mfa", "factor"))}


def secret_of(ran: Ran, action: str, name: str) -> str:
    return str({entry["name"]: entry["value"] for entry in ran.named(action).plain["secrets"]}[name])


@pytest.mark.parametrize(
    ("factors", "declared", "named"),
    [
        (["sms"], {"phone"}, "phone"),
        (["otp"], {"otp"}, "otp"),
        (["otp", "sms"], {"otp", "phone"}, "otp,phone"),
        (["webauthn", "otp", "sms"], ALL_FACTORS, "webauthn-roaming,otp,phone"),
    ],
)
def test_the_factors_that_are_asked_for_are_declared_and_offered_in_their_order(
    monkeypatch: pytest.MonkeyPatch, factors: list[str], declared: set[str], named: str
) -> None:
    ran = run(monkeypatch, mfa={"factors": factors})

    guardian = ran.named("guardian")
    assert set(guardian.plain) == {"policy", *declared}
    assert ALL_FACTORS & guardian.ignore_changes == ALL_FACTORS - declared
    assert secret_of(ran, "require-mfa", "FACTORS") == named


def test_a_factor_that_is_not_asked_for_is_not_saved(monkeypatch: pytest.MonkeyPatch) -> None:
    assert things(run(monkeypatch, mfa={"factors": ["otp"]})) == {"mfa-policy", "factor-otp"}


def test_after_the_profile_the_policy_asks_and_no_action(monkeypatch: pytest.MonkeyPatch) -> None:
    ran = run(monkeypatch, mfa=AFTER)

    assert "require-mfa" not in {resource.name for resource in ran.custom()}
    assert [entry["displayName"] for entry in ran.named("post-login").plain["actions"]] == ["complete-profile"]
    assert ran.named("guardian").plain["policy"] == "all-applications"


def test_after_the_profile_no_action_may_choose_factors(monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(monkeypatch, mfa=AFTER).named("tenant").plain["customizeMfaInPostloginAction"] is False


def test_before_the_profile_the_action_may_choose_factors(monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(monkeypatch).named("tenant").plain["customizeMfaInPostloginAction"] is True


def test_after_the_profile_without_the_page_the_trigger_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    ran = run(monkeypatch, mfa=AFTER, profile={"enabled": False})

    assert not {"post-login", "post-login-backup"} & {resource.name for resource in ran.custom()}
    assert "guardian" in {resource.name for resource in ran.custom()}


def test_for_our_clients_alone_the_tenants_policy_is_kept_and_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    guardian = run(monkeypatch, mfa=CLIENTS).named("guardian")

    assert guardian.plain["policy"] == POLICY_BEFORE[0]
    assert "policy" in guardian.ignore_changes


def test_for_our_clients_alone_the_action_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    ran = run(monkeypatch, mfa=CLIENTS)

    assert ran.named("post-login").plain["actions"][0]["displayName"] == "require-mfa"
    assert things(ran) == {"factor-sms"}


def test_a_first_preview_for_our_clients_alone_does_not_need_the_backup(monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(monkeypatch, preview=True, mfa=CLIENTS).named("guardian").plain["policy"] == "never"


def test_the_policy_for_everybody_is_not_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "policy" not in run(monkeypatch).named("guardian").ignore_changes


def test_without_mfa_there_is_no_guardian_and_one_action(monkeypatch: pytest.MonkeyPatch) -> None:
    ran = run(monkeypatch, mfa={"enabled": False})

    assert not {"guardian", "require-mfa"} & {resource.name for resource in ran.custom()}
    assert [entry["displayName"] for entry in ran.named("post-login").plain["actions"]] == ["complete-profile"]
    assert things(ran) == set()
    assert ran.named("tenant").plain["customizeMfaInPostloginAction"] is False
