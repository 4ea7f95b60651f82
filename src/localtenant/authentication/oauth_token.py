"""
POST /oauth/token: who asks, for which grant; the log entry of a refusal.

Not here: the grants themselves (`client_credentials.py`, `authorization_code.py`, `refresh_exchange.py`, `password_grant.py`, `mfa_grant.py`).
Source: https://auth0.com/docs/api/authentication; error texts as quoted in public issues (read 2026-11-23,
docs/local-tenant-differences.md says which nobody could confirm).
"""

from collections.abc import Awaitable, Callable
from typing import Any

from localtenant.authentication.authorization_code import authorization_code
from localtenant.authentication.client_authentication import authenticated_client, demand_grant_type
from localtenant.authentication.client_credentials import client_credentials
from localtenant.authentication.mfa_grant import OOB, OTP, RECOVERY_CODE, mfa_oob, mfa_otp, mfa_recovery_code
from localtenant.authentication.oauth_errors import OAuthError, missing
from localtenant.authentication.password_grant import PASSWORD, REALM, password
from localtenant.authentication.refresh_exchange import refresh_token
from localtenant.authentication.visit import NO_STORE, Visit, parse_body
from localtenant.http import Response, json_response
from localtenant.store import Document

Grant = Callable[[Visit, Document], dict[str, Any]]
AsyncGrant = Callable[[Visit, Document], Awaitable[dict[str, Any]]]
AT_ONCE: dict[str, Grant] = {"client_credentials": client_credentials}  # each inside of one transaction
AWAITED: dict[str, AsyncGrant] = {
    "authorization_code": authorization_code,
    "refresh_token": refresh_token,
    PASSWORD: password,
    REALM: password,
    OTP: mfa_otp,
    OOB: mfa_oob,
    RECOVERY_CODE: mfa_recovery_code,
}
FAILURES = {
    "authorization_code": "feacft",
    "client_credentials": "feccft",
    "refresh_token": "fertft",
    PASSWORD: "fepft",
    REALM: "fepft",
    OTP: "feotpft",
    OOB: "feoobft",
    RECOVERY_CODE: "fercft",
}


async def token(visit: Visit) -> Response:
    """Answer POST /oauth/token."""
    try:
        answer = await _grant(visit)
    except OAuthError as error:
        _log_failure(visit, error)
        return json_response(error.status, error.body(), NO_STORE)
    return json_response(200, answer, NO_STORE)


async def _grant(visit: Visit) -> dict[str, Any]:
    if parse_body(visit.request) is None:
        raise OAuthError(400, "invalid_request", "Invalid request payload JSON format")
    grant_type = visit.body.get("grant_type")
    if not grant_type:
        raise missing("grant_type")
    if grant_type not in AT_ONCE and grant_type not in AWAITED:
        raise OAuthError(403, "unsupported_grant_type", f"Unsupported grant type: {grant_type}")
    client = authenticated_client(visit, public=grant_type != "client_credentials")
    demand_grant_type(client, grant_type)
    if grant_type in AWAITED:
        return await AWAITED[grant_type](visit, client)
    with visit.tenant.store.transaction():
        return AT_ONCE[grant_type](visit, client)


def _log_failure(visit: Visit, error: OAuthError) -> None:
    client = visit.tenant.store.get("clients", visit.body.get("client_id", "")) or {}
    visit.tenant.log(
        FAILURES.get(visit.body.get("grant_type", ""), "feccft"),
        error.description,
        ip=visit.ip,
        user_agent=visit.user_agent,
        **({"client_id": client["client_id"], "client_name": client.get("name", "")} if client else {}),
        details={"error": {"message": error.description, "oauthError": error.error}},
    )
