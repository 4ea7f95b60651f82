"""
What ID tokens and `/userinfo` say of a user, by the scopes that were asked for.

Source: https://auth0.com/docs/get-started/apis/scopes/openid-connect-scopes
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


def profile_claims(user: Document, scopes: Iterable[str]) -> Document:
    """The user's claims without `sub`; what the profile lacks is absent."""
    names = [name for scope in scopes for name in BY_SCOPE.get(scope, ())]
    return {CALLED.get(name, name): user[name] for name in names if user.get(name) is not None}
