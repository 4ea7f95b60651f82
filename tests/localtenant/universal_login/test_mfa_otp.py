"""An authenticator app as the second factor, and the choice between it and a phone."""

import re
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from localtenant.authentication.totp import STEP_SEC, code_of
from tests.localtenant.authentication.world import at_callback

from .reading import error_of, links_of, title_of

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def at_the_factor(world):
    page = world.submit(world.authorize(prompt="login"))
    assert page.status_code == 302
    return page.headers["location"]


def shown_now(world, secret, seconds=0):
    return code_of(secret, int((world.local.clock.seconds() + seconds) // STEP_SEC))


def methods(world):
    return world.local.get(f"/users/{world.user_id}/authentication-methods").json()


def enrolled(world, secret=SECRET):
    fields = {"type": "totp", "totp_secret": secret}
    assert world.local.post(f"/users/{world.user_id}/authentication-methods", json=fields).status_code == 201


def secret_on(page):
    (text,) = re.findall(r'<p class="key"[^>]*>(.*?)</p>', page.text)
    return text.replace(" ", "")


@pytest.fixture
def asked(world):
    world.ask_always("otp")
    return at_the_factor(world)


def test_an_app_is_enrolled_with_a_code_that_it_shows(world, asked):
    assert asked.startswith("https://localhost:8443/u/mfa-otp-enrollment-qr?state=")
    page = world.http.get(asked)
    secret = secret_on(page)
    assert secret_on(world.http.get(asked)) == secret
    address = urlsplit(links_of(page)["Open my authenticator app"])
    assert (address.scheme, address.netloc) == ("otpauth", "totp")
    assert unquote(address.path) == "/localhost:ana@example.com"
    assert parse_qs(address.query)["secret"] == [secret]
    assert methods(world) == []
    at_callback(world.http.post(asked, data={"code": shown_now(world, secret)}))
    (method,) = methods(world)
    assert (method["type"], method["confirmed"]) == ("totp", True)
    assert secret not in str(method)


def test_no_app_is_enrolled_before_the_code_was_right(world, asked):
    secret = secret_on(world.http.get(asked))
    page = world.http.post(asked, data={"code": "000000"})
    assert (page.status_code, secret_on(page)) == (400, secret)
    assert error_of(page, "code") == "This code is not right. Check it and try again."
    assert error_of(world.http.post(asked, data={}), "code") == "Enter the code."
    assert methods(world) == []


@pytest.mark.parametrize(("seconds", "counts"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_a_code_counts_in_its_half_minute_and_in_the_neighbours(world, seconds, counts):
    enrolled(world)
    world.ask_always("otp")
    address = at_the_factor(world)
    assert address.startswith("https://localhost:8443/u/mfa-otp-challenge?state=")
    answer = world.http.post(address, data={"code": shown_now(world, SECRET, seconds)})
    assert (answer.status_code == 302) is counts


def test_a_code_counts_once(world):
    enrolled(world)
    world.ask_always("otp")
    code = shown_now(world, SECRET)
    at_callback(world.http.post(at_the_factor(world), data={"code": code}))
    assert world.http.post(at_the_factor(world), data={"code": code}).status_code == 400


def test_the_code_that_enrolled_an_app_does_not_answer_its_challenge(world, asked):
    secret = secret_on(world.http.get(asked))
    code = shown_now(world, secret)
    at_callback(world.http.post(asked, data={"code": code}))
    assert world.http.post(at_the_factor(world), data={"code": code}).status_code == 400
    world.local.clock.advance(30)
    at_callback(world.http.post(at_the_factor(world), data={"code": shown_now(world, secret)}))


def test_ten_wrong_codes_in_an_hour_are_all(world):
    enrolled(world)
    world.ask_always("otp")
    address = at_the_factor(world)
    for _ in range(10):
        world.http.post(address, data={"code": "000000"})
    assert world.http.post(address, data={"code": shown_now(world, SECRET)}).status_code == 429


def test_a_key_that_is_none_is_never_right(world):
    enrolled(world, "not base32!")
    world.ask_always("otp")
    assert world.http.post(at_the_factor(world), data={"code": "000000"}).status_code == 400


def test_another_factor_can_be_chosen_for_enrolling(world):
    world.ask_always("sms", "otp")
    first = at_the_factor(world)
    assert "/u/mfa-sms-enrollment?" in first
    choice = links_of(world.http.get(first))["Use something else"]
    page = world.http.get(choice)
    assert title_of(page) == "Protect your account"
    assert "/u/mfa-sms-enrollment?" in world.http.post(choice, data={"action": "phone"}).headers["location"]
    address = world.http.post(choice, data={"action": "otp"}).headers["location"]
    assert "/u/mfa-otp-enrollment-qr?" in address
    at_callback(world.http.post(address, data={"code": shown_now(world, secret_on(world.http.get(address)))}))


def test_another_factor_can_be_chosen_at_the_challenge(world):
    phone = {"type": "phone", "phone_number": "+4915123456789"}
    world.local.post(f"/users/{world.user_id}/authentication-methods", json=phone)
    enrolled(world)
    world.ask_always("sms", "otp")
    choice = links_of(world.http.get(at_the_factor(world)))["Use something else"]
    assert title_of(world.http.get(choice)) == "How do you want to confirm that it is you?"
    address = world.http.post(choice, data={"action": "otp"}).headers["location"]
    at_callback(world.http.post(address, data={"code": shown_now(world, SECRET)}))


def test_the_tenant_may_show_the_list_first(world):
    world.ask_always("sms", "otp")
    world.set_tenant(flags={"mfa_show_factor_list_on_enrollment": True})
    choice = at_the_factor(world)
    assert "/u/mfa-begin-enroll-options?" in choice
    page = world.http.post(choice, data={"action": "duo"})
    assert (page.status_code, title_of(page)) == (200, "Protect your account")


def test_where_there_is_one_factor_nothing_else_is_offered(world, asked):
    assert "Use something else" not in links_of(world.http.get(asked))


def test_pages_of_second_factors_belong_to_the_browser_that_signed_in(world, asked):
    world.http.cookies.clear()
    assert title_of(world.http.get(asked)) == "This sign-in was begun in another browser"
    assert world.http.post(asked, data={"code": "000000"}).status_code == 400
