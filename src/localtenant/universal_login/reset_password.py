"""
The page behind the link of a mail: a new password, by the connection's policy. Only sending the form spends the link: mail scanners open it too.

Not here: making links (`management/tickets.py`), asking for one (`reset_request.py`), what a change brings about (`authentication/password_change.py`).
Source: https://auth0.com/docs/authenticate/database-connections/password-change and
https://auth0.com/docs/api/management/v2/tickets/post-password-change (`result_url` gets `success` and `message`)
"""

from localtenant.authentication.password_change import change_password
from localtenant.authentication.visit import Visit, redirect, with_query
from localtenant.errors import ManagementError
from localtenant.http import Response
from localtenant.management import tickets, users
from localtenant.management.password_policy import CHARACTER_TYPES, Policy, policy_of
from localtenant.store import Document
from localtenant.universal_login.languages import language_of
from localtenant.universal_login.pages import page, texts_for
from localtenant.universal_login.texts import Texts

PASSWORD = ("reset-password", "reset-password")
SUCCESS = ("reset-password", "reset-password-success")
ERROR = ("reset-password", "reset-password-error")
ENDS = {"expired": "Expired", "used": "Used", "superseded": "Superseded", "unknown": "Generic"}
FAULTS = {
    "PasswordStrengthError": "password-too-weak",
    "PasswordDictionaryError": "password-too-common",
    "PasswordNoUserInfoError": "password-contains-user-information",
    "PasswordHistoryError": "password-previously-used",
}


async def show_new_password(visit: Visit) -> Response:
    """GET /u/reset-verify?ticket="""
    ticket = tickets.find_ticket(visit.tenant, "password_change", _secret(visit))
    if ticket is None:
        return _dead_link(visit)
    return _form(visit, ticket)


async def submit_new_password(visit: Visit) -> Response:
    """POST /u/reset-verify?ticket="""
    secret = _secret(visit)
    ticket = tickets.find_ticket(visit.tenant, "password_change", secret)
    if ticket is None:
        return _dead_link(visit)
    password, again = visit.body.get("password", ""), visit.body.get("password-again", "")
    fault = "no-password" if not password else "no-re-enter-password" if not again else ""
    if fault or password != again:
        return _form(visit, ticket, fault=fault or "passwords-differ")
    user, connection = _whose(visit, ticket)
    try:
        with visit.tenant.store.transaction():
            if tickets.use_ticket(visit.tenant, "password_change", secret) is None:  # spent by another tab just now
                return _dead_link(visit)
            verifies = bool(ticket.get("mark_email_as_verified"))
            change_password(visit, connection, user, password, verifies_email=verifies)
    except ManagementError as error:
        kind = str(error.message).partition(":")[0]
        if kind not in FAULTS:
            raise
        return _form(visit, ticket, fault=FAULTS[kind])
    return _done(visit, ticket, user)


def _secret(visit: Visit) -> str:
    return visit.query.get("ticket", "")


def _whose(visit: Visit, ticket: Document) -> tuple[Document, Document]:
    user = users.find(visit.tenant, ticket["user_id"])
    connection = visit.tenant.store.first("connections", name=user["identities"][0]["connection"])
    if connection is None:
        raise LookupError("a user's connection is there as long as the user")
    return user, connection


def _client(visit: Visit, ticket: Document | None) -> Document | None:
    client_id = (ticket or {}).get("client_id")
    return visit.tenant.store.get("clients", client_id) if client_id else None


def _form(visit: Visit, ticket: Document, *, fault: str | None = None) -> Response:
    user, connection = _whose(visit, ticket)
    language, client = language_of(visit, visit.query.get("ui_locales")), _client(visit, ticket)
    texts = texts_for(visit, PASSWORD, language, client)
    return page(
        visit,
        "reset-password",
        screen=PASSWORD,
        language=language,
        client=client,
        status=400 if fault else 200,
        alert=texts[fault] if fault else None,
        address=with_query("/u/reset-verify", ticket=_secret(visit)),
        username=user.get("email", ""),
        rules=_rules(policy_of(connection["options"]), texts),
    )


def _rules(policy: Policy, texts: Texts) -> list[str]:
    """What the policy asks for, in words."""
    rules = [texts.get("rule-length", {"count": str(policy.min_length)})]
    types = ", ".join(texts[f"type-{name}"] for name in CHARACTER_TYPES if name in policy.types)
    if policy.types and policy.types_needed >= len(policy.types):
        rules.append(texts.get("rule-all-types", {"types": types}))
    elif policy.types_needed:
        rules.append(texts.get("rule-types", {"count": str(policy.types_needed), "types": types}))
    if policy.longest_run is not None:
        rules.append(texts.get("rule-run", {"count": str(policy.longest_run)}))
    if not policy.allows_sequences:
        rules.append(texts["rule-sequences"])
    if policy.history:
        rules.append(texts.get("rule-history", {"count": str(policy.history)}))
    return rules


def _done(visit: Visit, ticket: Document, user: Document) -> Response:
    if ticket.get("result_url"):
        email = user.get("email") if ticket.get("include_email_in_redirect") else None
        message = "You can now login to the application with the new password."
        return redirect(with_query(ticket["result_url"], email=email, success="true", message=message), status=303)
    client = _client(visit, ticket)
    return page(
        visit,
        "reset-password-success",
        screen=SUCCESS,
        language=language_of(visit, visit.query.get("ui_locales")),
        client=client,
        link=_way_on(visit, client),
    )


def _way_on(visit: Visit, client: Document | None) -> str | None:
    """The application's login route, or the tenant's default one."""
    route = (client or {}).get("initiate_login_uri") or visit.settings().get("default_redirection_uri")
    return with_query(str(route), iss=visit.issuer) if route else None


def _dead_link(visit: Visit) -> Response:
    state = tickets.ticket_state(visit.tenant, "password_change", _secret(visit))
    return page(
        visit,
        "reset-password-error",
        screen=ERROR,
        language=language_of(visit, visit.query.get("ui_locales")),
        status=400,
        end=ENDS.get(state, "Generic"),
        link=_way_on(visit, None) or _only_login(visit),
    )


def _only_login(visit: Visit) -> str | None:
    """Where the tenant has no default route, the one login route that its applications have; none if there are several."""
    routes = {one["initiate_login_uri"] for one in visit.tenant.store.all("clients") if one.get("initiate_login_uri")}
    return with_query(routes.pop(), iss=visit.issuer) if len(routes) == 1 else None
