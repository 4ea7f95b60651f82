"""
The tenant as OpenID provider: discovery, the code flow with PKCE, state and nonce, refresh, logout. Authlib does the protocol.

Not here: pages (`app.py`).
Source: https://openid.net/specs/openid-connect-core-1_0.html, https://openid.net/specs/openid-connect-rpinitiated-1_0.html
"""

import warnings
from typing import Any
from urllib.parse import urlencode

import httpx
from authlib.common.errors import AuthlibBaseError
from authlib.deprecate import AuthlibDeprecationWarning
from joserfc.errors import JoseError
from starlette.requests import Request
from starlette.responses import Response

from sampleapp.sessions import Login
from sampleapp.settings import Settings

with warnings.catch_warnings():  # Authlib 1.9 says that httpx will give way to httpx2; it works with either
    warnings.simplefilter("ignore", AuthlibDeprecationWarning)
    from authlib.integrations.starlette_client import OAuth

SCOPE = "openid profile email offline_access"
NAME = "tenant"
PATIENCE_SECONDS = 15


class LoginFailed(Exception):  # noqa: N818 - reads as a sentence where it is raised
    """The tenant said no, or could not be understood."""

    def __init__(self, code: str, description: str = "") -> None:
        super().__init__(code)
        self.code = code  # OAuth's, or one of ours: `state`, `unreachable`, `bad_answer`
        self.description = description


class Provider:
    """
    The tenant.

    Args:
        settings: which, and who we are there.
        transport: for tests; the network unless given.

    """

    def __init__(self, settings: Settings, *, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._settings = settings
        options: dict[str, Any] = {"scope": SCOPE, "code_challenge_method": "S256", "timeout": PATIENCE_SECONDS}
        options["token_endpoint_auth_method"] = "client_secret_post"  # noqa: S105 - a method's name; as the program sets it
        if transport is not None:
            options["transport"] = transport
        self._client: Any = OAuth().register(
            NAME,
            client_id=settings.client_id,
            client_secret=settings.client_secret,
            server_metadata_url=f"{settings.issuer}.well-known/openid-configuration",
            client_kwargs=options,
        )

    async def redirect_to_login(self, request: Request, **hints: str) -> Response:
        """Send the browser to the tenant. Raises: LoginFailed."""
        await self._metadata()
        answer: Response = await self._client.authorize_redirect(
            request, f"{self._settings.base_url}/callback", **hints
        )
        return answer

    async def is_of_this_browser(self, request: Request) -> bool:
        """Whether the answer belongs to a login that began in this browser: what it says can be believed to be the tenant's."""
        state = request.query_params.get("state", "")
        return await self._client.framework.get_state_data(request.session, state) is not None

    async def complete(self, request: Request) -> Login:
        """Turn the callback's code into a login. Raises: LoginFailed."""
        if not await self.is_of_this_browser(request):
            raise LoginFailed("state")
        state = request.query_params["state"]
        if error := request.query_params.get("error"):
            await self._client.framework.clear_state_data(request.session, state)
            raise LoginFailed(error, request.query_params.get("error_description", ""))
        await self._metadata()
        token = await _understood(self._client.authorize_access_token(request))
        return _login(token)

    async def refresh(self, login: Login) -> Login:
        """Ask for fresh tokens. Raises: LoginFailed."""
        await self._metadata()
        asking = self._client.fetch_access_token(grant_type="refresh_token", refresh_token=login.refresh_token)
        token = dict(await _understood(asking))
        if "id_token" in token:
            token["userinfo"] = await _understood(self._client.parse_id_token(token, nonce=None))
            if token["userinfo"]["sub"] != login.claims["sub"]:
                raise LoginFailed("bad_answer", "The refreshed token is somebody else's.")
        return Login(
            claims=dict(token.get("userinfo") or login.claims),
            id_token=token.get("id_token", login.id_token),
            refresh_token=token.get("refresh_token", login.refresh_token),
            refreshed=login.refreshed + 1,
        )

    async def logout_url(self, login: Login | None) -> str:
        """Where the tenant's own session ends; from there the browser comes back. Raises: LoginFailed."""
        metadata = await self._metadata()
        end = metadata.get("end_session_endpoint")
        back = self._settings.base_url
        if not end:
            return f"{self._settings.issuer}v2/logout?" + urlencode(
                {"client_id": self._settings.client_id, "returnTo": back}
            )
        query = {"client_id": self._settings.client_id, "post_logout_redirect_uri": back}
        if login is not None:
            query["id_token_hint"] = login.id_token
        return f"{end}?{urlencode(query)}"

    async def _metadata(self) -> dict[str, Any]:
        metadata: dict[str, Any] = await _understood(self._client.load_server_metadata())
        if metadata.get("issuer") != self._settings.issuer:
            raise LoginFailed("bad_answer", f"The tenant calls itself {metadata.get('issuer')}.")
        return metadata


async def _understood(asking: Any) -> Any:
    """Raises: LoginFailed, whatever went wrong between us and the tenant."""
    try:
        return await asking
    except AuthlibBaseError as error:
        raise LoginFailed(str(error.error or "bad_answer"), str(error.description or "")) from error
    except httpx.TransportError as error:
        raise LoginFailed("unreachable", type(error).__name__) from error
    except (JoseError, httpx.HTTPStatusError, ValueError, KeyError, RuntimeError) as error:
        raise LoginFailed("bad_answer", type(error).__name__) from error


def _login(token: dict[str, Any]) -> Login:
    if "userinfo" not in token:
        raise LoginFailed("bad_answer", "There is no ID token in it.")
    return Login(
        claims=dict(token["userinfo"]), id_token=token["id_token"], refresh_token=token.get("refresh_token") or None
    )
