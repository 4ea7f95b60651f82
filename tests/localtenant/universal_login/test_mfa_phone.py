"""A phone as the second factor: enrolled with a code that was sent to it, and asked for at the next login."""

import pytest

from localtenant.actions.login import FactorAnswer
from localtenant.actions.steps import AskFactor, Finished, Suspended
from localtenant.universal_login.mfa_phone import number_of
from tests.localtenant.authentication.world import at_callback

from .reading import error_of, links_of, title_of, value_of

NUMBER = "+4915123456789"


@pytest.fixture
def asked(world):
    """Ana at the page that asks for her number; the tenant's policy wants it."""
    world.ask_always("sms")
    return at_the_factor(world)


def at_the_factor(world, **changes):
    page = world.submit(world.authorize(prompt="login", **changes))
    assert page.status_code == 302
    return page.headers["location"]


def enter(world, address, number=NUMBER):
    """The number; answers the address of the page for the code."""
    answer = world.http.post(address, data={"phone": number})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def sent(world):
    return world.messenger.texts[-1][1]


def wrong(code):
    return f"{(int(code) + 1) % 10**6:06d}"


def methods(world):
    return world.local.get(f"/users/{world.user_id}/authentication-methods").json()


def enrolled(world, number=NUMBER):
    fields = {"type": "phone", "phone_number": number, "preferred_authentication_method": "sms"}
    assert world.local.post(f"/users/{world.user_id}/authentication-methods", json=fields).status_code == 201


def test_a_phone_is_enrolled_with_the_code_that_was_sent_to_it(world, asked):
    assert asked.startswith("https://localhost:8443/u/mfa-sms-enrollment?state=")
    assert title_of(world.http.get(asked)) == "Protect your account with your phone"
    address = enter(world, asked, "+49 (151) 234-567 89")
    assert NUMBER in world.http.get(address).text
    assert [number for number, _ in world.messenger.texts] == [NUMBER]
    assert "code" in at_callback(world.http.post(address, data={"code": sent(world)}))
    (method,) = methods(world)
    assert (method["type"], method["phone_number"], method["confirmed"]) == ("phone", NUMBER, True)
    assert {"gd_start_enroll", "gd_enrollment_complete"} <= set(world.log_types())


def test_no_phone_is_enrolled_before_the_code_was_right(world, asked):
    address = enter(world, asked)
    page = world.http.post(address, data={"code": wrong(sent(world))})
    assert page.status_code == 400
    assert error_of(page, "code") == "This code is not right. Check it and try again."
    assert methods(world) == []
    assert "code" in at_callback(world.http.post(address, data={"code": sent(world)}))


@pytest.mark.parametrize("typed", ["123 456", "123-456", "١٢٣٤٥٦", " 123456 "])
def test_a_code_counts_as_people_type_it(world, asked, typed, monkeypatch):
    monkeypatch.setattr("localtenant.universal_login.mfa_phone.new_code", lambda _tenant: "123456")
    assert "code" in at_callback(world.http.post(enter(world, asked), data={"code": typed}))


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("+49 (151) 234-567 89", NUMBER),
        ("0049 151 23456789", NUMBER),
        ("+٤٩ ١٥١ ٢٣٤٥٦٧٨٩", NUMBER),
        ("+1.202.555.0123", "+12025550123"),
        ("0151 23456789", None),
        ("+49", None),
        ("+49 151 CALL-ME", None),
        ("+1234567890123456", None),
    ],
)
def test_a_number_is_international(typed, number):
    assert number_of(typed) == number


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Enter your phone number."),
        ("0151 23456789", "Enter a phone number that begins with + and the code of your country."),
    ],
)
def test_a_number_that_is_none_stays_on_the_page(world, asked, typed, said):
    page = world.http.post(asked, data={"phone": typed})
    assert (page.status_code, error_of(page, "phone"), value_of(page, "phone")) == (400, said, typed)
    assert world.messenger.texts == []


def test_another_number_takes_the_place_of_a_mistyped_one(world, asked):
    first = enter(world, asked, "+4915100000000")
    again = links_of(world.http.get(first))["Use another number"]
    assert value_of(world.http.get(again), "phone") == "+4915100000000"
    old = sent(world)
    address = enter(world, again)
    assert world.http.post(address, data={"code": old}).status_code == 400
    at_callback(world.http.post(address, data={"code": sent(world)}))
    assert [method["phone_number"] for method in methods(world)] == [NUMBER]


def test_whoever_has_a_phone_is_challenged_for_it(world):
    enrolled(world)
    world.ask_always("sms")
    address = at_the_factor(world)
    assert address.startswith("https://localhost:8443/u/mfa-sms-challenge?state=")
    page = world.http.get(address)
    assert NUMBER not in page.text
    assert "+49 ••• 789" in page.text
    assert "You no longer have this phone?" in page.text
    assert "code" in at_callback(world.http.post(address, data={"code": sent(world)}))
    assert "last_auth_at" in methods(world)[0]
    assert {"gd_start_auth", "gd_auth_succeed"} <= set(world.log_types())


