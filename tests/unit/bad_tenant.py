"""MFA, login domain, looks, sessions and defences that are wrong."""

from typing import Any

from tests.unit.bad import Bad, setting, several
from tests.unit.environment_files import changed

TENANT = [
    setting("a plan that is none", "tenant/plan", "gold", 'tenant.plan must be free, essentials, professional or enterprise, got "gold" (such as essentials)'),
    setting("no factor", "mfa/factors", [], "mfa.factors must have one factor or more, got a list (to ask for none write mfa.enabled: false)"),
    setting("a factor twice", "mfa/factors", ["otp", "otp"], "mfa.factors must not hold anything twice, got a list (take one of them out)"),
    setting("a factor that is none", "mfa/factors", ["sms", "email"], 'mfa.factors[1] must be sms, otp or webauthn, got "email" (such as ["sms", "otp"])'),
    setting("an order that is none", "mfa/order", "first", 'mfa.order must be beforeProfile or afterProfile, got "first" (such as beforeProfile)'),
    setting("a reach that is none", "mfa/appliesTo", "users", 'mfa.appliesTo must be tenant or clients, got "users" (such as clients)'),
    several(
        "MFA after the page for our clients alone",
        "mfa.appliesTo must not be clients while mfa.order is afterProfile (only the tenant's policy asks after the page, and it asks everybody)",
        changed("mfa", {"order": "afterProfile", "appliesTo": "clients"}),
    ),
    several(
        "MFA after the page by nobody's policy",
        "ownership.mfa must not be leave while mfa.order is afterProfile (nobody would be asked for a second factor; write own or require)",
        changed("mfa", {"order": "afterProfile"}),
        changed("ownership", {"mfa": "leave"}),
    ),
    setting("a store that is none", "profile/store", "attributes", 'profile.store must be metadata or root, got "attributes" (such as metadata)'),
    setting("people that are none", "profile/appliesTo", "new", 'profile.appliesTo must be all or invited, got "new" (such as invited)'),
    setting("a login domain of Auth0's", "loginDomain/name", "guestlist.eu.auth0.com", 'loginDomain.name must be a host of yours, got "guestlist.eu.auth0.com" (the tenant\'s own domain needs no setting)'),
    setting("a login domain with a scheme", "loginDomain/name", "https://login.example", 'loginDomain.name must be a host name, got "https://login.example" (such as login.example.com)'),
    setting("a login domain of one word", "loginDomain/name", "login", 'loginDomain.name must be a full host name, got "login" (such as login.example.com)'),
    setting("a local login domain", "loginDomain/name", "login.localhost", 'loginDomain.name must be below localhost in the environment local, and only there, got "login.localhost" (such as login.localhost)'),
    setting("a login domain in use without its name", "loginDomain/inUse", True, "loginDomain.name is missing (inUse says that its DNS record is there)"),
    setting("the page on the login domain", "loginDomain/name", "profile.guestlist.example", 'profile.pageUrl must not be on loginDomain.name, got "https://profile.guestlist.example" (Auth0 serves that host)'),
    setting("a logo without https", "branding/logoUrl", "http://a.example/logo.svg", 'branding.logoUrl must be an https:// URL, got "http://a.example/logo.svg" (Auth0 sends login results there)'),
    setting("a colour by its name", "branding/primaryColor", "red", 'branding.primaryColor must be colour in quotes, `#` and six hexadecimal digits, got "red" (such as #0059d6)'),
    setting("an unknown look", "branding/primaryColour", "#000000", "branding.primaryColour is not a setting (did you mean primaryColor?)"),
    setting("a language that our texts do not speak", "languages", ["de", "tlh"], 'languages[1] must be ar, de, en, es, fr or he, got "tlh" (such as ["en", "de"])'),
    setting("a language twice", "languages", ["de", "de"], "languages must not hold anything twice, got a list (take one of them out)"),
    setting("a text for the languages", "languages", "de", 'languages must be a list, got "de" (such as ["en", "de"])'),
    setting("a session over a year", "sessions/lifetimeHours", 8761, "sessions.lifetimeHours must be 8760 or less, got 8761 (365 days, and only on Auth0's Enterprise plan; 720 on the others)"),
    setting("an idle session over a hundred days", "sessions/idleLifetimeHours", 2401, "sessions.idleLifetimeHours must be 2400 or less, got 2401 (100 days, and only on Auth0's Enterprise plan; 72 on the others)"),
    several(
        "an idle session longer than the whole",
        "sessions.idleLifetimeHours must not be more than sessions.lifetimeHours, got 25 (it would never be reached)",
        changed("sessions", {"lifetimeHours": 24, "idleLifetimeHours": 25}),
    ),
    setting("more attempts than Auth0 counts", "attackProtection/bruteForceAttempts", 101, "attackProtection.bruteForceAttempts must be 100 or less, got 101 (Auth0 takes no more)"),
    setting("a level that is none", "attackProtection/botDetection", "extreme", 'attackProtection.botDetection must be off, low, medium or high, got "extreme" (such as medium)'),
    setting("a switch for a level", "attackProtection/breachedPasswords", False, "attackProtection.breachedPasswords must be off or block, got false (such as block)"),
    setting("an address that is none", "attackProtection", {"bruteForceAttempts": 5, "allowedIps": ["203.0.113.0/33"]}, "attackProtection.allowedIps must hold addresses or ranges in CIDR form, got a list (such as 203.0.113.0/24)"),
    setting("addresses for nothing", "attackProtection", {"breachedPasswords": "block", "allowedIps": ["203.0.113.7"]}, "attackProtection.allowedIps must not be there alone (it is about bruteForceAttempts, suspiciousIpThrottling and botDetection, where they are set; write one of them)"),
    setting("a group's owner that is none", "ownership/branding", "ours", 'ownership.branding must be own, leave or require, got "ours" (such as own)'),
]  # fmt: skip


