"""
The page for a forgotten password: an address, and a mail with a link. The answer is the same whether the address is known.

Not here: the mail (`authentication/password_change.py`), the page behind its link (`reset_password.py`).
Source: https://auth0.com/docs/authenticate/database-connections/password-change
"""

from localtenant.authentication.password_change import send_change_mail
from localtenant.authentication.visit import Visit, with_query
from localtenant.http import Response
from localtenant.store import Document
from localtenant.universal_login import flow, transactions
from localtenant.universal_login.error_page import StalePage
from localtenant.universal_login.pages import page, texts_for

REQUEST = ("reset-password", "reset-password-request")
SENT = ("reset-password", "reset-password-email")


async def show_reset_request(visit: Visit) -> Response:
    """GET /u/reset-password/request/{connection}"""
    transaction, connection = _asked(visit)
    return _page(visit, transaction, connection, email=transaction["parameters"].get("login_hint", ""))


async def submit_reset_request(visit: Visit) -> Response:
    """POST /u/reset-password/request/{connection}"""
    transaction, connection = _asked(visit)
    email = visit.body.get("email", "").strip()
    if not email:
        return _page(visit, transaction, connection, email="", fault="no-email")
    if "@" not in email.strip("@"):
        return _page(visit, transaction, connection, email=email, fault="invalid-email-format")
    client = flow.client_of(visit, transaction)
    await send_change_mail(visit, connection, email, client=client, language=transaction["locale"])
    return page(
        visit,
        "reset-password-email",
        screen=SENT,
        language=transaction["locale"],
        client=client,
        words={"email": email},
        state=transaction["state"],
        email=email,
        login=_login(transaction),
    )


def _asked(visit: Visit) -> tuple[Document, Document]:
    """Raises: StalePage, for a login that is over or a connection that is not its own."""
    transaction = transactions.current(visit)
    name = visit.request.segments[-1]
    connection = visit.tenant.store.first("connections", name=name)
    if transaction is None or connection is None or name not in transaction["connections"]:
        raise StalePage
    if connection["options"].get("disable_self_service_change_password"):
        raise StalePage
    return transaction, connection


def _page(
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
        alert=texts[fault] if fault else None,
        state=transaction["state"],
        email=email,
        connection=connection["name"],
        login=_login(transaction),
    )


def _login(transaction: Document) -> str:
    return with_query("/u/login", state=transaction["state"])
