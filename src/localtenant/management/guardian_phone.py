"""
Guardian's own phone provider and texts, for tenants without the Unified Phone Experience; all others get 403.

The paths below `phone` and those below `sms` are two names of the same settings.
Source: https://auth0.com/docs/api/management/v2/guardian; the sentence of the 403 is quoted in the provider's issues 1204, 1580 and 1603
(read 2026-11-23); the shapes are recorded by the provider's SDK (v1.46.0).
"""

from collections.abc import Callable

from localtenant.errors import ManagementError
from localtenant.management.endpoint import JSON, Call, endpoint
from localtenant.management.tenants import has_unified_phone_experience
from localtenant.store import Document

REFUSAL = "Insufficient privileges to use this deprecated feature. To handle Phone Provider/Templates refer to Tenant Phone Settings"
CODE = "{{code}} is your verification code for {{tenant.friendly_name}}"
SETTINGS: dict[str, Document] = {  # path below /guardian/factors/{phone,sms} -> what a fresh tenant has
    "selected-provider": {"provider": "auth0"},
    "providers/twilio": {"auth_token": None, "sid": None, "from": None, "messaging_service_sid": None},
    "templates": {
        "enrollment_message": f"{CODE}. Please enter this code to verify your enrollment.",
        "verification_message": CODE,
    },
}


def _reader(path: str) -> Callable[[Call], JSON]:
    def read(call: Call) -> JSON:
        _refuse_unified(call)
        return call.tenant.singleton(f"guardian_phone/{path}") or SETTINGS[path]

    return read


def _writer(path: str) -> Callable[[Call], JSON]:
    def write(call: Call) -> JSON:
        _refuse_unified(call)
        call.tenant.set_singleton(f"guardian_phone/{path}", {**SETTINGS[path], **call.body})
        return dict(call.body)

    return write


def _refuse_unified(call: Call) -> None:
    if has_unified_phone_experience(call.tenant):
        raise ManagementError(403, REFUSAL)


for _path in SETTINGS:
    for _factor in ("phone", "sms"):
        endpoint("GET", f"/guardian/factors/{_factor}/{_path}")(_reader(_path))
        endpoint("PUT", f"/guardian/factors/{_factor}/{_path}")(_writer(_path))
