"""
A local tenant in this process, without sockets or threads.

    def test_a_role_can_be_read_back(a_tenant):
        tenant = a_tenant()
        role = tenant.post("/roles", json={"name": "admin"}).json()
        assert tenant.get(f"/roles/{role['id']}").json()["name"] == "admin"

Paths are below /api/v2; `tenant.http` takes whole ones. The clock stands still: `tenant.clock.advance(seconds)`.
"""

import asyncio
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import httpx
import pytest

from localtenant.app import App
from localtenant.authentication import signing
from localtenant.authentication.access_tokens import issue
from localtenant.clock import Clock
from localtenant.deployer import all_scopes, credentials_of
from localtenant.management.entitlements import Plan
from localtenant.rate_limits import Tier
from localtenant.store import Store
from localtenant.tenant import Tenant

NOON = 1795435200.0  # 2026-11-23T12:00:00Z


class InProcess(httpx.BaseTransport):
    """Calls the application in this thread, as SQLite wants it."""

    def __init__(self, app: App, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = httpx.ASGITransport(app=app, client=("127.0.0.1", 50000))
        self._loop = loop

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        async def send() -> httpx.Response:
            answer = await self._transport.handle_async_request(request)
            content = await answer.aread()
            return httpx.Response(answer.status_code, headers=answer.headers, content=content, request=request)

        return self._loop.run_until_complete(send())


@dataclass
class LocalTenant:
    """What a test holds: the tenant, its clock, and a Management API client of the deployer."""

    tenant: Tenant
    app: App
    clock: Clock
    http: httpx.Client
    loop: asyncio.AbstractEventLoop
    scopes: tuple[str, ...]

    @property
    def token(self) -> str:
        return issue(self.tenant, credentials_of(self.tenant)["client_id"], self.scopes)

    def with_scopes(self, *scopes: str) -> "LocalTenant":
        """The same tenant through a token with these scopes only."""
        return LocalTenant(self.tenant, self.app, self.clock, self.http, self.loop, scopes)

    def call(self, method: str, path: str, **options: Any) -> httpx.Response:
        headers = {"authorization": f"Bearer {self.token}", **options.pop("headers", {})}
        answer = self.http.request(method, f"/api/v2{path}", headers=headers, **options)
        assert answer.status_code != 500, answer.text
        return answer

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.call("GET", path, **options)

    def post(self, path: str, **options: Any) -> httpx.Response:
        return self.call("POST", path, **options)

    def patch(self, path: str, **options: Any) -> httpx.Response:
        return self.call("PATCH", path, **options)

    def put(self, path: str, **options: Any) -> httpx.Response:
        return self.call("PUT", path, **options)

    def delete(self, path: str, **options: Any) -> httpx.Response:
        return self.call("DELETE", path, **options)

    def logs(self, log_type: str | None = None) -> list[dict[str, Any]]:
        """The tenant log, oldest first, straight from the store."""
        return [entry for entry in self.tenant.store.all("logs") if log_type in {None, entry["type"]}]


@cache
def signing_key_pem() -> str:
    """One key for all tests: making one takes a tenth of a second."""
    return signing.generate_pem()


def open_tenant(
    loop: asyncio.AbstractEventLoop,
    *,
    tier: Tier = Tier.UNLIMITED,
    plan: Plan = Plan.ENTERPRISE,
    latency_ms: float = 0,
    store: Store | None = None,
    seed: int = 1,
    domain: str = "localhost:8443",
) -> LocalTenant:
    """A fresh tenant; whoever calls closes its `http`."""
    clock = Clock(lambda: NOON)
    tenant = Tenant(store or Store(None), clock=clock, rng=random.Random(seed), domain=domain)
    if tenant.store.get(signing.KIND, "current") is None:
        tenant.store.put(signing.KIND, "current", {"pem": signing_key_pem()})
    app = App(tenant, tier=tier, plan=plan, latency_ms=latency_ms)
    client = httpx.Client(transport=InProcess(app, loop), base_url="https://localhost:8443")
    return LocalTenant(tenant, app, clock, client, loop, tuple(all_scopes()))


@pytest.fixture
def a_tenant() -> Iterator[Callable[..., LocalTenant]]:
    """A factory of fresh tenants; `tier`, `plan`, `latency_ms`, `store`, `seed` and `domain` may be given."""
    loop = asyncio.new_event_loop()
    made: list[LocalTenant] = []

    def make(**options: Any) -> LocalTenant:
        made.append(open_tenant(loop, **options))
        return made[-1]

    yield make
    for tenant in made:
        tenant.http.close()
    loop.close()
