"""
Settings that are each well formed and cannot be true together, or need one another.

Looks at what is written, valid or not, so that all faults of a file are told at once.
Not here: each setting by itself (`settings_types.py`), whose things are (`settings_ownership.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from .settings_applications import Tokens
from .settings_faults import Fault, show, show_text

_KEY = "guestlist:"
MOST_APPLICATIONS = 100  # their client ids travel in one secret of an Action, which takes 4096 characters

# By service or provider: the settings that it needs, those that it may have, and the secret that goes with it.
_EMAIL: Mapping[str, tuple[frozenset[str], frozenset[str], str]] = {
    "smtp": (frozenset({"smtpHost"}), frozenset({"smtpPort", "smtpUser"}), ""),
    "azure": (frozenset(), frozenset(), "emailSecret"),
    "mailgun": (frozenset({"domain"}), frozenset({"region"}), "emailSecret"),
    "mandrill": (frozenset(), frozenset(), "emailSecret"),
    "ms365": (frozenset({"tenantId", "clientId"}), frozenset(), "emailSecret"),
    "sendgrid": (frozenset(), frozenset(), "emailSecret"),
    "ses": (frozenset({"region", "accessKeyId"}), frozenset(), "emailSecret"),
    "sparkpost": (frozenset(), frozenset({"region"}), "emailSecret"),
}
_REFRESH_TOKEN_DEFAULTS: Mapping[str, Any] = {
    name: Tokens().model_dump(by_alias=True)[name] for name in ("refreshTokenIdleSec", "refreshTokenSec")
}
_PHONE: Mapping[str, tuple[frozenset[str], frozenset[str], str]] = {
    "auth0": (frozenset(), frozenset(), ""),
    "twilio": (frozenset({"twilioSid"}), frozenset({"fromNumber", "messagingServiceSid"}), "twilioAuthToken"),
    "custom": (frozenset({"webhookUrl"}), frozenset(), "phoneWebhookSecret"),
}


def contradictions(public: Mapping[str, object], secrets: Mapping[str, object], *, file: str) -> list[Fault]:
    """Find them, in the order of the settings."""
    return [
        Fault(file=file, key=_KEY + key, problem=problem, remedy=remedy, shown=shown)
        for found in (
            _applications(public),
            _mfa(public),
            _email(public, secrets),
            _invite(public),
            _phone(public, secrets),
            _login_domain(public),
            _attack_protection(public),
            _lifetimes(public),
            _hosts(public),
        )
        for key, problem, remedy, shown in found
    ]


_Found = Iterator[tuple[str, str, str, str]]  # key, problem, remedy, what may be shown of the value


def _applications(public: Mapping[str, object]) -> _Found:
    written = {
        "application": _group(public, "application"),
        **_other_applications(public),
    }
    names: dict[str, str] = {}
    for place, one in written.items():
        if not one:
            continue
        yield from _application(place, one)
        name = one.get("name")
        if not isinstance(name, str):
            continue
        if name in names:
            yield f"{place}.name", f"must differ from {_KEY}{names[name]}.name", "they are told apart by it", show(name)
        names.setdefault(name, place)
    if len(written) > MOST_APPLICATIONS:
        yield (
            "otherApplications",
            f"must hold {MOST_APPLICATIONS - 1} applications or fewer",
            "make another environment",
            "",
        )


def _application(place: str, one: Mapping[str, Any]) -> _Found:
    ours_alone = ("callbackUrls", "logoutUrls", "webOrigins", "kind")
    if one.get("existing") is True:
        for name in ours_alone:
            if name in one:
                yield (
                    f"{place}.{name}",
                    "must not be there while it is existing",
                    "the application is left as it is",
                    "",
                )
        return
    for name in ("callbackUrls", "logoutUrls"):
        if name not in one:
            yield f"{place}.{name}", "is missing", "such as https://app.example.com; or write existing: true", ""
    if "webOrigins" in one and one.get("kind") != "spa":
        yield f"{place}.webOrigins", "must not be there unless kind is spa", "only a page renews tokens by itself", ""


def _mfa(public: Mapping[str, object]) -> _Found:
    mfa, owner = _group(public, "mfa"), _group(public, "ownership").get("mfa", "own")
    if mfa.get("order") != "afterProfile" or mfa.get("enabled") is False:
        return
    if mfa.get("appliesTo") == "clients":
        yield (
            "mfa.appliesTo",
            "must not be clients while mfa.order is afterProfile",
            "only the tenant's policy asks after the page, and it asks everybody",
            "",
        )
    if owner == "leave":
        yield (
            "ownership.mfa",
            "must not be leave while mfa.order is afterProfile",
            "nobody would be asked for a second factor; write own or require",
            "",
        )


def _email(public: Mapping[str, object], secrets: Mapping[str, object]) -> _Found:
    email = _group(public, "email")
    if not email:
        return
    if _group(public, "ownership").get("emailProvider", "own") == "own":
        yield from _choice("email.service", email.get("service", "smtp"), email, _EMAIL, secrets)
    # The mail server needs both, or neither.
    if (email.get("smtpUser") is not None) != ("smtpPassword" in secrets):
        has, lacks = (
            ("smtpPassword", "email.smtpUser") if "smtpPassword" in secrets else ("email.smtpUser", "smtpPassword")
        )
        yield has, f"is set, but {_KEY}{lacks} is not", "the mail server needs both, or neither", ""


def _invite(public: Mapping[str, object]) -> _Found:
    invite, email = _group(public, "invite"), _group(public, "email")
    if invite.get("delivery") == "ticket" and email:
        owned = _group(public, "ownership").get("emailProvider", "own") == "own"
        service = email.get("service", "smtp")
        if owned and service != "smtp":
            remedy = "we mail the link through email.smtpHost: write auth0, or service smtp"
            yield "invite.delivery", f"must not be ticket while email.service is {show_text(str(service))}", remedy, ""
        elif not owned and "smtpHost" not in email:
            yield "email.smtpHost", "is missing", "invite.delivery ticket mails the link through it", ""
    mfa = _group(public, "mfa")
    factors = mfa.get("factors", ["sms"])
    if invite.get("preEnrolPhone") is True and (mfa.get("enabled") is False or "sms" not in factors):
        yield (
            "invite.preEnrolPhone",
            "must not be true without sms among mfa.factors",
            "the phone would not be asked for",
            "",
        )


def _phone(public: Mapping[str, object], secrets: Mapping[str, object]) -> _Found:
    phone = _group(public, "phone")
    provider = phone.get("provider")
    if provider is None:
        written = sorted({"twilioSid", "fromNumber", "messagingServiceSid", "webhookUrl"} & set(phone))
        sealed = sorted({"twilioAuthToken", "phoneWebhookSecret"} & set(secrets))
        for key in [*(f"phone.{name}" for name in written), *sealed]:
            yield key, "must not be there without phone.provider", "nobody would use it", ""
        if phone.get("experience") == "legacy":
            remedy = "Guardian keeps who sends messages with its phone factor: write auth0, or who it is"
            yield "phone.provider", "is missing", remedy, ""
        return
    owner = _group(public, "ownership")
    if owner.get("phone", "own") != "own":
        return
    if phone.get("experience") == "legacy" and owner.get("mfa") in {"leave", "require"}:
        problem = "must not be own while ownership.mfa is not and phone.experience is legacy"
        remedy = "Guardian keeps who sends messages with its phone factor: write phone: leave, or mfa: own"
        yield "ownership.phone", problem, remedy, ""
    yield from _choice("phone.provider", provider, phone, _PHONE, secrets)
    senders = {"fromNumber", "messagingServiceSid"} & set(phone)
    if provider == "twilio" and not senders:
        yield "phone.fromNumber", "is missing", "Twilio needs it, or messagingServiceSid", ""
    if provider == "twilio" and len(senders) > 1:
        remedy = "Auth0 takes one sender; the messaging service chooses a number by itself"
        yield "phone.fromNumber", "must not be there beside phone.messagingServiceSid", remedy, ""


def _attack_protection(public: Mapping[str, object]) -> _Found:
    written = _group(public, "attackProtection")
    if written.get("allowedIps") and not {"bruteForceAttempts", "suspiciousIpThrottling", "botDetection"} & set(
        written
    ):
        remedy = "it is about bruteForceAttempts, suspiciousIpThrottling and botDetection, where they are set; write one of them"
        yield "attackProtection.allowedIps", "must not be there alone", remedy, ""


def _choice(
    key: str,
    chosen: object,
    written: Mapping[str, Any],
    table: Mapping[str, tuple[frozenset[str], frozenset[str], str]],
    secrets: Mapping[str, object],
) -> _Found:
    """What goes with one of several services: what it needs is there, what another one needs is not."""
    if not isinstance(chosen, str) or chosen not in table:
        return
    group = key.partition(".")[0]
    needed, possible, secret = table[chosen]
    for name in sorted(needed - set(written)):
        yield f"{group}.{name}", "is missing", f"{chosen} needs it", ""
    known = frozenset().union(*(one | other for one, other, _ in table.values()))
    for name in sorted((set(written) & known) - needed - possible):
        yield (
            f"{group}.{name}",
            f"must not be there while {key} is {chosen}",
            f"{chosen} has no use for it",
            "",
        )
    for one in sorted({other for _, _, other in table.values() if other}):
        if one == secret and one not in secrets:
            yield one, "is missing", f"{chosen} needs it: pulumi config set --secret {_KEY}{one}", ""
        elif one != secret and one in secrets:
            yield one, f"must not be there while {key} is {chosen}", "take the key out", ""


def _login_domain(public: Mapping[str, object]) -> _Found:
    domain = _group(public, "loginDomain")
    if domain.get("inUse") is True and "name" not in domain:
        yield "loginDomain.name", "is missing", "inUse says that its DNS record is there", ""


def _lifetimes(public: Mapping[str, object]) -> _Found:
    for group, idle, whole, defaults in (
        ("sessions", "idleLifetimeHours", "lifetimeHours", {}),
        ("tokens", "refreshTokenIdleSec", "refreshTokenSec", _REFRESH_TOKEN_DEFAULTS),
    ):
        written = {**defaults, **_group(public, group)}
        shorter, longer = written.get(idle), written.get(whole)
        if isinstance(shorter, int) and isinstance(longer, int) and shorter > longer:
            yield (
                f"{group}.{idle}",
                f"must not be more than {group}.{whole}",
                "it would never be reached",
                show(shorter),
            )


def _hosts(public: Mapping[str, object]) -> _Found:
    domain = _group(public, "tenant").get("domain")
    login = _group(public, "loginDomain").get("name")
    for key, url in _urls(public):
        where = _netloc(url)
        if isinstance(domain, str) and domain and where == domain:
            yield (
                key,
                "must not be on the tenant's domain",
                "it is Auth0's own host; cookies and pages of the flow need a host of yours",
                show(url),
            )
        elif isinstance(login, str) and login and where.partition(":")[0] == login:
            yield key, "must not be on loginDomain.name", "Auth0 serves that host", show(url)


def _urls(public: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    yield "profile.pageUrl", _group(public, "profile").get("pageUrl")
    yield "phone.webhookUrl", _group(public, "phone").get("webhookUrl")
    for place, application in {
        "application": _group(public, "application"),
        **_other_applications(public),
    }.items():
        yield f"{place}.initiateLoginUri", application.get("initiateLoginUri")
        for name in ("callbackUrls", "logoutUrls", "webOrigins"):
            urls = application.get(name)
            for index, url in enumerate(urls if isinstance(urls, list) else []):
                yield f"{place}.{name}[{index}]", url


def _other_applications(public: Mapping[str, object]) -> Mapping[str, Mapping[str, Any]]:
    """By where they are written; their keys may be anything still."""
    return {
        f"otherApplications.{show_text(str(key))}": _mapping(one)
        for key, one in _group(public, "otherApplications").items()
    }


def _netloc(url: object) -> str:
    try:
        return urlsplit(url).netloc if isinstance(url, str) else ""
    except ValueError:
        return ""


def _group(public: Mapping[str, object], name: str) -> Mapping[str, Any]:
    return _mapping(public.get(name))


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
