"""
A tenant as the program leaves it, as far as inviting goes: the local tenant in this process, and everybody's mailbox.

    def test_an_invite_can_be_used_once(place):
        place.create()
        link = place.last_link()
        assert place.opens(link)

Nothing is stood in for but the mail server of ticket delivery, which puts mails into the same mailbox.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from functools import cache
from typing import Any
from urllib.parse import quote

import httpx

from guestlist.invites import (
    AuditEntry,
    Desk,
    Invited,
    Inviter,
    Listed,
    OwnMail,
    Wish,
    create_invite,
    list_invites,
    open_desk,
    resend_invite,
    revoke_invite,
)
from localtenant.messages import mailbox
from stacks.machine_clients import inviter as inviter_role
from stacks.settings import Invite, Settings
from tests.localtenant.conftest import LocalTenant

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
ANA = "ana@example.com"
PASSWORD = "Chosen by the person herself 7!"
TTL = 604800
MAIL = "/dbconnections/change_password"


@dataclass
class Network(httpx.BaseTransport):
    """The way to the tenant, which remembers what went over it, and loses what it is told to."""

    tenant: httpx.BaseTransport
    calls: list[str] = field(default_factory=list)  # "POST /api/v2/users"
    lost_before: dict[str, Exception] = field(default_factory=dict)  # by call, once: it never reaches the tenant
    lost_after: dict[str, Exception] = field(default_factory=dict)  # by call, once: the tenant does it, nobody hears
    answers: dict[str, httpx.Response] = field(default_factory=dict)  # by call, once: instead of the tenant's

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        call = f"{request.method} {request.url.path}"
        self.calls.append(call)
        if call in self.lost_before:
            raise self.lost_before.pop(call)
        if call in self.answers:
            return self.answers.pop(call)
        answer = self.tenant.handle_request(request)
        if call in self.lost_after:
            raise self.lost_after.pop(call)
        return answer

    def management_calls(self) -> list[str]:
        return [call.replace("/api/v2", "") for call in self.calls if "/api/v2" in call]


@dataclass
class Postbox:
    """The mail server of ticket delivery."""

    tenant: LocalTenant
    host: str = "smtp.example.com"
    fails: list[Exception] = field(default_factory=list)  # the next ones
    taken: list[EmailMessage] = field(default_factory=list)

    def send(self, message: EmailMessage) -> None:
        if self.fails:
            raise self.fails.pop(0)
        self.taken.append(message)
        mailbox.keep(self.tenant.tenant, bytes(message), sender=str(message["From"]), recipients=[str(message["To"])])


@dataclass
class Place:
    """The tenant and everything around it."""

    local: LocalTenant
    network: Network
    outputs: dict[str, Any]
    grant_id: str
    postbox: Postbox
    options: dict[str, Any] = field(default_factory=dict)  # of the inviter
    now: datetime = NOON
    entries: list[AuditEntry] = field(default_factory=list)

    def inviter(self) -> Inviter:
        mail = OwnMail(server=self.postbox, sender="invitations@example.com", settings=settings())
        return Inviter.of_outputs(
            self.outputs, environment="qa", link_ttl_sec=TTL, **{"own_mail": mail, **self.options}
        )

    @contextmanager
    def desk(self) -> Iterator[Desk]:
        with open_desk(
            self.inviter(),
            now=lambda: self.now,
            transport=self.network,
            audit=self.entries.append,
            by="rita",
            sleep=lambda _seconds: None,
        ) as desk:
            yield desk

    def create(self, address: str = ANA, **options: Any) -> Invited:
        return self._do(create_invite, address, options)

    def resend(self, address: str = ANA, **options: Any) -> Invited:
        return self._do(resend_invite, address, options)

    def revoke(self, address: str = ANA) -> Invited:
        with self.desk() as desk:
            return revoke_invite(desk, address)

    def list(self, *standings: Any) -> list[Listed]:
        with self.desk() as desk:
            return list(list_invites(desk, standings or None))

    def _do(self, action: Callable[..., Invited], address: str, options: dict[str, Any]) -> Invited:
        names = {"language", "first_name", "by", "phone", "roles"}
        wish = Wish(address=address, **{name: value for name, value in options.items() if name in names})
        with self.desk() as desk:
            return action(desk, wish, **{name: value for name, value in options.items() if name not in names})

    def later(self, **duration: float) -> None:
        """Time goes by, for the tenant too."""
        passed = timedelta(**duration)
        self.now += passed
        self.local.clock.advance(passed.total_seconds())

    def mails(self) -> int:
        return len(mailbox.mails(self.local.tenant))

    def last_link(self) -> str:
        newest = mailbox.mails(self.local.tenant)[0]
        (link,) = [link for link in newest["links"] if "/u/reset-verify" in link]
        return str(link)

    def opens(self, link: str) -> bool:
        """Whether the link leads to the form for a password."""
        return self.local.http.get(link).status_code == 200

    def choose_password(self, link: str, password: str = PASSWORD) -> None:
        form = {"password-reset": password, "re-enter-password": password}
        assert self.local.http.post(link, data=form).status_code == 200

    def user(self, address: str = ANA) -> dict[str, Any]:
        (found,) = self.local.get("/users-by-email", params={"email": address}).json()
        return dict(found)

    def document(self, address: str = ANA) -> dict[str, Any]:
        return dict(self.user(address)["app_metadata"]["invite"])

    def change(self, address: str = ANA, **changes: Any) -> None:
        """The user, as something else has left it: through the API what it can write, else in the store."""
        user = self.user(address)
        if changes.keys() <= {"blocked", "password", "app_metadata"}:
            assert self.local.patch(f"/users/{quote(user['user_id'], safe='')}", json=changes).is_success
        else:
            stored = self.local.tenant.store.get("users", user["user_id"])
            self.local.tenant.store.put("users", user["user_id"], {**(stored or {}), **changes})

    def grant(self, **invite: Any) -> None:
        """What the inviter may do, as these settings have it; they are the inviter's from now on."""
        chosen = Invite.model_validate(invite)
        scopes = list(inviter_role(chosen).scopes)
        assert self.local.patch(f"/client-grants/{self.grant_id}", json={"scope": scopes}).is_success
        self.options |= {
            "delivery": chosen.delivery,
            "revoke": chosen.revoke,
            "pre_enrols_phone": chosen.pre_enrol_phone,
        }


