"""The sign-up page: there while the connection takes sign-ups, and telling nobody who is known."""

import pytest

from localtenant.management import users
from tests.localtenant.authentication.world import DATABASE, at_callback

NEW = {"email": "Nia@Example.com", "password": "Correct-horse-2"}


def _place(answer):
    return answer.headers["location"].partition("?")[0].removeprefix("https://localhost:8443")


def test_an_application_may_ask_for_the_page(world):
    answer = world.authorize(screen_hint="signup", connection=DATABASE)
    assert _place(answer) == "/u/signup"
    assert 'autocomplete="new-password"' in world.http.get(answer.headers["location"]).text


def test_the_login_page_leads_there_and_back(world):
    login = world.http.get(world.authorize(connection=DATABASE).headers["location"])
    assert 'href="/u/signup?state=' in login.text
    page = world.http.get(world.authorize(screen_hint="signup", connection=DATABASE).headers["location"])
    assert 'href="/u/login?state=' in page.text


def test_whoever_signs_up_is_signed_in_and_asked_to_confirm_the_address(world):
    page = world.authorize(screen_hint="signup", connection=DATABASE).headers["location"]
    assert "code" in at_callback(world.http.post(page, data=NEW))
    user = users.by_email(world.local.tenant, DATABASE, "nia@example.com")
    assert (user["email_verified"], user["logins_count"]) == (False, 1)
    assert [mail[:2] for mail in world.messenger.mails] == [("verify_email", "nia@example.com")]
    assert "ss" in world.log_types()


@pytest.mark.parametrize("path", ["/u/signup", "/u/login"])
def test_where_nobody_may_sign_up_there_is_no_page_and_no_link(world, path):
    world.change_connection(disable_signup=True)
    answer = world.authorize(screen_hint="signup", connection=DATABASE)
    assert _place(answer) == "/u/login"
    state = answer.headers["location"].partition("?")[2]
    page = world.http.get(f"{path}?{state}", follow_redirects=True)
    assert page.url.path == "/u/login"
    assert "signup" not in page.text
    refused = world.http.post(f"/u/signup?{state}", data=NEW)
    assert (refused.status_code, _place(refused)) == (303, "/u/login")
    assert users.by_email(world.local.tenant, DATABASE, "nia@example.com") is None


def test_a_taken_address_is_not_given_away(world):
    page = world.authorize(screen_hint="signup", connection=DATABASE).headers["location"]
    answer = world.http.post(page, data={**NEW, "email": "ana@example.com"})
    assert answer.status_code == 400
    assert "Something went wrong" in answer.text


def test_what_cannot_be_an_account_is_said_at_its_field(world):
    world.change_connection(passwordPolicy="good")
    page = world.authorize(screen_hint="signup", connection=DATABASE).headers["location"]
    for changes, field in (({"email": "nia"}, "email"), ({"email": ""}, "email"), ({"password": "short"}, "password")):
        answer = world.http.post(page, data={**NEW, **changes})
        assert answer.status_code == 400
        assert f'id="{field}-error"' in answer.text


@pytest.mark.parametrize("path", ["/u/login/identifier", "/u/signup/identifier", "/u/signup/password"])
def test_identifier_first_is_named_as_missing(world, path):
    answer = world.http.get(path)
    assert answer.status_code == 501
    assert path in answer.text
