"""
Names below `localhost` are this machine, as browsers take them: `login.localhost`, `app.localhost`. Many resolvers do not know.

Source: RFC 6761, section 6.3
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

LOOPBACK = "127.0.0.1"


class OnThisMachine(httpx.HTTPTransport):
    """
    Connects to loopback for them; certificate and `Host` stay those of the name. Every other name is looked up as usual.

    Args:
        ca_file: whom to trust; the usual authorities without.

    """

    def __init__(self, ca_file: Path | str | None = None) -> None:
        super().__init__(verify=ssl.create_default_context(cafile=ca_file) if ca_file else True)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """See httpx."""
        host = request.url.host
        if is_below_localhost(host):
            request = httpx.Request(
                request.method,
                request.url.copy_with(host=LOOPBACK),
                headers=request.headers,
                stream=request.stream,
                extensions={**request.extensions, "sni_hostname": host},
            )
        return super().handle_request(request)


def resolve_names_below_localhost() -> None:
    """The same for all of this process: for a program that looks names up by itself, in the standard library."""
    socket.getaddrinfo = _resolving(socket.getaddrinfo)


def is_below_localhost(name: object) -> bool:
    """Whether a name is `something.localhost`."""
    return isinstance(name, str) and name.lower().rstrip(".").endswith(".localhost")


def _resolving(look_up: Callable[..., Any]) -> Callable[..., Any]:
    def getaddrinfo(host: str | bytes | None, *arguments: Any, **options: Any) -> Any:
        name = host.decode("ascii", "replace") if isinstance(host, bytes) else host
        return look_up(LOOPBACK if is_below_localhost(name) else host, *arguments, **options)

    return getaddrinfo
