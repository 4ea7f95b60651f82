"""
What a running tenant has besides its memory: tier, plan, latency, faults, what serves other hosts, and the record of calls. None of it survives a restart.

Not here: how it is changed from outside (`control.py`).
"""

from collections import deque
from dataclasses import dataclass
from typing import Any

from localtenant.clock import Clock
from localtenant.faults import Faults
from localtenant.management.entitlements import Plan
from localtenant.rate_limits import AUTHENTICATION, MANAGEMENT, RateLimiter, Tier

RECORDED_CALLS = 100_000


@dataclass(frozen=True, kw_only=True)
class RecordedCall:
    """One API call, as `GET /_local/requests` shows it."""

    method: str
    path: str  # the template where there is one
    status: int | None  # None: never answered
    client_id: str | None
    at: str

    def described(self) -> dict[str, Any]:
        """As the control plane shows it."""
        return {
            "method": self.method,
            "path": self.path,
            "status": self.status,
            "client_id": self.client_id,
            "at": self.at,
        }


class Runtime:
    """The switches of a running tenant."""

    def __init__(
        self, clock: Clock, *, tier: Tier = Tier.UNLIMITED, plan: Plan = Plan.ENTERPRISE, latency_ms: float = 0
    ) -> None:
        self.management_limits = RateLimiter(MANAGEMENT, tier, clock.seconds)
        self.authentication_limits = RateLimiter(AUTHENTICATION, tier, clock.seconds)
        self.plan = plan
        self.latency_ms = latency_ms
        self.faults = Faults()
        self.upstreams: dict[str, str] = {}  # by host: `app.localhost` -> `http://127.0.0.1:3000`
        self.calls: deque[RecordedCall] = deque(maxlen=RECORDED_CALLS)

    @property
    def tier(self) -> Tier:
        """The tier whose limits are in force."""
        return self.management_limits.tier

    @tier.setter
    def tier(self, tier: Tier) -> None:
        self.management_limits.tier = tier
        self.authentication_limits.tier = tier
