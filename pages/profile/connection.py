"""
One connection, held to bounds: how long a request's head may be, and how long it may take to come.

uvicorn bounds neither with httptools, its faster parser. Idle connections between two requests are uvicorn's own business
(`timeout_keep_alive`), the body is that of the application (`app.py`).
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

LONGEST_HEAD = 16_384  # bytes, of the first line and all headers
PATIENCE_SEC = 10.0


class BoundedProtocol(HttpToolsProtocol):
    """Closes a connection whose request has a head that is too long, or takes too long."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._head = 0
        self._reading_head = True
        self._deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn's own
        """The first request is waited for; a further one is from its first byte on."""
        super().connection_made(transport)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody is waited for any more."""
        self._wait_no_longer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count what belongs to a head."""
        if self._reading_head:
            self._head += len(data)
            if self._deadline is None:
                self._wait()
        super().data_received(data)
        if self._reading_head and self._head > LONGEST_HEAD and not self.transport.is_closing():
            self.send_400_response("Invalid HTTP request received.")

    def on_headers_complete(self) -> None:
        """The head has come in time."""
        self._reading_head = False
        self._head = 0
        self._wait_no_longer()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """What comes next is another request's head."""
        self._reading_head = True
        super().on_message_complete()

    def _wait(self) -> None:
        self._deadline = self.loop.call_later(PATIENCE_SEC, self._give_up)

    def _wait_no_longer(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _give_up(self) -> None:
        self.transport.close()
