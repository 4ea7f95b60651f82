"""
How answers reach the socket: one write each, and a way to send none at all.

Not here: the process around it (`server.py`), what is answered (`app.py`).
"""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol


class Corked(asyncio.Transport):
    """
    A transport that joins what one turn of the event loop writes.

    uvicorn writes head and body apart; with TLS that is two records in two packets, and a client that delays its
    acknowledgement then waits for the second.
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__()
        self._transport = transport
        self._loop = loop
        self._parts: list[bytes] = []

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Keep it until this turn of the loop is over."""
        if not self._parts:
            self._loop.call_soon(self.flush)
        self._parts.append(bytes(data))

    def flush(self) -> None:
        """Write what is kept, at once."""
        if self._parts:
            joined = b"".join(self._parts)
            self._parts.clear()
            self._transport.write(joined)

    def close(self) -> None:
        """Write what is kept, then close."""
        self.flush()
        self._transport.close()

    def abort(self) -> None:
        """Forget what is kept and cut the connection."""
        self._parts.clear()
        self._transport.abort()

    def is_closing(self) -> bool:
        """As of the transport below."""
        return self._transport.is_closing()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """As of the transport below."""
        return self._transport.get_extra_info(name, default)

    def pause_reading(self) -> None:
        """As of the transport below."""
        self._transport.pause_reading()

    def resume_reading(self) -> None:
        """As of the transport below."""
        self._transport.resume_reading()

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        """As of the transport below."""
        self.flush()
        self._transport.set_protocol(protocol)


class Protocol(HttpToolsProtocol):
    """HTTP with one write per answer, and a way to cut the connection without one."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A client has connected."""
        super().connection_made(Corked(transport, self.loop))

    def on_message_begin(self) -> None:
        """A request begins: tell the application how to cut it off."""
        super().on_message_begin()
        self.scope["extensions"] = {"localtenant.drop": self._cut}  # type: ignore[dict-item]

    def shutdown(self) -> None:
        """The server stops: an idle client is not waited for (closing TLS politely needs its answer)."""
        super().shutdown()
        if self.cycle is None or self.cycle.response_complete:
            self.transport.abort()

    def _cut(self) -> None:
        if self.cycle is not None:
            self.cycle.disconnected = True  # no complaint, no 500 in its place
        self.transport.abort()
