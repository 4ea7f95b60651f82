"""
The `event` of the post-login trigger, from the store.

Left out, because the local tenant knows nothing of it: `asn`, what `geoip` holds, `riskAssessment`, organizations, `prompt`, devices and
metadata of `session` and `refresh_token`.
Source: https://auth0.com/docs/customize/actions/reference/post-login/post-login-event-object
"""

from localtenant.actions.flow import WITHOUT_PAGES, Flow
from localtenant.management import roles, users
from localtenant.management.authentication_methods import methods_of
from localtenant.management.custom_domains import DOMAINS
from localtenant.management.tenants import tenant_name
from localtenant.store import Document
from localtenant.tenant import Tenant

USER_ATTRIBUTES = (
    "user_id",
    "email",
    "email_verified",
    "given_name",
    "family_name",
    "name",
    "nickname",
    "picture",
    "phone_number",
    "phone_verified",
    "username",
    "last_password_reset",
    "created_at",
    "updated_at",
    "identities",
)
FACTOR_TYPES = {  # of `/users/{id}/authentication-methods` -> of `enrolledFactors`; a passkey is a first factor
    "phone": "phone",
    "totp": "otp",
    "email": "email",
    "push": "push-notification",
    "push-notification": "push-notification",
    "webauthn-roaming": "webauthn-roaming",
    "webauthn-platform": "webauthn-platform",
    "recovery-code": "recovery-code",
}


def event_of(tenant: Tenant, flow: Flow, user: Document, client: Document, connection: Document) -> Document:
    """The event of the next Action, `secrets` apart. `user` is the stored document as it was when this run began."""
    event: Document = {
        "authentication": {"methods": flow.methods},
        "authorization": {"roles": _roles(tenant, user)},
        "client": {
            "client_id": client["client_id"],
            "name": client.get("name", ""),
            "metadata": client.get("client_metadata") or {},
        },
        "connection": {
            "id": connection["id"],
            "name": connection["name"],
            "strategy": connection["strategy"],
            "metadata": connection.get("metadata") or {},
        },
        "request": {**_present(flow.request), "geoip": {}},
        "stats": {"logins_count": user.get("logins_count", 0)},
        "tenant": {"id": tenant_name(tenant)},
        "transaction": _transaction(flow),
        "user": _user(tenant, user),
    }
    if flow.session_id is not None:
        event["session"] = {"id": flow.session_id}
    if flow.audience is not None:
        event["resource_server"] = {"identifier": flow.audience}
    domain = tenant.store.first(DOMAINS, domain=flow.request["hostname"].partition(":")[0])
    if domain is not None:
        event["custom_domain"] = {"domain": domain["domain"], "domain_metadata": domain.get("domain_metadata") or {}}
    return event


def enrolled_factors(tenant: Tenant, user_id: str) -> list[str]:
    """The types of the user's confirmed second factors, each once, oldest first: `["phone", "otp"]`."""
    confirmed = [method["type"] for method in methods_of(tenant, user_id) if method.get("confirmed", True)]
    return list(dict.fromkeys(FACTOR_TYPES[kind] for kind in confirmed if kind in FACTOR_TYPES))


def _user(tenant: Tenant, user: Document) -> Document:
    factors = enrolled_factors(tenant, user["user_id"])
    shown = {name: user[name] for name in USER_ATTRIBUTES if user.get(name) is not None}
    shown["email_verified"] = bool(user.get("email_verified"))
    shown["identities"] = [{**identity, "userId": identity["user_id"]} for identity in user.get("identities", [])]
    shown["app_metadata"] = user.get("app_metadata") or {}
    shown["user_metadata"] = user.get("user_metadata") or {}
    shown["enrolledFactors"] = [{"type": kind} for kind in factors]
    if factors:
        shown["multifactor"] = ["guardian"]
    return shown


def _transaction(flow: Flow) -> Document:
    query = flow.first_request["query"]
    transaction: Document = {
        "id": None if flow.protocol in WITHOUT_PAGES else flow.transaction_id,
        "protocol": flow.protocol,
        "locale": flow.locale,
        "redirect_uri": flow.redirect_uri,
        "prompt": flow.prompt or None,
        "requested_scopes": flow.requested_scopes,
        "acr_values": _words(query.get("acr_values")) or [],
        "ui_locales": _words(query.get("ui_locales")) or [],
        "response_type": _words(query.get("response_type")),
        "response_mode": query.get("response_mode"),
        "login_hint": query.get("login_hint"),
        "state": query.get("state"),
        "metadata": flow.metadata,
    }
    return _present(transaction)


def _roles(tenant: Tenant, user: Document) -> list[str]:
    held = (tenant.store.get(roles.KIND, role_id) for role_id in user.get("_roles", []))
    return [role["name"] for role in held if role is not None]


def _words(text: object) -> list[str] | None:
    return text.split() if isinstance(text, str) and text.strip() else None


def _present(document: Document) -> Document:
    return {name: value for name, value in document.items() if value is not None}


def find_user(tenant: Tenant, user_id: str) -> Document | None:
    """The stored document, which the caller may change freely."""
    return tenant.store.get(users.KIND, user_id)
