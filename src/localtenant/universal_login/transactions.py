"""
A login that is under way, from `/authorize` to the code, under the opaque `state` that the pages carry in their addresses.

It belongs to the browser that began it: with another browser's cookies it does not exist. It ends when it is done, or after an hour.

Not here: sessions, which outlive it (`authentication/sessions.py`).
"""

from collections.abc import Mapping

from localtenant.authentication.sessions import browser, is_same_browser
from localtenant.authentication.visit import Visit
from localtenant.store import Document

KIND = "login_transactions"
LIFETIME_SEC = 3600


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
    state = visit.query.get("state") or visit.body.get("state", "")
    transaction = visit.tenant.store.get(KIND, state) if state else None
    if transaction is None or transaction["expires"] <= visit.tenant.clock.seconds():
        return None
    if transaction["host"] != visit.host:
        return None
    if not any_browser and not is_same_browser(visit, transaction["browser"]):
        return None
    return transaction


def save(visit: Visit, transaction: Document) -> None:
    """Keep what changed."""
    visit.tenant.store.put(KIND, transaction["state"], transaction)


def end(visit: Visit, transaction: Document) -> None:
    """Done, or given up."""
    visit.tenant.store.delete(KIND, transaction["state"])


def _forget_old_ones(visit: Visit) -> None:
    now = visit.tenant.clock.seconds()
    for state, transaction in visit.tenant.store.items(KIND):
        if transaction["expires"] <= now:
            visit.tenant.store.delete(KIND, state)
