"""
The page behind the link that confirms an address: `/u/email-verification?ticket=`.

As with passwords, looking at it changes nothing: a button confirms.

Source: https://auth0.com/docs/manage-users/user-accounts/verify-emails
"""

from localtenant.authentication.visit import Visit, with_query
from localtenant.http import Response
from localtenant.management import users
from localtenant.management.tickets import state_of, use_ticket
from localtenant.store import Document
from localtenant.universal_login.languages import language_of
from localtenant.universal_login.login_route import login_route
from localtenant.universal_login.pages import page

SCREEN = ("email-verification", "email-verification-result")


async def show_verification(visit: Visit) -> Response:
    """GET /u/email-verification?ticket="""
    secret = visit.query.get("ticket", "")
    state, ticket = state_of(visit.tenant, "email_verification", secret)
    if state != "valid" or ticket is None or not _is_of_this_address(visit, ticket):
        return _result(visit, ticket, "invalidAccountOrCode", status=410)
    return page(
        visit,
        "email-verification",
        screen=SCREEN,
        language=language_of(visit, visit.query.get("ui_locales")),
        client=_client(visit, ticket),
        action=with_query("/u/email-verification", ticket=secret),
    )


async def submit_verification(visit: Visit) -> Response:
    """POST /u/email-verification?ticket="""
    secret = visit.query.get("ticket", "")
    state, ticket = state_of(visit.tenant, "email_verification", secret)
    if state == "valid" and ticket is not None and _is_of_this_address(visit, ticket):
        with visit.tenant.store.transaction():
            use_ticket(visit.tenant, "email_verification", secret)
            user = users.find(visit.tenant, ticket["user_id"])
            user |= {"email_verified": True, "updated_at": visit.tenant.clock.timestamp()}
            visit.tenant.store.put(users.KIND, user["user_id"], user)
            visit.tenant.log("sv", "Email verified", **visit.logged(), user_id=user["user_id"], user_name=user["email"])
        return _result(visit, ticket, "verified", status=200)
    return _result(visit, ticket, "invalidAccountOrCode", status=410)


def _is_of_this_address(visit: Visit, ticket: Document) -> bool:
    """Whether the user is there, with the address that the link was made for."""
    user = visit.tenant.store.get(users.KIND, ticket["user_id"])
    return user is not None and bool(user.get("email")) and user["email"] == ticket["email"]


def _result(visit: Visit, ticket: Document | None, kind: str, *, status: int) -> Response:
    client = _client(visit, ticket)
    return page(
        visit,
        "result",
        screen=SCREEN,
        language=language_of(visit, visit.query.get("ui_locales")),
        client=client,
        status=status,
        title=f"{kind}Title",
        text=f"{kind}Description",
        link=login_route(visit, client),
        link_text="buttonText",
    )


def _client(visit: Visit, ticket: Document | None) -> Document | None:
    client_id = (ticket or {}).get("client_id")
    return visit.tenant.store.get("clients", client_id) if client_id else None
