"""
The OpenID Connect basic profile, by the names of the OpenID Foundation's test plan `oidcc-basic-certification-test-plan`.

The suite itself needs a browser and a server of its own. Here each of its modules that applies is one check against a fresh tenant, written
from the module's description; `test_conformance.py` runs them, and docs/coverage.md shows what came of it.
Source: https://gitlab.com/openid/conformance-suite, names and summaries as public repositories quote them (read 2026-11-26)
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import jwt

from .world import CALLBACK, VERIFIER, World, at_callback, claims, refused, worlds

EVIL = "https://evil.example.com/callback"
EVERY_SCOPE = "openid profile email address phone"
Check = Callable[[World], None]
CHECKS: list["Case"] = []


@dataclass(frozen=True, kw_only=True)
class Case:
    """One module of the plan."""

    name: str
    expects: str  # for the table
    check: Check
    negative: bool  # whether something must be refused


def case(name: str, expects: str, *, negative: bool = False) -> Callable[[Check], Check]:
    """Put a check on the list."""

    def keep(check: Check) -> Check:
        CHECKS.append(Case(name=name, expects=expects, check=check, negative=negative))
        return check

    return keep


def results() -> Iterator[tuple[Case, bool]]:
    """Every case, and whether the tenant passes it."""
    with worlds() as make:
        for each in CHECKS:
            try:
                each.check(make())
            except AssertionError:
                yield each, False
            else:
                yield each, True


def section() -> Iterator[str]:
    """The part of docs/coverage.md."""
    judged = list(results())
    yield "\n## OpenID Connect, basic profile\n"
    yield "Names are those of the modules in the OpenID Foundation's `oidcc-basic-certification-test-plan`; the checks are ours, written from the modules'"
    yield "descriptions (`tests/localtenant/authentication/conformance.py`), and run without the suite. Those that must be refused come first."
    yield "A standard client library (Authlib) walks discovery, PKCE, nonce, state, refresh and logout in `test_standard_client.py` beside it.\n"
    yield "| module | must be refused | expected | result |\n|---|---|---|---|"
    for each, passes in sorted(judged, key=lambda pair: not pair[0].negative):
        result = "passes" if passes else "**fails**"
        yield f"| {each.name} | {'yes' if each.negative else 'no'} | {each.expects} | {result} |"


def _userinfo(world: World, token: str, **scopes: Any) -> dict[str, Any]:
    answer = world.http.get("/userinfo", headers={"authorization": f"Bearer {token}"}, **scopes)
    assert answer.status_code == 200
    return answer.json()  # type: ignore[no-any-return]


def _told(world: World, scope: str) -> dict[str, Any]:
    """What /userinfo says to whoever asked with this scope."""
    world.local.patch(
        f"/users/{world.user_id.replace('|', '%7C')}",
        json={"given_name": "Ana", "family_name": "Lima", "phone_number": "+4915112345678", "phone_verified": True},
    )
    return _userinfo(world, world.tokens(scope=scope)["access_token"])


@case("oidcc-response-type-missing", "an error at the callback, or on a page", negative=True)
def _response_type_missing(world: World) -> None:
    assert at_callback(world.authorize(response_type=None))["error"] in {
        "invalid_request",
        "unsupported_response_type",
    }


@case("oidcc-idtoken-unsigned", "`none` is not offered, and no ID token comes unsigned", negative=True)
def _unsigned(world: World) -> None:
    configuration = world.http.get("/.well-known/openid-configuration").json()
    assert "none" not in configuration["id_token_signing_alg_values_supported"]
    assert jwt.get_unverified_header(world.tokens()["id_token"])["alg"] == "RS256"


@case("oidcc-prompt-none-not-logged-in", "`login_required`, and no page", negative=True)
def _prompt_none(world: World) -> None:
    assert world.silently()["error"] == "login_required"


@case("oidcc-ensure-registered-redirect-uri", "a page with the error; no redirect to an unknown address", negative=True)
def _registered(world: World) -> None:
    answer = world.authorize(redirect_uri=EVIL)
    assert answer.status_code in {400, 403}
    assert "location" not in answer.headers


@case(
    "oidcc-ensure-request-object-with-redirect-uri",
    "an address in a request object opens nothing: `request_not_supported` at the registered one",
    negative=True,
)
def _request_object_with_redirect(world: World) -> None:
    request = jwt.encode({"redirect_uri": EVIL, "client_id": world.app["client_id"]}, "", algorithm="none")
    assert at_callback(world.authorize(request=request))["error"] == "request_not_supported"


@case(
    "oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported",
    "`request_not_supported`",
    negative=True,
)
def _request_object(world: World) -> None:
    request = jwt.encode({"scope": "openid"}, "", algorithm="none")
    assert at_callback(world.authorize(request=request))["error"] == "request_not_supported"


@case(
    "oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported",
    "`request_uri_not_supported`",
    negative=True,
)
def _request_uri(world: World) -> None:
    answer = at_callback(world.authorize(request_uri="https://app.example.com/request.jwt"))
    assert answer["error"] == "request_uri_not_supported"


@case("oidcc-codereuse", "`invalid_grant` the second time", negative=True)
def _code_reuse(world: World) -> None:
    code = world.log_in()["code"]
    assert world.exchange(code).status_code == 200
    assert refused(world.exchange(code))[1] == "invalid_grant"


@case("oidcc-codereuse-30seconds", "`invalid_grant`, and what the code had brought is taken back", negative=True)
def _code_reuse_later(world: World) -> None:
    code = world.log_in()["code"]
    token = world.exchange(code).json()["access_token"]
    world.local.clock.advance(30)
    assert refused(world.exchange(code))[1] == "invalid_grant"
    assert world.http.get("/userinfo", headers={"authorization": f"Bearer {token}"}).status_code == 401


@case("oidcc-refresh-token", "a refresh token is its own application's: `invalid_grant` for another", negative=True)
def _refresh_token(world: World) -> None:
    token = world.tokens(scope="openid offline_access")["refresh_token"]
    again = world.refresh(token).json()
    assert claims(again["id_token"])["sub"] == world.user_id
    other = world.an_app()
    credentials = {"client_id": other["client_id"], "client_secret": other["client_secret"]}
    assert refused(world.refresh(token, **credentials))[1] == "invalid_grant"


@case("oidcc-server", "the code flow, an ID token with `iss`, `sub`, `aud`, `exp`, `iat` and the nonce")
def _server(world: World) -> None:
    token = claims(world.tokens()["id_token"])
    assert token["iss"] == "https://localhost:8443/"
    assert (token["sub"], token["aud"], token["nonce"]) == (world.user_id, world.app["client_id"], "nonce-1")
    assert token["exp"] > token["iat"] == world.local.clock.seconds()


@case("oidcc-idtoken-signature", "RS256, with the published key that the header names")
def _signature(world: World) -> None:
    token = world.tokens()["id_token"]
    (key,) = world.http.get("/.well-known/jwks.json").json()["keys"]
    assert jwt.get_unverified_header(token)["kid"] == key["kid"]
    options: Any = {"verify_exp": False, "verify_iat": False}
    assert jwt.decode(token, jwt.PyJWK(key), audience=world.app["client_id"], options=options)


@case("oidcc-userinfo-get", "the same `sub` as in the ID token")
def _userinfo_get(world: World) -> None:
    assert _userinfo(world, world.tokens()["access_token"])["sub"] == world.user_id


@case("oidcc-userinfo-post-header", "the same by POST")
def _userinfo_post_header(world: World) -> None:
    headers = {"authorization": f"Bearer {world.tokens()['access_token']}"}
    assert world.http.post("/userinfo", headers=headers).json()["sub"] == world.user_id


@case("oidcc-userinfo-post-body", "the same with the token in the form")
def _userinfo_post_body(world: World) -> None:
    form = {"access_token": world.tokens()["access_token"]}
    assert world.http.post("/userinfo", data=form).json()["sub"] == world.user_id


@case("oidcc-ensure-request-without-nonce-succeeds-for-code-flow", "an ID token without a nonce")
def _without_nonce(world: World) -> None:
    assert "nonce" not in claims(world.tokens(nonce=None)["id_token"])


@case("oidcc-scope-profile", "the names")
def _scope_profile(world: World) -> None:
    told = _told(world, "openid profile")
    assert (told["name"], told["given_name"], told["family_name"]) == ("Ana Lima", "Ana", "Lima")
    assert "email" not in told


@case("oidcc-scope-email", "`email` and `email_verified`")
def _scope_email(world: World) -> None:
    assert _told(world, "openid email").keys() == {"sub", "email", "email_verified"}


@case("oidcc-scope-address", "no error; no user here has an address")
def _scope_address(world: World) -> None:
    assert _told(world, "openid address").keys() == {"sub"}


@case("oidcc-scope-phone", "`phone_number` and `phone_number_verified`")
def _scope_phone(world: World) -> None:
    assert _told(world, "openid phone").keys() == {"sub", "phone_number", "phone_number_verified"}


@case("oidcc-scope-all", "all of them")
def _scope_all(world: World) -> None:
    assert {"name", "email", "phone_number"} <= _told(world, EVERY_SCOPE).keys()


@case("oidcc-ensure-other-scope-order-succeeds", "`openid` need not come first")
def _scope_order(world: World) -> None:
    assert claims(world.tokens(scope="email openid")["id_token"])["email"] == "ana@example.com"


@case("oidcc-display-page", "passed over")
def _display_page(world: World) -> None:
    assert world.tokens(display="page")["id_token"]


@case("oidcc-display-popup", "passed over")
def _display_popup(world: World) -> None:
    assert world.tokens(display="popup")["id_token"]


@case("oidcc-prompt-login", "the login page again, and a later `auth_time`")
def _prompt_login(world: World) -> None:
    first = claims(world.tokens(max_age="100000")["id_token"])["auth_time"]
    world.local.clock.advance(5)
    code = at_callback(world.submit(world.authorize(prompt="login", max_age="100000")))["code"]
    assert claims(world.exchange(code).json()["id_token"])["auth_time"] == first + 5


@case("oidcc-prompt-none-logged-in", "a code for the same user, and no page")
def _prompt_none_logged_in(world: World) -> None:
    world.log_in()
    assert claims(world.exchange(world.silently()["code"]).json()["id_token"])["sub"] == world.user_id


@case("oidcc-max-age-1", "the login page again, and an `auth_time`")
def _max_age_1(world: World) -> None:
    world.log_in()
    world.local.clock.advance(2)
    code = at_callback(world.submit(world.authorize(max_age="1")))["code"]
    assert claims(world.exchange(code).json()["id_token"])["auth_time"] == world.local.clock.seconds()


@case("oidcc-max-age-10000", "no page, and the first `auth_time`")
def _max_age_10000(world: World) -> None:
    first = claims(world.tokens(max_age="10000")["id_token"])["auth_time"]
    world.local.clock.advance(2)
    code = at_callback(world.authorize(max_age="10000"))["code"]
    assert claims(world.exchange(code).json()["id_token"])["auth_time"] == first


@case("oidcc-ensure-request-with-unknown-parameter-succeeds", "passed over")
def _unknown_parameter(world: World) -> None:
    assert world.tokens(extra="foobar")["id_token"]


@case("oidcc-id-token-hint", "`prompt=none` with the user's own ID token brings a code")
def _id_token_hint(world: World) -> None:
    hint = world.tokens()["id_token"]
    assert "code" in world.silently(id_token_hint=hint)


@case("oidcc-login-hint", "the address is in the form")
def _login_hint(world: World) -> None:
    page = world.http.get(world.authorize(login_hint="ana@example.com").headers["location"])
    assert 'value="ana@example.com"' in page.text


@case("oidcc-ui-locales", "the page in a language that the tenant has")
def _ui_locales(world: World) -> None:
    page = world.http.get(world.authorize(ui_locales="se en").headers["location"])
    assert page.headers["content-language"] == "en"


@case("oidcc-claims-locales", "passed over")
def _claims_locales(world: World) -> None:
    assert world.tokens(claims_locales="se")["id_token"]


@case("oidcc-claims-essential", "the parameter is not offered and passed over, which the suite takes with a warning")
def _claims_essential(world: World) -> None:
    assert world.http.get("/.well-known/openid-configuration").json()["claims_parameter_supported"] is False
    assert world.tokens(scope="openid", claims='{"userinfo":{"name":{"essential":true}}}')["id_token"]


@case("oidcc-ensure-request-with-acr-values-succeeds", "no error; `acr` only after a second factor, else a warning")
def _acr_values(world: World) -> None:
    assert world.tokens(acr_values="1 2")["id_token"]


@case("oidcc-ensure-post-request-succeeds", "/authorize by POST")
def _post(world: World) -> None:
    form = {"response_type": "code", "client_id": world.app["client_id"], "redirect_uri": CALLBACK, "scope": "openid"}
    assert "code" in at_callback(world.submit(world.http.post("/authorize", data=form)))


@case("oidcc-server-client-secret-post", "the secret in the form; `client_secret_basic` does as well")
def _client_secret_post(world: World) -> None:
    assert world.exchange(world.log_in()["code"]).status_code == 200
    form = {"grant_type": "authorization_code", "code": world.silently()["code"], "redirect_uri": CALLBACK}
    verifier = {"code_verifier": VERIFIER}
    basic = (world.app["client_id"], world.app["client_secret"])
    assert world.http.post("/oauth/token", data={**form, **verifier}, auth=basic).status_code == 200


@case("oidcc-ensure-request-with-valid-pkce-succeeds", "S256")
def _pkce(world: World) -> None:
    assert world.exchange(world.log_in()["code"]).status_code == 200
