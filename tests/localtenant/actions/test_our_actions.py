"""
The two Actions that Guestlist deploys, in the local tenant's own pipeline, with the secrets, the order and the policy that the program declares.

Not here: their every branch (`tests/actions/`), names in the root attributes (`test_our_actions_root_store.py`).
"""

import pytest

from localtenant.actions.steps import AskFactor, Denied, Finished, Redirect

from .guestlist import INVITE, PASSWORD, SMS, Guestlist

NAMES = {"given_name": "Ana", "family_name": "Lima", "name": "Ana Lima"}
PHONE_FIRST = "Please sign in again: this needs your second step, such as a code on your phone."
NAME_FIRST = "Please sign in again: we still need your name."
SILENT = {"prompt": ("none",), "interactive": False}
REFRESH = {"protocol": "oauth2-refresh-token", "interactive": False, "authentication_methods": (PASSWORD, SMS)}
PROVED = {"authentication_methods": (PASSWORD, SMS)}


@pytest.fixture
def guestlist(world):
    guestlist = Guestlist(world)
    guestlist.deploy()
    return guestlist


class TestAnInvitedPerson:
    def test_enrols_a_phone_then_gives_the_names_and_arrives_with_them(self, guestlist, world):
        guestlist.invite()
        phone = world.start()
        assert isinstance(phone, AskFactor)
        assert (phone.kind, phone.factors, phone.options) == (
            "enroll",
            ("phone",),
            {"phone": {"preferredMethod": "sms"}},
        )
        page = world.show_new(phone)
        assert isinstance(page, Redirect)
        assert page.url.startswith("https://profile.localhost:8445/?session_token=")
        finished = guestlist.answer(page)
        assert isinstance(finished, Finished)
        assert (finished.id_token_claims, finished.ask_factor_at_the_end) == (NAMES, "none")
        assert world.user["user_metadata"] == {"given_name": "Ana", "family_name": "Lima"}
        metadata = world.user["app_metadata"]
        assert metadata["profile_completed_at"][:16] == metadata["invite"]["accepted_at"][:16] == "2026-11-23T12:00"
        assert world.output() == []

    def test_the_page_learns_who_it_is_and_no_personal_data(self, guestlist, world):
        guestlist.invite()
        told = guestlist.told(world.show_new(world.start(locale="ar")))
        now = int(world.tenant.clock.seconds())
        assert told.pop("iat") in range(now, now + 60)
        assert told.pop("exp") in range(now + 900, now + 960)
        assert told == {
            "sub": world.user_id,
            "iss": "localhost:8443",
            "ip": "203.0.113.7",
            "aud": "guestlist:profile-page",
            "purpose": "ask-for-names",
            "locale": "ar",
        }

    def test_with_one_name_has_no_last_name(self, guestlist, world):
        guestlist.invite()
        finished = guestlist.answer(world.show_new(world.start()), given_name="Ana")
        assert finished.id_token_claims == {"given_name": "Ana", "name": "Ana"}
        assert world.user["user_metadata"] == {"given_name": "Ana"}

    def test_who_leaves_the_page_finds_no_way_around_it(self, guestlist, world):
        guestlist.invite()
        assert isinstance(world.show_new(world.start()), Redirect)
        for way in ({**SILENT, **PROVED}, REFRESH):
            assert world.start(**way).reason == NAME_FIRST
        assert isinstance(world.start(**PROVED), Redirect)
        assert "profile_completed_at" not in world.user["app_metadata"]

    def test_a_second_tab_does_not_change_the_names_of_the_first(self, guestlist, world):
        guestlist.invite()
        world.enroll()
        one, other = world.start(**PROVED), world.start(**PROVED)
        guestlist.answer(one)
        assert guestlist.answer(other, given_name="Bob").id_token_claims == NAMES
        assert world.user["user_metadata"]["given_name"] == "Ana"

    def test_a_token_that_is_not_of_this_login_writes_nothing(self, guestlist, world):
        guestlist.invite()
        page = world.show_new(world.start())
        for change in ({"sub": "auth0|bob"}, {"state": "of another login"}, {"exp": 1}):
            step = guestlist.answer(page, change=change)
            assert isinstance(step, Denied)
            assert step.reason.startswith("We could not confirm your details")
        assert (world.user.get("user_metadata") or {}, world.user["app_metadata"]) == ({}, {"invite": INVITE})
        assert world.output() == ["guestlist denied a login: return_token_refused"] * 3

    def test_who_was_let_in_without_a_factor_of_ours_shows_theirs_first(self, guestlist, world):
        guestlist.invite()
        world.switch_on("otp")
        world.enroll("totp")
        first = world.start()
        assert (first.kind, first.factors) == ("challenge", ("otp",))
        second = world.show(first, "otp")
        assert (second.kind, second.factors) == ("enroll", ("phone",))
        assert isinstance(world.show_new(second), Redirect)