def plan(kind: str, line: str, least: str, remedy: str, plan: str, **groups: dict[str, Any]) -> Bad:
    """One thing that a plan does not include, of an environment that names its plan; what the free one lacks is left to others."""
    others = {} if plan != "free" else {"mfa": {"enabled": False}, "ownership": LEFT}
    changes = {**others, **{group: {**others.get(group, {}), **values} for group, values in groups.items()}}
    said = f"{line}, which the plan {plan} does not include ({least} does; {remedy}, or take tenant.plan out if your contract says otherwise)"
    return several(
        kind, said, changed("tenant/plan", plan), *(changed(group, values) for group, values in changes.items())
    )


LEFT = {"emailProvider": "leave", "resetEmail": "leave"}
TEXTS = {"experience": "legacy", "provider": "auth0", "verificationText": "{{code}}"}
PLANS = [
    plan("MFA on a free plan", "mfa.factors asks for a second factor", "essentials", "write mfa.enabled: false to try the rest", "free", mfa={"enabled": True}),
    plan("a mail service on a free plan", "email.service asks for an email provider of one's own", "essentials", "write ownership.emailProvider: leave to try the rest", "free", ownership={"emailProvider": "own"}),
    plan("a mail template on a free plan", "ownership.resetEmail asks for a mail template of one's own", "essentials", "write ownership.resetEmail: leave to try the rest", "free", ownership={"resetEmail": "own"}),
    plan("Guardian's texts on a free plan", "phone.enrollmentText asks for texts of one's own in Guardian's messages", "essentials", "take the texts out", "free", phone=TEXTS),
    plan("breached passwords on a small plan", "attackProtection.breachedPasswords asks for breached password detection", "professional", "take the line out", "essentials", attackProtection={"breachedPasswords": "block"}),
    plan("bot detection on a middle plan", "attackProtection.botDetection asks for bot detection", "enterprise", "take the line out", "professional", attackProtection={"botDetection": "low"}),
    plan("long sessions on a middle plan", "sessions.lifetimeHours asks for sessions of more than 720 hours", "enterprise", "write 720 or less", "professional", sessions={"lifetimeHours": 721}),
    plan("long idle sessions on a middle plan", "sessions.idleLifetimeHours asks for sessions that may be idle for more than 72 hours", "enterprise", "write 72 or less", "professional", sessions={"idleLifetimeHours": 73}),
]  # fmt: skip
