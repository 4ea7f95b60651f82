"""The application, from the first page to the way out."""

import pytest
from joserfc.jwk import RSAKey

from tests.sampleapp.conftest import ISSUER


def test_a_stranger_sees_the_way_in(browser):
    answer = browser.http.get("/")
    assert 'href="/login"' in answer.text
    assert "ID token" not in answer.text


def test_a_login_is_asked_for_with_code_pkce_state_and_nonce(browser):
    asked = browser.begin()
    assert asked["response_type"] == "code"
    assert asked["client_id"] == "app"
    assert asked["redirect_uri"] == "https://app.example.com/callback"
    assert asked["code_challenge_method"] == "S256"
    assert set(asked["scope"].split()) == {"openid", "profile", "email", "offline_access"}
    assert min(len(asked["state"]), len(asked["nonce"]), len(asked["code_challenge"])) >= 20


def test_whoever_logged_in_sees_the_claims_of_the_id_token(browser):
    browser.provider.claims = {"given_name": "Björk <b>", "auth_time": 1795435200, "email_verified": True}
    answer = browser.log_in()
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    page = browser.http.get("/").text
    assert "Björk &lt;b&gt;" in page
    assert "ana@example.com" in page
    assert "2026-11-23 12:00:00 UTC" in page
    assert '<th scope="row">email_verified</th><td><span dir="auto">true</span>' in page
    assert page.index(">given_name<") < page.index(">aud<")


@pytest.mark.parametrize(
    ("claims", "name"),
    [({}, "ana@example.com"), ({"name": "Ana Lima"}, "Ana Lima"), ({"email": None}, "auth0|1")],
)
def test_a_person_without_a_first_name_is_greeted_all_the_same(browser, claims, name):
    browser.provider.claims = claims
    browser.log_in()
    assert f'Hello, <span dir="auto">{name}</span>' in browser.http.get("/").text


def test_the_browser_holds_no_token(browser):
    answer = browser.log_in()
    cookie = answer.headers["set-cookie"]
    assert {"secure", "httponly", "samesite=lax", "path=/"} <= {part.strip().lower() for part in cookie.split(";")}
    assert cookie.startswith("__Host-")
    assert len(cookie) < 400
    assert "eyJhbGciOi" not in answer.text + browser.http.get("/").text


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://evil.example.com/"},
        {"aud": "other"},
        {"exp": 1},
        {"nonce": "another"},
        {"nonce": None},
        {"sub": None},
    ],
)
def test_an_id_token_that_is_not_for_us_is_refused(browser, claims):
    state = browser.begin()["state"]
    browser.provider.claims = claims
    answer = browser.http.get("/callback", params={"code": "c0de", "state": state})
    assert answer.status_code >= 400
    assert 'href="/login"' in browser.http.get("/").text


def test_an_id_token_of_another_key_is_refused(browser):
    browser.provider.signing_key = RSAKey.generate_key(2048, {"kid": "k1"})
    assert browser.log_in().status_code == 502
    assert 'href="/login"' in browser.http.get("/").text


@pytest.mark.parametrize("query", ["", "?code=c0de", "?code=c0de&state=other", "?error=access_denied&state=other"])
def test_an_answer_that_no_login_here_asked_for_is_refused(browser, query):
    browser.begin()
    answer = browser.http.get(f"/callback{query}")
    assert answer.status_code == 400
    assert "cannot be finished here" in answer.text
    assert browser.provider.seen == []


def test_nobody_can_put_words_into_the_page_of_an_error(browser):
    answer = browser.http.get("/callback?error=access_denied&error_description=Call+0900+now&state=x")
    assert "0900" not in answer.text


def test_a_callback_works_once(browser):
    state = browser.begin()["state"]
    assert browser.http.get("/callback", params={"code": "c0de", "state": state}).status_code == 303
    assert browser.http.get("/callback", params={"code": "c0de", "state": state}).status_code == 400


def test_a_refused_login_says_what_happened_in_the_tenants_words(browser):
    state = browser.begin()["state"]
    said = {"error": "access_denied", "error_description": "Your profile is <i>not</i> complete."}
    answer = browser.http.get("/callback", params={**said, "state": state})
    assert answer.status_code == 403
    assert "<h1>You were not let in</h1>" in answer.text
    assert "Your profile is &lt;i&gt;not&lt;/i&gt; complete." in answer.text
    assert 'href="/login"' in answer.text


