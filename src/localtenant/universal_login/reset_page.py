"""
The page behind the link to set a password: `/u/reset-verify?ticket=`.

Looking at it changes nothing, however often and by whom it is done: mail scanners follow links. Only a password that is set spends the link.
A link that does not work says why. Afterwards there is a button to where the application begins a login; the `result_url` of a ticket counts in
a tenant with the classic experience only.

Source: https://auth0.com/docs/authenticate/database-connections/password-change and
https://auth0.com/docs/authenticate/login/auth0-universal-login/configure-default-login-routes
"""

from typing import Any

from localtenant.authentication.password_change import change_password
from localtenant.authentication.visit import Visit, with_query
from localtenant.errors import ManagementError
from localtenant.http import Response
from localtenant.management import connections, users
from localtenant.management.password_policy import policy_of
from localtenant.management.prompts import SETTINGS as PROMPTS
from localtenant.management.tickets import TicketState, state_of, use_ticket
from localtenant.store import Document
from localtenant.universal_login.languages import language_of
from localtenant.universal_login.login_route import login_route
from localtenant.universal_login.pages import page, texts_for
from localtenant.universal_login.password_rules import Rule, looked_at, rules_of

SCREEN = ("reset-password", "reset-password")
SUCCESS = ("reset-password", "reset-password-success")
FAILURE = ("reset-password", "reset-password-error")
NEW, AGAIN = "password-reset", "re-enter-password"
DEAD = {"used": "Used", "superseded": "Superseded", "expired": "Expired", "unknown": "Generic"}
CHANGED = "You can now log in to the application with the new password."


async def show_reset(visit: Visit) -> Response:
    """GET /u/reset-verify?ticket="""
    state, ticket = _ticket(visit)
    user, connection = _owner(visit, ticket)
    if state != "valid" or ticket is None or user is None or connection is None:
        return _dead_link(visit, state, ticket)
    return _form(visit, ticket, user, connection)


async def submit_reset(visit: Visit) -> Response:
    """POST /u/reset-verify?ticket="""
    state, ticket = _ticket(visit)
    user, connection = _owner(visit, ticket)
    if state != "valid" or ticket is None or user is None or connection is None:
        return _dead_link(visit, state, ticket)
    password = visit.body.get(NEW, "")
    faults = _slips(password, visit.body.get(AGAIN, ""))
    if password and NEW not in faults:
        rules = looked_at(
            policy_of(connection["options"]), _texts(visit, ticket), password, user, user.get(users.FORMER, [])
        )
        faults |= {NEW: "password-too-weak"} if any(rule.is_broken for rule in rules) else {}
    else:
        rules = None
    if faults:
        return _form(visit, ticket, user, connection, faults=faults, rules=rules)
    try:
        with visit.tenant.store.transaction():
            use_ticket(visit.tenant, "password_change", visit.query.get("ticket", ""))
            confirms = ticket["mark_email_as_verified"] and ticket["email"] == user.get("email")
            change_password(visit, connection, user, password, verifies_email=confirms)
    except ManagementError:
        return _form(visit, ticket, user, connection, faults={NEW: "password-too-weak"}, rules=rules)
    return _done(visit, ticket, user)


def _slips(password: str, again: str) -> dict[str, str]:
    """What is wrong whatever the policy says, by the field."""
    if not password:
        return {NEW: "no-password"}
    if not again:
        return {AGAIN: "no-re-enter-password"}
    return {AGAIN: "passwords-differ"} if password != again else {}


def _ticket(visit: Visit) -> tuple[TicketState, Document | None]:
    return state_of(visit.tenant, "password_change", visit.query.get("ticket", ""))


def _owner(visit: Visit, ticket: Document | None) -> tuple[Document | None, Document | None]:
    user = visit.tenant.store.get(users.KIND, ticket["user_id"]) if ticket else None
    return user, connections.by_name(visit.tenant, user["identities"][0]["connection"]) if user else None


def _client(visit: Visit, ticket: Document | None) -> Document | None:
    client_id = (ticket or {}).get("client_id")
    return visit.tenant.store.get("clients", client_id) if client_id else None


def _texts(visit: Visit, ticket: Document) -> Any:
    return texts_for(visit, SCREEN, _language(visit), _client(visit, ticket))


def _language(visit: Visit) -> str:
    return language_of(visit, visit.query.get("ui_locales"))


def _form(
    visit: Visit,
    ticket: Document,
    user: Document,
    connection: Document,
    *,
    faults: dict[str, str] | None = None,
    rules: list[Rule] | None = None,
) -> Response:
    texts = _texts(visit, ticket)
    parameters = {name: visit.query[name] for name in ("ticket", "ui_locales") if name in visit.query}
    return page(
        visit,
        "reset-password",
        screen=SCREEN,
        language=_language(visit),
        client=_client(visit, ticket),
        status=400 if faults else 200,
        errors={field: texts[fault] for field, fault in faults.items()} if faults else None,
        action=with_query("/u/reset-verify", **parameters),
        email=user.get("email", ""),
        rules=rules or rules_of(policy_of(connection["options"]), texts),
    )


def _done(visit: Visit, ticket: Document, user: Document) -> Response:
    return page(
        visit,
        "result",
        screen=SUCCESS,
        language=_language(visit),
        client=_client(visit, ticket),
        title="eventTitle",
        text="description",
        link=_way_back(visit, ticket, user),
        link_text="buttonText",
    )


def _way_back(visit: Visit, ticket: Document, user: Document) -> str | None:
    experience = (visit.tenant.singleton(PROMPTS) or {}).get("universal_login_experience", "new")
    if experience == "classic" and ticket["result_url"]:
        email = user.get("email") if ticket["include_email_in_redirect"] else None
        return with_query(str(ticket["result_url"]), success="true", message=CHANGED, email=email)
    return login_route(visit, _client(visit, ticket))


def _dead_link(visit: Visit, state: TicketState, ticket: Document | None) -> Response:
    """Why it does not work, and what to do."""
    kind = DEAD.get(state, "Generic")  # valid, but its user is gone
    client = _client(visit, ticket)
    return page(
        visit,
        "result",
        screen=FAILURE,
        language=_language(visit),
        client=client,
        status=400 if kind == "Generic" else 410,
        title=f"eventTitle{kind}",
        text=f"description{kind}",
        link=login_route(visit, client),
        link_text="backToLoginLinkText",
    )
