"""
What applying a change costs: Management API calls by endpoint, and the seconds that they take at each of Auth0's tiers.

Estimated from the calls that the provider makes for each kind of resource and operation, counted on the local tenant.

Not here: counting what a run really made (`tests/bench`).
Source: https://auth0.com/docs/troubleshoot/customer-support/operational-policies/rate-limit-policy/rate-limit-configurations
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Budget:
    """Of one change. `calls` by endpoint: `PATCH /clients/{id}`."""

    calls: Mapping[str, int]

    @property
    def total(self) -> int:
        """All calls."""
        return sum(self.calls.values())

    def seconds(self, per_second: float) -> float:
        """How long they take where the tenant lets so many a second through."""
        return self.total / per_second
