"""`/authorize` and the session behind it: who is asked to sign in, what is refused and where, and what a code is worth."""

import pytest

from localtenant.actions.steps import Failed, Finished, Redirect, Suspended

from .world import CALLBACK, CHALLENGE, DATABASE, at_callback, claims, refused

HOUR = 3600
LOGIN = "https://localhost:8443/u/login?state="


def _asks_to_sign_in(answer):
    return answer.status_code == 302 and answer.headers["location"].startswith(LOGIN)


def test_whoever_is_signed_in_is_not_asked_again(world):
    world.log_in()
    assert "code" in at_callback(world.authorize())
    assert world.user["logins_count"] == 1


def test_state_comes_back_as_it_was_sent(world):
    assert world.log_in(state="a b&c=d#é")["state"] == "a b&c=d#é"
    assert "state" not in world.silently(state=None)


def test_prompt_login_asks_again(world):
    world.log_in()
    assert _asks_to_sign_in(world.authorize(prompt="login"))


def test_prompt_none_shows_nothing_ever(world):
    assert world.silently() == {"error": "login_required", "error_description": "Login required", "state": "state-1"}
    world.log_in()
    world.pipeline.says = [Redirect(url="https://page.example.com", suspended=Suspended({}))]
    assert world.silently()["error"] == "interaction_required"
    world.pipeline.says = [Failed(description="No.", error="interaction_required")]
    assert world.silently()["error"] == "interaction_required"
    world.pipeline.says = [Finished(ask_factor_at_the_end="any")]
    assert world.silently()["error"] == "interaction_required"
    assert "code" in world.silently()
    assert [login.interactive for login in world.pipeline.asked] == [True] + [False] * 4


def test_prompt_none_stands_alone(world):
    assert at_callback(world.authorize(prompt="none login"))["error"] == "invalid_request"


def test_max_age_asks_again_when_the_last_time_is_too_long_ago(world):
    world.log_in()
    world.local.clock.advance(60)
    assert "code" in at_callback(world.authorize(max_age="60"))
    world.local.clock.advance(1)
    assert _asks_to_sign_in(world.authorize(max_age="60"))
    assert world.silently(max_age="60")["error"] == "login_required"
    assert _asks_to_sign_in(world.authorize(max_age="0"))
    assert at_callback(world.authorize(max_age="soon"))["error"] == "invalid_request"


def test_auth_time_is_told_to_whoever_asks_by_max_age(world):
    first = claims(world.tokens(max_age="10000")["id_token"])["auth_time"]
    world.local.clock.advance(100)
    assert claims(world.tokens(max_age="10000")["id_token"])["auth_time"] == first
    assert claims(world.tokens(max_age="10")["id_token"])["auth_time"] == first + 100
    assert "auth_time" not in claims(world.tokens()["id_token"])


def test_login_hint_is_in_the_form_and_the_language_is_the_one_asked_for(world):
    world.set_tenant(enabled_locales=["en", "de"])
    page = world.http.get(world.authorize(login_hint="bo@example.com", ui_locales="xx de").headers["location"])
    assert 'value="bo@example.com"' in page.text
    assert page.headers["content-language"] == "de"


@pytest.mark.parametrize("extra", [{"screen_hint": "login"}, {"display": "popup"}, {"acr_values": "1 2"}, {"x": "y"}])
def test_what_it_does_not_know_it_passes_over(world, extra):
    assert _asks_to_sign_in(world.authorize(**extra))


def test_a_connection_pins_the_database(world):
    assert _asks_to_sign_in(world.authorize(connection=DATABASE))
    assert at_callback(world.authorize(connection="nowhere"))["error"] == "invalid_request"
    world.disable(world.app["client_id"])
    assert at_callback(world.authorize(connection=DATABASE))["error"] == "unauthorized"


def test_a_session_of_another_database_does_not_count(world):
    world.log_in()
    body = {"name": "others", "strategy": "auth0", "enabled_clients": [world.app["client_id"]]}
    world.local.post("/connections", json=body)
    assert _asks_to_sign_in(world.authorize(connection="others"))


@pytest.mark.parametrize(
    "redirect_uri",
    [None, f"{CALLBACK}/", f"{CALLBACK}?a=1", CALLBACK.upper(), "http://app.example.com/callback", "https://evil.com"],
)
def test_an_address_that_is_not_the_applications_gets_nothing(world, redirect_uri):
    answer = world.authorize(redirect_uri=redirect_uri)
    assert answer.status_code in {400, 403}
    assert "location" not in answer.headers


