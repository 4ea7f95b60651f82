"""Logins that do not go on: each page says what became of it, and leads back to the application."""

import pytest

from .reading import alert_of, error_of, links_of, title_of

APP_LOGIN = "https://app.example.com/login"


@pytest.fixture
def login(world):
    """The address of the login page, of an application that has a login route."""
    world.change_app(initiate_login_uri=APP_LOGIN)
    return world.authorize().headers["location"]


def way_back(page):
    (target,) = [link for words, link in links_of(page).items() if words == "Go to The application"]
    return target


def sign_in(world, login):
    return world.http.post(login, data={"username": "ana@example.com", "password": "Correct-horse-1"})


def test_the_back_button_after_the_end(world, login):
    assert "code=" in sign_in(world, login).headers["location"]
    page = world.http.get(login)
    assert (page.status_code, title_of(page)) == (400, "You have been here already")
    assert way_back(page).startswith(APP_LOGIN)
    assert title_of(sign_in(world, login)) == "You have been here already"


@pytest.mark.parametrize(
    ("stage", "said"), [("ended", "You have been here already"), ("login", "This step is done already")]
)
def test_coming_back_once_more_from_where_an_action_sent_the_person(world, login, stage, said):
    state = login.partition("state=")[2]
    world.store.put("login_transactions", state, {**world.store.get("login_transactions", state), "stage": stage})
    on = world.http.post("/continue", data={"state": state, "session_token": "used"})
    assert (on.status_code, title_of(world.http.get(on.headers["location"]))) == (303, said)


def test_another_browser(world, login):
    world.http.cookies.clear()
    page = world.http.get(login)
    assert (page.status_code, title_of(page)) == (400, "This sign-in was begun in another browser")
    assert way_back(page).startswith(APP_LOGIN)
    assert title_of(sign_in(world, login)) == "This sign-in was begun in another browser"


def test_a_login_that_took_longer_than_an_hour(world, login):
    world.local.clock.advance(3600)
    page = sign_in(world, login)
    assert (page.status_code, title_of(page)) == (400, "That took too long")
    assert way_back(page).startswith(APP_LOGIN)
    world.authorize()  # another login forgets only what is a day old
    assert title_of(world.http.get(login)) == "That took too long"


@pytest.mark.parametrize("address", ["/u/login", "/u/login?state=nonsense", "/u/mfa-sms-challenge?state=x"])
def test_an_address_that_says_nothing_leads_to_the_tenants_login_route(world, address):
    page = world.http.get(address)
    assert (page.status_code, title_of(page)) == (400, "This page is out of date")
    world.set_tenant(default_redirection_uri="https://start.example.com/in")
    answer = world.http.get(address)
    assert (answer.status_code, answer.headers["location"].partition("?")[0]) == (302, "https://start.example.com/in")


def test_a_step_that_is_done_already(world, login):
    world.ask_always("sms")
    first = sign_in(world, login).headers["location"]
    code = world.http.post(first, data={"phone": "+4915123456789"}).headers["location"]
    world.pipeline.meanwhile = lambda: None
    elsewhere = world.store.get("login_transactions", login.partition("state=")[2])
    world.store.put("login_transactions", elsewhere["state"], {**elsewhere, "stage": "redirect"})
    page = world.http.post(code, data={"code": world.messenger.texts[-1][1]})
    assert (page.status_code, title_of(page)) == (400, "This step is done already")
    assert way_back(page).startswith(APP_LOGIN)


def test_signing_in_again_after_going_back_from_the_second_factor(world, login):
    world.ask_always("sms")
    first = sign_in(world, login).headers["location"]
    assert title_of(world.http.get(login)) == "Sign in"
    assert sign_in(world, login).headers["location"] == first


def test_two_tabs_end_each_login_once(world, login):
    other = world.authorize().headers["location"]
    assert "code=" in sign_in(world, login).headers["location"]
    assert "code=" in sign_in(world, other).headers["location"]


def test_too_many_failed_attempts_say_how_to_go_on(world, login):
    for _ in range(10):
        page = world.http.post(login, data={"username": "ana@example.com", "password": "wrong"})
    assert alert_of(page) == "The email address or the password is not right."
    locked = sign_in(world, login)
    assert "locked for now. Choose a new password to unlock it." in alert_of(locked)
    assert "Forgot your password?" in links_of(locked)


def test_a_blocked_user_is_told_by_the_application(world, login):
    """As documented: the error goes to the callback."""
    world.local.patch(f"/users/{world.user_id}", json={"blocked": True})
    location = sign_in(world, login).headers["location"]
    assert location.startswith("https://app.example.com/callback?")
    assert "error=unauthorized" in location
    assert "user+is+blocked" in location


@pytest.mark.parametrize(
    ("form", "field", "said"),
    [
        ({"username": "", "password": "x"}, "username", "Enter your email address."),
        ({"username": "ana@example.com", "password": ""}, "password", "Enter your password."),
    ],
)
def test_a_field_that_was_left_out_is_named(world, login, form, field, said):
    assert error_of(world.http.post(login, data=form), field) == said


def test_an_unknown_application_gets_a_page_and_no_redirect(world):
    page = world.authorize(client_id="nobody")
    assert (page.status_code, title_of(page)) == (400, "That did not work")
    wrong = world.authorize(redirect_uri="https://evil.example.com/")
    assert wrong.status_code == 403
    assert "evil.example.com" not in "".join(links_of(wrong).values())
