"""
Each tenant-wide thing as somebody else has it and as an `up` makes it, with what an environment wants of it.

Not here: what is claimed of them (`test_tenant_wide.py`).
"""

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from stacks.ownership import Values
from stacks.reset_email import MailLook, reset_email_body, reset_email_subject
from stacks.reset_texts import reset_texts
from stacks.settings import Settings
from stacks.settings_types import LANGUAGES
from stacks.wanted import written
from tests.stacks.fake_tenant import FakeTenant
from tests.stacks.running import some_settings

SID = "AC" + "0" * 32
ENROLL, VERIFY = "{{code}} to join", "{{code}} to log in"
EVERYTHING: dict[str, Any] = {
    "mfa": {"factors": ["sms", "otp", "webauthn"]},
    "phone": {
        "experience": "unified",
        "provider": "twilio",
        "twilioSid": SID,
        "fromNumber": "+4915123456789",
        "enrollmentText": ENROLL,
        "verificationText": VERIFY,
    },
    "branding": {
        "logoUrl": "https://app.localhost:8444/logo.svg",
        "primaryColor": "#123456",
        "backgroundColor": "#654321",
    },
    "languages": list(LANGUAGES),
    "sessions": {"lifetimeHours": 24, "idleLifetimeHours": 8},
    "attackProtection": {
        "bruteForceAttempts": 7,
        "suspiciousIpThrottling": True,
        "breachedPasswords": "block",
        "botDetection": "high",
        "allowedIps": ["203.0.113.0/24", "198.51.100.7"],
    },
}
ALLOWED = ["203.0.113.0/24", "198.51.100.7"]


def everything(**changes: Any) -> Settings:
    """An environment that says something about every group."""
    return some_settings(**{**EVERYTHING, **changes})


_WANTED: Mapping[str, Values] = {
    **written(everything(phone={**EVERYTHING["phone"], "experience": "legacy"})),
    **written(everything()),
    "login-domain": {},
}


@dataclass(frozen=True, kw_only=True)
class Case:
    """One thing."""

    name: str
    ours: Callable[[FakeTenant], Any]  # as an `up` makes it
    theirs: Callable[[FakeTenant], Any] | None = None  # as somebody has it who is not asked; None: there is no such way
    comes_back: bool = True  # Auth0 shows enough of it to put it back
    leaves_nothing: bool = True  # on a fresh tenant it can be undone whole

    @property
    def wanted(self) -> Values:
        return _WANTED[self.name]

    def __str__(self) -> str:
        return self.name


def _factor(name: str, *, enabled: bool) -> Callable[[FakeTenant], Any]:
    return lambda tenant: tenant.factors.update({name: enabled})


def _settings(**changes: Any) -> Callable[[FakeTenant], Any]:
    return lambda tenant: tenant.settings.update(changes)


def _document(path: str, **changes: Any) -> Callable[[FakeTenant], Any]:
    return lambda tenant: tenant.documents.update({path: {**tenant.documents[path], **changes}})


def _item(path: str, **item: Any) -> Callable[[FakeTenant], Any]:
    """Put one in, or write over the one of its id."""

    def put(tenant: FakeTenant) -> None:
        others = [one for one in tenant.lists[path] if one["id"] != item["id"]]
        tenant.lists[path] = [*others, copy.deepcopy(item)]

    return put


def _all(*changes: Callable[[FakeTenant], Any]) -> Callable[[FakeTenant], Any]:
    return lambda tenant: [change(tenant) for change in changes]


def _phone(tenant: FakeTenant, *, enabled: bool, message_types: list[str]) -> None:
    tenant.factors["sms"], tenant.message_types = enabled, message_types


def _texts(kind: str, text: str) -> Callable[[FakeTenant], Any]:
    content = {"syntax": "liquid", "body": {"text": text}}
    return _item("branding/phone/templates", id=f"tem_{kind}", type=kind, disabled=False, content=content)


def _policies(*policies: str) -> Callable[[FakeTenant], Any]:
    return lambda tenant: setattr(tenant, "policies", list(policies))


def _provider(**provider: Any) -> Callable[[FakeTenant], Any]:
    return lambda tenant: setattr(tenant, "provider", {"enabled": True, **provider})


def _template(**template: Any) -> Callable[[FakeTenant], Any]:
    return lambda tenant: setattr(tenant, "template", {**(tenant.template or {}), "enabled": True, **template})


