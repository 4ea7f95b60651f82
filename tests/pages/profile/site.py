"""
Three sites on this machine for a real browser: the page, a tenant that takes its token, an application behind the tenant.

`https://profile.localhost:PORT`, `https://localhost:PORT`, `https://app.localhost:PORT`: one server, three sites, with TLS. The tenant
sets cookies at `/authorize` as Auth0 does, sends people to the page, and answers `/continue` with a redirect to the application, which
the page does not know.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs

import trustme
import uvicorn
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from pages.profile.app import create_app
from pages.profile.connection import BoundedProtocol
from pages.profile.settings import read_settings
from tests.pages.profile.people import STATE, a_token, environ


@dataclass(kw_only=True)
class Site:
    """The three, and what reached the tenant."""

    port: int
    continued: list[dict[str, str]] = field(
        default_factory=list
    )  # what came to /continue: method, query, form, cookies
    log: list[object] = field(default_factory=list)

    @property
    def authorize(self) -> str:
        """Where an application sends a person."""
        return f"https://localhost:{self.port}/authorize"

    def login(self, state: str = STATE, **claims: object) -> str:
        """Where Auth0 sends a person without a name."""
        now = int(time.time())
        token = a_token(**{"iss": f"localhost:{self.port}", "iat": now, "exp": now + 900, **claims})
        return f"https://profile.localhost:{self.port}/?session_token={token}&state={state}"


@contextmanager
def a_site(folder: Path, **variables: str) -> Iterator[Site]:
    listener = socket.create_server(("127.0.0.1", 0))
    site = Site(port=listener.getsockname()[1])
    given = environ(
        PROFILE_ENVIRONMENT="local",
        PROFILE_PAGE_URL=f"https://profile.localhost:{site.port}",
        PROFILE_LOGIN_HOSTS=f"localhost:{site.port}",
        PROFILE_LOGIN_URL=f"https://app.localhost:{site.port}/login",
        **variables,
    )
    page = create_app(read_settings(given), log=site.log.append)
    authority = trustme.CA()
    certificate = authority.issue_cert("localhost", "profile.localhost", "app.localhost")
    pem = folder / "site.pem"
    certificate.private_key_and_cert_chain_pem.write_to_path(str(pem))
    config = uvicorn.Config(
        by_host({"profile.localhost": page, "localhost": tenant(site), "app.localhost": application}),
        ssl_certfile=str(pem),
        access_log=False,
        log_level="error",
        http=BoundedProtocol,
        timeout_graceful_shutdown=1,
        ws="none",
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.should_exit = True
        thread.join(timeout=10)


def by_host(apps: dict[str, ASGIApp]) -> ASGIApp:
    async def dispatch(scope: Scope, receive: Receive, send: Send) -> None:
        name = dict(scope.get("headers", [])).get(b"host", b"").decode().partition(":")[0]
        await apps.get(name, apps["localhost"])(scope, receive, send)

    return dispatch


def tenant(site: Site) -> ASGIApp:
    async def take(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        if request.url.path == "/authorize":
            sent = RedirectResponse(site.login(**dict(request.query_params)), status_code=302)
            sent.set_cookie("auth0", "session", secure=True, httponly=True, samesite="none")
            sent.set_cookie("lax", "session", secure=True, httponly=True, samesite="lax")
            await sent(scope, receive, send)
            return
        form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        site.continued.append(
            {
                "method": request.method,
                "cookies": " ".join(sorted(request.cookies)),
                **dict(request.query_params),
                **form,
            }
        )
        back = RedirectResponse(f"https://app.localhost:{site.port}/callback", status_code=302)
        await back(scope, receive, send)

    return take


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    await HTMLResponse("<!doctype html><title>The application</title><h1>Signed in</h1>")(scope, receive, send)
