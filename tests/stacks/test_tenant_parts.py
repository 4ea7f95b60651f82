"""What an environment may say about the tenant, each part declared only where it says something; retained, because our backup restores."""

from pathlib import Path
from typing import Any

import pytest

from stacks import phone as phone_module
from tests.stacks.running import FONT_BEFORE, SENDER_BEFORE, Ran, is_secret, run
from tests.stacks.things import ENROLL, EVERYTHING, SID, VERIFY

PHONE = {"provider": "twilio", "twilioSid": SID, "fromNumber": "+4915123456789"}
TOKEN = "5d4c3b2a1f0e9d8c7b6a5f4e3d2c1b0a"
HOOK = {"provider": "custom", "webhookUrl": "https://sms.localhost:8444/hook"}
HOOK_KEY = "vR7nQ2mX9kL4tB8wD3sF6hJ1pZ5cY0aGeUiOoTrEbNdKfSgWqHxMlVyCzAjP2468"


def names(ran: Ran) -> set[str]:
    return {resource.name for resource in ran.custom()}


def things(ran: Ran) -> set[str]:
    return set(ran.named("tenant-backup").plain["things"])


@pytest.fixture(scope="module")
def plain() -> Ran:
    """One run that says nothing about any of these."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        return run(monkeypatch)


@pytest.fixture(scope="module")
def whole() -> Ran:
    """One run that says something about each of them."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        return run(
            monkeypatch, **EVERYTHING, twilioAuthToken=TOKEN, loginDomain={"name": "login.localhost"}, protect=True
        )


PARTS = {
    "branding",
    "attack-protection",
    "phone-provider",
    "phone-enrollment-text",
    "phone-verification-text",
    "login-domain",
    *(f"reset-texts-{language}" for language in EVERYTHING["languages"]),
}


def test_where_nothing_is_said_nothing_is_declared(plain: Ran) -> None:
    assert not PARTS & names(plain)
    declared = set(plain.named("tenant").plain)
    assert not {"enabledLocales", "sessionLifetime", "idleSessionLifetime", "phoneConsolidatedExperience"} & declared


def test_where_something_is_said_it_is_declared(whole: Ran) -> None:
    assert names(whole) >= PARTS


def test_all_but_the_login_domain_are_put_back_by_the_backup(whole: Ran) -> None:
    restored = PARTS - {"login-domain"}

    assert {name for name in PARTS if whole.named(name).retain_on_delete} == restored
    assert things(whole) >= (restored - {"attack-protection"}) | {"brute-force", "suspicious-ips", "bots"}


@pytest.mark.parametrize(
    ("setting", "resources"),
    [
        ("branding", {"branding"}),
        ("resetTexts", {name for name in PARTS if name.startswith("reset-texts")}),
        ("attackProtection", {"attack-protection"}),
        ("phone", {name for name in PARTS if name.startswith("phone")}),
        ("loginDomain", {"login-domain"}),
    ],
)
def test_what_is_not_ours_is_not_declared(
    monkeypatch: pytest.MonkeyPatch, whole: Ran, setting: str, resources: set[str]
) -> None:
    changes = {**EVERYTHING, "loginDomain": {"name": "login.localhost"}, "ownership": {setting: "leave"}}

    ran = run(monkeypatch, **changes, twilioAuthToken=TOKEN)

    assert names(whole) - names(ran) == resources


def test_the_tenants_languages_sessions_and_phone_experience_are_its_settings(whole: Ran) -> None:
    tenant = whole.named("tenant").plain

    assert tenant["enabledLocales"] == EVERYTHING["languages"]
    assert (tenant["sessionLifetime"], tenant["idleSessionLifetime"]) == (24, 8)
    assert tenant["phoneConsolidatedExperience"] is True


def test_what_is_left_out_of_branding_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    branding = run(monkeypatch, branding={"primaryColor": "#123456"}).named("branding").plain

    assert branding["colors"] == {"primary": "#123456"}
    assert not {"logoUrl", "faviconUrl"} & set(branding)


