"""
`api.cache` of a trigger, kept in the store: its entries survive until they expire or the tenant is reset.

Auth0 promises no such thing: an entry may be gone in the next login there.
Not here: the limits (`worker/cache.js`).
"""

from collections.abc import Mapping
from dataclasses import asdict

from localtenant.actions.calls import CacheEntry
from localtenant.tenant import Tenant

KIND = "action_caches"


def read_cache(tenant: Tenant, trigger: str) -> dict[str, CacheEntry]:
    """What has not expired."""
    now_ms = tenant.clock.seconds() * 1000
    held = (tenant.store.get(KIND, trigger) or {}).get("entries", {})
    return {key: CacheEntry(**entry) for key, entry in held.items() if entry["expires_at"] > now_ms}


def write_cache(tenant: Tenant, trigger: str, writes: Mapping[str, CacheEntry | None]) -> None:
    """Take over what one call wrote; what another login wrote meanwhile stays."""
    entries = {key: asdict(entry) for key, entry in read_cache(tenant, trigger).items()}
    for key, entry in writes.items():
        if entry is None:
            entries.pop(key, None)
        else:
            entries[key] = asdict(entry)
    tenant.store.put(KIND, trigger, {"entries": entries})
