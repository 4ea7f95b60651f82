"""
What ID tokens and `/userinfo` say of a user, by the scopes that were asked for, and which claims an Action may not set.

Source: https://auth0.com/docs/get-started/apis/scopes/openid-connect-scopes and
https://auth0.com/docs/secure/tokens/json-web-tokens/create-custom-claims
"""

from collections.abc import Iterable

from localtenant.store import Document

OIDC_SCOPES = ("openid", "profile", "email", "address", "phone", "offline_access")
BY_SCOPE = {
    "profile": ("given_name", "family_name", "nickname", "name", "picture", "updated_at"),
    "email": ("email", "email_verified"),
    "phone": ("phone_number", "phone_verified"),
}
CALLED = {"phone_verified": "phone_number_verified"}
# The restricted claims: a custom one of that name is dropped in silence.
RESTRICTED_NAMES = """
acr act active amr at_hash ath attest aud auth_time authorization_details azp c_hash client_id cnf cty dest entitlements
events exp groups gty htm htu iat internalService iss jcard jku jti jwe jwk kid may_act mky nbf nonce object_id org_id
org_name orig orig_iat origid permissions roles rph s_hash sid sip_callid sip_cseq_num sip_date sip_from_tag
sip_via_branch sub sub_jwk toe txn typ uuid vot vtm x5t#S256
"""
RESTRICTED = frozenset(RESTRICTED_NAMES.split())


def profile_claims(user: Document, scopes: Iterable[str]) -> Document:
    """The user's claims without `sub`; what the profile lacks is absent."""
    names = [name for scope in scopes for name in BY_SCOPE.get(scope, ())]
    return {CALLED.get(name, name): user[name] for name in names if user.get(name) is not None}


def custom_claims(claims: Document) -> Document:
    """What Actions set, without the names that are not theirs. Null takes nothing into the token."""
    return {name: value for name, value in claims.items() if name not in RESTRICTED and value is not None}
