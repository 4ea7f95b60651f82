"""
What Auth0 fills in when an application is created without it, by `app_type`.

Not here: the operations (`clients.py`).
Source: the 56 answers to POST /clients recorded in the provider's own tests (v1.54.1); where older and newer recordings differ, the newer.
"""

from typing import Any

from localtenant.store import Document

PUBLIC_APP_TYPES = ("native", "spa")
CONFORMANT_APP_TYPES = ("resource_server", "express_configuration")
USER_GRANT_TYPES = ["authorization_code", "implicit", "refresh_token"]


def with_defaults(fields: Document) -> Document:
    """A client's document as POST /clients stores it, ids and secrets apart."""
    first_party = fields.get("is_first_party", True)
    client: Document = {
        "is_first_party": True,
        "is_token_endpoint_ip_header_trusted": False,
        "oidc_conformant": not first_party or fields.get("app_type") in CONFORMANT_APP_TYPES,
        "sso_disabled": False,
        "cross_origin_authentication": False,
        "custom_login_page_on": True,
        "grant_types": default_grant_types(fields),
        **({} if first_party else {"third_party_security_mode": "permissive"}),
        **fields,
        "jwt_configuration": jwt_configuration(fields),
        "refresh_token": refresh_token(fields),
    }
    if "session_transfer" in client:
        client["session_transfer"] = session_transfer(client["session_transfer"])
    return client


def default_grant_types(fields: Document) -> list[str]:
    """The grant types of a client that names none."""
    app_type = fields.get("app_type")
    if app_type == "resource_server":
        return []
    if is_strict_third_party(fields):
        return ["authorization_code"]
    if app_type in PUBLIC_APP_TYPES or fields.get("token_endpoint_auth_method") == "none":
        return list(USER_GRANT_TYPES)
    return [*USER_GRANT_TYPES, "client_credentials"]


def jwt_configuration(fields: Document) -> Document:
    """Named in part, it is not completed: `{"alg": "RS256"}` stays without a lifetime (recorded)."""
    given: Document | None = fields.get("jwt_configuration")
    if given is not None:
        return {"secret_encoded": False, **given}
    if fields.get("app_type") in CONFORMANT_APP_TYPES:
        return {"secret_encoded": False, "alg": "RS256"}
    if is_strict_third_party(fields):
        return {"secret_encoded": False, "alg": "RS256", "lifetime_in_seconds": 3600}
    return {"secret_encoded": False, "lifetime_in_seconds": 36000}


def refresh_token(fields: Document) -> Document:
    """A year, of it a month idle, for an application created with a secret to show; otherwise a month, of it half idle (all 55 recorded)."""
    short = not str(fields.get("token_endpoint_auth_method", "")).startswith("client_secret_")
    rotating = fields.get("is_first_party") is False and fields.get("app_type") in PUBLIC_APP_TYPES
    expiring = rotating or is_strict_third_party(fields)
    defaults: Document = {
        "rotation_type": "rotating" if rotating else "non-rotating",
        "expiration_type": "expiring" if expiring else "non-expiring",
        "leeway": 0,
        "token_lifetime": 2592000 if short else 31557600,
        "infinite_token_lifetime": not rotating,
        "infinite_idle_token_lifetime": not expiring,
        "idle_token_lifetime": 1296000 if short else 2592000,
    }
    given: Any = fields.get("refresh_token") or {}
    return {**defaults, **given}


def session_transfer(given: Document) -> Document:
    """Completed whenever it is named at all, on PATCH too."""
    return {
        "can_create_session_transfer_token": False,
        "allowed_authentication_methods": [],
        "enforce_device_binding": "ip",
        "allow_refresh_token": False,
        "enforce_online_refresh_tokens": True,
        "enforce_cascade_revocation": True,
        **given,
    }


def is_strict_third_party(fields: Document) -> bool:
    """Whether Auth0 hardens this client (ids `tpc_…`, code flow only)."""
    return fields.get("third_party_security_mode") == "strict"
