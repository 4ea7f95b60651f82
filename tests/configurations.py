"""
Configurations of the environment `local` for the tests that try every switch, and random ones.

A change is `{group: values}` on top of what the environment has, with the secrets that it needs; `None` takes a value out.
Not here: trying them (`tests/e2e/test_switches.py`, `tests/soak.py`).
"""

import copy
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import SecretStr

from stacks.settings import check, local_secret

Change = Mapping[str, Any]
Config = dict[str, Any]
FILE = Path(__file__).resolve().parents[1] / "config" / "Pulumi.local.yaml"
URLS = {"callbackUrls": ["https://more.localhost:8443/callback"], "logoutUrls": ["https://more.localhost:8443"]}
MORE = "https://more.localhost:8443/login"
EXISTING = "Portal"  # an application that the tenant has to have
TWILIO = {"provider": "twilio", "twilioSid": "AC" + "0" * 32}
SECRETS = {
    "smtpPassword": "a-password-of-a-mail-server",
    "previousToPageSecret": local_secret("previousToPageSecret"),
    "previousFromPageSecret": local_secret("previousFromPageSecret"),
    "emailSecret": "an-api-key-of-a-service",
    "twilioAuthToken": "a-token-of-twilio",
    "phoneWebhookSecret": local_secret("phoneWebhookSecret"),
}
EMAIL: Mapping[str, Mapping[str, Any]] = {
    "smtp": {"smtpHost": "localhost", "smtpPort": 2525},
    "azure": {},
    "mailgun": {"domain": "mg.example.com", "region": "eu"},
    "mandrill": {},
    "ms365": {"tenantId": "a-directory", "clientId": "an-application"},
    "sendgrid": {},
    "ses": {"region": "eu-west-1", "accessKeyId": "AKIAEXAMPLE"},
    "sparkpost": {"region": "eu"},
}
EXPERIENCES = ("unified", "legacy")
NO_SMTP = {"smtpHost": None, "smtpPort": None}


def email(service: str) -> Change:
    """Mails through one service."""
    settings = {**({} if service == "smtp" else NO_SMTP), **EMAIL[service], "service": service}
    return {"email": settings, **({} if service == "smtp" else {"secrets": ["emailSecret"]})}


def phone(experience: str, provider: str | None, *, service: bool = False) -> Change:
    """Text messages by one provider, with texts of our own; a messaging service of Twilio instead of a number."""
    texts = {"enrollmentText": "{{code}} to join", "verificationText": "{{code}} to log in"}
    sender = {"messagingServiceSid": "MG" + "0" * 32} if service else {"fromNumber": "+4915123456789"}
    by_provider: Mapping[str | None, Change] = {
        None: {"phone": {"verificationText": texts["verificationText"]}},
        "auth0": {"phone": {"provider": "auth0", **texts}},
        "twilio": {"phone": {**TWILIO, **sender}, "secrets": ["twilioAuthToken"]},
        "custom": {
            "phone": {"provider": "custom", "webhookUrl": "https://sms.localhost:8443/hook"},
            "secrets": ["phoneWebhookSecret"],
        },
    }
    chosen = copy.deepcopy(dict(by_provider[provider]))
    chosen["phone"] = {**chosen["phone"], "experience": experience}
    return chosen