def test_looking_at_the_page_again_sends_no_second_text(world):
    enrolled(world)
    world.ask_always("sms")
    address = at_the_factor(world)
    world.http.head(address)
    assert world.messenger.texts == []
    world.http.get(address)
    world.http.get(address)
    assert len(world.messenger.texts) == 1


def test_a_new_code_takes_the_place_of_the_old_one(world, asked):
    address = enter(world, asked)
    old = sent(world)
    answer = world.http.post(address, data={"action": "resend"})
    assert answer.status_code == 303
    assert "A new code is on its way." in world.http.get(answer.headers["location"]).text
    assert sent(world) != old
    assert world.http.post(address, data={"code": old}).status_code == 400
    at_callback(world.http.post(address, data={"code": sent(world)}))


def test_a_code_lives_for_five_minutes(world, asked):
    address = enter(world, asked)
    world.local.clock.advance(300)
    page = world.http.post(address, data={"code": sent(world)})
    assert error_of(page, "code") == "This code is no longer valid. Ask for a new one."
    assert methods(world) == []


def test_five_wrong_tries_spend_a_code(world, asked):
    address = enter(world, asked)
    for _ in range(5):
        page = world.http.post(address, data={"code": wrong(sent(world))})
    assert (page.status_code, error_of(page, "code")) == (429, "There were too many wrong codes. Ask for a new one.")
    assert world.http.post(address, data={"code": sent(world)}).status_code == 429
    world.http.post(address, data={"action": "resend"})
    at_callback(world.http.post(address, data={"code": sent(world)}))


def test_ten_wrong_codes_in_an_hour_are_all_in_whatever_login(world, asked):
    for attempt in range(10):
        if attempt % 5 == 0:
            address = enter(world, at_the_factor(world))
        world.http.post(address, data={"code": wrong(sent(world))})
    address = enter(world, at_the_factor(world))
    page = world.http.post(address, data={"code": sent(world)})
    said = "There were too many wrong codes. Wait an hour, then sign in again."
    assert (page.status_code, error_of(page, "code")) == (429, said)
    assert "gd_otp_rate_limit_exceed" in world.log_types()
    world.local.clock.advance(3601)
    address = enter(world, at_the_factor(world))
    at_callback(world.http.post(address, data={"code": sent(world)}))


def test_ten_texts_in_an_hour_are_all(world, asked):
    address = enter(world, asked)
    for _ in range(9):
        assert world.http.post(address, data={"action": "resend"}).status_code == 303
    page = world.http.post(address, data={"action": "resend"})
    said = "Too many messages were sent. Wait an hour before you ask for another one."
    assert (page.status_code, error_of(page, "code"), len(world.messenger.texts)) == (429, said, 10)
    at_callback(world.http.post(address, data={"code": sent(world)}))


def test_no_code_is_told_by_the_page_or_by_the_log(world, asked):
    address = enter(world, asked)
    assert sent(world) not in world.http.get(address).text
    assert sent(world) not in str(world.local.logs())


def test_the_page_of_the_code_leads_to_the_number_while_there_is_none(world, asked):
    state = asked.partition("?")[2]
    answer = world.http.get(f"/u/mfa-sms-challenge?{state}")
    assert (answer.status_code, answer.headers["location"]) == (303, asked)
    assert world.http.post(f"/u/mfa-sms-challenge?{state}", data={"code": "1"}).headers["location"] == asked


def test_the_page_of_another_factor_leads_to_the_one_that_is_asked_for(world, asked):
    state = asked.partition("?")[2]
    for page in ("mfa-otp-challenge", "mfa-otp-enrollment-qr"):
        assert world.http.get(f"/u/{page}?{state}").headers["location"] == asked


def test_what_an_action_asks_for_goes_back_to_it(world):
    world.local.put("/guardian/factors/sms", json={"enabled": True})
    world.pipeline.says = [
        AskFactor(kind="enroll", factors=("phone",), suspended=Suspended({"at": 1})),
        Finished(),
    ]
    address = enter(world, at_the_factor(world))
    at_callback(world.http.post(address, data={"code": sent(world)}))
    (answer,) = world.pipeline.answers
    assert isinstance(answer, FactorAnswer)
    assert (answer.method["name"], answer.method["type"], answer.enrolled) == ("mfa", "phone", True)


def test_a_phone_that_was_taken_away_meanwhile_is_not_asked_for(world):
    enrolled(world)
    world.ask_always("sms")
    address = at_the_factor(world)
    world.http.get(address)
    world.local.delete(f"/users/{world.user_id}/authentication-methods")
    assert title_of(world.http.post(address, data={"code": sent(world)})) == "This step is done already"
