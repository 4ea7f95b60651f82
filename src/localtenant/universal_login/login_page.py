"""
The login page: email and password on one page.

Not here: checking them (`authentication/passwords.py`), signing up (`signup_page.py`), social and enterprise connections, passkeys.
Source: https://auth0.com/docs/authenticate/login/auth0-universal-login/universal-login-vs-classic-login/universal-experience
"""

from collections.abc import Iterable

from localtenant.authentication import passwords
from localtenant.authentication.sessions import start_session
from localtenant.authentication.visit import Visit
from localtenant.http import Response
from localtenant.store import Document
from localtenant.universal_login import flow, transactions
from localtenant.universal_login.error_page import StalePage
from localtenant.universal_login.pages import page, texts_for

SCREEN = ("login", "login")
FIELDS = {"no-email": "username", "no-password": "password"}


async def show_login(visit: Visit) -> Response:
    """GET /u/login"""
    transaction = at_the_login(visit)
    return _page(visit, transaction, username=transaction["parameters"].get("login_hint", ""))


async def submit_login(visit: Visit) -> Response:
    """POST /u/login"""
    transaction = at_the_login(visit)
    identifier, password = visit.body.get("username", "").strip(), visit.body.get("password", "")
    client = flow.client_of(visit, transaction)
    connections = connections_of(visit, transaction)
    if client is None or not connections:
        raise StalePage
    if not identifier or not password:
        return _page(visit, transaction, username=identifier, fault="no-password" if identifier else "no-email")
    with visit.tenant.store.transaction():
        verdict = passwords.check(visit, client, connections, identifier, password)
        if verdict.user is None:
            fault, cookie = verdict.fault, ""
        else:
            fault, cookie = None, log_in(visit, transaction, verdict.connection, verdict.user)
    if fault is not None:
        return _page(visit, transaction, username=identifier, fault=fault)
    return await flow.run_actions(visit, transaction, cookies=(cookie,))


def log_in(visit: Visit, transaction: Document, connection: Document, user: Document) -> str:
    """The session exists from here on, whatever the Actions say; answers its cookie."""
    user = passwords.count_login(visit, user)
    method = {"name": "pwd", "timestamp": visit.tenant.clock.timestamp()}
    session, cookie = start_session(visit, user["user_id"], connection["name"], [method])
    for name in ("suspended", "mfa", "returned", "finished", "sso"):
        transaction.pop(name, None)  # somebody went back and signs in once more
    transaction |= {"session": session["key"], "stage": "actions"}
    transactions.save(visit, transaction)
    return cookie


def at_the_login(visit: Visit) -> Document:
    """The login that is under way in this browser. Raises: StalePage."""
    transaction = transactions.current(visit)
    if transaction is None:
        raise StalePage
    return transaction


def connections_of(visit: Visit, transaction: Document) -> list[Document]:
    """The databases of the login."""
    found = (visit.tenant.store.first("connections", name=name) for name in transaction["connections"])
    return [connection for connection in found if connection is not None]


def open_to_strangers(connections: Iterable[Document]) -> Document | None:
    """The first of them that takes sign-ups."""
    return next((one for one in connections if not (one.get("options") or {}).get("disable_signup")), None)


def _page(visit: Visit, transaction: Document, *, username: str, fault: str | None = None) -> Response:
    client = flow.client_of(visit, transaction)
    connections = connections_of(visit, transaction)
    if client is None or not connections:
        raise StalePage
    texts = texts_for(visit, SCREEN, transaction["locale"], client)
    return page(
        visit,
        "login",
        screen=SCREEN,
        language=transaction["locale"],
        client=client,
        callback=transaction["parameters"]["redirect_uri"],
        status=400 if fault else 200,
        errors={FIELDS[fault]: texts[fault]} if fault in FIELDS else None,
        alert=texts[fault] if fault and fault not in FIELDS else None,
        state=transaction["state"],
        username=username,
        takes_usernames=any(passwords.takes_usernames(connection) for connection in connections),
        offers_reset=not connections[0]["options"].get("disable_self_service_change_password"),
        connection=connections[0]["name"],
        offers_signup=open_to_strangers(connections) is not None,
    )
