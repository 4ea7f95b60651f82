"""
`/oauth/device/code`: a code for a device without a keyboard. Refused as Auth0 does unless the application has the grant.

Not here: the codes themselves, 501 `not_emulated`.
Source: https://auth0.com/docs/api/authentication/device-authorization-flow/authorize-device; the words of the refusal are quoted in public code.
"""

from localtenant.authentication.client_authentication import demand_grant_type, unauthorized
from localtenant.authentication.oauth_errors import OAuthError, missing, not_emulated
from localtenant.authentication.visit import NO_STORE, Visit
from localtenant.http import Response, json_response

DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"


async def device_code(visit: Visit) -> Response:
    """POST /oauth/device/code"""
    try:
        raise _refusal(visit)
    except OAuthError as error:
        return json_response(error.status, error.body(), NO_STORE)


def _refusal(visit: Visit) -> OAuthError:
    client_id = visit.body.get("client_id")
    if not client_id:
        return missing("client_id")
    client = visit.tenant.store.get("clients", client_id)
    if client is None or client.get("global"):
        return unauthorized()
    try:
        demand_grant_type(client, DEVICE_CODE)
    except OAuthError as refused:
        return refused
    return not_emulated("the device authorization flow (POST /oauth/device/code)")
