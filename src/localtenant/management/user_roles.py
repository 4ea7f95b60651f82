"""
A user's roles and direct permissions: `/users/{id}/roles` and `/users/{id}/permissions`.

Not here: the roles themselves (`roles.py`).
Source: https://auth0.com/docs/api/management/v2/users/get-user-roles and the recordings of the provider (v1.54.1).
"""

from localtenant.management import roles, users
from localtenant.management.endpoint import JSON, Call, endpoint
from localtenant.management.paging import listing
from localtenant.store import Document

DIRECT = {"source_id": "", "source_name": "", "source_type": "DIRECT"}


@endpoint("GET", "/users/{id}/roles")
def list_user_roles(call: Call) -> JSON:
    user = users.find(call.tenant, call.path["id"])
    held = [roles.shown(roles.find(call.tenant, role_id)) for role_id in user.get("_roles", [])]
    return listing(call, held, "roles", checkpoint=False)


@endpoint("POST", "/users/{id}/roles", status=204)
def add_user_roles(call: Call) -> JSON:
    user = users.find(call.tenant, call.path["id"])
    for role_id in call.body["roles"]:
        roles.find(call.tenant, role_id)
        if role_id not in user.setdefault("_roles", []):
            user["_roles"].append(role_id)
    _store(call, user)
    return None


@endpoint("DELETE", "/users/{id}/roles", status=204)
def remove_user_roles(call: Call) -> JSON:
    user = users.find(call.tenant, call.path["id"])
    user["_roles"] = [role_id for role_id in user.get("_roles", []) if role_id not in call.body["roles"]]
    _store(call, user)
    return None


@endpoint("GET", "/users/{id}/permissions")
def list_user_permissions(call: Call) -> JSON:
    """The direct ones and those that roles bring, each with its sources."""
    user = users.find(call.tenant, call.path["id"])
    found: dict[tuple[str, str], Document] = {}

    def add(held: list[Document], source: Document) -> None:
        for entry in roles.described(call.tenant, held):
            place = (entry["resource_server_identifier"], entry["permission_name"])
            found.setdefault(place, {**entry, "sources": []})["sources"].append(source)

    add(user.get("_permissions", []), DIRECT)
    for role_id in user.get("_roles", []):
        role = roles.find(call.tenant, role_id)
        source = {"source_id": role_id, "source_name": role["name"], "source_type": "ROLE"}
        add(role.get("_permissions", []), source)
    return listing(call, list(found.values()), "permissions", checkpoint=False)


@endpoint("POST", "/users/{id}/permissions", status=201)
def add_user_permissions(call: Call) -> JSON:
    user = users.find(call.tenant, call.path["id"])
    user["_permissions"] = roles.with_permissions(call.tenant, user.get("_permissions", []), call.body["permissions"])
    _store(call, user)
    return {}


@endpoint("DELETE", "/users/{id}/permissions", status=204)
def remove_user_permissions(call: Call) -> JSON:
    user = users.find(call.tenant, call.path["id"])
    user["_permissions"] = [entry for entry in user.get("_permissions", []) if entry not in call.body["permissions"]]
    _store(call, user)
    return None


def _store(call: Call, user: Document) -> None:
    call.tenant.store.put(users.KIND, user["user_id"], user)
