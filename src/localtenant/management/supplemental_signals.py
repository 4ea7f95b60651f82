"""
Supplemental signals: whether Akamai tells of a login's risk. Nothing is told here.

Source: the recordings of the provider (v1.54.1).
"""

from localtenant.management.endpoint import JSON, Call, endpoint
from localtenant.management.merging import merged

KIND = "supplemental_signals"


@endpoint("GET", "/supplemental-signals", scopes=("read:attack_protection",))
def read_signals(call: Call) -> JSON:
    return call.tenant.singleton(KIND) or {"akamai_enabled": False}


@endpoint("PATCH", "/supplemental-signals", scopes=("update:attack_protection",))
def update_signals(call: Call) -> JSON:
    return call.tenant.set_singleton(KIND, merged(call.tenant.singleton(KIND) or {"akamai_enabled": False}, call.body))
