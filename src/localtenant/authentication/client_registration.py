"""
`/oidc/register`: applications that register themselves. Off unless the tenant's flag `enable_dynamic_client_registration` is on.

Not here: registering one, 501 `not_emulated`.
Source: https://auth0.com/docs/get-started/applications/dynamic-client-registration and, for a request without a callback,
https://openid.net/specs/openid-connect-registration-1_0.html#RegistrationError
"""

import json
from typing import Any

from localtenant.authentication.oauth_errors import OAuthError, not_emulated
from localtenant.authentication.visit import NO_STORE, Visit
from localtenant.errors import ManagementError
from localtenant.http import Response, json_response


async def register(visit: Visit) -> Response:
    """POST /oidc/register"""
    flags: Any = visit.settings().get("flags") or {}
    if not flags.get("enable_dynamic_client_registration"):
        return json_response(404, ManagementError(404, "Not Found").body(), NO_STORE)
    error = not_emulated("registering an application (POST /oidc/register)")
    if not _callbacks(visit):
        error = OAuthError(400, "invalid_redirect_uri", "redirect_uris is required")
    return json_response(error.status, error.body(), NO_STORE)


def _callbacks(visit: Visit) -> bool:
    try:
        asked = json.loads(visit.request.body)
    except ValueError:
        return False
    return isinstance(asked, dict) and bool(asked.get("redirect_uris"))
