"""
GET or POST /userinfo: the profile behind an access token that was issued with `openid`.

Source: https://auth0.com/docs/api/authentication/user-profile/get-user-info
"""

from typing import Any

from localtenant.authentication.claims import profile_claims
from localtenant.authentication.hosts import known_issuers
from localtenant.authentication.sessions import hashed
from localtenant.authentication.signing import signing_key
from localtenant.authentication.user_tokens import OPAQUE
from localtenant.authentication.visit import NO_STORE, Visit
from localtenant.http import Response, json_response
from localtenant.management.users import KIND as USERS


async def userinfo(visit: Visit) -> Response:
    """The claims of the token's scopes, or 401."""
    scheme, _, token = visit.request.headers.get("authorization", "").partition(" ")
    token = token.strip() if scheme.lower() == "bearer" else visit.body.get("access_token", "")
    found = _opaque(visit, token) or _signed(visit, token)
    user = visit.tenant.store.get(USERS, found[0]) if found else None
    if found is None or user is None:
        challenge = {"www-authenticate": 'Bearer realm="Users", error="invalid_token"', **NO_STORE}
        return Response(401, b"Unauthorized", {"content-type": "text/plain; charset=utf-8", **challenge})
    return json_response(200, {"sub": user["user_id"], **profile_claims(user, found[1])}, NO_STORE)


def _opaque(visit: Visit, token: str) -> tuple[str, list[str]] | None:
    known = visit.tenant.store.get(OPAQUE, hashed(token))
    if known is None or known["expires"] <= visit.tenant.clock.seconds() or "openid" not in known["scopes"]:
        return None
    return known["user_id"], known["scopes"]


def _signed(visit: Visit, token: str) -> tuple[str, list[str]] | None:
    import jwt

    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            signing_key(visit.tenant).public_key,
            algorithms=["RS256"],
            audience=[f"{issuer}userinfo" for issuer in known_issuers(visit.tenant)],
            options={"verify_exp": False, "verify_iat": False, "require": ["exp", "sub"]},
        )
    except jwt.InvalidTokenError:
        return None
    if claims["exp"] <= visit.tenant.clock.seconds():
        return None
    return str(claims["sub"]), str(claims.get("scope", "")).split()
