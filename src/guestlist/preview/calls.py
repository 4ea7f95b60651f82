"""
The Management API calls that one resource makes, by kind and operation, as provider 1.54.1 and our own dynamic resources make them.

Counted on the local tenant on 2026-11-26, one resource at a time (`--parallel 1`). Whether an Action is built is asked until it is, two to four times.

Not here: what all of it comes to (`budget.py`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from guestlist.preview.change import Change
from guestlist.preview.picture import Operation

Calls = Mapping[str, int]

BINDINGS = "/actions/triggers/{triggerId}/bindings"
ACTION, ACTIONS = "/actions/actions/{id}", "/actions/actions"
CLIENT, GRANT, CONNECTION = "/clients/{id}", "/client-grants/{id}", "/connections/{id}"
ON_CONNECTION = f"{CONNECTION}/clients"
SETTINGS = "/tenants/settings"
TEMPLATE, MAILER = "/email-templates/{templateName}", "/emails/provider"
SENDER, MESSAGE = "/branding/phone/providers/{id}", "/branding/phone/templates/{id}"
TEXT = "/prompts/{prompt}/custom-text/{language}"
DOMAIN = "/custom-domains/{id}"
POLICIES, FACTORS, FACTOR = "/guardian/policies", "/guardian/factors", "/guardian/factors/{name}"
MESSAGE_TYPES = f"{FACTORS}/phone/message-types"
PROTECTION = "/attack-protection"
DEFENCES: Mapping[str, str] = {
    "breachedPasswordDetection": f"{PROTECTION}/breached-password-detection",
    "bruteForceProtection": f"{PROTECTION}/brute-force-protection",
    "suspiciousIpThrottling": f"{PROTECTION}/suspicious-ip-throttling",
    "botDetection": f"{PROTECTION}/bot-detection",
    "captcha": f"{PROTECTION}/captcha",
}
BUILT = {f"GET {ACTION}": 4, f"POST {ACTION}/deploy": 1}

# Kinds whose calls do not depend on what they hold.
TABLE: Mapping[str, Mapping[Operation, Calls]] = {
    "Tenant": {
        "create": {f"PATCH {SETTINGS}": 2, f"GET {SETTINGS}": 1},
        "update": {f"PATCH {SETTINGS}": 1, f"GET {SETTINGS}": 1},
        "delete": {},
    },
    "Client": {
        "create": {"POST /clients": 1, f"GET {CLIENT}": 1},
        "update": {f"PATCH {CLIENT}": 1, f"GET {CLIENT}": 1},
        "delete": {f"DELETE {CLIENT}": 1},
    },
    "ClientGrant": {
        "create": {"GET /client-grants": 1, "POST /client-grants": 1, f"GET {GRANT}": 1},
        "update": {f"PATCH {GRANT}": 1, f"GET {GRANT}": 1},
        "delete": {f"DELETE {GRANT}": 1},
    },
    "Connection": {
        "create": {"POST /connections": 1, f"GET {CONNECTION}": 1},
        "update": {f"PATCH {CONNECTION}": 1, f"GET {CONNECTION}": 2},
        "delete": {f"DELETE {CONNECTION}": 1},
    },
    "ConnectionClients": {
        "create": {f"GET {ON_CONNECTION}": 2, f"PATCH {ON_CONNECTION}": 1, f"GET {CONNECTION}": 1},
        "update": {f"GET {ON_CONNECTION}": 1, f"PATCH {ON_CONNECTION}": 1, f"GET {CONNECTION}": 1},
        "delete": {f"PATCH {ON_CONNECTION}": 1},
    },
    "Action": {
        "create": {f"POST {ACTIONS}": 1, **BUILT},
        "update": {f"PATCH {ACTION}": 1, **BUILT},
        "delete": {f"DELETE {ACTION}": 1},
    },
    "TriggerActions": {
        "create": {f"PATCH {BINDINGS}": 1, f"GET {BINDINGS}": 2},
        "update": {f"PATCH {BINDINGS}": 1, f"GET {BINDINGS}": 2},
        "delete": {f"PATCH {BINDINGS}": 1},
    },
    "TriggerAction": {
        "create": {f"PATCH {BINDINGS}": 1, f"GET {BINDINGS}": 3},
        "update": {f"PATCH {BINDINGS}": 1, f"GET {BINDINGS}": 4},
        "delete": {f"PATCH {BINDINGS}": 1, f"GET {BINDINGS}": 1},
    },
    "PhoneProvider": {
        "create": {"GET /branding/phone/providers": 1, "POST /branding/phone/providers": 1, f"GET {SENDER}": 1},
        "update": {f"PATCH {SENDER}": 1, f"GET {SENDER}": 1},
        "delete": {f"DELETE {SENDER}": 1},
    },
    "PhoneNotificationTemplate": {
        "create": {"POST /branding/phone/templates": 1, f"GET {MESSAGE}": 1},
        "update": {f"PATCH {MESSAGE}": 1, f"GET {MESSAGE}": 1},
        "delete": {f"DELETE {MESSAGE}": 1},
    },
    "EmailProvider": {
        "create": {f"POST {MAILER}": 1, f"GET {MAILER}": 2},
        "update": {f"PATCH {MAILER}": 1, f"GET {MAILER}": 1},
        "delete": {f"DELETE {MAILER}": 1},
    },
    "EmailTemplate": {
        "create": {"POST /email-templates": 1, f"GET {TEMPLATE}": 2},
        "update": {f"PATCH {TEMPLATE}": 1, f"GET {TEMPLATE}": 1},
        "delete": {f"PATCH {TEMPLATE}": 1},
    },
    "Branding": {
        "create": {"PATCH /branding": 1, "GET /branding": 1, "GET /custom-domains": 1},
        "update": {"PATCH /branding": 1, "GET /branding": 1, "GET /custom-domains": 1},
        "delete": {"GET /custom-domains": 1},
    },
    "PromptCustomText": {
        "create": {f"PUT {TEXT}": 1, f"GET {TEXT}": 1},
        "update": {f"PUT {TEXT}": 1, f"GET {TEXT}": 1},
        "delete": {f"PUT {TEXT}": 1, f"GET {TEXT}": 1},
    },
    "CustomDomain": {
        "create": {"POST /custom-domains": 1, f"GET {DOMAIN}": 1},
        "update": {f"PATCH {DOMAIN}": 1, f"GET {DOMAIN}": 1},
        "delete": {f"DELETE {DOMAIN}": 1},
    },
    "CustomDomainVerification": {
        "create": {f"POST {DOMAIN}/verify": 1, f"GET {DOMAIN}": 1},
        "update": {},
        "delete": {},
    },
    "ClientSecrets": {"create": {"GET /clients": 1}, "update": {"GET /clients": 1}, "delete": {}},
    "ExistingApplications": {"create": {"GET /clients": 1}, "update": {"GET /clients": 1}, "delete": {}},
    "PostLoginBackup": {
        "create": {},
        "update": {f"GET {BINDINGS}": 1, f"PATCH {BINDINGS}": 1},
        "delete": {f"GET {BINDINGS}": 1, f"PATCH {BINDINGS}": 1},
    },
}
# What saving each tenant-wide thing reads; the same page is read once. `reset-texts-de` and the like are one page each.
READS: Mapping[str, tuple[str, ...]] = {
    "mfa-policy": (POLICIES,),
    "factor-sms": (FACTORS,),
    "factor-otp": (FACTORS,),
    "factor-webauthn-roaming": (FACTORS,),
    "email-provider": (MAILER,),
    "reset-email": (TEMPLATE,),
    "phone-provider": ("/branding/phone/providers",),
    "phone-enrollment-text": ("/branding/phone/templates",),
    "phone-verification-text": ("/branding/phone/templates",),
    "phone-in-guardian": tuple(
        f"/guardian/factors/sms/{one}" for one in ("providers/twilio", "selected-provider", "templates")
    ),
    "brute-force": (DEFENCES["bruteForceProtection"],),
    "suspicious-ips": (DEFENCES["suspiciousIpThrottling"],),
    "breached-passwords": (DEFENCES["breachedPasswordDetection"],),
    "bots": (DEFENCES["botDetection"],),
    "branding": ("/branding",),
    "login-domain": ("/custom-domains",),
    "tenant-settings": (SETTINGS,),
    "languages": (SETTINGS,),
    "sessions": (SETTINGS,),
    "phone-experience": (SETTINGS,),
}


def calls_of(change: Change) -> Calls:
    """The calls of one change, by endpoint; none for what is kept in the tenant, or is of an unknown kind."""
    if change.operation == "same" or change.retained:
        return {}
    if change.operation == "replace":
        return Counter(_of(change, "create")) + Counter(_of(change, "delete"))
    return _of(change, change.operation)


def _of(change: Change, operation: Operation) -> Calls:
    if of_what_it_holds := HOLDERS.get(change.resource.kind):
        return of_what_it_holds(change, operation)
    return TABLE.get(change.resource.kind, {}).get(operation, {})


def _parts(change: Change, operation: Operation) -> set[str]:
    """The first names of what is written: all that it holds, or what differs."""
    if operation != "update":
        return {name for name, value in change.resource.inputs.items() if value is not None}
    return {one.path.partition(".")[0].partition("[")[0] for one in change.properties}


def _guardian(change: Change, operation: Operation) -> Calls:
    if operation == "delete":
        return {f"PUT {POLICIES}": 1, f"PUT {FACTOR}": 8}
    parts, inputs = _parts(change, operation), change.resource.inputs
    calls = Counter({f"GET {POLICIES}": 1, f"GET {FACTORS}": 1, f"PUT {POLICIES}": int("policy" in parts)})
    calls[f"PUT {FACTOR}"] = len(parts - {"policy"})
    if _is_on(inputs.get("phone")):
        calls[f"GET {MESSAGE_TYPES}"] = 1
        calls[f"GET {SETTINGS}"] = 1 + int("phone" in parts)
        calls[f"PUT {MESSAGE_TYPES}"] = int("phone" in parts)
        calls.update(_sender_in_guardian(inputs["phone"], is_written="phone" in parts))
    if _is_on(inputs.get("webauthnRoaming")):
        calls[f"GET {FACTORS}/webauthn-roaming/settings"] = 1
    return +calls


def _sender_in_guardian(phone: Mapping[str, Any], *, is_written: bool) -> Calls:
    """In tenants from before 2025, where the phone factor holds who sends its messages."""
    if not phone.get("provider"):
        return {}
    pages = [f"{FACTORS}/phone/selected-provider"]
    if phone.get("provider") != "phone-message-hook":
        pages.append(f"{FACTORS}/sms/templates")
    if phone.get("provider") == "twilio":
        pages.append(f"{FACTORS}/sms/providers/twilio")
    return {f"{method} {page}": 1 for page in pages for method in (["GET", "PUT"] if is_written else ["GET"])}


def _is_on(factor: Any) -> bool:
    return isinstance(factor, Mapping) and factor.get("enabled") is True


def _attack_protection(change: Change, operation: Operation) -> Calls:
    if operation == "delete":  # the others are left as they are
        return {f"PATCH {DEFENCES[one]}": 1 for one in list(DEFENCES)[:3]}
    written = [DEFENCES[one] for one in DEFENCES if one in _parts(change, operation)]
    return {**{f"PATCH {path}": 1 for path in written}, **{f"GET {path}": 1 for path in DEFENCES.values()}}


def _application_connections(change: Change, operation: Operation) -> Calls:
    """One PATCH for each connection that leaves an application; what joins is enabled by the connection's own list before."""
    if operation == "delete":
        return {}
    closed = sum(one.nature == "removed" and one.path == "connections" for one in change.properties)
    return +Counter({f"GET {CLIENT}/connections": 1, f"PATCH {ON_CONNECTION}": closed})