class TestAReturningPerson:
    def test_is_challenged_and_not_asked_for_the_names_again(self, guestlist, world):
        guestlist.complete()
        phone = world.start()
        assert (phone.kind, phone.factors) == ("challenge", ("phone",))
        finished = world.show(phone)
        assert (finished.id_token_claims, finished.ask_factor_at_the_end) == (NAMES, "none")

    def test_passes_at_once_in_a_session_with_a_fresh_factor(self, guestlist, world):
        guestlist.complete()
        finished = world.start(**PROVED)
        assert (finished.id_token_claims, finished.ask_factor_at_the_end) == (NAMES, "none")

    def test_passes_silently_with_it_and_only_with_it(self, guestlist, world):
        guestlist.complete()
        finished = world.start(**SILENT, **PROVED)
        assert (finished.id_token_claims, finished.ask_factor_at_the_end) == (NAMES, "none")
        assert world.start(**SILENT).reason == PHONE_FIRST

    def test_gets_new_tokens_by_a_refresh_token(self, guestlist, world):
        guestlist.complete()
        finished = world.start(**REFRESH)
        assert (finished.id_token_claims, finished.ask_factor_at_the_end) == (NAMES, "none")

    def test_whose_phone_was_reset_must_log_in_again(self, guestlist, world):
        guestlist.complete()
        world.tenant.delete(f"/users/{world.user_id}/authentication-methods")
        assert world.start(**REFRESH).reason == PHONE_FIRST
        assert world.start(**PROVED).kind == "enroll"

    def test_cannot_use_a_password_without_a_browser(self, guestlist, world):
        guestlist.complete()
        assert world.start(protocol="oauth2-password").reason.endswith("with a web browser.")


class TestEverybodyElse:
    def test_a_login_to_a_foreign_application_is_left_alone(self, guestlist, world):
        guestlist.invite()
        client = guestlist.foreign_client()
        for facts in ({}, SILENT, REFRESH):
            finished = world.start(client=client, **facts)
            assert isinstance(finished, Finished)
            assert (finished.id_token_claims, finished.ask_factor_at_the_end, world.output()) == ({}, "any", [])
        assert world.user["app_metadata"] == {"invite": INVITE}

    def test_so_is_one_through_another_connection(self, guestlist, world):
        connection = {"id": world.connection_id, "name": "employees", "strategy": "auth0"}
        world.tenant.tenant.store.put("connections", world.connection_id, connection)
        assert world.start(connection=connection).id_token_claims == {}


class TestSettings:
    def test_after_profile_the_page_comes_first_and_the_policy_asks_at_the_end(self, world):
        guestlist = Guestlist(world)
        guestlist.deploy(mfa={"order": "afterProfile"})
        guestlist.invite()
        page = world.start()
        assert isinstance(page, Redirect)
        finished = guestlist.answer(page)
        assert (finished.id_token_claims, finished.ask_factor_at_the_end) == (NAMES, "any")
        assert world.start().ask_factor_at_the_end == "any"

    def test_without_the_profile_everybody_gets_in_after_the_second_factor(self, world):
        guestlist = Guestlist(world)
        guestlist.deploy(profile={"enabled": False})
        guestlist.invite()
        finished = world.show_new(world.start())
        assert (finished.id_token_claims, finished.ask_factor_at_the_end) == ({}, "none")

    def test_for_invited_people_only_others_meet_no_page(self, world):
        guestlist = Guestlist(world)
        guestlist.deploy(profile={"appliesTo": "invited"})
        assert isinstance(world.show_new(world.start()), Finished)
        guestlist.invite()
        assert isinstance(world.start(**PROVED), Redirect)

    def test_several_factors_are_offered_for_choice_the_preferred_one_first(self, world):
        guestlist = Guestlist(world)
        guestlist.deploy(mfa={"factors": ["otp", "sms"]})
        step = world.start()
        assert (step.kind, step.factors, step.choose_first) == ("enroll", ("otp", "phone"), True)