OWNED = (
    "tenantSettings",
    "mfa",
    "emailProvider",
    "resetEmail",
    "postLogin",
    "phone",
    "branding",
    "resetTexts",
    "attackProtection",
    "loginDomain",
)
# Every switch that is not another one's consequence: its name, and a change for each value that is not what the environment has.
SWITCHES: Mapping[str, list[Change]] = {
    "application.kind": [
        {"application": {"kind": "spa", "webOrigins": ["https://app.localhost:8443"]}},
        {"application": {"kind": "native"}},
    ],
    "application.existing": [
        {"application": {"existing": True, "name": EXISTING, "callbackUrls": None, "logoutUrls": None}},
    ],
    "application.name": [{"application": {"name": "Renamed"}}],
    "otherApplications": [
        {"otherApplications": {"more": {"name": "More", "kind": "regular_web", "initiateLoginUri": MORE, **URLS}}},
        {"otherApplications": {"more": {"name": "More", "kind": "spa", "webOrigins": URLS["logoutUrls"], **URLS}}},
        {"otherApplications": {"more": {"name": "More", "kind": "native", **URLS}}},
        {"otherApplications": {"portal": {"name": EXISTING, "existing": True}}},
    ],
    "mfa.enabled": [{"mfa": {"enabled": False}}],
    "mfa.factors": [
        {"mfa": {"factors": list(one)}} for one in (("otp",), ("webauthn", "sms"), ("sms", "otp", "webauthn"))
    ],
    "mfa.order": [{"mfa": {"order": "afterProfile"}}],
    "mfa.appliesTo": [{"mfa": {"appliesTo": "clients"}}],
    "profile.enabled": [{"profile": {"enabled": False}}],
    "profile.store": [{"profile": {"store": "root"}}],
    "profile.appliesTo": [{"profile": {"appliesTo": "invited"}}],
    "email.service": [
        *(email(service) for service in EMAIL if service != "smtp"),
        {"email": {"smtpUser": "guestlist"}, "secrets": ["smtpPassword"]},
    ],
    "phone": [
        phone("unified", None),
        *(phone(experience, one) for experience in EXPERIENCES for one in ("auth0", "twilio", "custom")),
        *(phone(experience, "twilio", service=True) for experience in EXPERIENCES),
    ],
    "loginDomain": [{"loginDomain": {"name": "login.localhost", "inUse": in_use}} for in_use in (False, True)],
    "branding": [
        {"branding": {"logoUrl": "https://cdn.example.com/logo.svg", "fontUrl": "https://cdn.example.com/font.woff2"}},
        {
            "branding": {
                "primaryColor": "#112233",
                "backgroundColor": "#ffffff",
                "faviconUrl": "https://cdn.example.com/i.ico",
            }
        },
    ],
    "languages": [{"languages": ["de"]}, {"languages": ["en", "ar", "he", "fr", "es"]}],
    "sessions": [{"sessions": {"lifetimeHours": 720, "idleLifetimeHours": 24}}],
    "tokens": [
        {"tokens": {"idTokenSec": 60, "refreshTokenSec": 3600, "refreshTokenIdleSec": 60, "refreshLeewaySec": 0}},
    ],
    "attackProtection.bruteForceAttempts": [{"attackProtection": {"bruteForceAttempts": 5}}],
    "attackProtection.suspiciousIpThrottling": [
        {"attackProtection": {"suspiciousIpThrottling": on, "allowedIps": ["203.0.113.0/24"]}} for on in (True, False)
    ],
    "attackProtection.breachedPasswords": [
        {"attackProtection": {"breachedPasswords": one}} for one in ("off", "block")
    ],
    "attackProtection.botDetection": [
        {"attackProtection": {"botDetection": one}} for one in ("off", "low", "medium", "high")
    ],
    **{f"ownership.{name}": [{"ownership": {name: whose}} for whose in ("leave", "require")] for name in OWNED},
    "protect": [{"protect": True}],
    "actions.postLogin": [{"actions": {"postLogin": ["@require-mfa", "@complete-profile"]}}],
    "connection": [{"connection": {"name": "staff", "passwordMinLength": 8, "passwordHistorySize": 24}}],
    "invite.linkTtlSec": [{"invite": {"linkTtlSec": one}} for one in (3600, 30 * 24 * 3600)],
    "invite.delivery": [{"invite": {"delivery": "ticket"}}],
    "invite.revoke": [{"invite": {"revoke": "delete"}}],
    "invite.preEnrolPhone": [{"invite": {"preEnrolPhone": True}}],
    "tenant": [{"tenant": {"supportEmail": "help@example.com", "supportUrl": "https://example.com/help"}}],
    "tenant.plan": [
        {
            "tenant": {"plan": "free"},
            "mfa": {"enabled": False},
            "ownership": {"emailProvider": "leave", "resetEmail": "leave"},
        },
        *({"tenant": {"plan": one}} for one in ("essentials", "professional", "enterprise")),
    ],
    "allow": [{"allow": [{"rule": "redirect-moved", "reason": "the application moves", "until": "2026-12-31"}]}],
    "rotation": [{"secrets": ["previousToPageSecret", "previousFromPageSecret"]}],
}


