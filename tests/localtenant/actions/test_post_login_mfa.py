"""MFA commands between Actions, `multifactor.enable` and the tenant's policy at the end."""

import pytest

from localtenant.actions.steps import AskFactor, Failed, Finished

ENROLL_PHONE = "api.authentication.enrollWith({ type: 'phone', options: { preferredMethod: 'sms' } });"
CHALLENGE_PHONE = "api.authentication.challengeWith({ type: 'phone' });"
ENROLL_OTP = "api.authentication.enrollWith({ type: 'otp' });"
LATER = "console.log('later', event.user.enrolledFactors.map((f) => f.type), event.authentication.methods.length);"
EITHER = "[{ type: 'otp' }, { type: 'phone' }]"


@pytest.fixture
def world(world):
    world.switch_on("sms", "otp")
    return world


class TestCommands:
    def test_pause_after_their_action_and_the_next_one_sees_what_came_of_it(self, world):
        world.bind(world.an_action(f"{ENROLL_PHONE} console.log('to its end');"), world.an_action(LATER))
        step = world.start()
        assert isinstance(step, AskFactor)
        assert (step.kind, step.factors, step.options) == ("enroll", ("phone",), {"phone": {"preferredMethod": "sms"}})
        assert world.output() == ["to its end"]
        assert isinstance(world.show_new(step), Finished)
        assert world.output()[1:] == ["later [ 'phone' ] 2"]

    def test_a_challenge_is_for_factors_that_the_user_has(self, world):
        world.enroll()
        world.bind(world.an_action(CHALLENGE_PHONE), world.an_action(LATER))
        step = world.start()
        assert (step.kind, step.factors) == ("challenge", ("phone",))
        assert isinstance(world.show(step), Finished)

    def test_several_in_one_action_are_asked_one_after_the_other(self, world):
        world.enroll("totp")
        world.bind(world.an_action(f"api.authentication.challengeWith({{ type: 'otp' }}); {ENROLL_PHONE}"))
        first = world.start()
        second = world.show(first, "otp")
        assert [(first.kind, first.factors), (second.kind, second.factors)] == [
            ("challenge", ("otp",)),
            ("enroll", ("phone",)),
        ]
        assert isinstance(world.show_new(second), Finished)

    def test_additional_factors_stand_behind_the_first_and_a_list_is_chosen_from(self, world):
        with_more = "api.authentication.enrollWith({ type: 'otp' }, { additionalFactors: [{ type: 'phone' }] });"
        world.bind(world.an_action(with_more))
        assert (world.start().factors, world.start().choose_first) == (("otp", "phone"), False)
        world.bind(world.an_action(f"api.authentication.enrollWithAny({EITHER});"))
        assert (world.start().factors, world.start().choose_first) == (("otp", "phone"), True)

    def test_factors_that_cannot_be_used_are_passed_over_with_a_warning(self, world):
        world.enroll()
        world.bind(world.an_action(f"api.authentication.challengeWithAny({EITHER});"))
        step = world.start()
        assert (step.factors, step.choose_first) == (("phone",), False)
        [warning] = world.tenant.logs("w")
        assert "the factor otp" in warning["description"]

    @pytest.mark.parametrize(
        ("enrolled", "command"),
        [
            (None, CHALLENGE_PHONE),
            ("phone", ENROLL_PHONE),
            (None, "api.authentication.enrollWith({ type: 'webauthn-roaming' });"),
            ("phone", ENROLL_OTP),
        ],
        ids=["not enrolled", "enrolled already", "off in the tenant", "another one without a challenge"],
    )
    def test_if_no_factor_is_left_the_login_fails(self, world, enrolled, command):
        if enrolled:
            world.enroll(enrolled)
        world.bind(world.an_action(command), world.an_action(LATER))
        assert isinstance(world.start(), Failed)
        assert len(world.tenant.logs("mfar")) == 1
        assert world.output() == []

    def test_what_was_shown_in_this_login_is_not_asked_again(self, world):
        world.enroll()
        world.bind(world.an_action(CHALLENGE_PHONE), world.an_action(CHALLENGE_PHONE), world.an_action(LATER))
        assert isinstance(world.show(world.start()), Finished)
        assert isinstance(world.start(), AskFactor)

    def test_a_challenge_opens_the_enrolment_of_another_factor(self, world):
        world.enroll()
        world.bind(world.an_action(CHALLENGE_PHONE), world.an_action(ENROLL_OTP))
        second = world.show(world.start())
        assert (second.kind, second.factors) == ("enroll", ("otp",))

    def test_four_are_the_most_and_the_fifth_fails_the_login(self, world):
        world.enroll()
        four = [world.an_action(CHALLENGE_PHONE * 2) for _ in range(2)]
        world.bind(*four)
        assert isinstance(world.show(world.start()), Finished)
        world.bind(*four, world.an_action(CHALLENGE_PHONE))
        assert isinstance(world.show(world.start()), Failed)

    def test_they_need_the_tenants_setting(self, world):
        world.tenant.patch("/tenants/settings", json={"customize_mfa_in_postlogin_action": False})
        world.bind(world.an_action(ENROLL_PHONE))
        assert isinstance(world.start(), Failed)
        assert "customize_mfa_in_postlogin_action" in world.tenant.logs("mfar")[0]["description"]

    def test_where_nobody_can_be_asked_the_login_fails(self, world):
        world.enroll()
        world.bind(world.an_action(CHALLENGE_PHONE))
        assert world.start(prompt=("none",)).error == "interaction_required"
        assert world.start(protocol="oauth2-refresh-token").error == "mfa_required"

    def test_an_action_must_not_redirect_as_well(self, world):
        world.bind(world.an_action(f"{ENROLL_PHONE} api.redirect.sendUserTo('https://page.example');"))
        assert isinstance(world.start(), Failed)

    def test_a_factor_that_was_not_asked_for_is_no_answer(self, world):
        world.enroll()
        world.bind(world.an_action(CHALLENGE_PHONE))
        step = world.start()
        with pytest.raises(ValueError, match="waits for factor"):
            world.show(step, "otp")
        assert isinstance(world.show(step), Finished)

    def test_come_before_a_redirect_of_a_later_action(self, world):
        page = world.an_action("api.redirect.sendUserTo('https://page.example');", resumed=LATER)
        world.bind(world.an_action(ENROLL_PHONE), page)
        redirect = world.show_new(world.start())
        assert redirect.url.startswith("https://page.example/?state=")
        assert isinstance(world.come_back(redirect), Finished)
        assert world.output() == ["later [ 'phone' ] 2"]


