"""
The pages: `/`, `/login` (where Auth0 sends people who come from a mail: `initiate_login_uri`), `/callback`, `/refresh`, `/logout`.

    create_app(Settings.from_environment(os.environ))      an ASGI application

Not here: the protocol (`provider.py`), who is logged in (`sessions.py`).
"""

import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from jinja2 import Environment, FileSystemLoader
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from sampleapp.provider import LoginFailed, Provider
from sampleapp.sessions import Login, Sessions
from sampleapp.settings import Settings

TEMPLATES = Path(__file__).parent / "templates"
COOKIE = "__Host-sampleapp"
KEY = "login"
FIRST = ("given_name", "family_name", "name", "email", "email_verified")
DATES = ("iat", "exp", "auth_time", "updated_at")
HEADERS = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "cache-control": "no-store",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
}
WHAT_HAPPENED = {  # by error: title, sentence, status
    "access_denied": ("You were not let in", "The login was refused.", 403),
    "state": (
        "This login cannot be finished here",
        "It began in another browser, was finished already, or took too long. Nothing is wrong with your account: log in once more.",
        400,
    ),
    "unreachable": ("The login service does not answer", "That is not your fault. Try again in a moment.", 502),
    "bad_answer": ("The login service gave an answer that we do not trust", "You are not logged in. Try again.", 502),
    "invalid_grant": ("This login is over", "It was used before, or has expired. Log in once more.", 400),
    "wrong_issuer": ("This link is not ours", "It names another login service. Log in from our own page.", 400),
}
SOMETHING = ("The login did not work", "The login service ended it. Try again.", 400)


def create_app(settings: Settings, *, transport: httpx.AsyncBaseTransport | None = None) -> Starlette:
    """Make the application; `transport` is for tests."""
    pages = Pages(settings, Provider(settings, transport=transport))
    routes = [
        Route("/", pages.home),
        Route("/login", pages.login),
        Route("/callback", pages.callback),
        Route("/refresh", pages.refresh, methods=["POST"]),
        Route("/logout", pages.logout),
        Route("/style.css", pages.style),
        Route("/healthz", pages.health),
    ]
    session = Middleware(
        SessionMiddleware, secret_key=settings.session_secret, session_cookie=COOKIE, https_only=True, same_site="lax"
    )
    return Starlette(routes=routes, middleware=[session], exception_handlers={404: pages.not_found})


def _with_reasons(
    answer: Callable[["Pages", Request], Awaitable[Response]],
) -> Callable[["Pages", Request], Awaitable[Response]]:
    async def wrapped(pages: "Pages", request: Request) -> Response:
        try:
            return await answer(pages, request)
        except LoginFailed as failure:
            return pages.failure(failure)

    return wrapped


class Pages:
    """One method a page."""

    def __init__(self, settings: Settings, provider: Provider) -> None:
        self._settings = settings
        self._provider = provider
        self._sessions = Sessions()
        self._templates = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, trim_blocks=True)

    async def home(self, request: Request) -> Response:
        """Who is logged in, or the way in."""
        login = self._sessions.find(request.session.get(KEY))
        if login is None:
            return self._page("welcome.html")
        return self._page("home.html", login=login, name=_name(login), rows=_rows(login))

    @_with_reasons
    async def login(self, request: Request) -> Response:
        """
        Begin a login. Auth0 adds `iss`; another issuer's is refused, and `target_link_uri` is ignored: it would be an open redirect.

        Source: https://openid.net/specs/openid-connect-core-1_0.html#ThirdPartyInitiatedLogin
        """
        issuer = request.query_params.get("iss")
        if issuer is not None and issuer.rstrip("/") != self._settings.issuer.rstrip("/"):
            raise LoginFailed("wrong_issuer")
        hints = {
            name: request.query_params[name]
            for name in ("login_hint", "ui_locales", "prompt")
            if name in request.query_params
        }
        return await self._provider.redirect_to_login(request, **hints)

    @_with_reasons
    async def callback(self, request: Request) -> Response:
        """The way back from the tenant."""
        login = await self._provider.complete(request)
        self._sessions.end(request.session.get(KEY))
        request.session.clear()
        request.session[KEY] = self._sessions.begin(login)
        return RedirectResponse("/", status_code=303)

    @_with_reasons
    async def refresh(self, request: Request) -> Response:
        """Fresh tokens, as an application gets them when its own have expired."""
        if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
            return PlainTextResponse("Not from another site.", status_code=403)
        key = str(request.session.get(KEY, ""))
        login = self._sessions.find(key)
        if login is not None:
            try:
                self._sessions.renew(key, await self._provider.refresh(login))
            except LoginFailed as failure:
                if failure.code == "invalid_grant":  # revoked, expired or used twice: the login is over
                    self._sessions.end(key)
                    request.session.clear()
                raise
        return RedirectResponse("/", status_code=303)

    @_with_reasons
    async def logout(self, request: Request) -> Response:
        """Out of the application, then out of the tenant."""
        login = self._sessions.end(request.session.get(KEY))
        request.session.clear()
        return RedirectResponse(await self._provider.logout_url(login), status_code=303)

    async def style(self, _request: Request) -> Response:
        """The style sheet."""
        return FileResponse(TEMPLATES / "style.css", media_type="text/css")

    async def health(self, _request: Request) -> Response:
        """That the process answers."""
        return PlainTextResponse("ok")

    async def not_found(self, _request: Request, _error: Exception) -> Response:
        """Anything else."""
        return self._page("failure.html", 404, title="There is no such page", sentence="", description="", code="")

    def failure(self, failure: LoginFailed) -> Response:
        """Say what happened. The tenant's own words are shown as such."""
        title, sentence, status = WHAT_HAPPENED.get(failure.code, SOMETHING)
        shown = failure.description if failure.code not in {"state", "wrong_issuer"} else ""
        return self._page("failure.html", status, title=title, sentence=sentence, description=shown, code=failure.code)

    def _page(self, template: str, status: int = 200, **context: Any) -> Response:
        text = self._templates.get_template(template).render(issuer=self._settings.issuer, **context)
        return Response(text, status, HEADERS, "text/html")


def _name(login: Login) -> str:
    claims = login.claims
    return str(claims.get("given_name") or claims.get("name") or claims.get("email") or claims["sub"])


def _rows(login: Login) -> list[tuple[str, str, str]]:
    """Every claim, those about the person first: name, value as in the token, and for a time the time in words."""
    claims = sorted(login.claims.items(), key=lambda claim: (claim[0] not in FIRST, claim[0]))
    return [(name, _shown(value), _time(value) if name in DATES else "") for name, value in claims]


def _shown(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _time(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return ""
    return f"{datetime.fromtimestamp(value, tz=UTC):%Y-%m-%d %H:%M:%S} UTC"
