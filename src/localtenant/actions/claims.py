"""
Which custom claims reach a token. A restricted one is dropped without a word and the login goes on, as on Auth0.

Not here: whether an access token is for an Auth0 API, which takes namespaced claims only; whoever issues it knows.
Source: https://auth0.com/docs/secure/tokens/json-web-tokens/create-custom-claims (read 2026-11-23)
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

RESTRICTED = frozenset(
    [
        "acr",
        "act",
        "active",
        "amr",
        "at_hash",
        "ath",
        "attest",
        "aud",
        "auth_time",
        "authorization_details",
        "azp",
        "c_hash",
        "client_id",
        "cnf",
        "cty",
        "dest",
        "entitlements",
        "events",
        "exp",
        "groups",
        "gty",
        "htm",
        "htu",
        "iat",
        "internalService",
        "iss",
        "jcard",
        "jku",
        "jti",
        "jwe",
        "jwk",
        "kid",
        "may_act",
        "mky",
        "nbf",
        "nonce",
        "object_id",
        "org_id",
        "org_name",
        "orig",
        "origid",
        "permissions",
        "roles",
        "rph",
        "s_hash",
        "sid",
        "sip_callid",
        "sip_cseq_num",
        "sip_date",
        "sip_from_tag",
        "sip_via_branch",
        "sub",
        "sub_jwk",
        "toe",
        "txn",
        "typ",
        "uuid",
        "vot",
        "vtm",
        "x5t#S256",
    ]
)
AUTH0_DOMAINS = ("auth0.com", "webtask.io", "webtask.run")


def allowed_claims(claims: Mapping[str, Any]) -> dict[str, Any]:
    """Those that Auth0 would put into a token."""
    return {name: value for name, value in claims.items() if is_allowed(name)}


def is_allowed(name: str) -> bool:
    """
    Whether an Action may set a claim of this name.

    >>> is_allowed("given_name"), is_allowed("https://example.com/role"), is_allowed("sub"), is_allowed("https://auth0.com/role")
    (True, True, False, False)
    """
    if name in RESTRICTED or name.startswith("urn:auth0"):
        return False
    if not name.startswith(("http://", "https://")):
        return True
    try:
        host = urlsplit(name).hostname or ""
    except ValueError:
        return True
    return not any(host == domain or host.endswith(f".{domain}") for domain in AUTH0_DOMAINS)