@pytest.mark.parametrize("client_id", [None, "nobody"])
def test_an_unknown_application_gets_nothing(world, client_id):
    assert world.authorize(client_id=client_id).status_code == 400


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": None}, "invalid_request"),
        ({"response_type": "none"}, "unsupported_response_type"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"request": "x.y.z"}, "request_not_supported"),
        ({"request_uri": "https://app.example.com/r"}, "request_uri_not_supported"),
        ({"audience": "https://nowhere.example.com"}, "access_denied"),
        ({"organization": "org_1"}, "invalid_request"),
    ],
)
def test_what_is_wrong_otherwise_is_told_to_the_application(world, changes, error):
    answer = at_callback(world.authorize(**changes))
    assert (answer["error"], answer["state"]) == (error, "state-1")


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ({"code_verifier": "x" * 43}, (403, "invalid_grant")),
        ({"code_verifier": CHALLENGE}, (403, "invalid_grant")),
        ({"code_verifier": None}, (400, "invalid_request")),
        ({"redirect_uri": "https://app.example.com/other"}, (403, "unauthorized_client")),
        ({"client_secret": "wrong"}, (401, "access_denied")),
        ({"code": "nonsense"}, (403, "invalid_grant")),
    ],
)
def test_a_code_needs_everything_that_belongs_to_it(world, form, expected):
    code = world.log_in()["code"]
    assert refused(world.exchange(**{"code": code, **form})) == expected
    assert world.exchange(code).status_code == 200  # nothing was lost by it


def test_a_code_is_the_applications_that_asked_for_it(world):
    other = world.an_app()
    credentials = {"client_id": other["client_id"], "client_secret": other["client_secret"]}
    assert refused(world.exchange(world.log_in()["code"], **credentials)) == (403, "invalid_grant")


def test_a_public_application_needs_a_proof_key(world):
    app = world.an_app(app_type="spa")
    without = world.log_in(client_id=app["client_id"], code_challenge=None, code_challenge_method=None)
    form = {"client_id": app["client_id"], "client_secret": None}
    assert refused(world.exchange(without["code"], **form, code_verifier=None)) == (401, "access_denied")
    assert world.exchange(world.silently(client_id=app["client_id"])["code"], **form).status_code == 200


def test_a_code_lives_ten_minutes(world):
    code = world.log_in()["code"]
    world.local.clock.advance(600)
    assert refused(world.exchange(code)) == (403, "invalid_grant")


def test_a_code_that_comes_back_takes_back_what_it_brought(world):
    code = world.log_in(scope="openid offline_access")["code"]
    tokens = world.exchange(code).json()
    userinfo = {"authorization": f"Bearer {tokens['access_token']}"}
    assert world.http.get("/userinfo", headers=userinfo).status_code == 200
    assert refused(world.exchange(code)) == (403, "invalid_grant")
    assert world.http.get("/userinfo", headers=userinfo).status_code == 401
    assert refused(world.refresh(tokens["refresh_token"])) == (403, "invalid_grant")


def test_a_code_that_comes_back_takes_back_rotated_tokens_too(world):
    world.change_app(refresh_token={"rotation_type": "rotating", "expiration_type": "expiring"})
    code = world.log_in(scope="openid offline_access")["code"]
    second = world.refresh(world.exchange(code).json()["refresh_token"]).json()["refresh_token"]
    world.exchange(code)
    assert refused(world.refresh(second)) == (403, "invalid_grant")


@pytest.mark.parametrize(
    ("settings", "lifetime", "idle"),
    [
        ({}, 168, 72),
        ({"session_lifetime": 10, "idle_session_lifetime": 2}, 10, 2),
        ({"session_cookie": {"mode": "non-persistent"}}, 72, 24),
        (
            {
                "session_cookie": {"mode": "non-persistent"},
                "ephemeral_session_lifetime": 8,
                "idle_ephemeral_session_lifetime": 1,
            },
            8,
            1,
        ),
    ],
)
def test_a_session_ends_when_it_is_old_or_idle(world, settings, lifetime, idle):
    world.set_tenant(**settings)
    answer = world.submit(world.authorize())
    persistent = "session_cookie" not in settings
    assert (f"Max-Age={lifetime * HOUR};" in answer.headers["set-cookie"]) is persistent
    world.local.clock.advance(idle * HOUR - 1)
    assert "code" in world.silently()
    world.local.clock.advance(idle * HOUR)
    assert world.silently()["error"] == "login_required"
    world.log_in()
    steps = -(-lifetime // idle) * 2
    for _ in range(steps - 1):
        world.local.clock.advance(lifetime * HOUR / steps)
        assert "code" in world.silently()
    world.local.clock.advance(lifetime * HOUR / steps)
    assert world.silently()["error"] == "login_required"


def test_the_session_cookie_is_of_one_host_and_of_no_script(world):
    cookies = world.submit(world.authorize()).headers["set-cookie"]
    assert cookies.startswith("__Host-auth0=")
    assert "Path=/" in cookies
    assert cookies.endswith("Secure; HttpOnly; SameSite=Lax")


def test_another_browser_cannot_end_a_login_that_this_one_began(world):
    page = world.authorize()
    world.http.cookies.clear()
    assert world.submit(page).status_code == 400


def test_a_form_may_ask_as_well(world):
    form = {
        "response_type": "code",
        "client_id": world.app["client_id"],
        "redirect_uri": CALLBACK,
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }
    assert _asks_to_sign_in(world.http.post("/authorize", data=form))
