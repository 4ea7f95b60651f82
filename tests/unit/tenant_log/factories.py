"""Entries as a tenant's log holds them, and checkpoints; a test changes one thing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from guestlist.tenant_log.checkpoint import Checkpoint
from guestlist.tenant_log.decide import Now
from guestlist.tenant_log.entries import Entry, read_entry
from guestlist.tenant_log.reading import Reading

NOW = datetime(2026, 11, 27, 7, 0, tzinfo=UTC)
BASIS: Mapping[str, str] = {"state": "s", "program": "p", "versions": "v", "ignored": "i"}


def raw(method: str = "PATCH", path: str = "/clients/c1", *, at: datetime = NOW, **changes: Any) -> dict[str, Any]:
    """As `GET /logs` gives it."""
    return {
        "log_id": f"900{at:%Y%m%d%H%M%S%f}",
        "date": at.isoformat().replace("+00:00", "Z"),
        "type": "sapi",
        "client_id": "dashboard",
        "client_name": "Auth0 Dashboard",
        "ip": "203.0.113.7",
        "details": {
            "request": {
                "method": method.lower(),
                "path": f"/api/v2{path}",
                "auth": {"user": {"name": "Ana Lima", "email": "ana@example.com"}},
            },
            "response": {"statusCode": 200, "body": {}},
        },
        **changes,
    }


def an_entry(method: str = "PATCH", path: str = "/clients/c1", **changes: Any) -> Entry:
    found = read_entry(raw(method, path, **changes))
    assert found is not None
    return found


def a_checkpoint(**changes: Any) -> Checkpoint:
    values: dict[str, Any] = {
        "environment": "prod",
        "domain": "example.eu.auth0.com",
        "full_check_at": NOW.replace(hour=5),
        "looked_at": NOW.replace(hour=6),
        "read_at": NOW.replace(hour=5),
        "basis": BASIS,
        **changes,
    }
    return Checkpoint(**values)


def a_reading(*entries: Entry, **changes: Any) -> Reading:
    return Reading(**{"since": NOW.replace(hour=5, minute=45), "now": NOW, "entries": entries, **changes})


def a_now(**changes: Any) -> Now:
    return Now(**{"environment": "prod", "domain": "example.eu.auth0.com", "basis": BASIS, **changes})
