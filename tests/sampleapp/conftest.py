"""A browser with the application, and an OpenID provider that checks what it is asked."""

import base64
import hashlib
import time
from dataclasses import dataclass, field
from functools import cache
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from sampleapp.app import create_app
from sampleapp.settings import Settings

ISSUER = "https://tenant.example.com/"
BASE_URL = "https://app.example.com"


def some_settings(**changes):
    values = {"issuer": ISSUER, "client_id": "app", "client_secret": "s3cret", "base_url": BASE_URL}
    return Settings(**{**values, "session_secret": "x" * 32, **changes})


@cache
def key():
    return RSAKey.generate_key(2048, {"kid": "k1"})


@dataclass
class Provider:
    """One application, one user; fields may be changed by a test before the step that they are about."""

    claims: dict = field(default_factory=dict)  # over those of a good ID token
    signing_key: RSAKey | None = None  # another one than it publishes
    metadata: dict = field(default_factory=dict)
    refuses: dict | None = None  # what the token endpoint answers, with status 403
    challenge: str = ""
    nonce: str = ""
    seen: list = field(default_factory=list)

    def app(self):
        return Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self.discovery),
                Route("/jwks", self.jwks),
                Route("/oauth/token", self.token, methods=["POST"]),
            ]
        )

    async def discovery(self, _request: Request):
        document = {
            "issuer": ISSUER,
            "authorization_endpoint": f"{ISSUER}authorize",
            "token_endpoint": f"{ISSUER}oauth/token",
            "jwks_uri": f"{ISSUER}jwks",
            "end_session_endpoint": f"{ISSUER}oidc/logout",
            "id_token_signing_alg_values_supported": ["RS256"],
        }
        return JSONResponse({name: value for name, value in {**document, **self.metadata}.items() if value is not None})

    async def jwks(self, _request: Request):
        return JSONResponse({"keys": [key().as_dict(private=False)]})

    async def token(self, request: Request):
        form = dict(await request.form())
        self.seen.append(form)
        assert (form["client_id"], form["client_secret"]) == ("app", "s3cret")
        if self.refuses:
            return JSONResponse(self.refuses, 403)
        if form["grant_type"] == "authorization_code":
            digest = hashlib.sha256(form["code_verifier"].encode()).digest()
            assert base64.urlsafe_b64encode(digest).decode().rstrip("=") == self.challenge
            assert form["redirect_uri"] == f"{BASE_URL}/callback"
        return JSONResponse(
            {
                "access_token": "at",
                "token_type": "Bearer",
                "expires_in": 60,
                "refresh_token": f"rt{len(self.seen)}",
                "id_token": self.id_token(with_nonce=form["grant_type"] == "authorization_code"),
            }
        )

    def id_token(self, *, with_nonce):
        now = int(time.time())
        claims = {
            "iss": ISSUER,
            "sub": "auth0|1",
            "aud": "app",
            "iat": now,
            "exp": now + 600,
            "email": "ana@example.com",
        }
        claims |= {"nonce": self.nonce} if with_nonce else {}
        claims = {name: value for name, value in {**claims, **self.claims}.items() if value is not None}
        return jwt.encode({"alg": "RS256", "kid": "k1"}, claims, self.signing_key or key())


@dataclass
class Browser:
    """The application as a person sees it."""

    http: TestClient
    provider: Provider

    def begin(self, query=""):
        """Follow the link to the tenant; answers the parameters that arrive there."""
        answer = self.http.get(f"/login{query}")
        assert answer.status_code == 302, answer.text
        target = urlsplit(answer.headers["location"])
        assert f"{target.scheme}://{target.netloc}{target.path}" == f"{ISSUER}authorize"
        found = {name: values[0] for name, values in parse_qs(target.query).items()}
        self.provider.challenge, self.provider.nonce = found["code_challenge"], found["nonce"]
        return found

    def log_in(self):
        """The whole way; answers the callback's answer."""
        state = self.begin()["state"]
        return self.http.get("/callback", params={"code": "c0de", "state": state})


@pytest.fixture
def browser():
    provider = Provider()
    app = create_app(some_settings(), transport=httpx.ASGITransport(app=provider.app()))
    with TestClient(app, base_url=BASE_URL, follow_redirects=False) as http:
        yield Browser(http, provider)
