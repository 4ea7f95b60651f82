"""
`guestlist invites create` against the local tenant in this process.

The one thing that the tenant does not do here is to send the mail: `POST /dbconnections/change_password` is answered by the test.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from click.testing import CliRunner, Result

from guestlist import deployment
from guestlist.cli.main import cli
from guestlist.errors import GuestlistError, Refused, TenantFailed
from guestlist.inviter import Inviter, create_invite
from guestlist.invites import Invited, Wish, clean_address, random_password
from localtenant.management import passwords
from stacks.machine_clients import INVITER
from tests.localtenant.conftest import LocalTenant, a_tenant

__all__ = ["a_tenant"]  # the fixture, for this module

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
ANA = "ana@example.com"
PASSWORD = "Chosen by the person herself 7!"
SENT = httpx.Response(200, text="We've just sent you an email to reset your password.")


@dataclass
class Network(httpx.BaseTransport):
    """The way to the tenant, which remembers what went over it."""

    tenant: httpx.BaseTransport
    mail: httpx.Response | Exception = field(default_factory=lambda: SENT)
    asked: list[dict[str, Any]] = field(default_factory=list)  # for mail
    lose: tuple[str, str] | None = None  # the answer to this is lost once, after the tenant has done it

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/dbconnections/change_password":
            self.asked.append(json.loads(request.content))
            if isinstance(self.mail, Exception):
                raise self.mail
            return self.mail
        answer = self.tenant.handle_request(request)
        if (request.method, request.url.path) == self.lose:
            self.lose = None
            raise httpx.ReadError("lost")
        return answer


@dataclass
class Place:
    """A tenant as the program leaves it, as far as inviting goes."""

    local: LocalTenant
    network: Network
    outputs: dict[str, Any]
    grant_id: str
    now: datetime = NOON

    def invite(self, address: str = ANA, *, resend: bool = False, **wish: str) -> Invited:
        inviter = Inviter.of_outputs(self.outputs, environment="qa", link_ttl_sec=604800)
        wanted = Wish(address=address, **wish)
        return create_invite(inviter, wanted, now=lambda: self.now, resend=resend, transport=self.network)

    def user(self, address: str = ANA) -> dict[str, Any]:
        (found,) = self.local.get("/users-by-email", params={"email": address}).json()
        return dict(found)

    def change(self, **changes: Any) -> None:
        """The user, as something else has left it: through the API what it can write, else in the store."""
        user = self.user()
        if changes.keys() <= {"blocked", "password", "app_metadata"}:
            path = f"/users/{quote(user['user_id'], safe='')}"
            assert self.local.patch(path, json=changes).is_success
        else:
            stored = self.local.tenant.store.get("users", user["user_id"])
            self.local.tenant.store.put("users", user["user_id"], {**(stored or {}), **changes})


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "DEFAULT_COST", passwords.Cost(n=2, r=1))


@pytest.fixture
def place(a_tenant: Callable[..., LocalTenant]) -> Place:
    local = a_tenant()
    options = {"disable_signup": True, "passwordPolicy": "excellent", "password_no_personal_info": {"enable": True}}
    database = {"name": "invited-users", "strategy": "auth0", "options": options}
    connection = local.post("/connections", json=database).json()
    client = {"name": "Guestlist inviter", "app_type": "non_interactive", "grant_types": ["client_credentials"]}
    inviter = local.post("/clients", json=client).json()
    application = local.post("/clients", json={"name": "App", "app_type": "regular_web"}).json()
    audience = "https://localhost:8443/api/v2/"
    grant = {"client_id": inviter["client_id"], "audience": audience, "scope": list(INVITER.scopes)}
    grant_id = local.post("/client-grants", json=grant).json()["id"]
    enabled = [{"client_id": inviter["client_id"], "status": True}]
    assert local.patch(f"/connections/{connection['id']}/clients", json=enabled).is_success
    outputs = {
        "tenantDomain": "localhost:8443",
        "issuer": "https://login.localhost:8443/",
        "connectionName": "invited-users",
        "applicationClientId": application["client_id"],
        "inviterClientId": inviter["client_id"],
        "inviterClientSecret": inviter["client_secret"],
    }
    return Place(local, Network(local.http._transport), outputs, grant_id)


def test_an_invited_person_exists_unconfirmed_with_a_password_that_nobody_knows(place: Place) -> None:
    done = place.invite(by="Bo", language="de", first_name="Ana")

    user = place.user()
    assert user["email_verified"] is False
    assert user["given_name"] == "Ana"
    assert user["identities"][0]["connection"] == "invited-users"
    invite = user["app_metadata"]["invite"]
    assert invite.pop("id").startswith("inv_")
    assert invite == {
        "by": "Bo",
        "language": "de",
        "at": "2026-11-23T12:00:00Z",
        "expires_at": "2026-11-30T12:00:00Z",
        "sent_to": ANA,
        "sent_count": 1,
        "last_sent_at": "2026-11-23T12:00:00Z",
    }
    assert done == Invited(
        address=ANA, user_id=user["user_id"], state="invited", sent_count=1, expires_at="2026-11-30T12:00:00Z"
    )


def test_the_mail_is_asked_for_at_the_login_host_in_the_applications_name(place: Place) -> None:
    place.invite()
    assert place.network.asked == [
        {"client_id": place.outputs["applicationClientId"], "email": ANA, "connection": "invited-users"}
    ]


def test_inviting_twice_is_inviting_once(place: Place) -> None:
    place.invite()
    before = place.user()
    assert place.invite(by="Somebody else").state == "already_invited"
    assert len(place.network.asked) == 1
    assert place.user() == before


def test_a_new_link_is_sent_when_it_is_asked_for(place: Place) -> None:
    place.invite(by="Bo", language="de")
    place.now = NOON.replace(day=25)
    again = place.invite(language="fr", resend=True)
    assert (again.state, again.sent_count, again.expires_at) == ("sent_again", 2, "2026-12-02T12:00:00Z")
    invite = place.user()["app_metadata"]["invite"]
    assert (invite["by"], invite["language"], invite["at"]) == ("Bo", "fr", "2026-11-23T12:00:00Z")
    assert len(place.network.asked) == 2


def test_a_link_that_has_expired_is_replaced(place: Place) -> None:
    place.invite()
    place.now = NOON.replace(day=30)
    assert place.invite().state == "sent_again"


@pytest.mark.parametrize("resend", [False, True])
@pytest.mark.parametrize("changes", [{"logins_count": 1}, {"accepted_at": "2026-11-24T08:00:00.000Z"}])
def test_nobody_who_is_active_gets_a_mail_or_another_password(
    place: Place, changes: dict[str, Any], resend: bool
) -> None:
    place.invite()
    place.change(password=PASSWORD)
    if "accepted_at" in changes:
        place.change(app_metadata={"invite": {**place.user()["app_metadata"]["invite"], **changes}})
    else:
        place.change(**changes)
    before = place.local.tenant.store.get("users", place.user()["user_id"])

    assert place.invite(resend=resend).state == "already_active"

    after = place.local.tenant.store.get("users", place.user()["user_id"])
    assert before is not None
    assert after is not None
    assert after["_password"] == before["_password"]
    assert after["app_metadata"] == before["app_metadata"]
    assert len(place.network.asked) == 1


def test_whoever_came_in_through_the_mail_has_proven_the_address(place: Place) -> None:
    place.invite()
    invite = place.user()["app_metadata"]["invite"]
    place.change(app_metadata={"invite": {**invite, "accepted_at": "2026-11-24T08:00:00.000Z"}})
    place.invite()
    assert place.user()["email_verified"] is True


@pytest.mark.parametrize("said", [{"sent_to": "old@example.com"}, {"accepted_at": None}])
def test_an_address_that_the_mail_did_not_go_to_is_not_proven(place: Place, said: dict[str, Any]) -> None:
    place.invite()
    invite = {**place.user()["app_metadata"]["invite"], "accepted_at": "2026-11-24T08:00:00.000Z", **said}
    place.change(app_metadata={"invite": invite}, logins_count=1)
    place.invite()
    assert place.user()["email_verified"] is False


def test_a_blocked_user_is_refused(place: Place) -> None:
    place.invite()
    place.change(blocked=True)
    with pytest.raises(Refused, match=r"auth0\|.*nothing was sent: the user is blocked.*guestlist invites create"):
        place.invite(resend=True)


def test_a_user_who_is_no_invitee_of_ours_is_refused_until_active(place: Place) -> None:
    place.invite()
    place.change(app_metadata={"invite": None})
    with pytest.raises(Refused, match="not invited by guestlist"):
        place.invite()
    place.change(logins_count=3)
    assert place.invite().state == "already_active"
    assert len(place.network.asked) == 1


def test_the_same_address_in_another_connection_is_somebody_else(place: Place) -> None:
    other = {"user_id": "google-oauth2|1", "email": ANA, "identities": [{"connection": "google-oauth2"}]}
    place.local.tenant.store.put("users", "google-oauth2|1", other)
    assert place.invite().state == "invited"


def test_a_run_whose_answer_was_lost_goes_on_with_the_user_that_it_made(place: Place) -> None:
    place.network.lose = ("POST", "/api/v2/users")
    assert place.invite().state == "invited"
    assert place.user()["app_metadata"]["invite"]["sent_count"] == 1


def test_after_a_mail_that_was_not_sent_the_same_command_sends_it(place: Place) -> None:
    place.network.mail = httpx.ConnectError("no route")
    with pytest.raises(
        TenantFailed, match=r"did not answer.*Run again: guestlist invites create ana@example.com --env qa"
    ):
        place.invite()
    place.network.mail = SENT
    assert place.invite().state == "invited"
    assert place.user()["app_metadata"]["invite"]["sent_count"] == 1


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (httpx.Response(429, json={"error": "too_many_requests"}), "at most a mail a minute"),
        (httpx.Response(500, text="https://login.localhost/u/reset-verify?ticket=hush"), "answered 500"),
        (httpx.Response(302, headers={"location": "https://login.localhost/?ticket=hush"}), "answered 302"),
    ],
)
def test_what_auth0_says_to_the_request_for_a_mail(place: Place, answer: httpx.Response, words: str) -> None:
    place.network.mail = answer
    with pytest.raises(TenantFailed, match=words) as failed:
        place.invite()
    assert "hush" not in failed.value.message
    assert failed.value.message.endswith("guestlist invites create ana@example.com --env qa")


def test_each_thing_that_is_wrong_with_the_inviter_is_said_with_what_to_run(place: Place) -> None:
    with pytest.raises(GuestlistError, match=r"it is not deployed.*guestlist up --env qa"):
        Inviter.of_outputs({}, environment="qa", link_ttl_sec=60)

    secret = place.outputs["inviterClientSecret"]
    place.outputs["inviterClientSecret"] = "another one"
    with pytest.raises(TenantFailed, match=r"does not let the inviter in.*guestlist up --env qa") as failed:
        place.invite()
    assert "another one" not in failed.value.message
    place.outputs["inviterClientSecret"] = secret

    connection = place.local.get("/connections", params={"name": "invited-users"}).json()[0]["id"]
    disabled = [{"client_id": place.outputs["inviterClientId"], "status": False}]
    others = [{"client_id": place.outputs["applicationClientId"], "status": True}]
    place.local.patch(f"/connections/{connection}/clients", json=[*disabled, *others])
    with pytest.raises(TenantFailed, match=r"not enabled on the connection invited-users.*guestlist up --env qa"):
        place.invite()

    place.local.patch(f"/client-grants/{place.grant_id}", json={"scope": ["create:users"]})
    with pytest.raises(TenantFailed, match=r"lacks a scope.*guestlist up --env qa"):
        place.invite()


def test_a_secret_is_in_no_repr(place: Place) -> None:
    inviter = Inviter.of_outputs(place.outputs, environment="qa", link_ttl_sec=60)
    assert place.outputs["inviterClientSecret"] not in repr(inviter)


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        (" Ana@Example.COM ", ANA),
        ("a.n+a@example.com", "a.n+a@example.com"),
        ("jo\u0308rg@example.com", "jörg@example.com"),
        ("ana", None),
        ("ana@example", None),
        ("a@b@example.com", None),
        ("ana@example.com\nbcc: eve@example.com", None),
        ("Ana <ana@example.com>", None),
        ("a" * 250 + "@example.com", None),
    ],
)
def test_an_address_is_taken_as_auth0_keeps_it(typed: str, address: str | None) -> None:
    assert clean_address(typed) == address


def test_a_random_password_passes_every_policy() -> None:
    for _ in range(200):
        password = random_password(("ana", "b"))
        assert len(password.encode()) == 64
        assert "ana" not in password.lower()


# The command.


@pytest.fixture
def command(place: Place, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> Callable[..., Result]:
    """`guestlist invites create`, with the outputs of this tenant instead of the engine's."""
    (tmp_path / "Pulumi.yaml").write_text("name: guestlist\nruntime: python\n")

    @dataclasses.dataclass
    class Opened:
        outputs: dict[str, Any]
        local: bool = True
        settings: Any = dataclasses.field(
            default_factory=lambda: type("", (), {"invite": type("", (), {"link_ttl_sec": 604800})})
        )

        def transport(self) -> httpx.BaseTransport:
            return place.network

    monkeypatch.setattr(deployment, "open_outputs", lambda *_, **__: Opened(place.outputs))
    return lambda *arguments: CliRunner().invoke(
        cli, ["--project", str(tmp_path), "invites", "create", *arguments, "--env", "local"]
    )


