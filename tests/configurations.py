"""
Configurations of the environment `local` for the tests that try every switch, and random ones.

A change is `{group: values}` on top of what the environment has, with the secrets that it needs; `None` takes a value out.
Not here: trying them (`tests/e2e/test_switches.py`, `tests/soak.py`).
"""

import copy
from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st
from pydantic import SecretStr

from stacks.settings import check, local_secret

Change = Mapping[str, Any]
URLS = {"callbackUrls": ["https://more.localhost:8443/callback"], "logoutUrls": ["https://more.localhost:8443"]}
EXISTING = "Portal"  # an application that the tenant has to have
TWILIO = {"provider": "twilio", "twilioSid": "AC" + "0" * 32}
SECRETS = {
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
NO_SMTP = {"smtpHost": None, "smtpPort": None}


def email(service: str) -> Change:
    """Mails through one service."""
    settings = {**({} if service == "smtp" else NO_SMTP), **EMAIL[service], "service": service}
    return {"email": settings, **({} if service == "smtp" else {"secrets": ["emailSecret"]})}


def phone(experience: str, provider: str | None) -> Change:
    """Text messages by one provider, with texts of our own."""
    texts = {"enrollmentText": "{{code}} to join", "verificationText": "{{code}} to log in"}
    by_provider: Mapping[str | None, Change] = {
        None: {"phone": texts if experience == "unified" else {}},
        "auth0": {"phone": {"provider": "auth0", **texts}},
        "twilio": {"phone": {**TWILIO, "fromNumber": "+4915123456789"}, "secrets": ["twilioAuthToken"]},
        "custom": {
            "phone": {"provider": "custom", "webhookUrl": "https://sms.localhost:8443/hook"},
            "secrets": ["phoneWebhookSecret"],
        },
    }
    chosen = copy.deepcopy(dict(by_provider[provider]))
    chosen["phone"] = {**chosen["phone"], "experience": experience}
    return chosen


# Every switch that is not another one's consequence: its name, and a change for each value that is not the default.
SWITCHES: Mapping[str, list[Change]] = {
    "application.kind": [
        {"application": {"kind": "spa", "webOrigins": ["https://app.localhost:8443"]}},
        {"application": {"kind": "native"}},
    ],
    "otherApplications": [
        {"otherApplications": {"more": {"name": "More", "kind": kind, **URLS}}}
        for kind in ("regular_web", "spa", "native")
    ],
    "otherApplications.existing": [{"otherApplications": {"portal": {"name": EXISTING, "existing": True}}}],
    "mfa.enabled": [{"mfa": {"enabled": False}}],
    "mfa.factors": [
        {"mfa": {"factors": list(one)}} for one in (("otp",), ("webauthn", "sms"), ("sms", "otp", "webauthn"))
    ],
    "mfa.order": [{"mfa": {"order": "afterProfile"}}],
    "mfa.appliesTo": [{"mfa": {"appliesTo": "clients"}}],
    "profile.enabled": [{"profile": {"enabled": False}}],
    "profile.store": [{"profile": {"store": "root"}}],
    "profile.appliesTo": [{"profile": {"appliesTo": "invited"}}],
    "email.service": [email(service) for service in EMAIL if service != "smtp"],
    "phone": [phone("unified", one) for one in (None, "auth0", "twilio", "custom")]
    + [phone("legacy", one) for one in ("auth0", "twilio", "custom")],
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
    "ownership": [
        {"ownership": {name: "leave"}}
        for name in (
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
    ],
    "protect": [{"protect": False}],
}


def merged(base: Change, change: Change) -> dict[str, Any]:
    """The change on top: groups are merged, everything else replaced; `None` takes out."""
    whole = copy.deepcopy(dict(base))
    for group, values in change.items():
        if isinstance(values, dict) and isinstance(whole.get(group, {}), dict):
            together = {**whole.get(group, {}), **values}
            whole[group] = {key: value for key, value in together.items() if value is not None}
        elif group == "secrets":
            whole[group] = [*whole.get(group, []), *values]
        else:
            whole[group] = values
    return whole


def combined(base: Change, changes: list[Change]) -> dict[str, Any] | None:
    """All changes at once, or `None` if they contradict each other."""
    whole = dict(base)
    for change in changes:
        whole = merged(whole, change)
    return whole if is_valid(whole) and not _gives_the_old_phone_experience_back(whole) else None


def _gives_the_old_phone_experience_back(config: Change) -> bool:
    """An environment that lets go of the tenant's settings, or of phones, cannot go on in the old experience: it is put back."""
    owner = config.get("ownership", {})
    is_left = "leave" in (owner.get("tenantSettings"), owner.get("phone"))
    return is_left and config.get("phone", {}).get("experience") == "legacy"


def is_valid(config: Change) -> bool:
    """Whether the check finds no fault in it, secrets included."""
    public = {f"guestlist:{key}": value for key, value in config.items() if key != "secrets"}
    secrets = {name: local_secret(name) for name in ("toPageSecret", "fromPageSecret")}
    secrets |= {name: SECRETS[name] for name in config.get("secrets", [])}
    sealed = {f"guestlist:{name}": SecretStr(value) for name, value in secrets.items()}
    return not check({**public, **sealed}, environment="local").faults


def rounds(base: Change) -> list[dict[str, Any]]:
    """
    Every value of every switch in few configurations: the first value of all switches that go together, then the second, and so on.

    What contradicts the others of its round waits for the next.
    """
    waiting = [(name, change) for name, changes in SWITCHES.items() for change in changes]
    found: list[dict[str, Any]] = []
    while waiting:
        taken: list[Change] = []
        names: set[str] = set()
        later: list[tuple[str, Change]] = []
        for name, change in waiting:
            if name not in names and combined(base, [*taken, change]) is not None:
                names.add(name)
                taken.append(change)
            else:
                later.append((name, change))
        if not taken:
            raise ValueError(f"no valid configuration has {later[0]}")
        whole = combined(base, taken)
        assert whole is not None
        found.append(whole)
        waiting = later
    return found


def configurations(base: Change) -> st.SearchStrategy[dict[str, Any]]:
    """Random valid ones: any value of any switches."""

    def whole(changes: list[Change]) -> dict[str, Any]:
        config = dict(base)
        for change in changes:
            tried = merged(config, change)
            config = tried if combined(tried, []) is not None else config
        return config

    one_each = [st.sampled_from([{}, *changes]) for changes in SWITCHES.values()]
    return st.tuples(*one_each).flatmap(lambda chosen: st.permutations(list(chosen))).map(whole)
