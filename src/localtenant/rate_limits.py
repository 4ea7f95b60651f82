"""
The rate limits of a tenant, by subscription tier: token buckets on the tenant's clock.

Two steps as at Auth0: first the API's own limit, then the endpoint group's. The headers are those of the bucket that decided last.
Source: https://auth0.com/docs/troubleshoot/customer-support/operational-policies/rate-limit-policy/rate-limit-configurations
(pages free-public and essentials-professional-b2b, read 2026-11-23).
"""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from re import Pattern

READ = "GET"
WRITE = "POST|PUT|PATCH|DELETE"


class Tier(StrEnum):
    """What `--tier` takes."""

    FREE = "free"
    PAID = "paid"
    UNLIMITED = "unlimited"


@dataclass(frozen=True, kw_only=True)
class Limit:
    """A bucket that holds `burst` requests and refills by `per_minute`."""

    name: str
    burst: int
    per_minute: float
    methods: str = ".*"
    paths: str = ".*"  # of the path template

    def governs(self, method: str, path: str) -> bool:
        """Whether requests of this kind draw from this bucket."""
        return _pattern(self.methods).fullmatch(method) is not None and _pattern(self.paths).fullmatch(path) is not None


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The limits of one API in one tier."""

    whole: Limit | None
    groups: tuple[Limit, ...] = ()


EMAIL_GROUPS = (
    Limit(name="write email templates", burst=5, per_minute=25, methods=WRITE, paths="/email-templates.*"),
    Limit(name="read email templates", burst=10, per_minute=50, methods=READ, paths="/email-templates.*"),
    Limit(name="write email provider", burst=5, per_minute=25, methods=WRITE, paths="/emails/provider"),
    Limit(name="read email provider", burst=10, per_minute=50, methods=READ, paths="/emails/provider"),
)
MANAGEMENT: dict[Tier, Limits] = {
    Tier.FREE: Limits(
        whole=Limit(name="Management API", burst=2, per_minute=120),
        groups=EMAIL_GROUPS,
    ),
    Tier.PAID: Limits(
        whole=None,
        groups=(
            *EMAIL_GROUPS,
            Limit(name="write users", burst=20, per_minute=200, methods="POST|PATCH", paths="/users(/{id})?"),
            Limit(name="delete users", burst=20, per_minute=200, methods="DELETE", paths="/users/{id}"),
            Limit(name="read users", burst=40, per_minute=500, methods=READ, paths="/users(/{id})?|/users-by-email"),
            Limit(name="read clients", burst=5, per_minute=100, methods=READ, paths="/clients(/{id})?"),
            Limit(name="read connections", burst=5, per_minute=50, methods=READ, paths="/connections(/{id})?"),
            Limit(name="write partials", burst=5, per_minute=5, methods=WRITE, paths="/prompts/{prompt}/partials"),
            Limit(name="read partials", burst=5, per_minute=5, methods=READ, paths="/prompts/{prompt}/partials"),
            Limit(name="all other endpoints", burst=10, per_minute=150),
        ),
    ),
    Tier.UNLIMITED: Limits(whole=None),
}
AUTHENTICATION: dict[Tier, Limits] = {
    Tier.FREE: Limits(
        whole=Limit(name="Authentication API", burst=300, per_minute=300),
        groups=(Limit(name="tokens", burst=30, per_minute=1800, paths="/oauth/token"),),
    ),
    Tier.PAID: Limits(whole=Limit(name="Authentication API", burst=25, per_minute=1500)),
    Tier.UNLIMITED: Limits(whole=None),
}
NO_LIMIT = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """Whether a request may pass, and what the headers say of the bucket that decided."""

    passes: bool
    limit: int
    remaining: int
    reset: int  # Unix seconds, when the bucket is full again

    def headers(self) -> dict[str, str]:
        """`x-ratelimit-*`, on every answer."""
        return {
            "x-ratelimit-limit": str(self.limit),
            "x-ratelimit-remaining": str(self.remaining),
            "x-ratelimit-reset": str(self.reset),
        }


@dataclass
class _Bucket:
    level: float
    at: float


class RateLimiter:
    """The buckets of one API. Changing the tier empties nothing: new limits start with full buckets."""

    def __init__(self, limits: dict[Tier, Limits], tier: Tier, seconds: Callable[[], float]) -> None:
        self._limits = limits
        self._seconds = seconds
        self._buckets: dict[str, _Bucket] = {}
        self.tier = tier

    @property
    def tier(self) -> Tier:
        """The tier in force."""
        return self._tier

    @tier.setter
    def tier(self, tier: Tier) -> None:
        self._tier = tier
        self._buckets.clear()

    def take(self, method: str, path: str) -> Verdict:
        """Spend one request of this method and path template."""
        limits = self._limits[self._tier]
        group = next((limit for limit in limits.groups if limit.governs(method, path)), None)
        now = self._seconds()
        verdict = Verdict(passes=True, limit=NO_LIMIT, remaining=NO_LIMIT, reset=math.ceil(now))
        for limit in (limits.whole, group):
            if limit is not None and verdict.passes:
                verdict = self._spend(limit, now)
        return verdict

    def _spend(self, limit: Limit, now: float) -> Verdict:
        bucket = self._buckets.setdefault(limit.name, _Bucket(level=limit.burst, at=now))
        rate = limit.per_minute / 60
        bucket.level = min(limit.burst, bucket.level + max(0.0, now - bucket.at) * rate)
        bucket.at = now
        passes = bucket.level >= 1 - 1e-9
        if passes:
            bucket.level -= 1
        full_at = now + (limit.burst - bucket.level) / rate
        remaining = max(0, math.floor(bucket.level + 1e-9))
        return Verdict(passes=passes, limit=limit.burst, remaining=remaining, reset=math.ceil(full_at))


_PATTERNS: dict[str, Pattern[str]] = {}


def _pattern(text: str) -> Pattern[str]:
    if text not in _PATTERNS:
        _PATTERNS[text] = re.compile(text.replace("{", r"\{").replace("}", r"\}"))
    return _PATTERNS[text]
