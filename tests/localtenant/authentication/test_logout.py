"""Signing out: whose list of addresses counts, what ends, and when the person is asked."""

import jwt
import pytest

from .world import PASSWORD, SIGNED_OUT

OTHER = "https://tenant.example.com/bye"


def _out(world, path="/v2/logout", **parameters):
    return world.http.get(path, params=parameters)


def _is_signed_in(world):
    return "code" in world.silently()


def test_the_session_ends_and_the_browser_goes_where_the_application_allows_it(world):
    world.log_in()
    answer = _out(world, client_id=world.app["client_id"], returnTo=SIGNED_OUT)
    assert (answer.status_code, answer.headers["location"]) == (302, SIGNED_OUT)
    assert "__Host-auth0=; Path=/; Max-Age=0" in answer.headers["set-cookie"]
    assert world.silently()["error"] == "login_required"
    (entry,) = world.local.logs("slo")
    assert entry["user_id"] == world.user_id


def test_an_old_cookie_opens_nothing(world):
    world.log_in()
    cookies = dict(world.http.cookies)
    _out(world)
    world.http.cookies.update(cookies)
    assert world.silently()["error"] == "login_required"


def test_without_a_client_the_list_of_the_tenant_counts(world):
    world.set_tenant(allowed_logout_urls=[OTHER])
    assert _out(world, returnTo=OTHER).headers["location"] == OTHER
    assert _out(world, returnTo=SIGNED_OUT).status_code == 400
    assert _out(world, client_id=world.app["client_id"], returnTo=OTHER).status_code == 400


@pytest.mark.parametrize(
    ("path", "parameter"), [("/v2/logout", "returnTo"), ("/oidc/logout", "post_logout_redirect_uri")]
)
def test_an_address_that_is_not_allowed_is_an_error_page_and_ends_nothing(world, path, parameter):
    world.log_in()
    answer = _out(world, path, client_id=world.app["client_id"], **{parameter: "https://evil.example.com"})
    assert (answer.status_code, answer.headers["content-type"]) == (400, "text/html; charset=utf-8")
    assert "is not defined as a valid URL in" in answer.text
    assert _is_signed_in(world)
    assert len(world.local.logs("flo")) == 1


def test_without_an_address_the_first_of_the_application_is_taken(world):
    world.change_app(allowed_logout_urls=["https://one.example.com", SIGNED_OUT])
    for path in ("/v2/logout", "/oidc/logout"):
        assert _out(world, path, client_id=world.app["client_id"]).headers["location"] == "https://one.example.com"
    assert _out(world).text == "OK"


@pytest.mark.parametrize(
    ("allowed", "target", "passes"),
    [
        (SIGNED_OUT, SIGNED_OUT + "?from=app#top", True),
        (SIGNED_OUT, "HTTPS://APP.example.com/signed-out", True),
        (SIGNED_OUT, "https://app.example.com/SIGNED-OUT", False),
        ("https://*.example.com", "https://app.example.com", True),
        ("https://*.example.com", "https://a.b.example.com", False),
        ("https://*.example.com", "https://evil.com/.example.com", False),
        ("https://app.example.com", "https://app.example.com.evil.com", False),
    ],
)
def test_the_older_endpoint_passes_over_query_and_capitals_of_the_host(world, allowed, target, passes):
    world.change_app(allowed_logout_urls=[allowed])
    answer = _out(world, client_id=world.app["client_id"], returnTo=target)
    assert answer.status_code == (302 if passes else 400)


def test_federated_is_passed_over(world):
    answer = world.http.get(f"/v2/logout?federated&client_id={world.app['client_id']}&returnTo={SIGNED_OUT}")
    assert answer.headers["location"] == SIGNED_OUT


def test_an_id_token_names_the_application_and_the_session(world):
    tokens = world.tokens()
    answer = _out(
        world,
        "/oidc/logout",
        id_token_hint=tokens["id_token"],
        post_logout_redirect_uri=SIGNED_OUT,
        state="kept as it is",
    )
    assert answer.headers["location"] == f"{SIGNED_OUT}?state=kept+as+it+is"
    assert not _is_signed_in(world)


