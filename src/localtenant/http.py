"""
One request in, one answer out, over plain ASGI.

Every API of the tenant is written against `Request` and `Response`; only this module knows ASGI.
Not here: routing (`app.py`), sockets and TLS (`server.py`).
"""

import json
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, unquote

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

BODY_LIMIT = 1024 * 1024  # of the Management API


class BodyTooLarge(Exception):  # noqa: N818 - a state of the request
    """The body is over the limit; the rest of it was not read."""


class ClientGone(Exception):  # noqa: N818 - not an error of ours
    """The client closed the connection before its request was complete, or while it was held."""


class Dropped(Exception):  # noqa: N818 - wanted by a fault
    """The connection is to be cut without an answer, and no server is there to cut it (in-process tests see this)."""


@dataclass(frozen=True)
class Request:
    """A request, read completely."""

    method: str
    segments: tuple[str, ...]  # of the path, percent-decoded one by one: `auth0%7C1` and `a%2Fb` stay one segment
    path: str  # as sent, without the query
    query_string: str
    headers: Mapping[str, str]  # names in lower case
    body: bytes
    client: str  # the caller's address

    @cached_property
    def query(self) -> dict[str, tuple[str, ...]]:
        """Every value of every parameter."""
        values: dict[str, tuple[str, ...]] = {}
        for name, value in parse_qsl(self.query_string, keep_blank_values=True):
            values[name] = (*values.get(name, ()), value)
        return values


@dataclass(frozen=True)
class Response:
    """An answer, complete."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    cookies: tuple[str, ...] = ()  # values of `set-cookie`, of which an answer may have several
    afterwards: tuple[
        Callable[[], Awaitable[None]], ...
    ] = ()  # what is done once it is sent; its failures are the doer's affair


def json_response(status: int, body: Any, headers: Mapping[str, str] | None = None) -> Response:
    """An answer in JSON; a 204 has no body, whatever the function returned, and a 202 need not have one."""
    if status == 204 or (status == 202 and body is None):
        return Response(status, b"", headers or {})
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    return Response(status, text, {"content-type": "application/json; charset=utf-8", **(headers or {})})


async def read_request(scope: Scope, receive: Receive) -> Request:
    """
    Collect the whole request.

    Raises:
        BodyTooLarge: over `BODY_LIMIT`.
        ClientGone: the client left half-way.

    """
    raw_path: bytes = scope.get("raw_path") or scope["path"].encode()
    path = raw_path.partition(b"?")[0].decode("latin-1")
    return Request(
        method=scope["method"],
        segments=tuple(unquote(segment) for segment in path.strip("/").split("/")),
        path=path,
        query_string=scope["query_string"].decode("latin-1"),
        headers={name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]},
        body=await _read_body(scope, receive),
        client=(scope.get("client") or ("", 0))[0],
    )


async def send_response(send: Send, response: Response) -> None:
    """Answer. Both messages go without a pause in between, so that the server can write them at once."""
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in response.headers.items()]
    headers += [(b"set-cookie", cookie.encode("latin-1")) for cookie in response.cookies]
    if response.status != 204:
        headers.append((b"content-length", str(len(response.body)).encode()))
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    await send({"type": "http.response.body", "body": response.body})


async def drop(scope: Scope) -> None:
    """Cut the connection without an answer."""
    cut = scope.get("extensions", {}).get("localtenant.drop")
    if cut is None:
        raise Dropped
    cut()


async def wait_for_disconnect(receive: Receive) -> None:
    """Return when the client has left."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def _read_body(scope: Scope, receive: Receive) -> bytes:
    for name, value in scope["headers"]:
        if name.lower() == b"content-length" and value.isdigit() and int(value) > BODY_LIMIT:
            raise BodyTooLarge
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGone
        body += message.get("body", b"")
        if len(body) > BODY_LIMIT:
            raise BodyTooLarge
        if not message.get("more_body", False):
            return bytes(body)
