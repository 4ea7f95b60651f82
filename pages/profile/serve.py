"""
Serve the page with uvicorn: `python -m pages.profile` in a container, `guestlist page serve` for a person.

Source: https://www.uvicorn.org/settings/. Its access log would print queries, which hold tokens: it is off, `guard.py` writes ours.
"""

from __future__ import annotations

import uvicorn

from .app import create_app
from .connection import BoundedProtocol
from .settings import Settings

MOST_CONNECTIONS = 2_000  # idle ones count; how many requests may be under way is `guard.py`'s
KEEP_ALIVE_SEC = 5
STOP_SEC = 10


def serve(settings: Settings) -> None:
    """Serve until told to stop. TLS ends before it, at the load balancer."""
    uvicorn.run(
        create_app(settings),
        host=settings.bind,
        port=settings.port,
        access_log=False,
        log_level="warning",
        server_header=False,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies or None,
        http=BoundedProtocol,
        ws="none",
        limit_concurrency=MOST_CONNECTIONS,
        timeout_keep_alive=KEEP_ALIVE_SEC,
        timeout_graceful_shutdown=STOP_SEC,
    )
