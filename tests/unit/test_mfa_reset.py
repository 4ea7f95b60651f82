"""Taking second factors away, against the local tenant in this process."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from guestlist.errors import GuestlistError, Refused, TenantFailed
from guestlist.mfa_enrolled import Enrolled, factors_of, of_connection
from guestlist.mfa_reset import SCOPES, ResetFailed, refuse_missing_scopes, steps_of
from localtenant.management import passwords
from localtenant.management.entitlements import Plan
from stacks.machine_clients import inviter
from stacks.settings import Invite
from tests.localtenant.conftest import LocalTenant, a_tenant
from tests.unit.mfa_place import ANA, CHEAP, EVERYTHING, PHONE, Place, a_place

__all__ = ["a_tenant"]  # the fixture, for this module


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "DEFAULT_COST", CHEAP)


@pytest.fixture
def place(a_tenant: Callable[..., LocalTenant]) -> Place:
    return a_place(a_tenant())


def test_every_second_factor_is_removed_and_what_it_opened_is_ended(place: Place) -> None:
    place.enrol()
    place.enrol(type="totp", totp_secret="JBSWY3DPEHPK3PXP")

    reset = place.reset()

    assert place.methods() == []
    assert tuple(step.name for step in reset.done) == EVERYTHING
    assert place.network.writes == [
        "authentication-methods",
        "invalidate-remember-browser",
        "sessions",
        "refresh-tokens",
    ]


def test_of_a_phone_the_last_two_digits_are_shown(place: Place) -> None:
    place.enrol()

    (factor,) = place.find().factors

    assert (factor.type, factor.phone_ends_in, factor.enrolled_at) == ("phone", "42", "2026-11-23T12:00:00.000Z")
    assert PHONE not in repr(place.find())


def test_with_nothing_enrolled_the_rest_is_done_all_the_same(place: Place) -> None:
    reset = place.reset()

    assert reset.enrolled.factors == ()
    assert tuple(step.name for step in reset.done) == EVERYTHING


def test_what_a_user_logs_in_with_is_no_second_factor() -> None:
    listed = [
        {"id": f"{kind}|1", "type": kind, "created_at": "2026-11-23T12:00:00.000Z"}
        for kind in ("password", "email", "email-verification", "passkey", "recovery-code", "guardian")
    ]

    assert [factor.type for factor in factors_of(listed)] == ["passkey", "recovery-code", "guardian"]


def test_the_doors_are_closed_before_what_came_in_is_ended() -> None:
    enrolled = Enrolled(environment="qa", connection="c", address=ANA, user_id="auth0|1", blocked=False, factors=())

    assert tuple(step.name for step in steps_of(enrolled)) == EVERYTHING
    assert all(step.path.startswith("/users/auth0%7C1/") for step in steps_of(enrolled))


def test_a_step_that_fails_says_what_was_done_and_what_to_run_again(place: Place) -> None:
    place.enrol()
    place.network.answers["sessions"] = httpx.Response(500, json={"message": "Internal error"})

    with pytest.raises(ResetFailed) as failed:
        place.reset()

    said = failed.value.message
    assert "Done: second factors, remembered browsers. Not done: sessions, refresh tokens." in said
    assert said.endswith("Run again: guestlist users reset-mfa ana@example.com --env qa")
    assert [entry.outcome for entry in place.noted] == ["failed"]

    place.network.answers.clear()
    assert tuple(step.name for step in place.reset().done) == EVERYTHING


def test_a_tenant_that_says_it_removed_them_and_did_not_is_not_believed(place: Place) -> None:
    place.enrol()
    place.network.answers["authentication-methods"] = httpx.Response(204)

    with pytest.raises(ResetFailed, match=r"still lists: phone\. Done: nothing\."):
        place.reset()


@pytest.mark.parametrize("plan", [Plan.ESSENTIALS, Plan.PROFESSIONAL])
def test_what_the_plan_does_not_include_is_left_and_said(a_tenant: Callable[..., LocalTenant], plan: Plan) -> None:
    place = a_place(a_tenant(plan=plan))
    place.enrol()

    reset = place.reset()

    assert place.methods() == []
    assert [step.name for step in reset.left] == ["sessions", "refresh_tokens"]
    assert [entry.outcome for entry in place.noted] == ["reset, left: sessions refresh_tokens"]


def test_a_user_of_another_connection_is_refused(place: Place) -> None:
    other = {
        "user_id": "google-oauth2|1",
        "email": "eve@example.com",
        "identities": [
            {"connection": "google-oauth2", "provider": "google-oauth2", "user_id": "1"},
            {"connection": "invited-users", "provider": "auth0", "user_id": "linked"},
        ],
    }
    place.local.tenant.store.put("users", "google-oauth2|1", other)

    with pytest.raises(Refused, match=r"Refused to touch eve@example\.com.*google-oauth2\|1"):
        place.find("eve@example.com")
    assert place.network.writes == []


def test_an_address_that_two_users_have_is_ours(place: Place) -> None:
    strangers = {"user_id": "google-oauth2|1", "identities": [{"connection": "google-oauth2"}]}
    ours = {"user_id": "auth0|1", "identities": [{"connection": "c", "provider": "auth0", "user_id": "1"}]}

    assert of_connection([strangers, ours], "c") is ours


def test_an_address_that_nobody_has_is_said_with_where_to_look(place: Place) -> None:
    with pytest.raises(GuestlistError, match=r"Nobody has the address.*guestlist invites list --env qa"):
        place.find("nobody@example.com")


def test_scopes_that_are_missing_are_named_before_anything_is_touched(place: Place) -> None:
    with pytest.raises(TenantFailed, match=r"nothing was touched: they lack delete:sessions, update:users\.") as failed:
        refuse_missing_scopes(place.client(*set(SCOPES) - {"update:users", "delete:sessions"}))

    assert "Machine to Machine Applications" in failed.value.message
    refuse_missing_scopes(place.client())


def test_no_inviter_can_remove_second_factors_or_end_sessions() -> None:
    allowed = inviter(Invite.model_validate({"revoke": "delete", "preEnrolPhone": True})).scopes
    assert set(SCOPES) - set(allowed) == {"delete:authentication_methods", "delete:refresh_tokens", "delete:sessions"}


def test_one_line_says_who_did_it_to_whom_without_the_address(place: Place) -> None:
    place.enrol()
    place.reset()
    place.reset()

    assert [(entry.action, entry.by, entry.outcome) for entry in place.noted] == [
        ("users.reset-mfa", "rita", "reset"),
        ("users.reset-mfa", "rita", "nothing_enrolled"),
    ]
    assert place.noted[0].at == "2026-11-23T12:00:00Z"
    assert "ana" not in place.noted[0].line()
