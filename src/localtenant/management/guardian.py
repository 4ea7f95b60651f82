"""
Guardian: the factors, the MFA policy, the settings of single factors, enrollment tickets.

The phone factor is called `sms` in its switch. The policy is a bare array: `[]` never, `["all-applications"]` always.
Not here: how phone messages are sent by a tenant without the Unified Phone Experience (`guardian_phone.py`).
Source: https://auth0.com/docs/api/management/v2/guardian and the recordings of the provider (v1.54.1) and its SDK (v1.46.0).
"""

from collections.abc import Callable
from typing import Any

from localtenant.errors import not_found
from localtenant.management.endpoint import JSON, Call, endpoint
from localtenant.store import Document
from localtenant.tenant import Tenant

FACTORS = "guardian_factors"
POLICIES = "guardian_policies"
TICKETS = "guardian_enrollment_tickets"
ENROLLMENTS = "guardian_enrollments"
FACTOR_NAMES = (
    "sms",
    "push-notification",
    "otp",
    "email",
    "duo",
    "webauthn-roaming",
    "webauthn-platform",
    "recovery-code",
)
READ = ("read:guardian_factors",)
WRITE = ("update:guardian_factors",)
SETTINGS: dict[str, Document] = {  # path below /guardian/factors -> what a fresh tenant has
    "phone/message-types": {"message_types": []},
    "duo/settings": {},
    "webauthn-roaming/settings": {"userVerification": "preferred", "overrideRelyingParty": False},
    "webauthn-platform/settings": {"overrideRelyingParty": False},
    "push-notification/selected-provider": {"provider": "guardian"},
    "push-notification/providers/sns": {
        "aws_access_key_id": None,
        "aws_region": None,
        "sns_apns_platform_application_arn": None,
        "sns_gcm_platform_application_arn": None,
    },
    "push-notification/providers/apns": {"bundle_id": None, "sandbox": False, "enabled": False},
    "push-notification/providers/fcm": {},
    "push-notification/providers/fcmv1": {},
}
NEVER_READ = {"p12", "server_key", "server_credentials", "aws_secret_access_key"}
NEVER_ANSWERED = {"p12", "server_key", "server_credentials"}  # the secret key of SNS is echoed by its PUT, as recorded


@endpoint("GET", "/guardian/factors")
def list_factors(call: Call) -> JSON:
    return [{"name": name, "enabled": is_enabled(call.tenant, name), "trial_expired": False} for name in FACTOR_NAMES]


@endpoint("PUT", "/guardian/factors/{name}")
def set_factor(call: Call) -> JSON:
    enabled = call.body["enabled"]
    if call.path["name"] not in FACTOR_NAMES:
        raise not_found("The factor does not exist.", "inexistent_factor")
    call.tenant.set_singleton(FACTORS, {**(call.tenant.singleton(FACTORS) or {}), call.path["name"]: enabled})
    return {"enabled": enabled}


def is_enabled(tenant: Tenant, factor: str) -> bool:
    """Whether a factor is switched on; `factor` is one of `FACTOR_NAMES`."""
    return bool((tenant.singleton(FACTORS) or {}).get(factor, False))


@endpoint("GET", "/guardian/policies")
def read_policies(call: Call) -> JSON:
    return policies(call.tenant)


@endpoint("PUT", "/guardian/policies")
def set_policies(call: Call) -> JSON:
    call.tenant.set_singleton(POLICIES, {"policies": call.body})
    return list(call.body)


def policies(tenant: Tenant) -> list[str]:
    """The MFA policy: empty for never."""
    return list((tenant.singleton(POLICIES) or {}).get("policies", []))


def settings_of(tenant: Tenant, path: str) -> Document:
    """The settings at a path below /guardian/factors, secrets included."""
    return tenant.singleton(f"guardian/{path}") or SETTINGS[path]


def _reader(path: str) -> Callable[[Call], JSON]:
    def read(call: Call) -> JSON:
        settings = settings_of(call.tenant, path)
        return {name: value for name, value in settings.items() if name not in NEVER_READ}

    return read


def _writer(path: str) -> Callable[[Call], JSON]:
    def write(call: Call) -> JSON:
        settings = {**settings_of(call.tenant, path), **call.body}
        if path.endswith("/apns"):
            settings["enabled"] = True
        call.tenant.set_singleton(f"guardian/{path}", settings)
        return {name: value for name, value in call.body.items() if name not in NEVER_ANSWERED}

    return write


for _path in SETTINGS:
    endpoint("GET", f"/guardian/factors/{_path}", scopes=READ)(_reader(_path))
    endpoint("PUT", f"/guardian/factors/{_path}", scopes=WRITE)(_writer(_path))


@endpoint("POST", "/guardian/enrollments/ticket")
def create_enrollment_ticket(call: Call) -> JSON:
    user_id = call.body["user_id"]
    if call.tenant.store.get("users", user_id) is None:
        raise not_found("The user does not exist.", "inexistent_user")
    ticket: dict[str, Any] = {
        "ticket_id": call.tenant.new_id("", 32),
        "created_at": call.tenant.clock.timestamp(),
        **call.body,
    }
    call.tenant.store.put(TICKETS, ticket["ticket_id"], ticket)
    url = f"https://{call.tenant.domain}/mfa/enrollment?ticket={ticket['ticket_id']}"
    return {"ticket_id": ticket["ticket_id"], "ticket_url": url}


@endpoint("GET", "/guardian/enrollments/{id}")
def read_enrollment(call: Call) -> JSON:
    return _enrollment(call)


@endpoint("DELETE", "/guardian/enrollments/{id}", status=204)
def delete_enrollment(call: Call) -> JSON:
    call.tenant.store.delete(ENROLLMENTS, _enrollment(call)["id"])
    return None


def _enrollment(call: Call) -> Document:
    enrollment = call.tenant.store.get(ENROLLMENTS, call.path["id"])
    if enrollment is None:
        raise not_found("Enrollment not found", "enrollment_not_found")
    return enrollment
