"""
"Forgot your password?": `/u/reset-password/request/{connection}` takes an address, and says the same of a known and of an unknown one.

Not here: the mail (`authentication/password_change.py`), the page behind its link (`reset_page.py`).
Source: https://auth0.com/docs/authenticate/database-connections/password-change
"""

import re

from localtenant.authentication.password_change import send_change_mail
from localtenant.authentication.passwords import find_user
from localtenant.authentication.visit import Visit
from localtenant.http import Response
from localtenant.management import connections
from localtenant.store import Document
from localtenant.universal_login import flow, transactions
from localtenant.universal_login.error_page import ErrorPage, StalePage
from localtenant.universal_login.pages import page, texts_for

REQUEST = ("reset-password", "reset-password-request")
SENT = ("reset-password", "reset-password-email")
ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
MOST_MAILS = 10  # in one login
NOT_OFFERED = "Passwords of this connection cannot be changed here (disable_self_service_change_password)."


async def show_request(visit: Visit) -> Response:
    """GET /u/reset-password/request/{connection}"""
    transaction, connection = _at_the_request(visit)
    return _request_page(visit, transaction, connection, email=transaction["parameters"].get("login_hint", ""))


async def submit_request(visit: Visit) -> Response:
    """POST /u/reset-password/request/{connection}"""
    transaction, connection = _at_the_request(visit)
    email = visit.body.get("email", "").strip()
    fault = _fault_of(transaction, email)
    if fault:
        return _request_page(visit, transaction, connection, email=email, fault=fault)
    transaction["mails"] = transaction.get("mails", 0) + 1
    with visit.tenant.store.transaction():
        transactions.save(visit, transaction)
    client = flow.client_of(visit, transaction)
    owner, _ = find_user(visit, [connection, *_others(visit, transaction, connection)], email)
    send_change_mail(visit, owner, email, client=client, language=transaction["locale"])
    return _sent_page(visit, transaction, connection, email)


def _others(visit: Visit, transaction: Document, connection: Document) -> list[Document]:
    """The other databases that one could sign in with here: whoever is in one of them gets the mail as well."""
    known = (connections.by_name(visit.tenant, name) for name in transaction["connections"])
    return [one for one in known if one is not None and one != connection and _changes_passwords(one)]


def _changes_passwords(connection: Document) -> bool:
    return not connection["options"].get("disable_self_service_change_password")


def _fault_of(transaction: Document, email: str) -> str | None:
    if not email:
        return "no-email"
    if not ADDRESS.fullmatch(email):
        return "invalid-email-format"
    return "too-many-email" if transaction.get("mails", 0) >= MOST_MAILS else None


def _at_the_request(visit: Visit) -> tuple[Document, Document]:
    transaction = transactions.current(visit)
    if transaction is None:
        raise StalePage
    name = visit.request.segments[-1]
    connection = connections.by_name(visit.tenant, name) if name in transaction["connections"] else None
    if connection is None:
        raise StalePage
    if not _changes_passwords(connection):
        raise ErrorPage(403, "access_denied", NOT_OFFERED, client=flow.client_of(visit, transaction))
    return transaction, connection


def _request_page(
    visit: Visit, transaction: Document, connection: Document, *, email: str, fault: str | None = None
) -> Response:
    client = flow.client_of(visit, transaction)
    texts = texts_for(visit, REQUEST, transaction["locale"], client)
    return page(
        visit,
        "reset-password-request",
        screen=REQUEST,
        language=transaction["locale"],
        client=client,
        status=400 if fault else 200,
        errors={"email": texts[fault]} if fault else None,
        state=transaction["state"],
        connection=connection["name"],
        email=email,
    )


def _sent_page(visit: Visit, transaction: Document, connection: Document, email: str) -> Response:
    return page(
        visit,
        "reset-password-email",
        screen=SENT,
        language=transaction["locale"],
        client=flow.client_of(visit, transaction),
        words={"email": email},
        state=transaction["state"],
        connection=connection["name"],
        email=email,
    )
