"""
`/passwordless/start` and `/otp/challenge`: codes by mail and text message instead of a password. Both refuse as Auth0 does.

Not here: sending such a code, which is 501 `not_emulated`.
Source: https://auth0.com/docs/api/authentication/passwordless/get-code-or-link (its error codes) and
https://auth0.com/docs/authenticate/database-connections/auth-api-passwordless-db-connections (read 2026-11-26)
"""

from typing import Any

from localtenant.authentication.client_authentication import demand_grant_type, is_public
from localtenant.authentication.oauth_errors import OAuthError, not_emulated
from localtenant.authentication.visit import NO_STORE, Visit
from localtenant.http import Response, json_response
from localtenant.management import connections
from localtenant.management.connection_clients import is_enabled
from localtenant.store import Document

STRATEGIES = ("email", "sms")
OTP_GRANT = "http://auth0.com/oauth/grant-type/passwordless/otp"
OTP_METHODS = ("email_otp", "phone_otp")
UNSUPPORTED = (
    "The connection does not support user creation through this API. It must either be a passwordless connection"
)
NO_ADDRESS = "Either email or phone_number must be provided"


async def start(visit: Visit) -> Response:
    """POST /passwordless/start"""
    try:
        raise _refusal_to_start(visit)
    except OAuthError as error:
        return json_response(error.status, error.body(), NO_STORE)


async def challenge(visit: Visit) -> Response:
    """POST /otp/challenge"""
    try:
        raise _refusal_to_challenge(visit)
    except OAuthError as error:
        return json_response(error.status, error.body(), NO_STORE)


def _refusal_to_start(visit: Visit) -> OAuthError:
    for parameter, code in (("client_id", "bad.client_id"), ("connection", "bad.connection")):
        if not visit.body.get(parameter):
            return OAuthError(400, code, f"Missing required property: {parameter}")
    client = _client(visit)
    if client is None:
        return OAuthError(400, "bad.client_id", "The client does not exist")
    return _refusal_of_connection(visit, client)


def _refusal_of_connection(visit: Visit, client: Document) -> OAuthError:
    connection = connections.by_name(visit.tenant, visit.body["connection"])
    if connection is None:
        return OAuthError(400, "bad.connection", "Connection does not exist")
    if not is_enabled(connection, client["client_id"]):
        return OAuthError(400, "bad.connection", "Connection is disabled")
    if connection["strategy"] not in STRATEGIES:
        return OAuthError(400, "bad.connection", UNSUPPORTED)
    address = "email" if connection["strategy"] == "email" else "phone_number"
    if not visit.body.get(address):
        return OAuthError(400, f"bad.{address}", f"Missing required property: {address}")
    return not_emulated("codes without a password (POST /passwordless/start)")


def _refusal_to_challenge(visit: Visit) -> OAuthError:
    for parameter in ("client_id", "connection"):
        if not visit.body.get(parameter):
            return _invalid(parameter, f"Missing required parameter: {parameter}")
    client = _client(visit)
    if client is None or not (is_public(client) or visit.body.get("client_secret") == client.get("client_secret")):
        return OAuthError(401, "invalid_client", "Client authentication failed")
    try:
        demand_grant_type(client, OTP_GRANT)
    except OAuthError as refused:
        return refused
    connection = connections.by_name(visit.tenant, visit.body["connection"])
    if connection is None or not is_enabled(connection, client["client_id"]) or not _takes_codes(connection):
        return OAuthError(400, "invalid_connection", "The connection does not support one-time passwords")
    if not (visit.body.get("email") or visit.body.get("phone_number")):
        return _invalid("email", NO_ADDRESS)
    return not_emulated("one-time passwords of a database connection (POST /otp/challenge)")


def _takes_codes(connection: Document) -> bool:
    methods: dict[str, Any] = (connection.get("options") or {}).get("authentication_methods") or {}
    return connection["strategy"] == "auth0" and any((methods.get(name) or {}).get("enabled") for name in OTP_METHODS)


def _client(visit: Visit) -> Document | None:
    client = visit.tenant.store.get("clients", visit.body["client_id"])
    return None if client is None or client.get("global") else client


def _invalid(field: str, message: str) -> OAuthError:
    return OAuthError(400, "invalid_request", message, validation_errors=[{"field": field, "message": message}])
