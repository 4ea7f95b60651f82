"""
The login side of the tenant: which path is answered by which endpoint of the Authentication API, or by which page.

Not here: the Management API (`management/`), the control plane (`control.py`).
Source: https://auth0.com/docs/api/authentication
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from localtenant.authentication.authorize import authorize
from localtenant.authentication.client_registration import register
from localtenant.authentication.cross_origin import cross_origin
from localtenant.authentication.database_connections import change_password, signup
from localtenant.authentication.device_code import device_code
from localtenant.authentication.discovery import json_web_keys, openid_configuration
from localtenant.authentication.logout import confirm, logout, oidc_logout, show_confirmation
from localtenant.authentication.mfa_api import associate, authenticators, challenge, delete_authenticator
from localtenant.authentication.oauth_token import token
from localtenant.authentication.passwordless import challenge as otp_challenge
from localtenant.authentication.passwordless import start as passwordless_start
from localtenant.authentication.revocation import revoke
from localtenant.authentication.services import Services
from localtenant.authentication.userinfo import userinfo
from localtenant.authentication.visit import Visit, redirect
from localtenant.http import Request, Response, json_response
from localtenant.tenant import Tenant
from localtenant.universal_login.continue_page import note_return, resume
from localtenant.universal_login.error_page import Elsewhere, ErrorPage, StalePage, error_page, stale_page
from localtenant.universal_login.login_page import show_login, submit_login
from localtenant.universal_login.routes import MORE_PAGES

Endpoint = Callable[[Visit], Awaitable[Response]]


async def _configuration(visit: Visit) -> Response:
    return json_response(200, openid_configuration(visit.tenant, visit.host))


async def _keys(visit: Visit) -> Response:
    return json_response(200, json_web_keys(visit.tenant))


ROUTES: dict[tuple[str, str], Endpoint] = {
    ("GET", ".well-known/openid-configuration"): _configuration,
    ("GET", ".well-known/jwks.json"): _keys,
    ("GET", "authorize"): authorize,
    ("POST", "authorize"): authorize,
    ("GET", "continue"): note_return,
    ("POST", "continue"): note_return,
    ("POST", "co/authenticate"): cross_origin,
    ("POST", "dbconnections/change_password"): change_password,
    ("POST", "dbconnections/signup"): signup,
    ("POST", "mfa/associate"): associate,
    ("GET", "mfa/authenticators"): authenticators,
    ("DELETE", "mfa/authenticators/*"): delete_authenticator,
    ("POST", "mfa/challenge"): challenge,
    ("POST", "oauth/device/code"): device_code,
    ("POST", "oauth/revoke"): revoke,
    ("POST", "oauth/token"): token,
    ("GET", "oidc/logout"): oidc_logout,
    ("POST", "oidc/logout"): oidc_logout,
    ("POST", "oidc/register"): register,
    ("POST", "otp/challenge"): otp_challenge,
    ("POST", "passwordless/start"): passwordless_start,
    ("GET", "userinfo"): userinfo,
    ("POST", "userinfo"): userinfo,
    ("GET", "u/login"): show_login,
    ("POST", "u/login"): submit_login,
    ("GET", "u/logout"): show_confirmation,
    ("POST", "u/logout"): confirm,
    ("GET", "u/resume"): resume,
    ("GET", "v2/logout"): logout,
    **MORE_PAGES,
}


class LoginSide:
    """Everything that is neither the Management API nor the control plane."""

    def __init__(self, tenant: Tenant, services: Services) -> None:
        self._tenant = tenant
        self.services = services

    async def handle(self, request: Request) -> Response | None:
        """The answer, or `None` if nothing is here under this path."""
        endpoint = _endpoint(request)
        if endpoint is None:
            return None
        visit = Visit(self._tenant, self.services, request)
        try:
            answer = await endpoint(visit)
            return replace(answer, afterwards=tuple(visit.later)) if visit.later else answer
        except ErrorPage as error:
            return error_page(visit, error)
        except Elsewhere as place:
            return redirect(place.address, status=303)
        except StalePage:
            return stale_page(visit)


def _endpoint(request: Request) -> Endpoint | None:
    """A HEAD is answered as a GET; the server leaves out the body. `*` stands for a last segment of any kind."""
    method = "GET" if request.method == "HEAD" else request.method
    path, parent = "/".join(request.segments), "/".join([*request.segments[:-1], "*"])
    return ROUTES.get((method, path)) or ROUTES.get((method, parent))
