"""
Which application calls, and whether it may: client id and secret by form, JSON or basic authentication; none for public clients.

Not here: private-key JWT and mTLS, which the local tenant does not read.
Source: https://auth0.com/docs/get-started/applications/credentials
"""

import base64
import binascii
import hmac
from urllib.parse import unquote

from localtenant.authentication.oauth_errors import OAuthError, missing
from localtenant.authentication.visit import Visit
from localtenant.management.client_defaults import PUBLIC_APP_TYPES
from localtenant.store import Document

GRANT_TYPE_HELP = "https://auth0.com/docs/clients/client-grant-types"


def authenticated_client(visit: Visit, *, public: bool) -> Document:
    """
    The calling application.

    Args:
        visit: the request.
        public: whether a client without a secret may do this at all.

    Raises:
        OAuthError: it cannot prove who it is.

    """
    client_id, secret = _credentials(visit)
    if not client_id:
        raise missing("client_id")
    client = visit.tenant.store.get("clients", client_id)
    if client is None or client.get("global"):
        raise unauthorized()
    if public and is_public(client) and not secret:
        return client
    known = str(client.get("client_secret") or "")
    if not known or not hmac.compare_digest(known.encode(), secret.encode()):
        raise unauthorized()
    return client


def is_public(client: Document) -> bool:
    """Whether it has no secret to show: pages and apps in the hand."""
    method = client.get("token_endpoint_auth_method")
    return bool(method == "none" or (method is None and client.get("app_type") in PUBLIC_APP_TYPES))


def demand_grant_type(client: Document, grant_type: str) -> None:
    """403 unless the application has it."""
    if grant_type not in client.get("grant_types", []):
        raise OAuthError(
            403, "unauthorized_client", f"Grant type '{grant_type}' not allowed for the client.", uri=GRANT_TYPE_HELP
        )


def unauthorized() -> OAuthError:
    """An unknown client or a wrong secret."""
    return OAuthError(401, "access_denied", "Unauthorized")


def _credentials(visit: Visit) -> tuple[str, str]:
    scheme, _, encoded = visit.request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return visit.body.get("client_id", ""), visit.body.get("client_secret", "")
    try:
        client_id, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise unauthorized() from None
    return unquote(client_id), unquote(secret)
