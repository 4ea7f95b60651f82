"""
Refresh tokens over their life: absolute and idle lifetimes, rotation, the leeway after it, and what a reused one means.

A rotating token counts once. Used again within the leeway it gives another child; after the leeway it is a sign of theft, and the
whole family is revoked. A token that does not rotate stays the same. The absolute lifetime is settled when the family begins, the idle one with
every exchange; a token that never expired does so once its application's settings want it, from its next exchange on.

Source: https://auth0.com/docs/secure/tokens/refresh-tokens/refresh-token-rotation and
https://auth0.com/docs/secure/tokens/refresh-tokens/configure-refresh-token-expiration
"""

from collections.abc import Iterable

from localtenant.authentication.oauth_errors import invalid_grant
from localtenant.authentication.sessions import hashed
from localtenant.store import Document
from localtenant.tenant import Tenant

KIND = "refresh_tokens"


class ReusedToken(Exception):  # noqa: N818 - what it tells is that a token came back
    """A rotated token came back after its leeway; its family must be revoked, and the exchange refused."""

    def __init__(self, token: Document) -> None:
        super().__init__("reused")
        self.token = token


def new_refresh_token(
    tenant: Tenant,
    *,
    client: Document,
    user_id: str,
    connection: str,
    scopes: Iterable[str],
    audience: str | None,
    methods: Iterable[Document],
    session_id: str | None,
) -> str:
    """The first token of a family."""
    return _put(
        tenant,
        {
            "family": tenant.new_id("", 24),
            "client_id": client["client_id"],
            "user_id": user_id,
            "connection": connection,
            "scopes": list(scopes),
            "audience": audience,
            "methods": list(methods),
            "session_id": session_id,
            "created": tenant.clock.seconds(),
            "expires": _expires(tenant, client),
        },
        client,
    )


def take(tenant: Tenant, client: Document, secret: str) -> Document:
    """
    The token of this client, if it counts now.

    Raises:
        OAuthError: unknown, another client's, revoked or expired.
        ReusedToken: rotated away before the leeway.

    """
    token = tenant.store.get(KIND, hashed(secret))
    now = tenant.clock.seconds()
    if token is None or token["client_id"] != client["client_id"]:
        raise invalid_grant("Unknown or invalid refresh token.")
    if token["rotated"] is not None and now >= token["rotated"] + _leeway(client):
        raise ReusedToken(token)
    if any(limit is not None and limit <= now for limit in (token["expires"], token["idle_until"])):
        raise invalid_grant("Unknown or invalid refresh token.")
    return token


def successor(tenant: Tenant, client: Document, secret: str, token: Document) -> str | None:
    """The next token of the family if the client's tokens rotate; otherwise the same one goes on, and `None` is answered."""
    if token["expires"] is None:
        token["expires"] = _expires(tenant, client)
    if (client.get("refresh_token") or {}).get("rotation_type") != "rotating":
        token["idle_until"] = _idle_until(tenant, client)
        tenant.store.put(KIND, hashed(secret), token)
        return None
    if token["rotated"] is None:
        token["rotated"] = tenant.clock.seconds()
        tenant.store.put(KIND, hashed(secret), token)
    return _put(tenant, dict(token), client)


def revoke_family(tenant: Tenant, family: str) -> None:
    """None of them counts any more."""
    for token_id, token in tenant.store.items(KIND):
        if token["family"] == family:
            tenant.store.delete(KIND, token_id)


def revoke(tenant: Tenant, client: Document, secret: str, *, whole_grant: bool = False) -> Document | None:
    """
    The token and its family, if it is one of this client; whatever else it is, nothing happens.

    With `whole_grant` every token goes that this client has of the user for the same API. Answers the token that was taken back.
    """
    token = tenant.store.get(KIND, hashed(secret))
    if token is None or token["client_id"] != client["client_id"]:
        return None
    revoke_family(tenant, token["family"])
    if whole_grant:
        same = ("client_id", "user_id", "audience")
        for token_id, other in tenant.store.items(KIND):
            if all(other[name] == token[name] for name in same):
                tenant.store.delete(KIND, token_id)
    return token


def _put(tenant: Tenant, token: Document, client: Document) -> str:
    secret = "v1." + tenant.new_secret(64)
    token |= {"rotated": None, "idle_until": _idle_until(tenant, client)}
    tenant.store.put(KIND, hashed(secret), token)
    return secret


def _leeway(client: Document) -> float:
    return float((client.get("refresh_token") or {}).get("leeway") or 0)


def _expires(tenant: Tenant, client: Document) -> float | None:
    settings = client.get("refresh_token") or {}
    if settings.get("expiration_type") != "expiring" or settings.get("infinite_token_lifetime"):
        return None
    return tenant.clock.seconds() + int(settings.get("token_lifetime") or 0)


def _idle_until(tenant: Tenant, client: Document) -> float | None:
    settings = client.get("refresh_token") or {}
    if settings.get("expiration_type") != "expiring" or settings.get("infinite_idle_token_lifetime"):
        return None
    return tenant.clock.seconds() + int(settings.get("idle_token_lifetime") or 0)
