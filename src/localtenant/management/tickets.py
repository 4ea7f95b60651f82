"""
Links that let their holder set a password or confirm an address: `/tickets`. No mail is sent.

A password link works once, expires, and the newest one of a user is the only one that works. Only a hash of it is kept, and for some weeks
what became of it, so that a page can say why a link does not work.

Not here: the pages behind the links (`universal_login/`), the mail with such a link (`authentication/`).
Source: https://auth0.com/docs/api/management/v2/tickets/post-password-change and
https://auth0.com/docs/authenticate/database-connections/password-change; no recording covers these operations.
"""

import hashlib
from typing import Any, Literal

from localtenant.errors import bad_request, invalid_body, not_found
from localtenant.management import clients, connections, users
from localtenant.management.custom_domain_header import host_asked_for
from localtenant.management.endpoint import JSON, Call, endpoint
from localtenant.store import Document
from localtenant.tenant import Tenant

KIND = "tickets"
DEFAULT_TTL_SEC = 432000  # five days; 0 means the default too
KEPT_SEC = 30 * 86400  # after its end, to say what became of it
PATHS = {"password_change": "/u/reset-verify", "email_verification": "/u/email-verification"}

TicketType = Literal["password_change", "email_verification"]
TicketState = Literal["valid", "used", "superseded", "expired", "unknown"]


@endpoint("POST", "/tickets/password-change", status=201)
def create_password_change_ticket(call: Call) -> JSON:
    """The user is named by `user_id`, or by `connection_id` and `email`."""
    body: Document = call.body
    user = _user_asked_for(call.tenant, body)
    if user["identities"][0]["provider"] != "auth0":
        raise bad_request("The user's main identity is not of a database connection.", "operation_not_supported")
    if "result_url" in body and ("client_id" in body or "organization_id" in body):
        other = "client_id" if "client_id" in body else "organization_id"
        raise bad_request(f"result_url cannot be specified together with {other}.", "invalid_body")
    link = make_ticket(
        call.tenant,
        "password_change",
        user["user_id"],
        host=host_asked_for(call),
        ttl_sec=body.get("ttl_sec", 0),
        client_id=_client_asked_for(call.tenant, body),
        mark_email_as_verified=body.get("mark_email_as_verified", False),
        result_url=body.get("result_url"),
        include_email_in_redirect=body.get("includeEmailInRedirect", False),
    )
    return {"ticket": link}


@endpoint("POST", "/tickets/email-verification", status=201)
def create_email_verification_ticket(call: Call) -> JSON:
    body: Document = call.body
    user = users.find(call.tenant, body["user_id"])
    if not user.get("email"):
        raise bad_request("The user does not have an email address.", "operation_not_supported")
    link = make_ticket(
        call.tenant,
        "email_verification",
        user["user_id"],
        host=host_asked_for(call),
        ttl_sec=body.get("ttl_sec", 0),
        client_id=_client_asked_for(call.tenant, body),
        result_url=body.get("result_url"),
        include_email_in_redirect=body.get("includeEmailInRedirect", False),
    )
    return {"ticket": link}


def make_ticket(
    tenant: Tenant,
    kind: TicketType,
    user_id: str,
    *,
    host: str | None = None,
    ttl_sec: int = 0,
    client_id: str | None = None,
    mark_email_as_verified: bool = False,
    result_url: str | None = None,
    include_email_in_redirect: bool = False,
) -> str:
    """A new link; the user's earlier ones of the same kind stop working."""
    _supersede(tenant, kind, user_id)
    secret = tenant.new_id("", 32)
    ticket: dict[str, Any] = {
        "type": kind,
        "user_id": user_id,
        "email": (tenant.store.get(users.KIND, user_id) or {}).get(
            "email"
        ),  # what it can confirm, and no other address
        "client_id": client_id,
        "created_at": tenant.clock.timestamp(),
        "expires": tenant.clock.seconds() + (ttl_sec or DEFAULT_TTL_SEC),
        "mark_email_as_verified": mark_email_as_verified,
        "result_url": result_url,
        "include_email_in_redirect": include_email_in_redirect,
    }
    tenant.store.put(KIND, _hashed(secret), ticket)
    return f"https://{host or tenant.domain}{PATHS[kind]}?ticket={secret}#"


def state_of(tenant: Tenant, kind: TicketType, secret: str) -> tuple[TicketState, Document | None]:
    """What became of the link, and what it stands or stood for."""
    ticket = tenant.store.get(KIND, _hashed(secret))
    if ticket is None or ticket["type"] != kind:
        return "unknown", None
    ended: TicketState | None = ticket.get("ended")
    if ended is not None:
        return ended, ticket
    return ("expired" if ticket["expires"] <= tenant.clock.seconds() else "valid"), ticket


def find_ticket(tenant: Tenant, kind: TicketType, secret: str) -> Document | None:
    """What the `ticket` parameter of a link stands for, or `None` if it was used, superseded, has expired or never was."""
    state, ticket = state_of(tenant, kind, secret)
    return ticket if state == "valid" else None


def use_ticket(tenant: Tenant, kind: TicketType, secret: str) -> Document | None:
    """The same, and the link is spent."""
    ticket = find_ticket(tenant, kind, secret)
    if ticket is not None:
        tenant.store.put(KIND, _hashed(secret), {**ticket, "ended": "used"})
    return ticket


def _supersede(tenant: Tenant, kind: TicketType, user_id: str) -> None:
    """The user's links of this kind stop working; long dead ones are forgotten."""
    now = tenant.clock.seconds()
    for ticket_id, ticket in tenant.store.items(KIND):
        if ticket["expires"] + KEPT_SEC <= now:
            tenant.store.delete(KIND, ticket_id)
        elif ticket["user_id"] == user_id and ticket["type"] == kind and "ended" not in ticket:
            ended = "expired" if ticket["expires"] <= now else "superseded"
            tenant.store.put(KIND, ticket_id, {**ticket, "ended": ended})


def _user_asked_for(tenant: Tenant, body: Document) -> Document:
    by_id = "user_id" in body or "identity" in body
    if by_id == ("email" in body or "connection_id" in body):
        raise invalid_body("'Either user_id, or connection_id and email, must be provided'.")
    if by_id:
        identity = body.get("identity")
        user_id = f"{identity['provider']}|{identity['user_id']}" if identity else body["user_id"]
        return users.find(tenant, user_id)
    missing = [name for name in ("connection_id", "email") if name not in body]
    if missing:
        raise invalid_body(f"'Missing required property: {missing[0]}'.")
    connection = connections.find(tenant, body["connection_id"])
    user = users.by_email(tenant, connection["name"], body["email"])
    if user is None:
        raise not_found("The user does not exist.", "inexistent_user")
    return user


def _client_asked_for(tenant: Tenant, body: Document) -> str | None:
    return clients.find(tenant, body["client_id"])["client_id"] if "client_id" in body else None


def _hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
