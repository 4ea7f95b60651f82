"""
Grants `mfa-otp` and `mfa-oob`: a second factor for the tokens that the password grant held back.

A factor that was being enrolled is the user's from here on. The Actions have run already, and do not run again.
Not here: the recovery-code grant, which is refused by name: nobody gets recovery codes here.
Source: https://auth0.com/docs/api/authentication/multi-factor-authentication/verify-mfa-with-otp and …/verify-with-out-of-band
"""

import hmac
from typing import Any

from localtenant.authentication import mfa_limits, mfa_tokens, totp
from localtenant.authentication.oauth_errors import OAuthError, invalid_grant, missing
from localtenant.authentication.sessions import hashed
from localtenant.authentication.user_tokens import Grant, answer_with_tokens
from localtenant.authentication.visit import Visit
from localtenant.management.authentication_methods import make_method, methods_of
from localtenant.store import Document

OTP = "http://auth0.com/oauth/grant-type/mfa-otp"
OOB = "http://auth0.com/oauth/grant-type/mfa-oob"
RECOVERY_CODE = "http://auth0.com/oauth/grant-type/mfa-recovery-code"
TOO_MANY_FAILURES = "Too many failed codes. Wait for some minutes before retrying."
SUCCESS = {
    "otp": ("seotpft", "Password and OTP Challenge for Access Token"),
    "phone": ("seoobft", "Password and OOB Challenge for Access Token"),
}


async def mfa_otp(visit: Visit, client: Document) -> dict[str, Any]:
    """The body of the answer to a code of an app."""
    waiting, user = _waiting(visit, client, "otp")
    pending = waiting.get("enrollment") or {}
    with visit.tenant.store.transaction():
        if pending.get("type") == "totp":
            if totp.use_code(visit.tenant, pending["id"], pending["totp_secret"], visit.body["otp"]):
                fields = {"type": "totp", "totp_secret": pending["totp_secret"], "name": "Authenticator app"}
                _is_right(visit, _enroll(visit, client, user, fields))  # so that the code is used up for it, too
                return _tokens(visit, client, waiting, user, "otp")
        elif "otp" in waiting["factors"] and any(_is_right(visit, one) for one in _apps_of(visit, user)):
            return _tokens(visit, client, waiting, user, "otp")
    raise _failure(visit, user, "Invalid otp_code.")


async def mfa_oob(visit: Visit, client: Document) -> dict[str, Any]:
    """The body of the answer to a code of a text message."""
    waiting, user = _waiting(visit, client, "oob_code")
    asked = waiting.get("oob")
    if asked is None or not hmac.compare_digest(asked["oob_code"], hashed(visit.body["oob_code"])):
        raise OAuthError(400, "invalid_request", "The oob_code doesn't match the mfa_token")
    if not visit.body.get("binding_code"):
        raise missing("binding_code")
    if not hmac.compare_digest(asked["code"].encode(), visit.body["binding_code"].encode()):
        raise _failure(visit, user, "Invalid binding_code.")
    pending = waiting.get("enrollment") or {}
    with visit.tenant.store.transaction():
        if pending.get("type") == "phone":
            fields = {"type": "phone", "phone_number": pending["phone_number"], "name": "Phone"}
            _enroll(visit, client, user, fields)
        return _tokens(visit, client, waiting, user, "phone")


async def mfa_recovery_code(_visit: Visit, _client: Document) -> dict[str, Any]:
    """Refused: no user of the local tenant has a recovery code."""
    raise OAuthError(403, "unsupported_grant_type", "The local tenant does not emulate recovery codes.")


def _waiting(visit: Visit, client: Document, needed: str) -> tuple[Document, Document]:
    for parameter in ("mfa_token", needed):
        if not visit.body.get(parameter):
            raise missing(parameter)
    waiting, user = mfa_tokens.find(visit, visit.body["mfa_token"], client)
    if user.get("blocked"):
        raise OAuthError(403, "unauthorized", "user is blocked")
    if mfa_limits.is_used_up(visit.tenant, user["user_id"], "failure"):
        raise OAuthError(400, "invalid_request", TOO_MANY_FAILURES)
    return waiting, user


def _failure(visit: Visit, user: Document, words: str) -> OAuthError:
    with visit.tenant.store.transaction():
        mfa_limits.count(visit.tenant, user["user_id"], "failure")
        visit.tenant.log("gd_auth_failed", words, **visit.logged(), user_id=user["user_id"])
    return invalid_grant(words)


def _apps_of(visit: Visit, user: Document) -> list[Document]:
    listed = methods_of(visit.tenant, user["user_id"])
    return [method for method in listed if method["type"] == "totp" and method.get("confirmed", True)]


def _is_right(visit: Visit, app: Document) -> bool:
    return totp.use_code(visit.tenant, app["id"], app["totp_secret"], visit.body["otp"])


def _enroll(visit: Visit, client: Document, user: Document, fields: Document) -> Document:
    mfa_tokens.demand_no_factor(visit, user)  # again: one may have come since the enrolment began
    visit.tenant.log(
        "gd_enrollment_complete",
        "Guardian - Enrollment complete",
        **visit.logged(),
        user_id=user["user_id"],
        client_id=client["client_id"],
    )
    return make_method(visit.tenant, user["user_id"], fields)


def _tokens(visit: Visit, client: Document, waiting: Document, user: Document, factor: str) -> dict[str, Any]:
    tenant = visit.tenant
    mfa_limits.forget_failures(tenant, user["user_id"])
    mfa_tokens.end(visit, waiting)
    grant = Grant(
        client=client,
        user=user,
        connection=waiting["connection"],
        scopes=tuple(waiting["scopes"]),
        audience=waiting["audience"],
        methods=(*waiting["methods"], {"name": "mfa", "type": factor, "timestamp": tenant.clock.timestamp()}),
        id_token_claims=waiting["finished"]["id_token_claims"],
        access_token_claims=waiting["finished"]["access_token_claims"],
    )
    who = {"user_id": user["user_id"], "user_name": user.get("email", ""), "client_id": client["client_id"]}
    tenant.log("gd_auth_succeed", "Guardian - Second factor authentication success", **visit.logged(), **who)
    log_type, description = SUCCESS[factor]
    tenant.log(log_type, description, **visit.logged(), **who, scope=" ".join(grant.scopes) or None)
    return answer_with_tokens(visit, grant)
