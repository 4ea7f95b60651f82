"""
`api.redirect.encodeToken` and `validateToken`: the session tokens to and from the page that a user is sent to.

Not here: when a redirect happens (`test_post_login.py`).
"""

import base64
import hmac
import json

import pytest

NOW = 1795435200
SECRET = "a-secret-of-page-and-action-0123456789"
STATE = "state-of-this-login"
CLAIMS = {
    "sub": "auth0|ana",
    "iss": "https://page.example",
    "iat": NOW,
    "exp": NOW + 120,
    "state": STATE,
    "given_name": "Ana",
}
VALIDATE = "console.log(JSON.stringify(api.redirect.validateToken({ secret: event.secrets.KEY })));"


@pytest.fixture
def run(run_in_one_process):
    return run_in_one_process


def base64url(value: object) -> str:
    return (
        base64.urlsafe_b64encode(value if isinstance(value, bytes) else json.dumps(value).encode())
        .rstrip(b"=")
        .decode()
    )


def a_token(*, secret: str = SECRET, header: object = None, **changes: object) -> str:
    """Signed by the page; `None` leaves a claim out."""
    claims = {name: value for name, value in {**CLAIMS, **changes}.items() if value is not None}
    signed = f"{base64url(header or {'alg': 'HS256', 'typ': 'JWT'})}.{base64url(claims)}"
    return f"{signed}.{base64url(hmac.digest(secret.encode(), signed.encode(), 'sha256'))}"


def on_continue(*, query: dict | None = None, body: dict | None = None) -> dict:
    request = {"ip": "203.0.113.7", "hostname": "tenant.example", "method": "POST"}
    return {
        "request": {**request, "query": {"state": STATE, **(query or {})}, "body": body or {}},
        "user": {"user_id": "auth0|ana"},
        "transaction": {"metadata": {}},
    }


def validated(run, token: str, **more: object):
    event = on_continue(body={"session_token": token, **more})
    return run(VALIDATE, event=event, secrets={"KEY": SECRET}, now=NOW)


def parts_of(token: str) -> tuple[dict, dict]:
    header, claims = (json.loads(base64.urlsafe_b64decode(part + "==")) for part in token.split(".")[:2])
    return header, claims


class TestEncodeToken:
    def test_tells_the_page_who_where_from_and_until_when(self, run):
        body = "console.log(api.redirect.encodeToken({ secret: event.secrets.KEY, payload: { aud: 'page' } }));"
        [token] = run(body, event=on_continue(), secrets={"KEY": SECRET}, now=NOW).logs
        header, claims = parts_of(token)
        assert header == {"alg": "HS256", "typ": "JWT"}
        assert claims == {
            "iss": "tenant.example",
            "sub": "auth0|ana",
            "iat": NOW,
            "exp": NOW + 900,
            "ip": "203.0.113.7",
            "aud": "page",
        }
        signed, _, signature = token.rpartition(".")
        assert signature == base64url(hmac.digest(SECRET.encode(), signed.encode(), "sha256"))

    def test_lives_as_long_as_the_action_says(self, run):
        body = "console.log(api.redirect.encodeToken({ secret: 's', payload: {}, expiresInSeconds: 60 }));"
        [token] = run(body, event=on_continue(), now=NOW).logs
        assert parts_of(token)[1]["exp"] == NOW + 60

    def test_wants_a_secret(self, run):
        assert run("api.redirect.encodeToken({ payload: {} });", event=on_continue()).error == "A secret is required."


class TestValidateToken:
    def test_gives_the_claims_of_a_token_that_is_right(self, run):
        result = validated(run, a_token())
        assert (result.error, json.loads(result.logs[0])) == (None, CLAIMS)

    def test_takes_it_from_the_query_too_and_under_the_name_that_the_action_says(self, run):
        named = (
            "console.log(api.redirect.validateToken({ secret: event.secrets.KEY, tokenParameterName: 'mine' }).sub);"
        )
        event = on_continue(query={"mine": a_token()})
        assert run(named, event=event, secrets={"KEY": SECRET}, now=NOW).logs == ("auth0|ana",)

    def test_without_a_token_says_which_parameter_was_missing(self, run):
        error = run(VALIDATE, event=on_continue(), secrets={"KEY": SECRET}).error
        assert (
            error == "There is no parameter called 'session_token' available in either the POST body or query string."
        )

    @pytest.mark.parametrize(
        ("token", "why"),
        [
            (a_token(secret="another"), "Failed signature validation"),
            (a_token() + "=", "Failed signature validation"),
            (a_token()[:-1], "Failed signature validation"),
            (a_token(header={"alg": "none", "typ": "JWT"}), "Failed signature validation"),
            (a_token(header={"alg": "HS512", "typ": "JWT"}), "Failed signature validation"),
            ("no.token", "Failed signature validation"),
            ("a.b.c", "Failed signature validation"),
            ("", "Failed signature validation"),
            (a_token(header={"alg": "HS256", "typ": "JWS"}), "Unexpected token payload type"),
            (a_token(header={"alg": "HS256"}), "Unexpected token payload type"),
            (a_token(state="of another login"), "State in the token does not match the /continue state."),
            (a_token(state=None), "State in the token does not match the /continue state."),
            *((a_token(**{name: None}), "Missing or invalid standard claims") for name in ("sub", "iss", "iat", "exp")),
            (a_token(sub="auth0|bob"), "The sub claim does not match the user_id."),
            (a_token(exp=NOW - 1), "Token has expired."),
            (a_token(exp="never"), "Token has expired."),
        ],
    )
    def test_throws_and_says_why(self, run, token, why):
        assert validated(run, token).error == f"The session token is invalid: {why}"

    def test_a_form_field_called_state_does_not_stand_for_the_logins_own(self, run):
        error = validated(run, a_token(state="of another login"), state="of another login").error
        assert error == "The session token is invalid: State in the token does not match the /continue state."

    def test_what_the_action_writes_into_its_event_changes_nothing(self, run):
        event = on_continue(body={"session_token": a_token(sub="auth0|bob")})
        body = f"event.user.user_id = 'auth0|bob'; event.request.query.state = 'x'; {VALIDATE}"
        error = run(body, event=event, secrets={"KEY": SECRET}, now=NOW).error
        assert error == "The session token is invalid: The sub claim does not match the user_id."
