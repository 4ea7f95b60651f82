"""
`/co/authenticate`: a password from a form on another site, as Lock and auth0.js send it. Refused unless the application allows it.

Not here: the login ticket that the right password gets, 501 `not_emulated`.
Source: https://auth0.com/docs/libraries/auth0js (error codes of /co/authenticate)
"""

from localtenant.authentication import passwords
from localtenant.authentication.oauth_errors import OAuthError, not_emulated
from localtenant.authentication.visit import NO_STORE, Visit
from localtenant.http import Response, json_response
from localtenant.management import connections
from localtenant.management.connection_clients import is_enabled
from localtenant.store import Document

CREDENTIAL_TYPE = "http://auth0.com/oauth/grant-type/password-realm"
FIELDS = ("client_id", "credential_type", "username", "password", "realm")
INVALID = "Invalid request body. All and only of client_id, credential_type, username, otp, realm are required."


async def cross_origin(visit: Visit) -> Response:
    """POST /co/authenticate"""
    with visit.tenant.store.transaction():
        error = _refusal(visit)
    return json_response(error.status, error.body(), NO_STORE)


def _refusal(visit: Visit) -> OAuthError:
    if not all(visit.body.get(name) for name in FIELDS):
        return OAuthError(400, "invalid_request", INVALID)
    client = visit.tenant.store.get("clients", visit.body["client_id"])
    if client is None or not (client.get("cross_origin_authentication") or client.get("cross_origin_auth")):
        return OAuthError(401, "unauthorized_client", "Cross origin login not allowed.")
    if visit.body["credential_type"] != CREDENTIAL_TYPE:
        return OAuthError(400, "unsupported_credential_type", "Unknown credential type parameter.")
    return _verdict(visit, client)


def _verdict(visit: Visit, client: Document) -> OAuthError:
    connection = connections.by_name(visit.tenant, visit.body["realm"])
    if connection is None or connection["strategy"] != "auth0" or not is_enabled(connection, client["client_id"]):
        return OAuthError(400, "invalid_request", f"Unknown realm {visit.body['realm']}.")
    verdict = passwords.check(visit, client, [connection], visit.body["username"], visit.body["password"])
    if verdict.fault == "user-blocked":
        return OAuthError(429, "too_many_attempts", passwords.LOCKED)
    if verdict.user is None:
        return OAuthError(403, "access_denied", passwords.WRONG)
    return not_emulated("login tickets (POST /co/authenticate)")
