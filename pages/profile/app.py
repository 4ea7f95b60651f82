"""
The profile page as an ASGI application: asks for the names, and sends the browser on to Auth0's `/continue`.

Stateless and without cookies: the signed token that came from Auth0 is what a request rests on, and it is the anti-forgery token of the
form as well. No request goes out from here.

Not here: tokens (`tokens.py`), names (`names.py`), headers and the log (`guard.py`), the templates.
Source: https://auth0.com/docs/customize/actions/redirect-with-actions ("To avoid replay, the token should be sent by POST to /continue").
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from . import form, tokens
from .guard import PROBES, Guard, Log, log_line
from .languages import Language
from .limits import Limit
from .render import Pages
from .settings import Settings
from .tokens import TokenRefused

PATIENCE_SEC = 10.0  # for the body of a form


class Refused(Exception):  # noqa: N818 - read where it is raised
    """The request ends here: `page` is what the person reads, `reason` what the log says."""

    def __init__(self, status: int, page: str, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.page = page
        self.reason = reason


def create_app(
    settings: Settings,
    *,
    clock: Callable[[], float] = time.time,
    log: Log = log_line,
    nonce: Callable[[], str] = lambda: secrets.token_urlsafe(18),
) -> ASGIApp:
    """
    Make the application.

    Args:
        settings: checked ones (`settings.read_settings`).
        clock: seconds since 1970.
        log: takes each line.
        nonce: makes what admits the one line of script of the hand-off page.

    """
    page = ProfilePage(settings, clock=clock, nonce=nonce)
    routes = [
        Route(settings.path, page.show, methods=["GET"]),
        Route(settings.path, page.take, methods=["POST"]),
        Route("/healthz", _fine, methods=["GET"]),
        Route("/readyz", _fine, methods=["GET"]),  # without its keys and catalogues the page has not started
        Route("/favicon.ico", _nothing, methods=["GET"]),
        *([Route("/logo", page.logo, methods=["GET"])] if settings.logo else []),
    ]
    handlers: dict[Any, Any] = {Refused: page.refused, HTTPException: page.no_such, Exception: page.failed}
    inner = Starlette(routes=_merged(routes), exception_handlers=handlers)
    inner.router.redirect_slashes = False
    return Guard(
        page.only_for_our_host(inner),
        broken=page.broken,
        overloaded=page.overloaded,
        paths=frozenset(route.path for route in routes),
        hsts=not settings.is_on_this_machine,
        log=log,
        clock=clock,
    )


def _merged(routes: list[Route]) -> list[Route]:
    """One route for a path, so that a wrong method is answered with all that are right."""
    by_path: dict[str, dict[str, Any]] = {}
    for route in routes:
        by_path.setdefault(route.path, {}).update(dict.fromkeys(route.methods or (), route.endpoint))

    def dispatcher(endpoints: Mapping[str, Any]) -> Any:
        async def dispatch(request: Request) -> Response:
            response: Response = await endpoints[request.method](request)
            return response

        return dispatch

    return [Route(path, dispatcher(endpoints), methods=list(endpoints)) for path, endpoints in by_path.items()]


async def _fine(_request: Request) -> Response:
    return PlainTextResponse("ok\n")


async def _nothing(_request: Request) -> Response:
    return Response(status_code=204)


class ProfilePage:
    """The page with its settings."""

    def __init__(self, settings: Settings, *, clock: Callable[[], float], nonce: Callable[[], str]) -> None:
        self._settings = settings
        self._clock = clock
        self._nonce = nonce
        self._pages = Pages(settings)
        self._tries = Limit(settings.tries_per_minute, clock=clock)
        self._refusals = Limit(settings.refusals_per_minute, clock=clock)

    async def show(self, request: Request) -> Response:
        """GET: the form. Changes nothing, so a scanner or a second tab may come first."""
        query = self._query(request)
        request.state.wishes = [query.get("ui_locales", "")]
        asked = self._read(request, query, shown=False)
        state = query["state"]
        language = self._language(request)
        return self._form(language, asked, state, form.empty(asked.given_name, asked.family_name))

    async def take(self, request: Request) -> Response:
        """POST: the names, or the form again with what is wrong, or in another language."""
        self._refuse_other_sites(request)
        typed = await self._body(request)
        request.state.wishes = [typed.get("language", ""), typed.get("ui_locales", "")]
        asked = self._read(request, typed, shown=True)  # expired or not: the binding tells
        state = typed["state"]
        if not tokens.is_bound(asked, state, typed.get("binding", "")):
            raise Refused(400, "expired", "binding")
        if not self._tries.allows(asked.subject):
            raise Refused(429, "busy", "too_many_tries")
        language = self._language(request)
        if "language" in typed:
            return self._form(language, asked, state, form.again(typed))
        answer = form.judge(typed)
        if answer.faults:
            request.state.log["reason"] = "names"
            return self._form(language, asked, state, answer.fields, answer.faults)
        return self._hand_off(language, asked, state, answer.names)

    async def logo(self, _request: Request) -> Response:
        """GET /logo."""
        policy = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'"  # an SVG may be opened by itself
        headers = {"Content-Security-Policy": policy}
        return Response(self._settings.logo, media_type=self._settings.logo_type, headers=headers)

    def only_for_our_host(self, app: ASGIApp) -> ASGIApp:
        """Answer for our own host only. Probes name an address: they may ask whether the page is alive."""

        async def checked(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] == "http" and scope["path"] not in PROBES:
                hosts = [value for name, value in scope["headers"] if name == b"host"]
                if hosts != [self._settings.host.encode()]:
                    refusal = Refused(400, "wrong", "host")
                    await self._refusal(Request(scope), refusal)(scope, receive, send)
                    return
            await app(scope, receive, send)

        return checked

    async def refused(self, request: Request, error: Exception) -> Response:
        """Turn `Refused` into its page."""
        assert isinstance(error, Refused)  # noqa: S101 - Starlette hands over what was registered
        return self._refusal(request, error)

    async def no_such(self, request: Request, error: Exception) -> Response:
        """404 and 405, which the router raises."""
        assert isinstance(error, HTTPException)  # noqa: S101
        response = self._pages.message(self._pages.language(request), "nothing_here", error.status_code)
        if allowed := (error.headers or {}).get("Allow"):
            response.headers["Allow"] = ", ".join(sorted(allowed.split(", ")))
        return response

    async def failed(self, request: Request, _error: Exception) -> Response:
        """Say that it is our fault; Starlette raises the error once more, and the guard logs it."""
        return self._pages.message(self._language(request), "broken", 500)

    async def broken(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Say it where Starlette is not yet at work."""
        await (await self.failed(Request(scope), RuntimeError()))(scope, receive, send)

    async def overloaded(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Too many requests are under way: none of them is made slower by one more."""
        response = self._pages.message(self._pages.language(Request(scope)), "overloaded", 503)
        response.headers["Retry-After"] = "5"
        await response(scope, receive, send)

    def _refusal(self, request: Request, error: Refused) -> Response:
        """One page and one status for every token that is refused: which check it was is for the log."""
        request.state.log["reason"] = error.reason
        page, status = error.page, error.status
        address = request.client.host if request.client else ""
        if status != 429 and not self._refusals.allows(address):
            page, status = "busy", 429
        response = self._pages.message(self._language(request), page, status)
        if status == 429:
            response.headers["Retry-After"] = "60"
        return response

    def _language(self, request: Request) -> Language:
        """What was wished so far, the strongest wish first; the browser's own comes last."""
        return self._pages.language(request, *getattr(request.state, "wishes", ()))

    def _query(self, request: Request) -> dict[str, str]:
        try:
            pairs = form.read_pairs(request.scope["query_string"]) if request.scope["query_string"] else []
        except form.NotAForm as error:
            raise Refused(400, "expired", str(error)) from None
        names = [name for name, _ in pairs]
        if any(names.count(name) > 1 for name in ("session_token", "state")):
            raise Refused(400, "expired", "repeated_field")
        return dict(reversed(pairs))

    def _read(self, request: Request, given: Mapping[str, str], *, shown: bool) -> tokens.Request:
        token, state = given.get("session_token", ""), given.get("state", "")
        if not token or not state:
            raise Refused(400, "expired", "no_token")
        request.state.log["login"] = tokens.fingerprint(token)
        try:
            tokens.check_state(state)
            asked = tokens.read_token(
                token,
                keys=self._settings.to_page_keys,
                hosts=self._settings.login_hosts,
                now=self._clock(),
                shown=shown,
            )
        except TokenRefused as error:
            request.state.wishes.append(error.locale)
            raise Refused(400, "expired", error.reason) from None
        request.state.wishes.append(asked.locale)
        if asked.skewed:
            request.state.log["warning"] = "clock_skew"
        return asked

    def _refuse_other_sites(self, request: Request) -> None:
        """
        Take a form from our own page only.

        Our own `Referrer-Policy: no-referrer` makes browsers send `Origin: null` with our own form, so `null` cannot be refused;
        then `Sec-Fetch-Site` and the token decide.
        """
        site = request.headers.get("sec-fetch-site")
        origin = request.headers.get("origin")
        ours = f"https://{self._settings.host}"
        if (site is not None and site != "same-origin") or (origin is not None and origin not in {ours, "null"}):
            raise Refused(403, "wrong", "other_site")

    async def _body(self, request: Request) -> dict[str, str]:
        if request.headers.get("content-type", "").split(";")[0].strip().lower() != form.CONTENT_TYPE:
            raise Refused(415, "wrong", "content_type")
        length = request.headers.get("content-length", "0")
        if not length.isascii() or not length.isdigit() or int(length[:12]) > form.LARGEST_BODY:
            raise Refused(413, "wrong", "too_large")
        body = b""
        try:
            async with asyncio.timeout(PATIENCE_SEC):
                async for piece in request.stream():
                    body += piece
                    if len(body) > form.LARGEST_BODY:
                        raise Refused(413, "wrong", "too_large")
            return form.read_form(body)
        except TimeoutError:
            raise Refused(408, "wrong", "too_slow") from None
        except ClientDisconnect:
            raise Refused(400, "wrong", "gone") from None
        except form.NotAForm as error:
            raise Refused(400, "wrong", str(error)) from None

    def _form(
        self,
        language: Language,
        asked: tokens.Request,
        state: str,
        fields: tuple[form.Field, ...],
        faults: tuple[form.Fault, ...] = (),
    ) -> Response:
        return self._pages.form(
            language,
            422 if faults else 200,
            fields=fields,
            faults=faults,
            session_token=asked.token,
            state=state,
            binding=tokens.binding(asked, state),
        )

    def _hand_off(self, language: Language, asked: tokens.Request, state: str, names: Mapping[str, str]) -> Response:
        token = tokens.make_return_token(
            asked,
            state=state,
            names=names,
            key=self._settings.from_page_key,
            issuer=self._settings.page_url,
            now=self._clock(),
        )
        return self._pages.hand_off(
            language,
            nonce=self._nonce(),
            continue_url=f"https://{asked.host}/continue?{urlencode({'state': state})}",
            session_token=token,
        )
