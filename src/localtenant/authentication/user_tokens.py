"""
The tokens of a person: ID token, access token, refresh token.

An access token without an API is opaque and good for `/userinfo` only; one for an API is a JWT.

Not here: refresh tokens over their life (`refresh_tokens.py`), machine-to-machine tokens (`access_tokens.py`).
Source: https://auth0.com/docs/secure/tokens
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from localtenant.authentication.api_scopes import OFFLINE, permissions_of
from localtenant.authentication.claims import profile_claims
from localtenant.authentication.refresh_tokens import new_refresh_token
from localtenant.authentication.sessions import hashed
from localtenant.authentication.signing import signing_key
from localtenant.authentication.visit import Visit
from localtenant.store import Document

OPAQUE = "access_tokens"
OPAQUE_LIFETIME = 86400
ID_TOKEN_LIFETIME = 36000


@dataclass(frozen=True, kw_only=True)
class Grant:
    """What tokens are made from."""

    client: Document
    user: Document
    connection: str
    scopes: tuple[str, ...]
    audience: str | None
    methods: tuple[Document, ...] = ()
    session_id: str | None = None
    nonce: str | None = None
    auth_time: int | None = None  # in the token if the application asked by `max_age`
    acr_values: tuple[str, ...] = ()
    id_token_claims: Mapping[str, Any] = field(default_factory=dict)
    access_token_claims: Mapping[str, Any] = field(default_factory=dict)


def answer_with_tokens(visit: Visit, grant: Grant, *, refresh_token: str | None = None) -> dict[str, Any]:
    """
    The body of a successful `/oauth/token`. Call it inside a transaction.

    `refresh_token` is what an exchange hands out; without it one is made if `offline_access` was granted.
    """
    access_token, lifetime = _access_token(visit, grant)
    if refresh_token is None and OFFLINE in grant.scopes:
        refresh_token = new_refresh_token(
            visit.tenant,
            client=grant.client,
            user_id=grant.user["user_id"],
            connection=grant.connection,
            scopes=grant.scopes,
            audience=grant.audience,
            methods=grant.methods,
            session_id=grant.session_id,
        )
    return {
        "access_token": access_token,
        **({"refresh_token": refresh_token} if refresh_token else {}),
        **({"id_token": _id_token(visit, grant)} if "openid" in grant.scopes else {}),
        **({"scope": " ".join(grant.scopes)} if grant.scopes else {}),
        "expires_in": lifetime,
        "token_type": "Bearer",
    }


def _id_token(visit: Visit, grant: Grant) -> str:
    import jwt

    now = int(visit.tenant.clock.seconds())
    configuration = grant.client.get("jwt_configuration") or {}
    has_mfa = any(method["name"] == "mfa" for method in grant.methods)
    claims: dict[str, Any] = {
        **profile_claims(grant.user, grant.scopes),
        **_custom(grant.id_token_claims),
        "iss": visit.issuer,
        "aud": grant.client["client_id"],
        "sub": grant.user["user_id"],
        "iat": now,
        "exp": now + int(configuration.get("lifetime_in_seconds") or ID_TOKEN_LIFETIME),
        "sid": grant.session_id,
        "nonce": grant.nonce,
        "auth_time": grant.auth_time,
        "amr": ["mfa"] if has_mfa else None,
        "acr": grant.acr_values[0] if has_mfa and grant.acr_values else None,
    }
    present = {name: value for name, value in claims.items() if value is not None}
    if configuration.get("alg") == "HS256":
        return jwt.encode(present, str(grant.client["client_secret"]), algorithm="HS256")
    key = signing_key(visit.tenant)
    return jwt.encode(present, key.private_key, algorithm="RS256", headers={"kid": key.kid})


def _access_token(visit: Visit, grant: Grant) -> tuple[str, int]:
    if grant.audience is None:
        return _opaque_token(visit, grant), OPAQUE_LIFETIME
    import jwt

    server = visit.tenant.store.first("resource_servers", identifier=grant.audience) or {}
    now = int(visit.tenant.clock.seconds())
    lifetime = int(server.get("token_lifetime") or OPAQUE_LIFETIME)
    userinfo = [f"{visit.issuer}userinfo"] if "openid" in grant.scopes else []
    claims: dict[str, Any] = {
        **_custom(grant.access_token_claims),
        "iss": visit.issuer,
        "sub": grant.user["user_id"],
        "aud": [grant.audience, *userinfo] if userinfo else grant.audience,
        "iat": now,
        "exp": now + lifetime,
        "scope": " ".join(grant.scopes) or None,
        "azp": grant.client["client_id"],
    }
    if server.get("enforce_policies") and server.get("token_dialect") == "access_token_authz":
        claims["permissions"] = permissions_of(visit.tenant, grant.user, grant.audience)
    present = {name: value for name, value in claims.items() if value is not None}
    if server.get("signing_alg") == "HS256" and server.get("signing_secret"):
        return jwt.encode(present, str(server["signing_secret"]), algorithm="HS256"), lifetime
    key = signing_key(visit.tenant)
    return jwt.encode(present, key.private_key, algorithm="RS256", headers={"kid": key.kid}), lifetime


def _opaque_token(visit: Visit, grant: Grant) -> str:
    token = visit.tenant.new_secret(43)
    document: Document = {
        "user_id": grant.user["user_id"],
        "client_id": grant.client["client_id"],
        "scopes": list(grant.scopes),
        "expires": visit.tenant.clock.seconds() + OPAQUE_LIFETIME,
    }
    visit.tenant.store.put(OPAQUE, hashed(token), document)
    return token


def _custom(claims: Mapping[str, Any]) -> dict[str, Any]:
    """Null takes nothing into the token. Restricted names were taken out with the Actions (`actions/claims.py`)."""
    return {name: value for name, value in claims.items() if value is not None}
