"""
Grant `client_credentials`: a machine-to-machine client gets an access token for an API that it was granted.

Source: https://auth0.com/docs/api/authentication/client-credentials/get-token
"""

from collections.abc import Mapping
from typing import Any

from localtenant.authentication.access_tokens import LIFETIME, issue
from localtenant.authentication.oauth_errors import OAuthError
from localtenant.authentication.visit import Visit
from localtenant.store import Document
from localtenant.tenant import Tenant


def client_credentials(visit: Visit, client: Document) -> dict[str, Any]:
    """The body of the answer. Call it inside a transaction."""
    tenant = visit.tenant
    audience, lifetime = _audience(tenant, visit.body)
    scopes = _scopes(tenant, client, audience, visit.body.get("scope", ""))
    answer: dict[str, Any] = {
        "access_token": issue(tenant, client["client_id"], scopes, audience=audience, lifetime=lifetime),
        "scope": " ".join(scopes),
        "expires_in": lifetime,
        "token_type": "Bearer",
    }
    if not scopes:
        del answer["scope"]
    tenant.log(
        "seccft",
        "",
        client_id=client["client_id"],
        client_name=client.get("name", ""),
        ip=visit.ip,
        user_agent=visit.user_agent,
        audience=audience,
        scope=" ".join(scopes) or None,
    )
    return answer


def _audience(tenant: Tenant, parameters: Mapping[str, str]) -> tuple[str, int]:
    settings = tenant.singleton("tenant_settings") or {}
    audience = parameters.get("audience") or settings.get("default_audience")
    if not audience:
        raise OAuthError(
            403,
            "access_denied",
            "No audience parameter was provided, and no default audience has been configured",
        )
    resource_server = tenant.store.first("resource_servers", identifier=audience)
    if resource_server is None:
        raise OAuthError(403, "access_denied", f"Service not found: {audience}")
    return str(audience), int(resource_server.get("token_lifetime") or LIFETIME)


def _scopes(tenant: Tenant, client: Document, audience: str, asked: str) -> list[str]:
    client_id = client["client_id"]
    grants = [
        grant
        for grant in tenant.store.all("client_grants")
        if grant.get("client_id") == client_id
        and grant.get("audience") == audience
        and grant.get("subject_type", "client") == "client"
    ]
    if not grants:
        raise OAuthError(
            403,
            "access_denied",
            f'Client "{client_id}" is not authorized to access resource server "{audience}". '
            'You need to create a "client-grant" associated to this API.',
        )
    granted = list(grants[0].get("scope") or [])
    if grants[0].get("allow_all_scopes"):
        server = tenant.store.first("resource_servers", identifier=audience) or {}
        granted = [scope["value"] for scope in server.get("scopes") or []]
    if not asked:
        return granted
    refused = [scope for scope in asked.split() if scope not in granted]
    if refused:
        raise OAuthError(403, "access_denied", f"Client has not been granted scopes: {', '.join(refused)}")
    return [scope for scope in granted if scope in asked.split()]
