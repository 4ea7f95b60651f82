"""A local tenant in this process with Ana in our connection, for the tests of resetting second factors."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import httpx

from guestlist.audit import AuditEntry
from guestlist.mfa_enrolled import Enrolled, find_enrolled
from guestlist.mfa_reset import SCOPES, Reset, reset_mfa
from localtenant.authentication.access_tokens import issue
from localtenant.management import passwords
from localtenant.management.users import make_user
from stacks.management import ManagementClient
from tests.localtenant.conftest import LocalTenant

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
ANA = "ana@example.com"
PHONE = "+351910000042"
EVERYTHING = ("factors", "remembered_browsers", "sessions", "refresh_tokens")
DOMAIN = "localhost:8443"
CHEAP = passwords.Cost(n=2, r=1)


@dataclass
class Network(httpx.BaseTransport):
    """The way to the tenant: remembers the writes that went over it, and answers one of them itself if it is told to."""

    tenant: httpx.BaseTransport
    writes: list[str] = field(default_factory=list)
    answers: dict[str, httpx.Response] = field(default_factory=dict)  # by the end of the path

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        last = request.url.path.rpartition("/")[2]
        if request.method != "GET" and last != "token":
            self.writes.append(last)
            if last in self.answers:
                return self.answers[last]
        return self.tenant.handle_request(request)


@dataclass
class Place:
    """A tenant with Ana in our connection, and what was noted."""

    local: LocalTenant
    network: Network
    user_id: str
    noted: list[AuditEntry] = field(default_factory=list)

    def client(self, *scopes: str) -> ManagementClient:
        token = issue(self.local.tenant, "supporter", scopes or SCOPES)
        return ManagementClient(DOMAIN, api_token=token, transport=self.network, sleep=lambda _: None)

    def find(self, address: str = ANA) -> Enrolled:
        return find_enrolled(self.client(), address=address, connection="invited-users", environment="qa")

    def reset(self) -> Reset:
        return reset_mfa(self.client(), self.find(), by="rita", now=lambda: NOON, audit=self.noted.append)

    @property
    def path(self) -> str:
        return f"/users/{quote(self.user_id, safe='')}"

    def enrol(self, **body: str) -> None:
        wanted = body or {"type": "phone", "phone_number": PHONE}
        assert self.local.post(f"{self.path}/authentication-methods", json=wanted).is_success

    def methods(self) -> list[dict[str, Any]]:
        return list(self.local.get(f"{self.path}/authentication-methods").json())


def a_place(local: LocalTenant) -> Place:
    local.post("/connections", json={"name": "invited-users", "strategy": "auth0"})
    user = {"email": ANA, "connection": "invited-users", "password": "Chosen by herself 7!"}
    connection = local.get("/connections", params={"name": "invited-users"}).json()[0]
    return Place(local, Network(local.http._transport), make_user(local.tenant, connection, user)["user_id"])
