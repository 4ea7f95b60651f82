"""
Where a user is logged in, and what goes on without the user: `/users/{id}/sessions`, `/users/{id}/refresh-tokens`, `/users/{id}/revoke-access`.

What is ended here is ended at once; Auth0 answers 202 and does it soon after. Access tokens live on until they expire.

Not here: how a session or a refresh token lives (`authentication/`), single ones by their own ids (`/sessions/{id}`, `/refresh-tokens/{id}`).
Source: https://auth0.com/docs/manage-users/sessions/manage-user-sessions-with-auth0-management-api and
https://auth0.com/docs/api/management/v2/users/user-revoke-access
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from localtenant.authentication import refresh_tokens, sessions
from localtenant.management import users
from localtenant.management.endpoint import JSON, Call, endpoint
from localtenant.management.paging import checkpoint_page
from localtenant.store import Document
from localtenant.tenant import Tenant

LONGEST_TOKEN_ID = 30  # characters, as `POST /refresh-tokens/revoke` takes them


@endpoint("GET", "/users/{user_id}/sessions")
def list_sessions(call: Call) -> JSON:
    """Those that are alive. The device is left out: the local tenant does not keep it."""
    user_id = _user_of(call, "user_id")
    return checkpoint_page(call, [_shown_session(session) for session in _sessions(call.tenant, user_id)], "sessions")


@endpoint("DELETE", "/users/{user_id}/sessions", status=202)
def delete_sessions(call: Call) -> JSON:
    sessions.end_sessions_of(call.tenant, _user_of(call, "user_id"))
    return None


@endpoint("GET", "/users/{user_id}/refresh-tokens")
def list_refresh_tokens(call: Call) -> JSON:
    """Those that can be exchanged; what was rotated away is not listed."""
    user_id = _user_of(call, "user_id")
    listed = [
        _shown_token(call.tenant, key, token)
        for key, token in _tokens(call.tenant, user_id)
        if token["rotated"] is None
    ]
    return checkpoint_page(call, listed, "tokens")


@endpoint("DELETE", "/users/{user_id}/refresh-tokens", status=202)
def delete_refresh_tokens(call: Call) -> JSON:
    _revoke(call.tenant, _user_of(call, "user_id"))
    return None


@endpoint("POST", "/users/{id}/revoke-access", status=202)
def revoke_access(call: Call) -> JSON:
    """Every session and refresh token, or one session with its tokens; with `preserve_refresh_tokens` the sessions alone."""
    user_id, body = _user_of(call, "id"), call.body or {}
    wanted = body.get("session_id")
    for session in _sessions(call.tenant, user_id):
        if wanted in {None, session["id"]}:
            call.tenant.store.delete(sessions.KIND, session["key"])
    if not body.get("preserve_refresh_tokens"):
        _revoke(call.tenant, user_id, session_id=wanted)
    return None


def _user_of(call: Call, parameter: str) -> str:
    return str(users.find(call.tenant, call.path[parameter])["user_id"])


def _sessions(tenant: Tenant, user_id: str) -> list[Document]:
    return [
        session
        for session in tenant.store.all(sessions.KIND)
        if session["user_id"] == user_id and sessions.is_alive(tenant, session)
    ]


def _tokens(tenant: Tenant, user_id: str) -> Iterator[tuple[str, Document]]:
    for key, token in tenant.store.items(refresh_tokens.KIND):
        if token["user_id"] == user_id:
            yield key, token


def _revoke(tenant: Tenant, user_id: str, *, session_id: str | None = None) -> None:
    for key, token in list(_tokens(tenant, user_id)):
        if session_id in {None, token["session_id"]}:
            tenant.store.delete(refresh_tokens.KIND, key)


def _shown_session(session: Document) -> dict[str, Any]:
    return {
        "id": session["id"],
        "user_id": session["user_id"],
        "created_at": _date(session["created"]),
        "updated_at": _date(session["used"]),
        "authenticated_at": _date(session["authenticated"]),
        "last_interacted_at": _date(session["used"]),
        "clients": [{"client_id": client_id} for client_id in session["clients"]],
        "authentication": {"methods": session["methods"]},
        "cookie": {"mode": "non-persistent" if session.get("ephemeral") else "persistent"},
    }


def _shown_token(tenant: Tenant, key: str, token: Document) -> dict[str, Any]:
    client = tenant.store.get("clients", token["client_id"]) or {}
    scopes = {"audience": token["audience"] or "", "scopes": " ".join(token["scopes"])}
    return {
        "id": key[:LONGEST_TOKEN_ID],
        "user_id": token["user_id"],
        "created_at": _date(token["created"]),
        "idle_expires_at": _date(token["idle_until"]),
        "expires_at": _date(token["expires"]),
        "client_id": token["client_id"],
        "session_id": token["session_id"],
        "rotating": (client.get("refresh_token") or {}).get("rotation_type") == "rotating",
        "resource_servers": [scopes],
    }


def _date(seconds: float | None) -> str | None:
    if seconds is None:
        return None
    return datetime.fromtimestamp(seconds, tz=UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