def test_the_command_says_what_came_of_it_and_shows_no_link(command: Callable[..., Result], place: Place) -> None:
    first, second, third = command(" ANA@example.com"), command(ANA), command(ANA, "--resend")
    assert [done.exit_code for done in (first, second, third)] == [0, 0, 0]
    assert "is invited: the link is on its way, good until" in first.stdout
    assert "guestlist invites create ana@example.com --env local --resend" in second.stdout
    assert "Earlier links no longer work" in third.stdout
    shown = "".join(done.output for done in (first, second, third))
    assert "https://localhost:8443/_local/mail" in first.stderr
    assert "ticket" not in shown
    assert place.outputs["inviterClientSecret"] not in shown


def test_the_command_answers_in_json(command: Callable[..., Result]) -> None:
    document = json.loads(command(ANA, "--json").stdout)
    assert document["state"] == "invited"
    assert document.keys() == {"address", "userId", "state", "sentCount", "expiresAt"}


@pytest.mark.parametrize(
    "arguments",
    [["ana"], [ANA, "--language", "german!"], [ANA, "--first-name", "a\nb"], [ANA, "--by", "https://evil.example"]],
)
def test_what_cannot_be_is_wrong_usage(command: Callable[..., Result], place: Place, arguments: list[str]) -> None:
    assert command(*arguments).exit_code == 64
    assert place.network.asked == []
