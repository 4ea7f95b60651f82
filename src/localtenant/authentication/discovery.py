"""
What the tenant says about itself: the OpenID Connect discovery document and the public keys.

Endpoints that the local tenant does not serve are left out of the document.
Source: https://auth0.com/docs/get-started/applications/configure-applications-with-oidc-discovery
"""

from typing import Any

from localtenant.authentication.signing import signing_key
from localtenant.tenant import Tenant


def openid_configuration(tenant: Tenant) -> dict[str, Any]:
    """The discovery document."""
    base = f"https://{tenant.domain}"
    return {
        "issuer": tenant.issuer,
        "token_endpoint": f"{base}/oauth/token",
        "jwks_uri": f"{base}/.well-known/jwks.json",
        "grant_types_supported": ["client_credentials"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "response_types_supported": [],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
    }


def json_web_keys(tenant: Tenant) -> dict[str, Any]:
    """The key set that verifies this tenant's tokens."""
    return {"keys": [signing_key(tenant).jwk]}
