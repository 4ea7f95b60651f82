"""
A user's second factors: `/users/{id}/authentication-methods`, and the older ways to look at them and to take them away.

A phone enrolled here is ready for the next login, as one enrolled on the pages is. Telephone numbers are shown in full.

Not here: enrolling and challenging on the pages (`universal_login/`), which factors the tenant offers (`guardian.py`).
Source: https://auth0.com/docs/api/management/v2/users/get-authentication-methods; no recording covers these operations.
"""

from typing import Any

from localtenant.errors import conflict, invalid_body, not_found
from localtenant.management import users
from localtenant.management.endpoint import JSON, Call, endpoint
from localtenant.management.paging import listing
from localtenant.store import Document
from localtenant.tenant import Tenant

KIND = "authentication_methods"
IDENTIFIERS = {
    "phone": "phone_number",
    "email": "email",
    "totp": "totp_secret",
    "webauthn-roaming": "key_id",
    "passkey": "key_id",
}


@endpoint("GET", "/users/{id}/authentication-methods")
def list_methods(call: Call) -> JSON:
    """The envelope's list is called `authenticators` and has no `length`."""
    methods = [_shown(method) for method in _of_user(call)]
    page = listing(call, methods, "authenticators", checkpoint=False)
    if isinstance(page, dict):
        page.pop("length")
    return page


@endpoint("POST", "/users/{id}/authentication-methods", status=201)
def create_method(call: Call) -> JSON:
    users.find(call.tenant, call.path["id"])
    return _created(make_method(call.tenant, call.path["id"], call.body))


def make_method(tenant: Tenant, user_id: str, fields: Document) -> Document:
    """Enrol a confirmed factor, `fields` being the body of POST /users/{id}/authentication-methods."""
    kind = fields["type"]
    identifier = IDENTIFIERS[kind]
    if identifier not in fields:
        raise invalid_body(f"'Missing required property: {identifier}'.")
    for method in tenant.store.all(KIND):
        if method["user_id"] == user_id and method["type"] == kind and method.get(identifier) == fields[identifier]:
            raise conflict("The authentication method already exists.", "authentication_method_conflict")
    now = tenant.clock.timestamp()
    serial = tenant.new_id("dev_", 16)
    method = {
        "id": f"{kind}|{serial}",
        "user_id": user_id,
        "confirmed": True,
        **fields,
        "created_at": now,
        "enrolled_at": now,
    }
    if kind == "phone":
        preferred = fields.get("preferred_authentication_method", "sms")
        method["preferred_authentication_method"] = preferred
        method["authentication_methods"] = [{"type": preferred, "id": f"{preferred}|{serial}"}]
    tenant.store.put(KIND, method["id"], method)
    return method


@endpoint("PUT", "/users/{id}/authentication-methods")
def replace_methods(call: Call) -> JSON:
    """The list as a whole: what is not in it is gone."""
    users.find(call.tenant, call.path["id"])
    _delete_all(call)
    return [_created(make_method(call.tenant, call.path["id"], fields)) for fields in call.body]


@endpoint("DELETE", "/users/{id}/authentication-methods", status=204)
def delete_methods(call: Call) -> JSON:
    _delete_all(call)
    return None


@endpoint("GET", "/users/{id}/authentication-methods/{authentication_method_id}")
def get_method(call: Call) -> JSON:
    return _shown(_find(call))


@endpoint("PATCH", "/users/{id}/authentication-methods/{authentication_method_id}")
def update_method(call: Call) -> JSON:
    method = {**_find(call), **call.body}
    call.tenant.store.put(KIND, method["id"], method)
    return _created(method)


@endpoint("DELETE", "/users/{id}/authentication-methods/{authentication_method_id}", status=204)
def delete_method(call: Call) -> JSON:
    call.tenant.store.delete(KIND, _find(call)["id"])
    return None


@endpoint("GET", "/users/{id}/enrollments")
def list_enrollments(call: Call) -> JSON:
    """The same factors in the older shape."""
    users.find(call.tenant, call.path["id"])
    return [
        {
            "id": method["authentication_methods"][0]["id"],
            "status": "confirmed",
            "type": "sms",
            "auth_method": "sms",
            "phone_number": method["phone_number"],
            "enrolled_at": method["enrolled_at"],
        }
        for method in _of_user(call)
        if method["type"] == "phone"
    ]


@endpoint("DELETE", "/users/{id}/authenticators", status=204)
def delete_authenticators(call: Call) -> JSON:
    _delete_all(call)
    return None


@endpoint("DELETE", "/users/{id}/multifactor/{provider}", status=204)
def delete_multifactor(call: Call) -> JSON:
    """Takes the factors of that provider: `google-authenticator` means one-time codes, Duo is never enrolled here."""
    users.find(call.tenant, call.path["id"])
    for method in _of_user(call):
        if call.path["provider"] == "google-authenticator" and method["type"] == "totp":
            call.tenant.store.delete(KIND, method["id"])
    return None


@endpoint("POST", "/users/{id}/multifactor/actions/invalidate-remember-browser", status=204)
def invalidate_remember_browser(call: Call) -> JSON:
    """Every browser that was told not to ask again asks again."""
    user = users.find(call.tenant, call.path["id"])
    user["_remembered_browsers_invalid_before"] = call.tenant.clock.timestamp()
    call.tenant.store.put(users.KIND, user["user_id"], user)
    return None


def methods_of(tenant: Tenant, user_id: str) -> list[Document]:
    """The user's factors, oldest first."""
    return [method for method in tenant.store.all(KIND) if method["user_id"] == user_id]


def _of_user(call: Call) -> list[Document]:
    users.find(call.tenant, call.path["id"])
    return methods_of(call.tenant, call.path["id"])


def _delete_all(call: Call) -> None:
    for method in methods_of(call.tenant, call.path["id"]):
        call.tenant.store.delete(KIND, method["id"])


def _find(call: Call) -> Document:
    method = call.tenant.store.get(KIND, call.path["authentication_method_id"])
    if method is None or method["user_id"] != call.path["id"]:
        raise not_found("The authentication method does not exist.", "inexistent_authentication_method")
    return method


def _shown(method: Document) -> Document:
    hidden: tuple[str, ...] = ("user_id", "totp_secret")
    return {name: value for name, value in method.items() if name not in hidden}


def _created(method: Document) -> dict[str, Any]:
    """Writes answer what they were given; `confirmed` and the dates of use are for reads."""
    hidden: tuple[str, ...] = ("user_id", "confirmed", "enrolled_at", "last_auth_at")
    return {name: value for name, value in method.items() if name not in hidden}
