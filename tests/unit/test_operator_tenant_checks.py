"""What the tenant says to `guestlist doctor`."""

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime

import httpx

from guestlist.checks import Check, document
from guestlist.deployer_scopes import deployer_scopes, scopes_of
from guestlist.tenant_checks import tenant_checks
from stacks.settings import Settings

DOMAIN = "acme-dev.eu.auth0.com"
NOON = datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC)
DATE = "Mon, 23 Nov 2026 12:00:00 GMT"
SETTINGS = Settings.model_validate(
    {
        "tenant": {"domain": DOMAIN, "friendlyName": "Guestlist"},
        "application": {"name": "Guestlist app", "initiateLoginUri": "https://app.example.com/login"},
        "profile": {"pageUrl": "https://profile.example.com"},
        "email": {"fromAddress": "invitations@example.com"},
    }
)
DEPLOYER_SCOPES = deployer_scopes(SETTINGS)
CREDENTIALS = {"AUTH0_CLIENT_ID": "dep", "AUTH0_CLIENT_SECRET": "s3cr3t-canary"}


def a_token(scope: str) -> str:
    claims = base64.urlsafe_b64encode(json.dumps({"scope": scope}).encode()).decode().rstrip("=")
    return f"eyJhbGciOiJSUzI1NiJ9.{claims}.sig"


def answers(
    *, date: str = DATE, status: int = 200, scope: str = " ".join(DEPLOYER_SCOPES)
) -> Callable[..., httpx.Response]:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path != "/oauth/token":
            return httpx.Response(200, json={}, headers={"date": date})
        if status != 200:
            return httpx.Response(status, json={"error": "access_denied", "error_description": "Unauthorized"})
        return httpx.Response(200, json={"access_token": a_token(scope), "scope": scope})

    return answer


def check(answer: Callable[..., httpx.Response], environ: dict[str, str] = CREDENTIALS) -> dict[str, Check]:
    found = tenant_checks(SETTINGS, environ, transport=httpx.MockTransport(answer), clock=lambda: NOON)
    return {one.name: one for one in found}


def test_a_good_tenant_has_no_problem() -> None:
    found = check(answers())

    assert {name: one.status for name, one in found.items()} == dict.fromkeys(
        ("tenant", "clock", "token", "scopes"), "ok"
    )


def test_missing_scopes_are_named() -> None:
    found = check(answers(scope=" ".join(scope for scope in DEPLOYER_SCOPES if scope != "update:mfa_policies")))

    assert found["scopes"].status == "problem"
    assert "update:mfa_policies" in found["scopes"].said
    assert "update:actions" not in found["scopes"].said


def test_a_clock_that_is_behind_is_a_problem() -> None:
    found = check(answers(date="Mon, 23 Nov 2026 12:05:00 GMT"))

    assert found["clock"].said == "this machine is 300 s behind the tenant"


def test_refused_credentials_are_said_without_the_secret() -> None:
    found = check(answers(status=401))

    assert found["token"].status == "problem"
    assert "scopes" not in found
    assert "canary" not in str(document("dev", tuple(found.values())))


def test_a_tenant_that_is_not_there_ends_the_questions() -> None:
    def refuse(_request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("[Errno 111] Connection refused")

    found = check(refuse)

    assert list(found) == ["tenant"]
    assert found["tenant"].status == "problem"


def test_a_certificate_that_is_not_trusted_has_its_own_remedy() -> None:
    def refuse(_request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed")

    assert "guestlist local env" in check(refuse)["tenant"].remedy


def test_a_token_of_ones_own_shows_its_scopes() -> None:
    found = check(answers(), {"AUTH0_API_TOKEN": a_token("read:clients")})

    assert found["token"].status == "note"
    assert found["scopes"].status == "problem"


def test_an_opaque_token_shows_none() -> None:
    assert scopes_of("opaque") is None
    assert scopes_of("a.b.c") is None
