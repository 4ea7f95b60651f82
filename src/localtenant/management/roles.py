"""
Roles, the permissions they bundle and the users who hold them: `/roles`.

Not here: roles and permissions from the user's side (`user_roles.py`).
Source: https://auth0.com/docs/api/management/v2/roles and the recordings of the provider (v1.54.1), the statuses among them: 200 on create
and on delete.
"""

from localtenant.errors import bad_request, conflict, not_found
from localtenant.management import resource_servers, users
from localtenant.management.endpoint import JSON, Call, endpoint
from localtenant.management.merging import changed
from localtenant.management.paging import listing
from localtenant.store import Document
from localtenant.tenant import Tenant

KIND = "roles"
USER_FIELDS = ("user_id", "email", "picture", "name")


@endpoint("GET", "/roles")
def list_roles(call: Call) -> JSON:
    wanted = call.query.get("name_filter", "").lower()
    roles = [shown(role) for role in call.tenant.store.all(KIND) if wanted in role["name"].lower()]
    if call.query.get("type", "tenant") != "tenant" or call.query.get("owner_id", "auth0") != "auth0":
        roles = []  # those of organizations, of which there are none here
    return listing(call, roles, KIND, checkpoint=False)


@endpoint("POST", "/roles")
def create_role(call: Call) -> JSON:
    _demand_free_name(call.tenant, call.body["name"])
    role = {"id": call.tenant.new_id("rol_", 16), "description": "", **call.body}
    call.tenant.store.put(KIND, role["id"], role)
    return {
        **shown(role),
        "description": call.body.get("description"),
    }  # without one: null here, empty on reads (recorded)


@endpoint("GET", "/roles/{id}")
def get_role(call: Call) -> JSON:
    return shown(find(call.tenant, call.path["id"]))


@endpoint("PATCH", "/roles/{id}")
def update_role(call: Call) -> JSON:
    role = find(call.tenant, call.path["id"])
    if call.body.get("name", role["name"]) != role["name"]:
        _demand_free_name(call.tenant, call.body["name"])
    role = changed(role, call.body)
    call.tenant.store.put(KIND, role["id"], role)
    return shown(role)


@endpoint("DELETE", "/roles/{id}")
def delete_role(call: Call) -> JSON:
    """200 with an empty object."""
    role = find(call.tenant, call.path["id"])
    call.tenant.store.delete(KIND, role["id"])
    for user in call.tenant.store.all(users.KIND):
        if role["id"] in user.get("_roles", []):
            user["_roles"].remove(role["id"])
            call.tenant.store.put(users.KIND, user["user_id"], user)
    return {}


@endpoint("GET", "/roles/{id}/permissions")
def list_role_permissions(call: Call) -> JSON:
    role = find(call.tenant, call.path["id"])
    return listing(call, described(call.tenant, role.get("_permissions", [])), "permissions", checkpoint=False)


@endpoint("POST", "/roles/{id}/permissions", status=201)
def add_role_permissions(call: Call) -> JSON:
    role = find(call.tenant, call.path["id"])
    role["_permissions"] = with_permissions(call.tenant, role.get("_permissions", []), call.body["permissions"])
    call.tenant.store.put(KIND, role["id"], role)
    return {}


@endpoint("DELETE", "/roles/{id}/permissions", status=204)
def remove_role_permissions(call: Call) -> JSON:
    role = find(call.tenant, call.path["id"])
    role["_permissions"] = [entry for entry in role.get("_permissions", []) if entry not in call.body["permissions"]]
    call.tenant.store.put(KIND, role["id"], role)
    return None


@endpoint("GET", "/roles/{id}/users")
def list_role_users(call: Call) -> JSON:
    role = find(call.tenant, call.path["id"])
    members = [
        {name: user[name] for name in USER_FIELDS if name in user}
        for user in call.tenant.store.all(users.KIND)
        if role["id"] in user.get("_roles", [])
    ]
    return listing(call, members, "users")


@endpoint("POST", "/roles/{id}/users")
def add_role_users(call: Call) -> JSON:
    role = find(call.tenant, call.path["id"])
    for user_id in call.body["users"]:
        user = users.find(call.tenant, user_id)
        if role["id"] not in user.setdefault("_roles", []):
            user["_roles"].append(role["id"])
            call.tenant.store.put(users.KIND, user_id, user)
    return {}


def find(tenant: Tenant, role_id: str) -> Document:
    """The role's document, or 404."""
    role = tenant.store.get(KIND, role_id)
    if role is None:
        raise not_found("The role does not exist.", "inexistent_role")
    return role


def shown(role: Document) -> Document:
    """The role without its lists, which have operations of their own."""
    return {name: value for name, value in role.items() if not name.startswith("_")}


def with_permissions(tenant: Tenant, held: list[Document], added: list[Document]) -> list[Document]:
    """`held` and those of `added` that it lacks; 404 for an API, 400 for a scope that there is not."""
    for entry in added:
        server = resource_servers.by_identifier(tenant, entry["resource_server_identifier"])
        if server is None:
            identifier = entry["resource_server_identifier"]
            # The words are quoted in https://github.com/auth0/auth0-cli/issues/348.
            raise not_found(f"The resource server does not exist: '{identifier}'", "inexistent_resource_server")
        if entry["permission_name"] not in resource_servers.scopes_of(server):
            raise bad_request(f"The permission does not exist: '{entry['permission_name']}'", "inexistent_permission")
    return [*held, *(entry for entry in added if entry not in held)]


def described(tenant: Tenant, permissions: list[Document]) -> list[Document]:
    """Permissions with the names and descriptions that their APIs give them, by name; those of deleted scopes are gone."""
    result = []
    for entry in sorted(permissions, key=lambda entry: str(entry["permission_name"])):
        server = resource_servers.by_identifier(tenant, entry["resource_server_identifier"])
        scopes = server.get("scopes", []) if server else []
        scope = next((scope for scope in scopes if scope["value"] == entry["permission_name"]), None)
        if server is None or scope is None:
            continue
        result.append(
            {
                "permission_name": entry["permission_name"],
                **({"description": scope["description"]} if "description" in scope else {}),
                "resource_server_name": server.get("name", ""),
                "resource_server_identifier": server["identifier"],
            }
        )
    return result


def _demand_free_name(tenant: Tenant, name: str) -> None:
    if tenant.store.first(KIND, name=name) is not None:
        raise conflict(f"The role name {name} is already in use.", "role_conflict")
