"""
What every answer of the page has, whatever happens inside: headers, one line in the log, no traceback.

Not here: the policy of each page, which the page sets itself (`app.py`); what `uvicorn` answers to bytes that are not HTTP.
Source: OWASP ASVS 5.0, 3.4 and 14.3; https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Permissions-Policy
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

STRICTEST = (
    "default-src 'none'; base-uri 'none'; object-src 'none'; form-action 'none'; frame-ancestors 'none'"  # and no style
)
_UNUSED = (
    "accelerometer", "autoplay", "camera", "display-capture", "encrypted-media", "fullscreen", "geolocation", "gyroscope", "hid",
    "identity-credentials-get", "magnetometer", "microphone", "midi", "payment", "picture-in-picture", "publickey-credentials-get",
    "screen-wake-lock", "serial", "usb", "xr-spatial-tracking",
)  # fmt: skip
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": STRICTEST,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join(f"{name}=()" for name in _UNUSED),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
}
PROBES = frozenset({"/healthz", "/readyz"})
MOST_AT_ONCE = 200
UNREAD = frozenset({403, 404, 405, 408, 413, 415, 503})  # the answer came before the form: nobody waits for its end
HSTS = "max-age=63072000; includeSubDomains"

Log = Callable[[Mapping[str, object]], None]


def log_line(event: Mapping[str, object]) -> None:
    """Write one line of JSON on stdout. No address, no query, no token, no name is in an event."""
    sys.stdout.write(json.dumps(event, ensure_ascii=True) + "\n")
    sys.stdout.flush()


def _place(error: BaseException) -> str:
    """Where it happened, the innermost line: a name of a file and a number, nothing of a request."""
    last = error.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    return f"{Path(last.tb_frame.f_code.co_filename).name}:{last.tb_lineno}" if last is not None else ""


class Guard:
    """
    The outermost layer. The inner application tells the log why it refused, in `scope["state"]["log"]`.

    `broken` makes the answer to a fault of our own, `overloaded` that to a request beyond those that may be under way at once; probes are
    answered all the same.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        broken: ASGIApp,
        overloaded: ASGIApp,
        paths: frozenset[str],
        hsts: bool,
        log: Log,
        clock: Callable[[], float],
    ) -> None:
        self._app = app
        self._broken = broken
        self._overloaded = overloaded
        self._under_way = 0
        self._paths = paths
        self._headers = {**HEADERS, **({"Strict-Transport-Security": HSTS} if hsts else {})}
        self._log = log
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request. The server's start and stop pass through; a web socket is refused."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return
        notes: dict[str, Any] = {}
        scope.setdefault("state", {})["log"] = notes
        began, status = time.perf_counter(), 0

        async def guarded(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
                if status in UNREAD:
                    headers["Connection"] = "close"
            await send(message)

        app = self._app
        if self._under_way >= MOST_AT_ONCE and scope["path"] not in PROBES:
            app, notes["reason"] = self._overloaded, "overloaded"
        self._under_way += 1
        try:
            await app(scope, receive, guarded)
        except Exception as error:  # noqa: BLE001 - the last line of defence; the text may hold anything, so only the type is kept
            notes |= {"error": type(error).__name__, "at": _place(error)}
            if not status:
                await self._broken(scope, receive, guarded)
        finally:
            self._under_way -= 1
            self._tell(scope, status, time.perf_counter() - began, notes)

    def _tell(self, scope: Scope, status: int, seconds: float, notes: Mapping[str, object]) -> None:
        method, path = scope.get("method", ""), scope.get("path", "")
        self._log(
            {
                "time": round(self._clock(), 3),
                "event": "request",
                "method": method if method in {"GET", "HEAD", "POST"} else "other",
                "path": path if path in self._paths else "other",  # an unknown one may hold anything
                "status": status,
                "ms": round(seconds * 1000, 1),
                **notes,
            }
        )