def _tenant_backup(change: Change, operation: Operation) -> Calls:
    """Saving reads, restoring reads and writes. The list of Actions is looked at either way."""
    things = change.resource.inputs.get("things")
    things = [one for one in things if isinstance(one, str)] if isinstance(things, list) else []
    if operation == "delete":
        return _restored(things)
    if operation == "create":
        pages = {page for one in things for page in READS.get(one, ())}
        texts = sum(one.startswith("reset-texts-") for one in things)
        return +Counter({f"GET {BINDINGS}": 1, f"GET {TEXT}": texts, **{f"GET {page}": 1 for page in pages}})
    added = [one.after for one in change.properties if one.path == "things" and one.nature == "added"]
    gone = [one.before for one in change.properties if one.path == "things" and one.nature == "removed"]
    pages = {page for one in added for page in READS.get(str(one), ())}
    # Parts of Guardian and of the defences that join are written by the backup, too: their resource believes that it has.
    joined = Counter(_write(page) for one in added for page in READS.get(str(one), ()) if page.startswith(PARTS))
    return Counter({f"GET {BINDINGS}": 1, **{f"GET {page}": 1 for page in pages}}) + Counter(_restored(gone)) + joined


def _restored(things: list[Any]) -> Calls:
    calls: Counter[str] = Counter()
    for thing in things:
        for page in READS.get(str(thing), (TEXT,)):
            calls[f"GET {page}"] += 1
            calls[_write(page)] += 1
    return calls


def _write(page: str) -> str:
    return WRITES.get(page, f"PATCH {page}")


PARTS = ("/guardian/", f"{PROTECTION}/")  # of which one resource holds several

# What writes a page that is read, where that is not a PATCH of the same.
WRITES: Mapping[str, str] = {POLICIES: f"PUT {POLICIES}", FACTORS: f"PUT {FACTOR}", TEXT: f"PUT {TEXT}"}

HOLDERS: Mapping[str, Callable[[Change, Operation], Calls]] = {
    "Guardian": _guardian,
    "AttackProtection": _attack_protection,
    "ApplicationConnections": _application_connections,
    "TenantBackup": _tenant_backup,
}
KINDS = frozenset({*TABLE, *HOLDERS})
