"""
How often a person may ask for a text message, and be wrong about a code: whatever the browser, the login and the factor.

Source: https://auth0.com/docs/troubleshoot/customer-support/operational-policies/rate-limit-policy (SMS: ten at once, then one an hour;
one-time codes: ten failures an hour)
"""

from dataclasses import dataclass

from localtenant.tenant import Tenant

KIND = "factor_limits"


@dataclass(frozen=True, kw_only=True)
class Limit:
    """So many at once; one comes back every so many seconds."""

    name: str
    burst: int
    refill_sec: float


TEXTS = Limit(name="texts", burst=10, refill_sec=3600)
FAILURES = Limit(name="failures", burst=10, refill_sec=360)


def is_reached(tenant: Tenant, limit: Limit, user_id: str) -> bool:
    """Whether none is left."""
    return _left(tenant, limit, user_id) < 1


def count(tenant: Tenant, limit: Limit, user_id: str) -> None:
    """One less."""
    left = max(0.0, _left(tenant, limit, user_id) - 1)
    tenant.store.put(KIND, f"{limit.name}|{user_id}", {"left": left, "at": tenant.clock.seconds()})


def forget(tenant: Tenant, limit: Limit, user_id: str) -> None:
    """Begin anew: the person was right."""
    tenant.store.delete(KIND, f"{limit.name}|{user_id}")


def _left(tenant: Tenant, limit: Limit, user_id: str) -> float:
    known = tenant.store.get(KIND, f"{limit.name}|{user_id}")
    if known is None:
        return limit.burst
    refilled = (tenant.clock.seconds() - known["at"]) / limit.refill_sec
    return float(min(limit.burst, known["left"] + max(0.0, refilled)))