class TestAtTheEnd:
    def test_the_policy_asks_after_all_actions(self, world):
        world.ask_always()
        world.bind(world.an_action("console.log('an Action');"))
        assert world.start().ask_factor_at_the_end == "any"

    def test_nobody_asks_without_policy_and_action(self, world):
        assert world.start().ask_factor_at_the_end is None

    @pytest.mark.parametrize(
        ("call", "asked", "by"),
        [
            ("'any', { allowRememberBrowser: true }", "any", "any"),
            ("'google-authenticator'", "any", "google-authenticator"),
            ("'none'", "none", None),
        ],
    )
    def test_enable_is_for_the_end_and_goes_before_the_policy(self, world, call, asked, by):
        world.ask_always()
        world.bind(world.an_action(f"api.multifactor.enable({call});"), world.an_action(LATER))
        finished = world.start()
        assert (finished.ask_factor_at_the_end, finished.mfa_provider) == (asked, by)
        assert len(world.output()) == 1

    def test_the_last_enable_counts(self, world):
        world.bind(world.an_action("api.multifactor.enable('any'); api.multifactor.enable('none');"))
        assert world.start().ask_factor_at_the_end == "none"

    def test_mfa_commands_go_before_both(self, world):
        world.ask_always()
        world.enroll()
        world.bind(world.an_action(f"api.multifactor.enable('any'); {CHALLENGE_PHONE}"))
        assert world.show(world.start()).ask_factor_at_the_end == "none"
