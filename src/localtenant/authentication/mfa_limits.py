"""
How many text messages a user may ask for, and how many wrong codes may be tried: ten in an hour, each.

Auth0 gives ten at once and then one an hour; here the ten of the last hour count.
Source: https://auth0.com/docs/troubleshoot/customer-support/operational-policies/rate-limit-policy
"""

from typing import Literal

from localtenant.tenant import Tenant

KIND = "mfa_limits"
MOST = 10
WINDOW_SEC = 3600

Event = Literal["text", "failure"]


def is_used_up(tenant: Tenant, user_id: str, event: Event) -> bool:
    """Whether the user has had as many as there may be."""
    return len(_recent(tenant, user_id, event)) >= MOST


def count(tenant: Tenant, user_id: str, event: Event) -> None:
    """One more. Call it inside a store transaction."""
    times = [*_recent(tenant, user_id, event), tenant.clock.seconds()]
    tenant.store.put(KIND, f"{event}|{user_id}", {"times": times})


def forget_failures(tenant: Tenant, user_id: str) -> None:
    """A code was right."""
    tenant.store.delete(KIND, f"failure|{user_id}")


def _recent(tenant: Tenant, user_id: str, event: Event) -> list[float]:
    known = tenant.store.get(KIND, f"{event}|{user_id}") or {"times": []}
    return [at for at in known["times"] if at > tenant.clock.seconds() - WINDOW_SEC]
