"""Inviting, step by step: what is kept, what is sent, what goes wrong and what is said of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest

from guestlist.errors import GuestlistError, InviteFailed, InviteRefused, TenantFailed
from guestlist.invites import Invited, Inviter
from guestlist.invites.passwords import random_password
from tests.unit.invites.place import ANA, MAIL, NOON, TTL, Place


def test_an_invited_person_exists_unconfirmed_with_a_password_that_nobody_knows(place: Place) -> None:
    done = place.create(by="Bo", language="de", first_name="Ana")

    user = place.user()
    assert user["email_verified"] is False
    assert user["given_name"] == "Ana"
    assert user["identities"][0]["connection"] == "invited-users"
    invite = user["app_metadata"]["invite"]
    attempt = invite.pop("attempt")
    assert invite.pop("id").startswith("inv_")
    assert attempt == {
        "id": invite["last_attempt"],
        "at": "2026-11-23T12:00:00Z",
        "delivery": "auth0",
        "expires_at": "2026-11-30T12:00:00Z",
    }
    assert invite == {
        "by": "Bo",
        "language": "de",
        "at": "2026-11-23T12:00:00Z",
        "expires_at": "2026-11-30T12:00:00Z",
        "sent_to": ANA,
        "sent_count": 1,
        "last_sent_at": "2026-11-23T12:00:00Z",
        "recent": ["2026-11-23T12:00:00Z"],
        "last_attempt": attempt["id"],
    }
    assert done == Invited(
        address=ANA,
        user_id=user["user_id"],
        state="invited",
        sent_count=1,
        expires_at="2026-11-30T12:00:00Z",
        attempt=attempt["id"],
    )


@pytest.mark.parametrize("delivery", ["auth0", "ticket"])
def test_the_link_lets_a_person_choose_a_password_once(place: Place, delivery: str) -> None:
    place.options["delivery"] = delivery
    place.create()
    link = place.last_link()
    assert place.opens(link)
    place.choose_password(link)
    assert not place.opens(link)
    assert place.user()["email_verified"] is (delivery == "ticket")


def test_a_ticket_is_mailed_under_the_name_of_its_attempt_and_lives_as_long_as_the_invite(place: Place) -> None:
    place.options["delivery"] = "ticket"
    shown: list[str] = []
    done = place.create(show_link=shown.append)
    (mail,) = place.postbox.taken
    assert mail["Message-ID"] == f"<{done.attempt}@example.com>"
    assert (mail["To"], mail["From"].addresses[0].addr_spec) == (ANA, "invitations@example.com")
    assert shown[0].rstrip("#") == place.last_link().rstrip("#")
    place.later(seconds=TTL - 1)
    assert place.opens(shown[0])
    place.later(seconds=1)
    assert not place.opens(shown[0])


def test_inviting_twice_is_inviting_once(place: Place) -> None:
    place.create()
    before = place.user()
    assert place.create(by="Somebody else").state == "already_invited"
    assert place.mails() == 1
    assert place.user() == before


def test_a_new_link_says_what_is_said_anew(place: Place) -> None:
    place.create(by="Bo", language="de")
    place.later(days=2)
    again = place.resend(language="fr")
    assert (again.state, again.sent_count, again.expires_at) == ("sent_again", 2, "2026-12-02T12:00:00Z")
    invite = place.document()
    assert (invite["by"], invite["language"], invite["at"]) == ("Bo", "fr", "2026-11-23T12:00:00Z")


def test_mails_to_one_address_are_a_minute_apart(place: Place) -> None:
    place.create()
    place.later(seconds=59)
    with pytest.raises(InviteRefused, match="From 2026-11-23 12:01:00 UTC on run: guestlist invites resend") as refused:
        place.resend()
    assert (refused.value.reason, refused.value.until) == ("too_soon", NOON + timedelta(minutes=1))
    assert place.mails() == 1
    place.later(seconds=1)
    assert place.resend().state == "sent_again"


def test_five_mails_a_day_go_to_one_address(place: Place) -> None:
    place.create()
    for _ in range(4):
        place.later(hours=1)
        place.resend()
    place.later(hours=1)
    with pytest.raises(InviteRefused) as refused:
        place.resend()
    assert (refused.value.reason, refused.value.until) == ("too_often", NOON + timedelta(days=1))
    place.later(hours=19)
    assert place.resend().sent_count == 6


def test_whoever_came_in_through_the_mail_has_proven_the_address(place: Place) -> None:
    place.create()
    place.change(app_metadata={"invite": {**place.document(), "accepted_at": "2026-11-24T08:00:00.000Z"}})
    assert place.create().state == "already_active"
    assert place.user()["email_verified"] is True


@pytest.mark.parametrize("said", [{"sent_to": "old@example.com"}, {"accepted_at": None}])
def test_an_address_that_the_mail_did_not_go_to_is_not_proven(place: Place, said: dict[str, Any]) -> None:
    place.create()
    invite = {**place.document(), "accepted_at": "2026-11-24T08:00:00.000Z", **said}
    place.change(app_metadata={"invite": invite}, logins_count=1)
    place.create()
    assert place.user()["email_verified"] is False


def test_a_user_who_is_no_invitee_of_ours_is_refused_until_active(place: Place) -> None:
    place.create()
    place.change(app_metadata={"invite": None})
    with pytest.raises(InviteRefused, match="not invited by guestlist"):
        place.create()
    place.change(logins_count=3)
    assert place.create().state == "already_active"
    assert place.mails() == 1


def test_the_same_address_in_another_connection_is_somebody_else(place: Place) -> None:
    other = {"user_id": "google-oauth2|1", "email": ANA, "identities": [{"connection": "google-oauth2"}]}
    place.local.tenant.store.put("users", "google-oauth2|1", other)
    assert place.create().state == "invited"
    assert place.create().state == "already_invited"


@pytest.mark.parametrize("probably_new", [True, False])
def test_a_run_whose_answer_was_lost_goes_on_with_the_user_that_it_made(place: Place, probably_new: bool) -> None:
    place.network.lost_after["POST /api/v2/users"] = httpx.ReadError("lost")
    assert place.create(probably_new=probably_new).state == "invited"
    assert (place.document()["sent_count"], place.mails()) == (1, 1)


@pytest.mark.parametrize("delivery", ["auth0", "ticket"])
def test_calls_of_the_management_api_that_an_invite_costs(place: Place, delivery: str) -> None:
    """docs/invites.md states these."""
    place.options["delivery"] = delivery
    ticket = ["POST /tickets/password-change"] if delivery == "ticket" else []

    def cost(act: Any, **options: Any) -> list[str]:
        place.network.calls.clear()
        act(**options)
        return [call.partition("/auth0")[0] for call in place.network.management_calls()]

    look, note = "GET /users-by-email", "PATCH /users"
    assert cost(place.create) == ["POST /users", *ticket, note]
    assert cost(place.create) == ["POST /users", look]
    assert cost(place.create, probably_new=False) == [look]
    assert cost(place.create, address="rui@example.com", probably_new=False) == [look, "POST /users", *ticket, note]
    place.later(days=8)
    assert cost(place.create) == ["POST /users", look, note, *ticket, note]
    place.later(hours=1)
    assert cost(place.resend) == [look, note, *ticket, note]
    assert cost(place.revoke) == [look, "POST /tickets/password-change", note]


@pytest.mark.parametrize(
    ("answer", "words", "wait"),
    [
        (httpx.Response(429, json={"error": "too_many_requests"}), "at most a mail a minute", 60),
        (httpx.Response(400, json={"error": "connection is disabled"}), "answered 400", 0),
        (httpx.Response(302, headers={"location": "https://login.localhost/?ticket=hush"}), "answered 302", 0),
    ],
)
def test_a_mail_that_auth0_does_not_take_has_not_left(
    place: Place, answer: httpx.Response, words: str, wait: float
) -> None:
    place.network.answers[f"POST {MAIL}"] = answer
    with pytest.raises(InviteFailed, match=words) as failed:
        place.create()
    assert "hush" not in failed.value.message
    assert failed.value.message.endswith("guestlist invites create ana@example.com --env qa")
    assert failed.value.wait_seconds == wait
    assert "attempt" not in place.document()
    assert place.create().state == "invited"
    assert place.mails() == 1


def test_each_thing_that_is_wrong_with_the_inviter_is_said_with_what_to_run(place: Place) -> None:
    with pytest.raises(GuestlistError, match=r"it is not deployed.*guestlist up --env qa"):
        Inviter.of_outputs({}, environment="qa", link_ttl_sec=60)

    secret = place.outputs["inviterClientSecret"]
    place.outputs["inviterClientSecret"] = "another one"
    with pytest.raises(TenantFailed, match=r"does not let the inviter in.*guestlist up --env qa") as failed:
        place.create()
    assert "another one" not in failed.value.message
    place.outputs["inviterClientSecret"] = secret

    connection = place.local.get("/connections", params={"name": "invited-users"}).json()[0]["id"]
    disabled = [{"client_id": place.outputs["inviterClientId"], "status": False}]
    place.local.patch(f"/connections/{connection}/clients", json=disabled)
    with pytest.raises(TenantFailed, match=r"not enabled on the connection invited-users.*guestlist up --env qa"):
        place.create()

    place.local.patch(f"/client-grants/{place.grant_id}", json={"scope": ["create:user_tickets"]})
    with pytest.raises(TenantFailed, match=r"lacks a scope.*guestlist up --env qa"):
        place.create()

    place.options |= {"delivery": "ticket", "own_mail": None}
    with pytest.raises(GuestlistError, match=r"no mail server is known.*smtpHost"):
        place.create()


def test_a_tenant_with_several_domains_is_told_which_one(place: Place) -> None:
    for name in ("login.example.com", "other.example.com"):
        domain = place.local.post("/custom-domains", json={"domain": name, "type": "auth0_managed_certs"}).json()
        stored = place.local.tenant.store.get("custom_domains", domain["custom_domain_id"])
        place.local.tenant.store.put(
            "custom_domains", domain["custom_domain_id"], {**(stored or {}), "status": "ready"}
        )
    place.outputs["issuer"] = "https://login.example.com/"
    place.options["delivery"] = "ticket"
    place.create()
    assert place.last_link().startswith("https://login.example.com/u/reset-verify")


def test_a_user_whom_no_mail_can_be_written_to_gets_none(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    place.options["delivery"] = "ticket"

    def refuse(**_: Any) -> Any:
        raise ValueError("Header values may not contain linefeed: ana")

    monkeypatch.setattr("guestlist.invites.deliveries.invite_message", refuse)
    with pytest.raises(InviteFailed, match="the message cannot be written for this user"):
        place.create()
    assert place.mails() == 0


def test_a_secret_is_in_no_repr(place: Place) -> None:
    assert place.outputs["inviterClientSecret"] not in repr(place.inviter())


def test_a_random_password_passes_every_policy() -> None:
    for _ in range(200):
        password = random_password(("ana", "b"))
        assert len(password.encode()) == 64
        assert "ana" not in password.lower()