# What a switch makes pointless: the switches whose values nobody would see then.
SHADOWS: Sequence[tuple[Change, tuple[str, ...]]] = (
    ({"mfa": {"enabled": False}}, ("mfa.factors", "mfa.order", "mfa.appliesTo", "ownership.mfa", "phone")),
    ({"profile": {"enabled": False}}, ("profile.store", "profile.appliesTo", "rotation")),
    *(
        ({"ownership": {name: whose}}, hidden)
        for whose in ("leave", "require")
        for name, hidden in {
            "tenantSettings": ("languages", "sessions", "tenant"),
            "mfa": ("mfa.",),
            "emailProvider": ("email.service",),
            "resetEmail": ("invite.linkTtlSec",),
            "postLogin": ("actions.postLogin",),
            "phone": ("phone",),
            "branding": ("branding",),
            "resetTexts": ("languages",),
            "attackProtection": ("attackProtection.",),
            "loginDomain": ("loginDomain",),
        }.items()
        if (name, whose) != ("emailProvider", "require")
    ),
)


@cache
def base() -> Change:
    """The environment as the project has it, without its secrets; do not change it."""
    config = yaml.safe_load(FILE.read_text())["config"]
    return {key.removeprefix("guestlist:"): value for key, value in config.items() if not key.endswith("Secret")}


def merged(whole: Change, change: Change) -> Config:
    """The change on top: groups are merged, everything else replaced; `None` takes out."""
    together = copy.deepcopy(dict(whole))
    for group, values in change.items():
        if isinstance(values, dict) and isinstance(together.get(group, {}), dict):
            both = {**together.get(group, {}), **copy.deepcopy(values)}
            together[group] = {key: value for key, value in both.items() if value is not None}
        elif group == "secrets":
            together[group] = sorted({*together.get(group, []), *values})
        else:
            together[group] = values
    return together


def overlap(one: Change, other: Change) -> bool:
    """Whether both write the same setting."""
    return any(
        not isinstance(one[group], dict) or not isinstance(other[group], dict) or set(one[group]) & set(other[group])
        for group in (set(one) & set(other)) - {"secrets"}
    )


def hides(change: Change, name: str) -> bool:
    """Whether nobody would see what the other switch says."""
    return any(
        merged(change, shadow) == change
        and any(name == one or (one.endswith(".") and name.startswith(one)) for one in hidden)
        for shadow, hidden in SHADOWS
    )


Choice = tuple[str, Change]  # the switch, and one of its changes


def choices() -> list[Choice]:
    """Every value of every switch."""
    return [(name, change) for name, changes in SWITCHES.items() for change in changes]


def go_together(one: Choice, other: Choice) -> bool:
    """Whether both may be tried at once, and each be seen."""
    return (
        one[0] != other[0]
        and not overlap(one[1], other[1])
        and not hides(one[1], other[0])
        and not hides(other[1], one[0])
    )


def whole(taken: Sequence[Choice]) -> Config:
    """All of them on top of what the environment has."""
    config = dict(base())
    for _, change in taken:
        config = merged(config, change)
    return config


def is_valid(config: Change) -> bool:
    """Whether the check finds no fault in it, secrets included."""
    public = {f"guestlist:{key}": value for key, value in config.items() if key != "secrets"}
    secrets = {name: local_secret(name) for name in ("toPageSecret", "fromPageSecret")}
    secrets |= {name: SECRETS[name] for name in config.get("secrets", [])}
    sealed = {f"guestlist:{name}": SecretStr(value) for name, value in secrets.items()}
    return not check({**public, **sealed}, environment="local").faults


def can_follow(config: Change) -> bool:
    """Whether an `up` can come to it from any other: an application that exists has to be there."""
    application = config["application"]
    return not application.get("existing") or bool(application["name"] == EXISTING)


def requires(config: Change) -> bool:
    """Whether the tenant has to be prepared."""
    return "require" in config.get("ownership", {}).values()


# What an ownership is about has to be there, for it to make a difference.
ABOUT: Mapping[str, Config] = {
    "ownership.tenantSettings": {"sessions": {"lifetimeHours": 100}},
    "ownership.loginDomain": {"loginDomain": {"name": "login.localhost"}},
    "ownership.branding": {"branding": {"primaryColor": "#112233"}},
    "ownership.attackProtection": {"attackProtection": {"bruteForceAttempts": 5, "botDetection": "low"}},
    "ownership.resetTexts": {"languages": ["en", "de"]},
    "ownership.phone": phone("unified", "twilio"),
}


def all_owned_by(whose: str) -> Config:
    """Everything tenant-wide is somebody's, and there is something of everything."""
    config: Config = dict(base())
    for change in ABOUT.values():
        config = merged(config, change)
    return merged(config, {"ownership": dict.fromkeys(OWNED, whose)})
