"""
A login that is under way, from `/authorize` to the code, under the opaque `state` that the pages carry in their addresses.

It belongs to the browser that began it: with another browser's cookies it does not exist. It ends when it is done, or after an hour.
For a day longer it is known what it was, so that a page can say why it does not go on.

Not here: sessions, which outlive it (`authentication/sessions.py`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from localtenant.authentication.sessions import browser, is_same_browser
from localtenant.authentication.visit import Visit
from localtenant.store import Document

KIND = "login_transactions"
LIFETIME_SEC = 3600
REMEMBERED_SEC = 86400
ENDED = "ended"

Reason = Literal["ended", "expired", "other-browser", "step-done", "unknown"]


@dataclass(frozen=True, kw_only=True)
class Lost:
    """Why a page has no login to go on with, and what is known of it."""

    reason: Reason
    client_id: str | None = None
    locale: str | None = None


def begin(
    visit: Visit, client: Document, parameters: Mapping[str, str], *, connections: list[str], locale: str
) -> tuple[Document, tuple[str, ...]]:
    """A new transaction, and the cookies to set. Call it inside a store transaction."""
    key, cookies = browser(visit)
    _forget_old_ones(visit)
    transaction: Document = {
        "state": visit.tenant.new_secret(48),
        "client_id": client["client_id"],
        "parameters": dict(parameters),
        "connections": connections,
        "locale": locale,
        "host": visit.host,
        "browser": key,
        "expires": visit.tenant.clock.seconds() + LIFETIME_SEC,
        "stage": "login",
        "interactive": "none" not in parameters.get("prompt", "").split(),
    }
    visit.tenant.store.put(KIND, transaction["state"], transaction)
    return transaction, cookies


def current(visit: Visit, *, any_browser: bool = False) -> Document | None:
    """The transaction that the request's `state` names. `any_browser` is for a request that cannot bring its cookies."""
    transaction = _named(visit)
    if transaction is None or transaction["host"] != visit.host or transaction["stage"] == ENDED:
        return None
    if transaction["expires"] <= visit.tenant.clock.seconds():
        return None
    if not any_browser and not is_same_browser(visit, transaction["browser"]):
        return None
    return transaction


def lost(visit: Visit) -> Lost:
    """What became of the transaction that the request's `state` names, if it cannot go on here."""
    transaction = _named(visit)
    if transaction is None or transaction["host"] != visit.host:
        return Lost(reason="unknown")
    reason: Reason = "step-done"
    if not is_same_browser(visit, transaction["browser"]):
        reason = "other-browser"
    elif transaction["stage"] == ENDED:
        reason = "ended"
    elif transaction["expires"] <= visit.tenant.clock.seconds():
        reason = "expired"
    return Lost(reason=reason, client_id=transaction["client_id"], locale=transaction["locale"])


def save(visit: Visit, transaction: Document) -> None:
    """Keep what changed."""
    visit.tenant.store.put(KIND, transaction["state"], transaction)


def end(visit: Visit, transaction: Document) -> None:
    """Done, or given up: nothing is kept but what tells a latecomer so."""
    kept = {name: transaction[name] for name in ("state", "client_id", "locale", "host", "browser", "expires")}
    visit.tenant.store.put(KIND, transaction["state"], {**kept, "stage": ENDED})


def _named(visit: Visit) -> Document | None:
    state = visit.query.get("state") or visit.body.get("state", "")
    return visit.tenant.store.get(KIND, state) if state else None


def _forget_old_ones(visit: Visit) -> None:
    now = visit.tenant.clock.seconds()
    for state, transaction in visit.tenant.store.items(KIND):
        if transaction["expires"] + REMEMBERED_SEC <= now:
            visit.tenant.store.delete(KIND, state)
