"""
One entry of a tenant's log about a write on the Management API, read out of whatever the log holds.

`details` is untyped in Auth0's description, so each part is looked for and nothing is relied on; what holds no method or path is a write of which nobody knows
what it touched. No value of a request's or an answer's body is kept but ids.

Not here: what a write touches (`operations.py`). Source: https://auth0.com/docs/tenant-logs/management-success/sapi
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

WRITTEN = "sapi"  # a write that worked; a refused one (`fapi`) changed nothing
LONGEST = 200  # characters of a name or an address; the log is anybody's text
_IDS = ("id", "client_id", "custom_domain_id", "name")
METHODS = frozenset({"POST", "PUT", "PATCH", "DELETE"})
UNKNOWN_TIME = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """
    One write. `path` is below /api/v2, without a slash at its end; it and `method` are empty where the log does not say them.

    `answered`: ids in the answer, by their names, for what a POST made.
    """

    id: str
    at: datetime
    method: str = ""
    path: str = ""
    client_id: str = ""
    client_name: str = ""
    person: str = ""  # in the dashboard: `Ana Lima <ana@example.com>`
    address: str = ""  # IP
    answered: tuple[tuple[str, str], ...] = ()

    @property
    def readable(self) -> bool:
        """Whether it says what was written."""
        return bool(self.method and self.path)


def read_entry(found: Any) -> Entry | None:
    """Read one; `None` for what is no entry of a write that worked."""
    if not isinstance(found, Mapping) or found.get("type") != WRITTEN:
        return None
    details = _mapping(found.get("details"))
    request, response = _mapping(details.get("request")), _mapping(details.get("response"))
    method = _text(request.get("method")).upper()
    return Entry(
        id=_text(found.get("log_id") or found.get("_id")),
        at=moment_of(found.get("date")),
        method=method if method in METHODS else "",
        path=_path(request.get("path")),
        client_id=_text(found.get("client_id")),
        client_name=_text(found.get("client_name")),
        person=_person(found, request),
        address=_text(found.get("ip") or request.get("ip")),
        answered=_answered(response.get("body")),
    )


def moment_of(value: Any) -> datetime:
    """A date of the log in UTC; the beginning of time where it is none."""
    try:
        found = datetime.fromisoformat(str(value))
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return UNKNOWN_TIME


def _path(value: Any) -> str:
    text = value if isinstance(value, str) else ""
    before, mark, after = text.partition("/api/v2/")
    if not mark or (before not in {"", "/"} and not before.startswith("https://")):
        return ""
    return "/" + after.partition("?")[0].strip("/")


def _person(found: Mapping[str, Any], request: Mapping[str, Any]) -> str:
    user = _mapping(_mapping(request.get("auth")).get("user"))
    name = _text(user.get("name") or found.get("user_name"))
    address = _text(user.get("email"))
    if name and address and name != address:
        return f"{name} <{address}>"
    return name or address or _text(user.get("user_id"))


def _answered(body: Any) -> tuple[tuple[str, str], ...]:
    return tuple((name, _text(value)) for name in _IDS if isinstance(value := _mapping(body).get(name), str) and value)


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _text(value: Any) -> str:
    return " ".join(value.split())[:LONGEST] if isinstance(value, str) else ""
