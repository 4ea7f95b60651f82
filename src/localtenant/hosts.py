"""
The other hosts on the tenant's port: `app.localhost` and `profile.localhost` are handed on to programs on this machine.

So that application, profile page and tenant are three web sites, with one certificate and one port, as they are three sites in production.
Requests and answers are read whole; cookies, redirects and compression pass untouched.

Not here: who registers them (`PUT /_local/hosts`, `control.py`); the names in the certificate (`certificates.py`).
"""

import html
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx

from localtenant.certificates import BESIDE
from localtenant.http import Request, Send
from localtenant.tenant import Tenant

SERVED = frozenset(BESIDE)
PATIENCE_SECONDS = 30
HOP_BY_HOP = frozenset(
    {"connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "te", "trailer", "transfer-encoding"}
    | {"upgrade", "content-length", "expect"}
)
FORWARDED = frozenset({"forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-forwarded-port"})
PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Nothing serves {host}</title></head>
<body style="font: 17px/1.5 system-ui, sans-serif; max-width: 36rem; margin: 15vh auto; padding: 0 1rem; color: #1f2328">
<main><h1 style="font-size: 1.5rem">Nothing serves {host}</h1><p style="overflow-wrap: anywhere">{reason}</p></main></body></html>
"""


class BadUpstream(ValueError):  # noqa: N818 - reads as a sentence where it is raised
    """A host or an address that cannot be registered; the message says why."""


def check_upstream(host: str, url: object) -> str:
    """
    The address in the form that is kept.

    Raises:
        BadUpstream: not one of our hosts, or no plain HTTP server on loopback.

    """
    if host not in SERVED:
        raise BadUpstream(f"The host must be one of {', '.join(sorted(SERVED))}, got {host!r}.")
    parts = urlsplit(url) if isinstance(url, str) else None
    try:
        sound = parts is not None and parts.scheme == "http" and parts.hostname in {"127.0.0.1", "::1", "localhost"}
        port = parts.port if parts is not None else None
    except ValueError:
        sound, port = False, None
    if not sound or parts is None or port is None or parts.path not in {"", "/"} or parts.query or parts.username:
        raise BadUpstream(f"What serves {host} must be an address such as http://127.0.0.1:3000, got {url!r}.")
    return f"http://{parts.netloc}"


class Hosts:
    """
    Hands requests on.

    Args:
        upstreams: by host; read at every request.
        tenant: whose port it is.

    """

    def __init__(self, upstreams: dict[str, str], tenant: Tenant) -> None:
        self._upstreams = upstreams
        self._port = tenant.domain.partition(":")[2]
        self._transport: httpx.AsyncHTTPTransport | None = None

    def serves(self, request: Request) -> bool:
        """Whether the request is for one of these hosts; the control plane is nobody else's."""
        name, _, port = request.headers.get("host", "").lower().partition(":")
        return name in SERVED and port == self._port and request.segments[:1] != ("_local",)

    async def hand_on(self, request: Request, send: Send) -> None:
        """Ask the upstream and pass its answer back; a page with status 502 where there is none."""
        host = request.headers["host"].lower().partition(":")[0]
        upstream = self._upstreams.get(host)
        if upstream is None:
            await _say(
                send, host, "Nothing is registered for this host. Start what belongs here, then reload this page."
            )
            return
        try:
            answer = await self._ask(upstream, request)
        except httpx.TransportError as error:
            reason = f"{upstream} does not answer ({type(error).__name__}). Start it, then reload this page."
            await _say(send, host, reason)
            return
        await send({"type": "http.response.start", "status": answer.status, "headers": list(answer.headers)})
        await send({"type": "http.response.body", "body": answer.body})

    async def close(self) -> None:
        """Close the connections to the upstreams."""
        if self._transport is not None:
            await self._transport.aclose()

    async def _ask(self, upstream: str, request: Request) -> "_Answer":
        """Without a client: that would keep cookies, follow redirects and decompress. Raises: httpx.TransportError."""
        if self._transport is None:  # a kept connection may be one that a restarted upstream has forgotten
            self._transport = httpx.AsyncHTTPTransport(limits=httpx.Limits(max_keepalive_connections=0))
        host = request.headers["host"]
        headers = {
            name: value for name, value in request.headers.items() if name not in HOP_BY_HOP and name not in FORWARDED
        }
        headers |= {"x-forwarded-for": request.client, "x-forwarded-host": host, "x-forwarded-proto": "https"}
        query = f"?{request.query_string}" if request.query_string else ""
        asked = httpx.Request(
            request.method,
            httpx.URL(upstream, raw_path=f"{request.path or '/'}{query}".encode("latin-1")),
            headers=headers,
            content=request.body or None,
            extensions={"timeout": httpx.Timeout(PATIENCE_SECONDS).as_dict()},
        )
        answer = await self._transport.handle_async_request(asked)
        try:
            body = b"".join([part async for part in answer.aiter_raw()])
        finally:
            await answer.aclose()
        return _Answer(status=answer.status_code, headers=_passed(request, answer, body), body=body)


@dataclass(frozen=True, kw_only=True)
class _Answer:
    """As it came: `set-cookie` may be there several times, and what is compressed stays so."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes


def _passed(request: Request, answer: httpx.Response, body: bytes) -> tuple[tuple[bytes, bytes], ...]:
    headers = [(name.lower(), value) for name, value in answer.headers.raw]
    kept = [(name, value) for name, value in headers if name.decode("latin-1") not in HOP_BY_HOP]
    if request.method != "HEAD" and answer.status_code not in {204, 304}:
        kept.append((b"content-length", str(len(body)).encode()))
    return tuple(kept)


async def _say(send: Send, host: str, reason: str) -> None:
    body = PAGE.format(host=html.escape(host), reason=html.escape(reason)).encode()
    headers = [(b"content-type", b"text/html; charset=utf-8"), (b"cache-control", b"no-store")]
    headers.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": 502, "headers": headers})
    await send({"type": "http.response.body", "body": body})
