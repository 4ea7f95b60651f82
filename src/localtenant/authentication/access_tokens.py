"""
Access tokens of machine-to-machine clients: making them, and telling whose they are.

Source: https://auth0.com/docs/secure/tokens/access-tokens/management-api-access-tokens and, for the words of a 401, bodies quoted in
public issues (read 2026-11-23).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from localtenant.authentication.signing import signing_key
from localtenant.errors import ManagementError
from localtenant.management.endpoint import Caller
from localtenant.tenant import Tenant

LIFETIME = 86400
CACHED_TOKENS = 1000


def issue(
    tenant: Tenant, client_id: str, scopes: Iterable[str], *, audience: str | None = None, lifetime: int = LIFETIME
) -> str:
    """A signed token for the client; without `audience`, for the Management API."""
    import jwt

    now = int(tenant.clock.seconds())
    key = signing_key(tenant)
    claims: dict[str, Any] = {
        "iss": tenant.issuer,
        "sub": f"{client_id}@clients",
        "aud": audience or tenant.audience,
        "iat": now,
        "exp": now + lifetime,
        "scope": " ".join(scopes),
        "gty": "client-credentials",
        "azp": client_id,
    }
    if not claims["scope"]:
        del claims["scope"]
    return jwt.encode(claims, key.private_key, algorithm="RS256", headers={"kid": key.kid})


@dataclass(frozen=True, kw_only=True)
class _Verified:
    client_id: str
    scopes: frozenset[str]
    expires_at: float


class TokenReader:
    """Checks the tokens of the Management API. A signature is checked once; expiry every time."""

    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant
        self._verified: dict[str, _Verified] = {}

    def caller(self, headers: Mapping[str, str]) -> Caller:
        """
        Whoever holds the token of these headers.

        Raises:
            ManagementError: 401, in Auth0's words.

        """
        token = _bearer(headers)
        verified = self._verified.get(token) or self._verify(token)
        if verified.expires_at <= self._tenant.clock.seconds():
            raise _unauthorized("Expired token received for JSON Web Token validation")
        client = self._tenant.store.get("clients", verified.client_id) or {}
        return Caller(client_id=verified.client_id, client_name=str(client.get("name", "")), scopes=verified.scopes)

    def _verify(self, token: str) -> _Verified:
        import jwt

        key = signing_key(self._tenant)
        try:
            claims = jwt.decode(
                token,
                key.public_key,
                algorithms=["RS256"],
                audience=self._tenant.audience,
                issuer=self._tenant.issuer,
                options={"verify_exp": False, "verify_iat": False, "verify_nbf": False, "require": ["exp", "azp"]},
            )
        except jwt.InvalidAudienceError:
            raise _unauthorized(f"Bad audience: {_claim(token, 'aud')}") from None
        except jwt.InvalidTokenError:
            raise _unauthorized("Invalid token") from None
        verified = _Verified(
            client_id=str(claims["azp"]),
            scopes=frozenset(str(claims.get("scope", "")).split()),
            expires_at=float(claims["exp"]),
        )
        if len(self._verified) >= CACHED_TOKENS:
            self._verified.clear()
        self._verified[token] = verified
        return verified


def _bearer(headers: Mapping[str, str]) -> str:
    header = headers.get("authorization", "").strip()
    if not header:
        raise ManagementError(401, "Missing authentication")
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token.strip() or " " in token.strip():
        raise ManagementError(400, "Bad HTTP authentication header format", "Bearer")
    return token.strip()


def _claim(token: str, name: str) -> str:
    import jwt

    value = jwt.decode(token, options={"verify_signature": False}).get(name, "")
    return ",".join(value) if isinstance(value, list) else str(value)


def _unauthorized(message: str) -> ManagementError:
    # hapi repeats the message under `attributes`, as seen in quoted bodies.
    return ManagementError(401, message, attributes={"error": message})
