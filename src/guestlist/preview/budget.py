"""
What applying a change costs: Management API calls by endpoint, and the seconds that they take at each of Auth0's tiers.

Estimated from the calls that each kind of resource makes for each operation, counted on the local tenant (`calls.py`). A test holds the estimate
against a real first `up`.

Not here: counting what a run really made (`tests/bench`).
Source: https://auth0.com/docs/troubleshoot/customer-support/operational-policies/rate-limit-policy/rate-limit-configurations
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from guestlist.preview.calls import calls_of
from guestlist.preview.change import Change

# Calls a second that the Management API lets through once its burst is used up (read 2026-11-23): free 2 a second; on Essentials and Professional
# 150 a minute for most endpoints together; 16 a second in a production tenant of Enterprise.
TIERS: Mapping[str, float] = {"free": 2.0, "paid": 2.5, "enterprise": 16.0}


@dataclass(frozen=True, kw_only=True)
class Budget:
    """Of one change. `calls` by endpoint: `PATCH /clients/{id}`."""

    calls: Mapping[str, int]

    @property
    def total(self) -> int:
        """All calls."""
        return sum(self.calls.values())

    def seconds(self, per_second: float) -> float:
        """How long they take where the tenant lets so many a second through. At least: whoever is sent away waits longer than needed."""
        return self.total / per_second

    @property
    def by_tier(self) -> Mapping[str, float]:
        """Seconds, by tier."""
        return {tier: self.seconds(per_second) for tier, per_second in TIERS.items()}


def budget_of(changes: Iterable[Change]) -> Budget:
    """What applying all of them costs; bookkeeping calls too."""
    counted: Counter[str] = Counter()
    for change in changes:
        counted.update(calls_of(change))
    return Budget(calls=dict(sorted(counted.items(), key=lambda one: (one[0].partition(" ")[2], one[0]))))
