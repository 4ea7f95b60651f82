"""
Which API an access token is for, and with which scopes a user gets it.

Without an audience (and without the tenant's default one) it is for `/userinfo` only. An API with role-based access control gives what the
user's roles and permissions hold; every other gives what was asked for, as far as the API has it.

Source: https://auth0.com/docs/get-started/apis/enable-role-based-access-control-for-apis
"""

from collections.abc import Iterable

from localtenant.authentication.claims import OIDC_SCOPES
from localtenant.authentication.oauth_errors import OAuthError
from localtenant.authentication.visit import Visit
from localtenant.store import Document
from localtenant.tenant import Tenant

OFFLINE = "offline_access"


def audience_asked_for(visit: Visit, asked: str | None) -> str | None:
    """
    The API's identifier, or `None` for `/userinfo`.

    Raises:
        OAuthError: there is no such API.

    """
    audience = asked or visit.settings().get("default_audience")
    if not audience or audience == f"{visit.issuer}userinfo":
        return None
    if visit.tenant.store.first("resource_servers", identifier=audience) is None:
        raise OAuthError(403, "access_denied", f"Service not found: {audience}")
    return str(audience)


def granted_scopes(tenant: Tenant, client: Document, user: Document, audience: str | None, asked: str) -> list[str]:
    """Of the scopes asked for those that the token gets, in the order of asking."""
    server = tenant.store.first("resource_servers", identifier=audience) if audience else None
    allowed = set(OIDC_SCOPES) - {OFFLINE}
    if may_refresh(client, server):
        allowed.add(OFFLINE)
    if server is not None:
        allowed |= _scopes_of_api(tenant, server, user)
    return list(dict.fromkeys(scope for scope in asked.split() if scope in allowed))


def may_refresh(client: Document, server: Document | None) -> bool:
    """Whether `offline_access` brings a refresh token: the application needs the grant, the API must allow it."""
    return "refresh_token" in client.get("grant_types", []) and (
        server is None or bool(server.get("allow_offline_access"))
    )


def permissions_of(tenant: Tenant, user: Document, audience: str) -> list[str]:
    """What the user may do at the API, directly and by roles."""
    found: dict[str, None] = {}
    held: list[Document] = list(user.get("_permissions", []))
    for role_id in user.get("_roles", []):
        held += (tenant.store.get("roles", role_id) or {}).get("_permissions", [])
    for entry in held:
        if entry["resource_server_identifier"] == audience:
            found[entry["permission_name"]] = None
    return list(found)


def scopes_of_api(tenant: Tenant, user: Document, audience: str | None) -> list[str]:
    """All scopes of the API that the user may have, in the API's order."""
    server = tenant.store.first("resource_servers", identifier=audience) if audience else None
    if server is None:
        return []
    allowed = _scopes_of_api(tenant, server, user)
    return [scope["value"] for scope in server.get("scopes") or [] if scope["value"] in allowed]


def _scopes_of_api(tenant: Tenant, server: Document, user: Document) -> set[str]:
    existing = _values(server.get("scopes") or [])
    if server.get("enforce_policies"):
        return existing & set(permissions_of(tenant, user, server["identifier"]))
    return existing


def _values(scopes: Iterable[Document]) -> set[str]:
    return {scope["value"] for scope in scopes}
