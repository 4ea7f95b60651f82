"""
Passwords that people change themselves: the mail with the link, and what a password set through that link brings about.

Nobody learns from an answer whether an address is known. A blocked user gets the mail too: the block stops logins and is not lifted by it.

Not here: the link itself (`management/tickets.py`), the pages (`universal_login/reset_….py`), `/dbconnections/change_password`.
Source: https://auth0.com/docs/authenticate/database-connections/password-change and
https://auth0.com/docs/customize/email/email-templates/customize-email-templates (the lifetime of the link is the template's)
"""

from localtenant.authentication import brute_force
from localtenant.authentication.sessions import end_sessions_of
from localtenant.authentication.visit import Visit
from localtenant.management import users
from localtenant.management.tickets import make_ticket
from localtenant.store import Document
from localtenant.universal_login.languages import accepted

TEMPLATE = "reset_email"
REQUESTED = ("scpr", "Change password request")
UNKNOWN = ("fcpr", "The user does not exist.")
NOT_SENT = ("fcpr", "The mail is switched off: email_templates/reset_email is not enabled")
CHANGED = ("scp", "Password changed")


def send_change_mail(
    visit: Visit, connection: Document, email: str, *, client: Document | None, language: str | None = None
) -> None:
    """
    Send the link to the user with this address in this connection; silent where there is none. Call it outside of store transactions.

    The link is there at once. The mail goes out after the answer, so that a known address does not answer later than an unknown one.

    Args:
        visit: the request that asks for it.
        connection: where the user is.
        email: as typed.
        client: the application that the person came from; the mail and the pages name it.
        language: of the page; otherwise what the browser prefers.

    """
    user = users.by_email(visit.tenant, connection["name"], email.strip())
    template = visit.tenant.store.get("email_templates", TEMPLATE) or {}
    if user is None:
        _log(visit, UNKNOWN, connection, client, {"user_name": email.strip().lower()})
        return
    who = {"user_id": user["user_id"], "user_name": user["email"]}
    if not template.get("enabled", True):
        _log(visit, NOT_SENT, connection, client, who)
        return  # no link either: it would take the place of one that is on its way
    with visit.tenant.store.transaction():
        link = make_ticket(
            visit.tenant,
            "password_change",
            user["user_id"],
            host=visit.host,
            ttl_sec=int(template.get("urlLifetimeInSeconds") or 0),
            client_id=(client or {}).get("client_id"),
        )
        _log(visit, REQUESTED, connection, client, who)
    wanted = language or next(iter(accepted(visit.request.headers.get("accept-language", ""))), "")
    mail = visit.services.messenger.mail
    visit.later.append(lambda: mail(TEMPLATE, user, link, client=client, language=wanted))


def change_password(visit: Visit, connection: Document, user: Document, password: str, *, verifies_email: bool) -> None:
    """
    Set it, lift the locks of failed logins, and log the user out everywhere. Call it inside a store transaction.

    Raises:
        ManagementError: the connection's policy does not allow this password; nothing was changed.

    """
    users.set_password(visit.tenant, connection, user, password)
    if verifies_email and user.get("email"):
        user["email_verified"] = True
    user["updated_at"] = visit.tenant.clock.timestamp()
    visit.tenant.store.put(users.KIND, user["user_id"], user)
    brute_force.unlock(visit.tenant, connection["name"], user.get("email"), str(user.get("username", "")).lower())
    end_sessions_of(visit.tenant, user["user_id"])
    who = {"user_id": user["user_id"], "user_name": user.get("email", "")}
    _log(visit, CHANGED, connection, None, who)


def _log(
    visit: Visit, event: tuple[str, str], connection: Document, client: Document | None, who: dict[str, str]
) -> None:
    log_type, description = event
    visit.tenant.log(
        log_type,
        description,
        **visit.logged_about(client, connection),
        **who,
    )
