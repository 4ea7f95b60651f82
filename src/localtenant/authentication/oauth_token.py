"""
POST /oauth/token: machine-to-machine clients get an access token for an API that they were granted.

Source: https://auth0.com/docs/api/authentication/client-credentials/get-token; error texts as quoted in public issues
(read 2026-11-23, docs/local-tenant-differences.md says which nobody could confirm).
"""

import base64
import binascii
import hmac
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote

from localtenant.authentication.access_tokens import LIFETIME, issue
from localtenant.http import Request, Response, json_response
from localtenant.store import Document
from localtenant.tenant import Tenant

NO_STORE = {"cache-control": "no-store", "pragma": "no-cache"}
GRANT_TYPE_HELP = "https://auth0.com/docs/clients/client-grant-types"


class OAuthError(Exception):
    """An error answer of the Authentication API: `{error, error_description}`."""

    def __init__(self, status: int, error: str, description: str, *, uri: str | None = None) -> None:
        super().__init__(description)
        self.status = status
        self.error = error
        self.description = description
        self.uri = uri

    def body(self) -> dict[str, str]:
        """The JSON body."""
        body = {"error": self.error, "error_description": self.description}
        return body if self.uri is None else {**body, "error_uri": self.uri}


def token(tenant: Tenant, request: Request) -> Response:
    """Answer POST /oauth/token."""
    try:
        with tenant.store.transaction():
            answer = _grant(tenant, request, _parameters(request))
    except OAuthError as error:
        _log_failure(tenant, request, error)
        return json_response(error.status, error.body(), NO_STORE)
    return json_response(200, answer, NO_STORE)


def _grant(tenant: Tenant, request: Request, parameters: Mapping[str, str]) -> dict[str, Any]:
    grant_type = parameters.get("grant_type")
    if not grant_type:
        raise OAuthError(400, "invalid_request", "Missing required parameter: grant_type")
    if grant_type != "client_credentials":
        raise OAuthError(403, "unsupported_grant_type", f"Unsupported grant type: {grant_type}")
    client = _authenticate(tenant, request, parameters)
    if grant_type not in client.get("grant_types", []):
        raise OAuthError(
            403,
            "unauthorized_client",
            f"Grant type '{grant_type}' not allowed for the client.",
            uri=GRANT_TYPE_HELP,
        )
    audience, lifetime = _audience(tenant, parameters)
    scopes = _scopes(tenant, client, audience, parameters.get("scope", ""))
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
        ip=request.client,
        user_agent=request.headers.get("user-agent", ""),
        audience=audience,
        scope=" ".join(scopes) or None,
    )
    return answer


def _parameters(request: Request) -> dict[str, str]:
    if request.headers.get("content-type", "").startswith("application/json"):
        try:
            parsed = json.loads(request.body)
        except ValueError:
            parsed = None
        if not isinstance(parsed, dict):
            raise OAuthError(400, "invalid_request", "Invalid request payload JSON format")
        return {name: value for name, value in parsed.items() if isinstance(value, str)}
    return dict(parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True))


def _authenticate(tenant: Tenant, request: Request, parameters: Mapping[str, str]) -> Document:
    client_id, secret = _credentials(request, parameters)
    if not client_id:
        raise OAuthError(400, "invalid_request", "Missing required parameter: client_id")
    client = tenant.store.get("clients", client_id)
    known = str(client.get("client_secret", "")) if client else ""
    if client is None or not known or not hmac.compare_digest(known.encode(), secret.encode()):
        raise OAuthError(401, "access_denied", "Unauthorized")
    return client


def _credentials(request: Request, parameters: Mapping[str, str]) -> tuple[str, str]:
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return parameters.get("client_id", ""), parameters.get("client_secret", "")
    try:
        client_id, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise OAuthError(401, "access_denied", "Unauthorized") from None
    return unquote(client_id), unquote(secret)


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


def _log_failure(tenant: Tenant, request: Request, error: OAuthError) -> None:
    tenant.log(
        "feccft",
        error.description,
        ip=request.client,
        user_agent=request.headers.get("user-agent", ""),
        details={"error": {"message": error.description, "oauthError": error.error}},
    )