def test_an_expired_id_token_does_as_well(world):
    token = world.tokens()["id_token"]
    world.local.clock.advance(40000)
    assert _out(world, "/oidc/logout", id_token_hint=token).headers["location"] == SIGNED_OUT


def test_a_session_id_with_the_client_does_as_well(world):
    sid = jwt.decode(world.tokens()["id_token"], options={"verify_signature": False})["sid"]
    answer = _out(world, "/oidc/logout", logout_hint=sid, client_id=world.app["client_id"])
    assert answer.headers["location"] == SIGNED_OUT
    assert not _is_signed_in(world)


def test_query_parameters_count_at_the_openid_connect_endpoint(world):
    app = world.app["client_id"]
    answer = _out(world, "/oidc/logout", client_id=app, post_logout_redirect_uri=f"{SIGNED_OUT}?a=1")
    assert answer.status_code == 400


@pytest.mark.parametrize("hint", ["forged", "none", "of another client", "another session"])
def test_what_the_request_says_twice_must_agree(world, hint):
    token = world.tokens()["id_token"]
    parameters = {"id_token_hint": token}
    if hint == "forged":
        parameters["id_token_hint"] = jwt.encode({"iss": "https://localhost:8443/", "aud": "x"}, "k" * 32)
    elif hint == "none":
        parameters["id_token_hint"] = "nonsense"
    elif hint == "of another client":
        parameters["client_id"] = world.an_app()["client_id"]
    else:
        parameters["logout_hint"] = "not-this-one"
    assert _out(world, "/oidc/logout", **parameters).status_code == 400
    assert _is_signed_in(world)


@pytest.mark.parametrize(("answer", "signed_in"), [("accept", False), ("decline", True), ("", True)])
def test_whoever_cannot_show_a_token_of_the_session_is_asked(world, answer, signed_in):
    world.log_in()
    asked = _out(world, "/oidc/logout", client_id=world.app["client_id"], post_logout_redirect_uri=SIGNED_OUT)
    page = world.http.get(asked.headers["location"])
    assert "Do you want to sign out?" in page.text
    answered = world.http.post(asked.headers["location"], data={"action": answer})
    assert answered.headers.get("location") == (None if signed_in else SIGNED_OUT)
    assert _is_signed_in(world) is signed_in
    assert world.http.post(asked.headers["location"], data={"action": "accept"}).status_code == 400  # once


def test_an_id_token_of_an_older_session_is_no_proof(world):
    token = world.tokens()["id_token"]
    world.submit(world.authorize(prompt="login"), password=PASSWORD)
    asked = _out(world, "/oidc/logout", id_token_hint=token)
    assert asked.headers["location"].startswith("https://localhost:8443/u/logout?state=")
    assert _is_signed_in(world)


def test_the_question_is_for_the_browser_that_asked(world):
    world.log_in()
    asked = _out(world, "/oidc/logout")
    cookies = dict(world.http.cookies)
    world.http.cookies.clear()
    assert world.http.post(asked.headers["location"], data={"action": "accept"}).status_code == 400
    world.http.cookies.update(cookies)
    assert _is_signed_in(world)


def test_the_tenant_may_switch_the_question_off(world):
    world.set_tenant(sessions={"oidc_logout_prompt_enabled": False})
    world.log_in()
    assert "You are signed out" in _out(world, "/oidc/logout").text
    assert not _is_signed_in(world)


def test_a_form_of_another_site_comes_back_with_its_cookies(world):
    token = world.tokens()["id_token"]
    answer = world.http.post("/oidc/logout", data={"id_token_hint": token, "state": "s"})
    assert answer.status_code == 303
    assert world.http.get(answer.headers["location"]).headers["location"] == f"{SIGNED_OUT}?state=s"
