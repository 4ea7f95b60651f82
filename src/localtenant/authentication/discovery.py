"""
What the tenant says about itself: the OpenID Connect discovery document and the public keys, under the name that was asked.

Endpoints that the local tenant does not serve are left out of the document.
Source: https://auth0.com/docs/get-started/applications/configure-applications-with-oidc-discovery
"""

from typing import Any

from localtenant.authentication.signing import signing_key
from localtenant.tenant import Tenant


def openid_configuration(tenant: Tenant, host: str) -> dict[str, Any]:
    """The discovery document."""
    base = f"https://{host}"
    settings = tenant.singleton("tenant_settings") or {}
    logout = settings.get("oidc_logout") or {}
    has_logout = logout.get("rp_logout_end_session_endpoint_discovery", True)
    return {
        "issuer": f"{base}/",
        "authorization_endpoint": f"{base}/authorize",
        "token_endpoint": f"{base}/oauth/token",
        "userinfo_endpoint": f"{base}/userinfo",
        "mfa_challenge_endpoint": f"{base}/mfa/challenge",
        "jwks_uri": f"{base}/.well-known/jwks.json",
        "revocation_endpoint": f"{base}/oauth/revoke",
        **({"end_session_endpoint": f"{base}/oidc/logout"} if has_logout else {}),
        "scopes_supported": [
            "openid",
            "profile",
            "offline_access",
            "name",
            "given_name",
            "family_name",
            "nickname",
            "email",
            "email_verified",
            "picture",
            "created_at",
            "identities",
            "phone",
            "address",
        ],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query", "form_post"],
        "grant_types_supported": [
            "authorization_code",
            "refresh_token",
            "client_credentials",
            "password",
            "http://auth0.com/oauth/grant-type/password-realm",
            "http://auth0.com/oauth/grant-type/mfa-oob",
            "http://auth0.com/oauth/grant-type/mfa-otp",
        ],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["HS256", "RS256"],
        "claims_supported": [
            "aud",
            "auth_time",
            "created_at",
            "email",
            "email_verified",
            "exp",
            "family_name",
            "given_name",
            "iat",
            "identities",
            "iss",
            "name",
            "nickname",
            "phone_number",
            "picture",
            "sub",
        ],
        "claims_parameter_supported": False,
        "request_uri_parameter_supported": False,
        "request_parameter_supported": False,
    }


def json_web_keys(tenant: Tenant) -> dict[str, Any]:
    """The key set that verifies this tenant's tokens."""
    return {"keys": [signing_key(tenant).jwk]}
