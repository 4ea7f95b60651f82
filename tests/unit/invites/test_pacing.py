"""Calls that keep within the limits which the tenant's answers tell."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime

import httpx
import pytest

from guestlist.invites.pacing import Paced
from localtenant.rate_limits import MANAGEMENT, RateLimiter, Tier

NOON = 1795435200.0


@dataclass
class Tenant(httpx.BaseTransport):
    """Two APIs with the limits of the free tier, on a clock that only sleeping moves."""

    now: float = NOON
    skew: float = 0.0  # of the tenant's clock
    with_date: bool = False
    refused: int = 0
    slept: list[float] = field(default_factory=list)
    says: dict[str, str] | None = None
    status: int = 200

    def __post_init__(self) -> None:
        self.limits = RateLimiter(MANAGEMENT, Tier.FREE, lambda: self.now + self.skew)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.now += 0.01
        if self.says is not None:
            return httpx.Response(self.status, headers=self.says)
        verdict = self.limits.take(request.method, request.url.path)
        self.refused += not verdict.passes
        date = {"date": format_datetime(datetime.fromtimestamp(int(self.now + self.skew), UTC), usegmt=True)}
        headers = {**verdict.headers(), **(date if self.with_date else {})}
        return httpx.Response(200 if verdict.passes else 429, headers=headers)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def client(self) -> httpx.Client:
        paced = Paced(self, clock=lambda: self.now, sleep=self.sleep)
        return httpx.Client(transport=paced, base_url="https://localhost:8443")


def test_two_a_second_are_used_up_and_never_exceeded() -> None:
    tenant = Tenant()
    client = tenant.client()
    for _ in range(200):
        assert client.get("/api/v2/users").status_code == 200
    assert tenant.refused == 0
    assert 99 <= tenant.now - NOON <= 110


def test_what_is_left_is_used_without_waiting() -> None:
    tenant = Tenant(says={"x-ratelimit-limit": "10", "x-ratelimit-remaining": "1", "x-ratelimit-reset": "1795435260"})
    client = tenant.client()
    for _ in range(5):
        client.get("/api/v2/users")
    assert tenant.slept == []


def test_the_two_apis_of_a_tenant_have_a_limit_each() -> None:
    tenant = Tenant(says={"x-ratelimit-limit": "2", "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1795435202"})
    client = tenant.client()
    client.get("/api/v2/users")
    client.post("/dbconnections/change_password")
    assert tenant.slept == []
    client.get("/api/v2/users")
    assert tenant.slept == [pytest.approx(0.99, abs=0.02)]


@pytest.mark.parametrize("skew", [-90.0, 90.0])
def test_a_clock_that_is_wrong_costs_no_minutes(skew: float) -> None:
    tenant = Tenant(skew=skew, with_date=True)
    client = tenant.client()
    for _ in range(20):
        client.get("/api/v2/users")
    assert tenant.refused == 0
    assert tenant.now - NOON < 20


def test_no_answer_makes_a_run_stand_still() -> None:
    tenant = Tenant(says={"x-ratelimit-limit": "1", "x-ratelimit-remaining": "0", "x-ratelimit-reset": "9995435202"})
    client = tenant.client()
    client.get("/api/v2/users")
    client.get("/api/v2/users")
    tenant.status = 429  # about one address, perhaps
    client.post("/dbconnections/change_password")
    client.post("/dbconnections/change_password")
    assert tenant.slept == [pytest.approx(60, abs=0.1), pytest.approx(2, abs=0.1)]


@pytest.mark.parametrize("says", [{}, {"x-ratelimit-remaining": "none"}])
def test_an_answer_without_figures_is_no_reason_to_wait(says: dict[str, str]) -> None:
    tenant = Tenant(says=says)
    client = tenant.client()
    client.get("/api/v2/users")
    client.get("/api/v2/users")
    assert tenant.slept == []
