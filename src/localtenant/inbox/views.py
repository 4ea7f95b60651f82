"""
What the pages show, as plain data; the JSON answers are the same data.

Not here: HTML (`pages.py`, `templates/`), who may look (`control.py`).
"""

from typing import Any

from localtenant.management.users import shown
from localtenant.messages import mailbox, phone
from localtenant.store import Document
from localtenant.tenant import LOGS, Tenant

MOST_LOGS = 200
SAID = {  # of the log's commonest codes; Source: https://auth0.com/docs/deploy-monitor/logs/log-event-type-codes
    "s": "Logged in",
    "f": "Failed login",
    "fp": "Wrong password",
    "fu": "Unknown user",
    "slo": "Logged out",
    "ssa": "Silent login",
    "fsa": "Failed silent login",
    "seacft": "Code exchanged for tokens",
    "feacft": "Failed code exchange",
    "sertft": "Tokens refreshed",
    "fertft": "Failed refresh",
    "seccft": "Token for a machine",
    "feccft": "No token for a machine",
    "scpr": "Password link asked for",
    "fcpr": "Failed request for a password link",
    "scp": "Password changed",
    "fcp": "Failed password change",
    "fn": "Mail not sent",
    "gd_send_sms": "Text message sent",
    "gd_send_sms_failure": "Text message not sent",
    "gd_start_enroll": "Factor enrollment begun",
    "gd_enrollment_complete": "Factor enrolled",
    "gd_auth_succeed": "Second factor passed",
    "gd_auth_failed": "Second factor failed",
    "mfar": "Second factor required",
    "sapi": "Management API",
    "fapi": "Management API refused",
    "actions_execution_failed": "An Action failed",
}
FAILED = ("f", "actions_execution_failed", "gd_auth_failed", "gd_send_sms_failure")


def mails(tenant: Tenant) -> list[Document]:
    """Every mail, newest first, without its source and HTML."""
    return [_without(mail, "source", "html") for mail in mailbox.mails(tenant)]


def mail(tenant: Tenant, mail_id: str) -> Document | None:
    """One mail, whole."""
    return tenant.store.get(mailbox.KIND, mail_id)


def texts(tenant: Tenant) -> list[Document]:
    """Every text message, newest first."""
    return phone.texts(tenant)


def text(tenant: Tenant, text_id: str) -> Document | None:
    """One text message."""
    return tenant.store.get(phone.KIND, text_id)


def conversations(tenant: Tenant) -> list[dict[str, Any]]:
    """A phone for each number, the one that rang last first; its messages in the order they came."""
    found: dict[str, list[Document]] = {}
    for message in phone.texts(tenant):
        found.setdefault(message["to"], []).insert(0, message)
    return [{"number": number, "texts": messages} for number, messages in found.items()]


def users(tenant: Tenant) -> list[Document]:
    """Every user as the Management API shows it, newest first."""
    return [shown(user) for user in tenant.store.all("users")][::-1]


def user(tenant: Tenant, user_id: str) -> Document | None:
    """One user, with the authentication methods."""
    found = tenant.store.get("users", user_id)
    if found is None:
        return None
    methods = [one for one in tenant.store.all("authentication_methods") if one.get("user_id") == user_id]
    return {**shown(found), "authentication_methods": [shown(method) for method in methods]}


def standing(found: Document) -> str:
    """Where a user is on the way from the invitation to the application, in one word or two."""
    if found.get("blocked"):
        return "blocked"
    invite = (found.get("app_metadata") or {}).get("invite")
    if not invite:
        return "active" if found.get("logins_count") or found.get("last_login") else "never logged in"
    return "active" if invite.get("accepted_at") else "invited"


def logs(tenant: Tenant) -> list[Document]:
    """The newest entries of the tenant's log, newest first."""
    return tenant.store.all(LOGS)[: -MOST_LOGS - 1 : -1]


def log(tenant: Tenant, log_id: str) -> Document | None:
    """One entry."""
    return tenant.store.get(LOGS, log_id)


def is_failure(log_type: str) -> bool:
    """Whether the entry tells of something that went wrong."""
    return log_type in FAILED or (log_type.startswith("f") and log_type in SAID)


def _without(document: Document, *names: str) -> Document:
    return {name: value for name, value in document.items() if name not in names}
