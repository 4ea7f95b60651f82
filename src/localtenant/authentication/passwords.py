"""
Whether somebody may sign in with this identifier and this password: the first factor of the login page and of the password grants.

Not here: how a password is kept (`management/passwords.py`), counting failures (`brute_force.py`).
Source: https://auth0.com/docs/deploy-monitor/logs/log-event-type-codes for the types of the log entries
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from localtenant.authentication import brute_force
from localtenant.authentication.visit import Visit
from localtenant.management import users
from localtenant.management.passwords import hash_password, is_password
from localtenant.store import Document

Fault = Literal["wrong-credentials", "user-blocked"]
WRONG = "Wrong email or password."
LOCKED = (
    "Your account has been blocked after multiple consecutive login attempts. "
    "We've sent you an email with instructions on how to unblock it."
)
UNLIKELY = "no user has this one"


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """The user, or what was wrong."""

    connection: Document
    user: Document | None = None
    fault: Fault | None = None


def check(visit: Visit, client: Document, connections: Iterable[Document], identifier: str, password: str) -> Verdict:
    """Look it up, compare, count failures and log them. Call it inside a transaction."""
    identifier = identifier.strip().lower()
    connection, user = find_user(visit, connections, identifier)
    who: dict[str, Any] = {"client": client, "connection": connection, "identifier": identifier, "user": user}
    if brute_force.is_locked(visit, connection, identifier):
        _log(visit, "limit_wc", "Blocked after too many failed logins", **who)
        return Verdict(connection=connection, fault="user-blocked")
    if user is None or users.PASSWORD not in user:
        hash_password(UNLIKELY)  # as slow as for a user there is
    elif is_password(password, user[users.PASSWORD]):
        brute_force.forget_failures(visit, connection, identifier)
        return Verdict(connection=connection, user=user)
    _log(visit, "fu" if user is None else "fp", WRONG, **who)
    if brute_force.count_failure(visit, connection, identifier):
        _log(visit, "limit_wc", "Blocked after too many failed logins", **who)
    return Verdict(connection=connection, fault="wrong-credentials")


def find_user(visit: Visit, connections: Iterable[Document], identifier: str) -> tuple[Document, Document | None]:
    """The first of the connections that knows the identifier (or the first of all), and its user."""
    listed = list(connections)
    for connection in listed:
        user = users.by_email(visit.tenant, connection["name"], identifier) or _by_username(
            visit, connection, identifier
        )
        if user is not None:
            return connection, user
    return listed[0], None


def count_login(visit: Visit, user: Document) -> Document:
    """A login by password counts before any Action ran, and whatever becomes of it."""
    user = {
        **user,
        "logins_count": int(user.get("logins_count", 0)) + 1,
        "last_login": visit.tenant.clock.timestamp(),
        "last_ip": visit.ip,
    }
    visit.tenant.store.put(users.KIND, user["user_id"], user)
    return user


def takes_usernames(connection: Document) -> bool:
    """Whether people may sign in with a username."""
    options = connection.get("options") or {}
    username = (options.get("attributes") or {}).get("username") or {}
    return bool(options.get("requires_username") or (username.get("identifier") or {}).get("active"))


def _by_username(visit: Visit, connection: Document, identifier: str) -> Document | None:
    if not takes_usernames(connection):
        return None
    for user in visit.tenant.store.all(users.KIND):
        same = user["identities"][0]["connection"] == connection["name"]
        if same and str(user.get("username", "")).lower() == identifier:
            return user
    return None


def _log(
    visit: Visit,
    log_type: str,
    description: str,
    *,
    client: Document,
    connection: Document,
    identifier: str,
    user: Document | None,
) -> None:
    visit.tenant.log(
        log_type,
        description,
        **visit.logged_about(client, connection),
        user_name=identifier,
        **({"user_id": user["user_id"]} if user else {}),
        details={"error": {"message": description}},
    )
