"""
Risk assessments of logins: whether they are on, and for how many days a device is known.

Nothing is assessed here.
Source: the recordings of the provider (v1.54.1).
"""

from localtenant.management.endpoint import JSON, Call, endpoint
from localtenant.management.merging import merged
from localtenant.store import Document
from localtenant.tenant import Tenant

SETTINGS = "risk_assessments"
NEW_DEVICE = "risk_assessments/new_device"
DEFAULTS: dict[str, Document] = {SETTINGS: {"enabled": False}, NEW_DEVICE: {"remember_for": 30}}
READ = ("read:attack_protection",)
UPDATE = ("update:attack_protection",)


@endpoint("GET", "/risk-assessments/settings", scopes=READ)
def read_settings(call: Call) -> JSON:
    return _current(call.tenant, SETTINGS)


@endpoint("PATCH", "/risk-assessments/settings", scopes=UPDATE)
def update_settings(call: Call) -> JSON:
    return _change(call, SETTINGS)


@endpoint("GET", "/risk-assessments/settings/new-device", scopes=READ)
def read_new_device(call: Call) -> JSON:
    return _current(call.tenant, NEW_DEVICE)


@endpoint("PATCH", "/risk-assessments/settings/new-device", scopes=UPDATE)
def update_new_device(call: Call) -> JSON:
    return _change(call, NEW_DEVICE)


def _current(tenant: Tenant, which: str) -> Document:
    return tenant.singleton(which) or DEFAULTS[which]


def _change(call: Call, which: str) -> Document:
    return call.tenant.set_singleton(which, merged(_current(call.tenant, which), call.body))