def test_a_font_that_nobody_names_is_the_one_that_was_there(monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(monkeypatch, branding={"primaryColor": "#123456"}).named("branding").plain["font"] == {
        "url": FONT_BEFORE
    }
    named = "https://example.com/font.woff2"
    assert run(monkeypatch, branding={"fontUrl": named}).named("branding").plain["font"] == {"url": named}


PROTECTIONS = {"bruteForceProtection", "suspiciousIpThrottling", "breachedPasswordDetection", "botDetection"}


@pytest.mark.parametrize(
    ("said", "declared", "fields"),
    [
        ({"bruteForceAttempts": 5}, "bruteForceProtection", {"enabled": True, "maxAttempts": 5}),
        ({"suspiciousIpThrottling": True}, "suspiciousIpThrottling", {"enabled": True}),
        ({"suspiciousIpThrottling": False}, "suspiciousIpThrottling", {"enabled": False}),
        ({"breachedPasswords": "block"}, "breachedPasswordDetection", {"enabled": True, "shields": ["block"]}),
        ({"breachedPasswords": "off"}, "breachedPasswordDetection", {"enabled": False}),
        (
            {"botDetection": "high"},
            "botDetection",
            {"botDetectionLevel": "high", "challengePasswordPolicy": "when_risky"},
        ),
        ({"botDetection": "off"}, "botDetection", {"challengePasswordPolicy": "never"}),
    ],
    ids=str,
)
def test_of_attack_protection_the_rest_is_neither_declared_nor_drift(
    monkeypatch: pytest.MonkeyPatch, said: dict[str, Any], declared: str, fields: dict[str, Any]
) -> None:
    protection = run(monkeypatch, attackProtection=said).named("attack-protection")

    assert set(protection.plain) == {declared}
    assert protection.plain[declared].items() >= fields.items()
    assert protection.ignore_changes == (PROTECTIONS | {"captcha"}) - {declared}


def test_addresses_that_are_allowed_are_allowed_by_all_that_is_set(whole: Ran) -> None:
    protection = whole.named("attack-protection").plain

    for part in ("bruteForceProtection", "suspiciousIpThrottling", "botDetection"):
        assert protection[part]["allowlists"] == EVERYTHING["attackProtection"]["allowedIps"]


def test_twilio_sends_and_its_token_is_a_secret(whole: Ran) -> None:
    provider = whole.named("phone-provider")

    assert provider.plain["name"] == "twilio"
    assert provider.plain["configuration"] == {
        "deliveryMethods": ["text"],
        "sid": SID,
        "defaultFrom": "+4915123456789",
    }
    assert provider.plain["credentials"] == {"authToken": TOKEN}
    assert is_secret(provider.inputs["credentials"])


def test_what_messages_say_is_by_their_kind(whole: Ran) -> None:
    said = {
        (text := whole.named(f"phone-{kind}-text").plain)["type"]: text["content"]["body"]["text"]
        for kind in ("enrollment", "verification")
    }

    assert said == {"otp_enroll": ENROLL, "otp_verify": VERIFY}


def test_messages_can_be_sent_before_mfa_asks_for_one(whole: Ran) -> None:
    waits_for = whole.named("guardian").depends_on

    assert {whole.named(name).urn for name in ("phone-provider", "phone-verification-text", "tenant")} <= waits_for


def test_auth0_itself_needs_no_provider(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "phone-provider" not in names(run(monkeypatch, phone={"provider": "auth0"}))


def test_an_older_tenant_has_its_sender_and_texts_in_guardian(monkeypatch: pytest.MonkeyPatch) -> None:
    ran = run(
        monkeypatch,
        phone={**PHONE, "experience": "legacy", "enrollmentText": ENROLL, "verificationText": VERIFY},
        twilioAuthToken=TOKEN,
    )

    phone = ran.named("guardian").plain["phone"]
    assert phone["provider"] == "twilio"
    assert phone["options"] == {
        "sid": SID,
        "authToken": TOKEN,
        "from": "+4915123456789",
        "enrollmentMessage": ENROLL,
        "verificationMessage": VERIFY,
    }
    assert is_secret(ran.named("guardian").inputs["phone"])
    assert not {"phone-provider", "phone-enrollment-text", "phone-verification-text"} & names(ran)
    assert things(ran) >= {"phone-in-guardian", "phone-experience"}
    assert ran.named("tenant").plain["phoneConsolidatedExperience"] is False


def test_an_older_tenants_sender_that_is_left_stays_who_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    phone = {"provider": "auth0", "experience": "legacy"}

    declared = run(monkeypatch, phone=phone, ownership={"phone": "leave"}).named("guardian").plain["phone"]

    assert (declared["provider"], "options" in declared) == (SENDER_BEFORE, False)


@pytest.fixture
def webhook(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The Action's file, in both folders."""
    for trigger in ("custom-phone-provider", "send-phone-message"):
        (tmp_path / trigger).mkdir()
        (tmp_path / trigger / "phone-webhook.js").write_text(f"// {trigger}")
    monkeypatch.setattr(phone_module, "ACTIONS", tmp_path)


@pytest.mark.usefixtures("webhook")
def test_a_web_hook_is_an_action_that_is_there_before_its_provider(monkeypatch: pytest.MonkeyPatch) -> None:
    ran = run(monkeypatch, phone=HOOK, phoneWebhookSecret=HOOK_KEY)

    action, provider = ran.named("phone-webhook"), ran.named("phone-provider")
    assert (action.plain["supportedTriggers"]["id"], action.plain["code"]) == (
        "custom-phone-provider",
        "// custom-phone-provider",
    )
    assert action.urn in provider.depends_on
    assert provider.plain["name"] == "custom"
    assert "phone-webhook-binding" not in names(ran)


@pytest.mark.usefixtures("webhook")
def test_in_an_older_tenant_a_web_hook_is_bound_to_guardians_trigger(monkeypatch: pytest.MonkeyPatch) -> None:
    ran = run(monkeypatch, phone={**HOOK, "experience": "legacy"}, phoneWebhookSecret=HOOK_KEY)

    assert ran.named("phone-webhook-binding").plain["trigger"] == "send-phone-message"
    assert ran.named("guardian").plain["phone"]["provider"] == "phone-message-hook"
    assert ran.named("phone-webhook").urn in ran.named("guardian").depends_on
    assert "phone-provider" not in names(ran)


@pytest.mark.usefixtures("webhook")
def test_a_web_hooks_key_is_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = run(monkeypatch, phone=HOOK, phoneWebhookSecret=HOOK_KEY).named("phone-webhook").inputs["secrets"]

    assert {entry["name"]: is_secret(entry) for entry in secrets} == {"WEBHOOK_URL": False, "WEBHOOK_SECRET": True}


def test_a_login_domain_is_verified_once_its_record_is_there(monkeypatch: pytest.MonkeyPatch, whole: Ran) -> None:
    ran = run(monkeypatch, loginDomain={"name": "login.localhost", "inUse": True})

    assert "login-domain-verification" not in names(whole)
    assert ran.named("login-domain-verification").plain["customDomainId"] == "id-of-login-domain"


def test_where_protection_is_on_mfa_attack_protection_and_the_login_domain_stay_too(whole: Ran) -> None:
    assert {resource.name for resource in whole.custom() if resource.protect} == {
        "application",
        "attack-protection",
        "guardian",
        "invited-users",
        "login-domain",
    }


@pytest.mark.parametrize(
    ("group", "values", "added"),
    [
        ("branding", {"primaryColor": "#112233"}, {"branding"}),
        ("languages", ["en", "he"], {"reset-texts-en", "reset-texts-he"}),
        ("attackProtection", {"bruteForceAttempts": 5}, {"attack-protection"}),
        ("loginDomain", {"name": "login.localhost", "inUse": True}, {"login-domain", "login-domain-verification"}),
        ("phone", {"enrollmentText": ENROLL}, {"phone-enrollment-text"}),
        ("sessions", {"lifetimeHours": 100}, set()),
        ("tokens", {"idTokenSec": 60}, set()),
    ],
)
def test_what_is_said_of_one_part_declares_no_other(
    monkeypatch: pytest.MonkeyPatch, plain: Ran, group: str, values: Any, added: set[str]
) -> None:
    assert names(run(monkeypatch, **{group: values})) - names(plain) == added
