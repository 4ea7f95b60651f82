"""
A login by the password grant that waits for a second factor, under its `mfa_token`: ten minutes, one application, once.

Not here: the endpoints that it opens (`mfa_api.py`), the grants that end it (`mfa_grant.py`).
Source: https://auth0.com/docs/secure/multi-factor-authentication/authenticate-using-ropg-flow-with-mfa
"""

from dataclasses import asdict

from localtenant.actions.steps import Finished
from localtenant.authentication.oauth_errors import OAuthError, invalid_grant
from localtenant.authentication.sessions import hashed
from localtenant.authentication.user_tokens import Grant
from localtenant.authentication.visit import Visit
from localtenant.management.users import KIND as USERS
from localtenant.store import Document
from localtenant.universal_login import mfa

KIND = "mfa_tokens"
LIFETIME_SEC = 600


def mfa_required(visit: Visit, grant: Grant, finished: Finished) -> OAuthError:
    """
    The error that tells the application to ask for a second factor, with the token for it. Call it inside a transaction.

    If the user has no factor and none can be enrolled, nothing helps: `access_denied`.
    """
    user_id = grant.user["user_id"]
    asked = mfa.question_at_the_end(visit.tenant, user_id, finished.mfa_provider)
    if asked is None:
        visit.tenant.log("mfar", mfa.NO_FACTOR, **visit.logged(), user_id=user_id, client_id=grant.client["client_id"])
        return OAuthError(403, "access_denied", mfa.NO_FACTOR)
    secret = visit.tenant.new_secret(64)
    now = visit.tenant.clock.seconds()
    for old, waiting in visit.tenant.store.items(KIND):
        if waiting["expires"] + LIFETIME_SEC <= now:
            visit.tenant.store.delete(KIND, old)
    document: Document = {
        "key": hashed(secret),
        "client_id": grant.client["client_id"],
        "user_id": user_id,
        "connection": grant.connection,
        "scopes": list(grant.scopes),
        "audience": grant.audience,
        "methods": list(grant.methods),
        "finished": asdict(finished),
        "factors": asked["factors"],
        "expires": now + LIFETIME_SEC,
    }
    visit.tenant.store.put(KIND, document["key"], document)
    requirements = {asked["kind"]: [{"type": name} for name in asked["factors"]]}
    return OAuthError(403, "mfa_required", mfa.REQUIRED, mfa_token=secret, mfa_requirements=requirements)


def find(visit: Visit, secret: str, client: Document | None) -> tuple[Document, Document]:
    """
    What the token stands for, and its user. Without a client it is whoever holds the token.

    Raises:
        OAuthError: it is none, has expired, or belongs to another application.

    """
    waiting = visit.tenant.store.get(KIND, hashed(secret))
    user = visit.tenant.store.get(USERS, waiting["user_id"]) if waiting else None
    if waiting is None or user is None:
        raise invalid_grant("Malformed mfa_token")
    if waiting["expires"] <= visit.tenant.clock.seconds():
        raise OAuthError(403, "expired_token", "mfa_token is expired")
    if client is not None and waiting["client_id"] != client["client_id"]:
        raise OAuthError(400, "invalid_request", "mfa_token not issued to this client")
    return waiting, user


def demand_no_factor(visit: Visit, user: Document) -> None:
    """
    Whoever has a factor that counts must show it, and cannot enrol another in its place.

    Raises:
        OAuthError: the user has one.

    """
    enrolled, on = mfa.enrolled_factors(visit.tenant, user["user_id"]), mfa.available_factors(visit.tenant)
    if set(enrolled) & set(on):
        raise OAuthError(403, "access_denied", "User is already enrolled")


def save(visit: Visit, waiting: Document) -> None:
    """Keep what changed."""
    visit.tenant.store.put(KIND, waiting["key"], waiting)


def end(visit: Visit, waiting: Document) -> None:
    """It has brought tokens."""
    visit.tenant.store.delete(KIND, waiting["key"])