@pytest.mark.parametrize("error", ["login_required", "server_error", "<script>"])
def test_any_error_is_a_page_with_a_way_on(browser, error):
    state = browser.begin()["state"]
    answer = browser.http.get("/callback", params={"error": error, "state": state})
    assert answer.status_code == 400
    assert 'href="/login"' in answer.text
    assert "<script>" not in answer.text


def test_a_code_that_the_tenant_does_not_take_is_said(browser):
    state = browser.begin()["state"]
    browser.provider.refuses = {"error": "invalid_grant", "error_description": "Invalid authorization code"}
    answer = browser.http.get("/callback", params={"code": "c0de", "state": state})
    assert answer.status_code == 400
    assert "This login is over" in answer.text


def test_a_refresh_renews_the_claims_and_takes_the_new_refresh_token(browser):
    browser.log_in()
    browser.provider.claims = {"given_name": "Ana"}
    assert browser.http.post("/refresh").headers["location"] == "/"
    assert 'Hello, <span dir="auto">Ana</span>' in browser.http.get("/").text
    browser.http.post("/refresh")
    assert [one.get("refresh_token") for one in browser.provider.seen] == [None, "rt1", "rt2"]
    assert "Refreshed 2 times" in browser.http.get("/").text


def test_a_refused_refresh_ends_the_login(browser):
    browser.log_in()
    browser.provider.refuses = {"error": "invalid_grant", "error_description": "Unknown or invalid refresh token."}
    answer = browser.http.post("/refresh")
    assert answer.status_code == 400
    assert "Unknown or invalid refresh token." in answer.text
    assert 'href="/login"' in browser.http.get("/").text


def test_a_refresh_for_somebody_else_is_refused(browser):
    browser.log_in()
    browser.provider.claims = {"sub": "auth0|2"}
    assert browser.http.post("/refresh").status_code == 502
    assert "auth0|2" not in browser.http.get("/").text


def test_another_site_cannot_refresh(browser):
    browser.log_in()
    assert browser.http.post("/refresh", headers={"sec-fetch-site": "cross-site"}).status_code == 403


def test_a_stranger_has_nothing_to_refresh(browser):
    assert browser.http.post("/refresh").headers["location"] == "/"
    assert browser.provider.seen == []


def test_logging_out_ends_the_tenants_session_too(browser):
    browser.log_in()
    answer = browser.http.get("/logout")
    location = answer.headers["location"]
    assert location.startswith(f"{ISSUER}oidc/logout?")
    assert "post_logout_redirect_uri=https%3A%2F%2Fapp.example.com" in location
    assert "id_token_hint=ey" in location
    assert 'href="/login"' in browser.http.get("/").text


def test_without_discovered_logout_auth0s_own_is_used(browser):
    browser.provider.metadata = {"end_session_endpoint": None}
    location = browser.http.get("/logout").headers["location"]
    assert location == f"{ISSUER}v2/logout?client_id=app&returnTo=https%3A%2F%2Fapp.example.com"


def test_a_login_that_auth0_begins_is_ours_if_the_issuer_is(browser):
    asked = browser.begin(f"?iss={ISSUER}&login_hint=ana%40example.com&prompt=none&ui_locales=de&scope=admin")
    assert (asked["login_hint"], asked["prompt"], asked["ui_locales"]) == ("ana@example.com", "none", "de")
    assert "admin" not in asked["scope"]
    answer = browser.http.get("/login?iss=https://evil.example.com/&target_link_uri=https://evil.example.com")
    assert answer.status_code == 400
    assert "This link is not ours" in answer.text


def test_a_provider_of_another_name_is_not_believed(browser):
    browser.provider.metadata = {"issuer": "https://evil.example.com/"}
    assert browser.http.get("/login").status_code == 502


@pytest.mark.parametrize("path", ["/", "/callback", "/nothing"])
def test_every_page_has_its_headers_and_no_script(browser, path):
    answer = browser.http.get(path)
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "<script" not in answer.text
    assert answer.text.count("<h1>") == 1