_GUARDIAN, _PROTECTION = "guardian/factors/sms", "attack-protection"
_EMAIL = some_settings().email
_TTL = some_settings().invite.link_ttl_sec
CASES = (
    Case(name="mfa-policy", ours=_policies("all-applications"), theirs=_policies("confidence-score")),
    Case(
        name="factor-sms",
        ours=lambda tenant: _phone(tenant, enabled=True, message_types=["sms"]),
        theirs=lambda tenant: _phone(tenant, enabled=True, message_types=["voice"]),
    ),
    Case(name="factor-otp", ours=_factor("otp", enabled=True)),
    Case(name="factor-webauthn-roaming", ours=_factor("webauthn-roaming", enabled=True)),
    Case(
        name="reset-email",
        ours=_template(
            subject=reset_email_subject(),
            body=reset_email_body(link_ttl_sec=_TTL, look=MailLook.of(everything().branding)),
            urlLifetimeInSeconds=_TTL,
            **{"from": f"Guestlist <{_EMAIL.from_address}>"},
        ),
        theirs=_template(
            subject="Theirs",
            body="<p>Theirs</p>",
            urlLifetimeInSeconds=3600,
            **{"from": "Theirs <theirs@example.com>"},
        ),
        leaves_nothing=False,
    ),
    Case(
        name="email-provider",
        ours=_provider(
            name="smtp",
            default_from_address=_EMAIL.from_address,
            credentials={"smtp_host": "localhost", "smtp_port": 2525, "smtp_user": "guestlist"},
        ),
        theirs=_provider(name="ses", credentials={"region": "eu-west-1"}),
        comes_back=False,
    ),
    Case(
        name="phone-provider",
        ours=_item(
            "branding/phone/providers",
            id="pro_1",
            name="twilio",
            disabled=False,
            configuration={"sid": SID, "default_from": "+4915123456789", "delivery_methods": ["text"]},
        ),
        theirs=_item(
            "branding/phone/providers",
            id="pro_1",
            name="custom",
            disabled=False,
            configuration={"delivery_methods": ["text", "voice"]},
        ),
        comes_back=False,
    ),
    Case(name="phone-enrollment-text", ours=_texts("otp_enroll", ENROLL), theirs=_texts("otp_enroll", "{{code}}")),
    Case(name="phone-verification-text", ours=_texts("otp_verify", VERIFY), theirs=_texts("otp_verify", "{{code}}")),
    Case(
        name="phone-in-guardian",
        ours=_all(
            _document(f"{_GUARDIAN}/selected-provider", provider="twilio"),
            _document(f"{_GUARDIAN}/providers/twilio", sid=SID, **{"from": "+4915123456789"}),
            _document(f"{_GUARDIAN}/templates", enrollment_message=ENROLL, verification_message=VERIFY),
        ),
        theirs=_all(
            _document(f"{_GUARDIAN}/selected-provider", provider="phone-message-hook"),
            _document(f"{_GUARDIAN}/templates", verification_message="{{code}} is theirs"),
        ),
    ),
    Case(
        name="brute-force",
        ours=_document(f"{_PROTECTION}/brute-force-protection", max_attempts=7, allowlist=ALLOWED),
        theirs=_document(f"{_PROTECTION}/brute-force-protection", max_attempts=3),
    ),
    Case(
        name="suspicious-ips",
        ours=_document(f"{_PROTECTION}/suspicious-ip-throttling", enabled=True, allowlist=ALLOWED),
        theirs=_document(f"{_PROTECTION}/suspicious-ip-throttling", allowlist=["192.0.2.1"]),
    ),
    Case(
        name="breached-passwords",
        ours=_document(
            f"{_PROTECTION}/breached-password-detection",
            enabled=True,
            shields=["block"],
            stage={"pre-user-registration": {"shields": []}, "pre-change-password": {"shields": ["block"]}},
        ),
        theirs=_document(f"{_PROTECTION}/breached-password-detection", enabled=True, shields=["admin_notification"]),
    ),
    Case(
        name="bots",
        ours=_document(
            f"{_PROTECTION}/bot-detection",
            challenge_password_policy="when_risky",
            challenge_password_reset_policy="when_risky",
            bot_detection_level="high",
            allowlist=ALLOWED,
        ),
        theirs=_document(f"{_PROTECTION}/bot-detection", challenge_password_policy="always"),
    ),
    Case(
        name="branding",
        ours=_document(
            "branding",
            logo_url="https://app.localhost:8444/logo.svg",
            colors={"primary": "#123456", "page_background": "#654321"},
        ),
        theirs=_document("branding", logo_url="https://theirs.example.com/logo.svg", font={"url": "https://f.example"}),
    ),
    *(
        Case(
            name=f"reset-texts-{language}",
            ours=_document(f"prompts/reset-password/custom-text/{language}", **reset_texts(language)),
            theirs=_document(f"prompts/reset-password/custom-text/{language}", **{"reset-password": {"title": "x"}}),
        )
        for language in LANGUAGES
    ),
    Case(
        name="login-domain",
        ours=_item("custom-domains", id="cd_1", domain="login.localhost", status="pending_verification"),
        leaves_nothing=False,  # the engine deletes it
    ),
    Case(
        name="tenant-settings",
        ours=_settings(
            friendly_name="Guestlist",
            support_email="support@example.com",
            default_redirection_uri="https://app.localhost:8444/login",
            customize_mfa_in_postlogin_action=True,
            flags={"revoke_refresh_token_grant": False, "enable_client_connections": False},
        ),
        theirs=_settings(
            friendly_name="Theirs", flags={"revoke_refresh_token_grant": False, "enable_client_connections": True}
        ),
    ),
    Case(
        name="languages",
        ours=_settings(enabled_locales=list(LANGUAGES)),
        theirs=_settings(enabled_locales=["en", "pt"]),
    ),
    Case(
        name="sessions",
        ours=_settings(session_lifetime=24, idle_session_lifetime=8),
        theirs=_settings(session_lifetime=72, idle_session_lifetime=24),
    ),
    Case(
        name="phone-experience",
        ours=_settings(phone_consolidated_experience=True),
    ),
)
