"""
The sign-up page: email and password on one page. It is there while a connection of the login takes sign-ups; otherwise one is at the login.

A taken address gets the words of any other failure, so that nobody learns who is known.

Not here: making the user (`authentication/database_connections.py`), identifier first, social connections, passkeys.
Source: https://auth0.com/docs/customize/login-pages/universal-login/customize-text-elements (the keys of `signup`)
"""

from urllib.parse import urlencode

from localtenant.authentication.database_connections import Refused, sign_up
from localtenant.authentication.visit import Visit
from localtenant.http import Response
from localtenant.store import Document
from localtenant.universal_login import flow
from localtenant.universal_login.error_page import Elsewhere, ErrorPage, StalePage
from localtenant.universal_login.login_page import at_the_login, connections_of, log_in, open_to_strangers
from localtenant.universal_login.pages import page, texts_for
from localtenant.universal_login.reset_request import ADDRESS

SCREEN = ("signup", "signup")
FIELDS = {
    "no-email": "email",
    "invalid-email-format": "email",
    "no-password": "password",
    "password-too-weak": "password",
}
FAILED = "auth0-users-validation"


async def show_signup(visit: Visit) -> Response:
    """GET /u/signup"""
    transaction, _ = _at_the_signup(visit)
    return _page(visit, transaction, email=transaction["parameters"].get("login_hint", ""))


async def submit_signup(visit: Visit) -> Response:
    """POST /u/signup"""
    transaction, connection = _at_the_signup(visit)
    client = flow.client_of(visit, transaction)
    if client is None:
        raise StalePage
    email, password = visit.body.get("email", "").strip(), visit.body.get("password", "")
    fault = _fault_of(email, password)
    if fault is not None:
        return _page(visit, transaction, email=email, fault=fault)
    try:
        user = await sign_up(
            visit, client, connection, {"email": email, "password": password}, language=transaction["locale"]
        )
    except Refused as refused:
        weak = refused.body.get("code") == "invalid_password"
        return _page(visit, transaction, email=email, fault="password-too-weak" if weak else FAILED)
    with visit.tenant.store.transaction():
        cookie = log_in(visit, transaction, connection, user)
    return await flow.run_actions(visit, transaction, cookies=(cookie,))


async def identifier_first(visit: Visit) -> Response:
    """The pages of a login that asks for the identifier first: not here."""
    path = "/".join(visit.request.segments)
    raise ErrorPage(501, "not_emulated", f"The local tenant does not emulate /{path}.")


def _at_the_signup(visit: Visit) -> tuple[Document, Document]:
    transaction = at_the_login(visit)
    connection = open_to_strangers(connections_of(visit, transaction))
    if connection is None:
        raise Elsewhere(f"https://{visit.host}/u/login?{urlencode({'state': transaction['state']})}")
    return transaction, connection


def _fault_of(email: str, password: str) -> str | None:
    if not email:
        return "no-email"
    if not ADDRESS.fullmatch(email):
        return "invalid-email-format"
    return None if password else "no-password"


def _page(visit: Visit, transaction: Document, *, email: str, fault: str | None = None) -> Response:
    client = flow.client_of(visit, transaction)
    texts = texts_for(visit, SCREEN, transaction["locale"], client)
    return page(
        visit,
        "signup",
        screen=SCREEN,
        language=transaction["locale"],
        client=client,
        callback=transaction["parameters"]["redirect_uri"],
        status=400 if fault else 200,
        errors={FIELDS[fault]: texts[fault]} if fault in FIELDS else None,
        alert=texts[fault] if fault and fault not in FIELDS else None,
        state=transaction["state"],
        email=email,
    )
