"""
POST /oauth/revoke: take a refresh token back, and with it what was rotated from it.

The answer is the same for a token that never was. With the tenant flag `revoke_refresh_token_grant` every refresh token of the same user,
application and API goes. Access tokens live on until they expire.
Source: https://auth0.com/docs/api/authentication/revoke-refresh-token/revoke-refresh-token
"""

from typing import Any

from localtenant.authentication import refresh_tokens
from localtenant.authentication.client_authentication import authenticated_client
from localtenant.authentication.oauth_errors import OAuthError, missing
from localtenant.authentication.visit import NO_STORE, Visit, parse_body
from localtenant.http import Response, json_response
from localtenant.store import Document


async def revoke(visit: Visit) -> Response:
    """Answer POST /oauth/revoke: 200 without a body."""
    try:
        client, secret = _asked(visit)
    except OAuthError as error:
        return json_response(error.status, error.body(), NO_STORE)
    flags: Any = visit.settings().get("flags") or {}
    with visit.tenant.store.transaction():
        token = refresh_tokens.revoke(
            visit.tenant, client, secret, whole_grant=bool(flags.get("revoke_refresh_token_grant"))
        )
        if token is not None:
            visit.tenant.log(
                "srrt",
                "Success Revocation",
                **visit.logged(),
                client_id=client["client_id"],
                client_name=client.get("name", ""),
                user_id=token["user_id"],
            )
    return Response(200, b"", NO_STORE)


def _asked(visit: Visit) -> tuple[Document, str]:
    if parse_body(visit.request) is None:
        raise OAuthError(400, "invalid_request", "Invalid request payload JSON format")
    client = authenticated_client(visit, public=True)
    if not visit.body.get("token"):
        raise missing("token")
    return client, visit.body["token"]
