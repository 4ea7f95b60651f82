"""
Failed sign-ins are counted; too many of them lock the identifier, for the address that they came from or for all.

A right password forgets the count; a new password lifts the lock. A lock ends by itself after 30 days.

Not here: the settings (`management/attack_protection.py`); suspicious IPs and breached passwords, which nothing here looks at.
Source: https://auth0.com/docs/secure/attack-protection/brute-force-protection
"""

from localtenant.authentication.visit import Visit
from localtenant.management.attack_protection import settings_of
from localtenant.store import Document
from localtenant.tenant import Tenant

KIND = "failed_logins"
PROTECTION = "brute-force-protection"
DAYS_30 = 30 * 86400


def is_locked(visit: Visit, connection: Document, identifier: str) -> bool:
    """Whether this identifier may not even try, from here."""
    settings = _settings(visit, connection)
    count = visit.tenant.store.get(KIND, _key(visit, connection, identifier, settings))
    if settings is None or count is None or "block" not in settings.get("shields", []):
        return False
    locked_at = count.get("locked_at")
    return locked_at is not None and visit.tenant.clock.seconds() < locked_at + DAYS_30


def count_failure(visit: Visit, connection: Document, identifier: str) -> bool:
    """One more; whether it locked the identifier just now. Call it inside a transaction."""
    settings = _settings(visit, connection)
    if settings is None:
        return False
    key = _key(visit, connection, identifier, settings)
    count = visit.tenant.store.get(KIND, key) or {
        "connection": connection["name"],
        "identifier": identifier,
        "failures": 0,
    }
    count["failures"] += 1
    has_locked = count["failures"] >= int(settings["max_attempts"]) and not count.get("locked_at")
    if has_locked:
        count["locked_at"] = visit.tenant.clock.seconds()
    visit.tenant.store.put(KIND, key, count)
    return has_locked


def forget_failures(visit: Visit, connection: Document, identifier: str) -> None:
    """The password was right."""
    visit.tenant.store.delete(KIND, _key(visit, connection, identifier, _settings(visit, connection)))


def unlock(tenant: Tenant, connection_name: str, *identifiers: str | None) -> None:
    """Lift the user's locks, wherever they came from."""
    for key, count in tenant.store.items(KIND):
        if count["connection"] == connection_name and count["identifier"] in identifiers:
            tenant.store.delete(KIND, key)


def _settings(visit: Visit, connection: Document) -> Document | None:
    """`None` where it is off: for the tenant, for the connection, or for whoever calls."""
    settings = settings_of(visit.tenant, PROTECTION)
    is_on = settings.get("enabled") and connection["options"].get("brute_force_protection", True)
    return settings if is_on and visit.ip not in settings.get("allowlist", []) else None


def _key(visit: Visit, connection: Document, identifier: str, settings: Document | None) -> str:
    by_ip = settings is None or settings.get("mode") != "count_per_identifier"
    return "|".join([connection["name"], identifier, *([visit.ip] if by_ip else [])])