@cache
def settings() -> Settings:
    """Of an environment called `qa`."""
    written = {
        "tenant": {"domain": "qa.eu.auth0.example", "friendlyName": "Guestlist"},
        "application": {
            "name": "App",
            "callbackUrls": ["https://app.example.com/callback"],
            "logoutUrls": ["https://app.example.com"],
            "initiateLoginUri": "https://app.example.com/login",
        },
        "profile": {"pageUrl": "https://profile.example.com"},
        "email": {"fromAddress": "invitations@example.com", "smtpHost": "smtp.example.com"},
    }
    return Settings.model_validate(written, context={"environment": "qa"}).of_environment("qa")


def a_place(local: LocalTenant) -> Place:
    options = {"disable_signup": True, "passwordPolicy": "excellent", "password_no_personal_info": {"enable": True}}
    database = {"name": "invited-users", "strategy": "auth0", "options": options}
    connection = local.post("/connections", json=database).json()
    client = {"name": "Guestlist inviter", "app_type": "non_interactive", "grant_types": ["client_credentials"]}
    inviter = local.post("/clients", json=client).json()
    application = local.post("/clients", json={"name": "App", "app_type": "regular_web"}).json()
    audience = "https://localhost:8443/api/v2/"
    scopes = list(inviter_role(Invite()).scopes)
    grant = {"client_id": inviter["client_id"], "audience": audience, "scope": scopes}
    grant_id = local.post("/client-grants", json=grant).json()["id"]
    enabled = [{"client_id": client["client_id"], "status": True} for client in (inviter, application)]
    assert local.patch(f"/connections/{connection['id']}/clients", json=enabled).is_success
    outputs = {
        "tenantDomain": "localhost:8443",
        "issuer": "https://localhost:8443/",
        "connectionName": "invited-users",
        "applicationClientId": application["client_id"],
        "inviterClientId": inviter["client_id"],
        "inviterClientSecret": inviter["client_secret"],
    }
    return Place(local, Network(local.http._transport), outputs, grant_id, Postbox(local))
