"""
Where users come from: `/connections`.

`options` needs scopes of its own: without `read:connections_options` it is not shown, without `update:connections_options` a PATCH that
names it is refused. Deleting a connection deletes its users.

Not here: what `options` holds (`connection_options.py`), which applications may use it (`connection_clients.py`), the users (`users.py`).
Source: https://auth0.com/docs/api/management/v2/connections and the recordings of the provider (v1.54.1).
"""

from localtenant.errors import ManagementError, bad_request, conflict, invalid_body, not_found
from localtenant.management.connection_clients import MEMBERS, shown
from localtenant.management.connection_options import check_options, completed_options, new_options
from localtenant.management.endpoint import JSON, Answer, Call, endpoint
from localtenant.management.fields import asked
from localtenant.management.merging import changed
from localtenant.management.paging import listing
from localtenant.management.scopes import insufficient_scope
from localtenant.store import Document
from localtenant.tenant import Tenant, on_fresh_tenant

KIND = "connections"
ENTERPRISE = ("ad", "adfs", "google-apps", "oidc", "okta", "pingfederate", "samlp", "waad", "auth0-adldap")
PROVISIONED = ("ad", "adfs", "google-apps", "pingfederate", "samlp")  # set up by somebody else, by a link
NAMED_FOR_USERS = ("oidc", "waad")  # `display_name` is the name unless given
CROSS_APP_ACCESS = ("oidc", "okta", "samlp")
ALWAYS_SHOWN = (
    "id",
    "is_domain_connection",
    "authentication",
    "connected_accounts",
)  # whatever `fields` says (recorded)


@endpoint("GET", "/connections")
def list_connections(call: Call) -> JSON:
    strategies = call.repeated.get("strategy", ())
    connections = [
        asked(call, _visible(call, connection))
        for connection in call.tenant.store.all(KIND)
        if (not strategies or connection["strategy"] in strategies)
        and ("name" not in call.query or connection["name"] == call.query["name"])
    ]
    return listing(call, connections, KIND)


@endpoint("POST", "/connections", status=201)
def create_connection(call: Call) -> JSON:
    return _visible(call, make_connection(call.tenant, call.body))


def make_connection(tenant: Tenant, fields: Document) -> Document:
    """Create a connection, `fields` being the body of POST /connections. It starts enabled for nobody but the `enabled_clients` named."""
    fields = {name: value for name, value in fields.items() if value is not None}
    name, strategy = fields["name"], fields["strategy"]
    if tenant.store.first(KIND, name=name) is not None:
        # The words and the code are quoted in https://github.com/auth0/auth0-deploy-cli/issues/221.
        raise conflict("A connection with the same name already exists", "connection_conflict")
    if fields.get("cross_app_access_requesting_app", {}).get("active") and strategy not in CROSS_APP_ACCESS:
        raise ManagementError(
            400, "Cross App Access Requesting App is not supported for this connection.", "operation_not_supported"
        )
    members = fields.pop("enabled_clients", [])
    for client_id in members:
        if tenant.store.get("clients", client_id) is None:
            raise bad_request(f"The client {client_id} does not exist", "inexistent_client")
    options = fields.pop("options", {})
    check_options(options)
    connection: Document = {
        "id": tenant.new_id("con_", 16),
        "options": new_options(tenant, strategy, options),
        "strategy": strategy,
        "name": name,
        "is_domain_connection": False,
        "authentication": {"active": True},
        "connected_accounts": {"active": False},
        "realms": [name],
        **({"show_as_button": False} if strategy in ENTERPRISE else {}),
        **({"display_name": name} if strategy in NAMED_FOR_USERS else {}),
        **({"provisioning_ticket_url": _provisioning_ticket_url(tenant, strategy)} if strategy in PROVISIONED else {}),
        **fields,
        MEMBERS: members,
    }
    tenant.store.put(KIND, connection["id"], connection)
    return connection


@endpoint("GET", "/connections/{id}")
def get_connection(call: Call) -> JSON:
    view = _visible(call, find(call.tenant, call.path["id"]))
    chosen = asked(call, view)
    if chosen is not view and call.query.get("include_fields", "true").lower() != "false":
        return {name: view[name] for name in view if name in chosen or name in ALWAYS_SHOWN}
    return chosen


@endpoint("PATCH", "/connections/{id}")
def update_connection(call: Call) -> JSON:
    """Replaces what is named, `options` whole; null deletes."""
    body: Document = call.body
    old = find(call.tenant, call.path["id"])
    if "enabled_clients" in body:
        # Retired on 2026-07-13 in favour of PATCH /connections/{id}/clients (deprecations page, read 2026-11-23).
        raise invalid_body("'Additional properties not allowed: enabled_clients'.")
    if "options" in body and not call.may("update:connections_options"):
        raise insufficient_scope(
            'Updating the "options" property requires the "update:connections_options" scope to be granted.'
        )
    connection = changed(old, body, merge=("metadata",))
    if "options" in body:
        options: Document = body["options"] or {}
        check_options(options, before=old["options"])
        connection["options"] = completed_options(call.tenant, old["strategy"], options)
    call.tenant.store.put(KIND, connection["id"], connection)
    return _visible(call, connection)


@endpoint("DELETE", "/connections/{id}", status=202)
def delete_connection(call: Call) -> JSON | Answer:
    """202 with the moment, and the users are gone with it; 204 if there was none."""
    connection = call.tenant.store.get(KIND, call.path["id"])
    if connection is None:
        return Answer(status=204)
    call.tenant.store.delete(KIND, connection["id"])
    _forget_users(call.tenant, connection)
    return {"deleted_at": call.tenant.clock.timestamp()}


@endpoint("GET", "/connections/{id}/status")
def get_connection_status(call: Call) -> JSON | Answer:
    """200 without a body: the connection is online, as a database of Auth0's own always is."""
    find(call.tenant, call.path["id"])
    return Answer(status=200)


@endpoint("DELETE", "/connections/{id}/users", status=204)
def delete_connection_user(call: Call) -> JSON:
    """Delete one user of a database connection by address."""
    connection = find(call.tenant, call.path["id"])
    _forget_users(call.tenant, connection, email=call.query["email"].lower())
    return None


def find(tenant: Tenant, connection_id: str) -> Document:
    """The connection's document, or 404."""
    connection = tenant.store.get(KIND, connection_id)
    if connection is None:
        raise not_found("The connection does not exist", "inexistent_connection")
    return connection


def by_name(tenant: Tenant, name: str) -> Document | None:
    """The connection that users and logins call by name."""
    return tenant.store.first(KIND, name=name)


def _forget_users(tenant: Tenant, connection: Document, *, email: str | None = None) -> None:
    from localtenant.management.users import forget_user  # late: that module looks connections up here

    for user in tenant.store.all("users"):
        is_here = user["identities"][0]["connection"] == connection["name"]
        if is_here and email in (None, user.get("email")):
            forget_user(tenant, user["user_id"])


def _provisioning_ticket_url(tenant: Tenant, strategy: str) -> str:
    """The page that the other side's administrator opens; nothing answers there."""
    return f"https://{tenant.domain}/p/{strategy}/{tenant.new_id('', 8)}"


def _visible(call: Call, connection: Document) -> Document:
    view = shown(connection)
    if not call.may("read:connections_options"):
        view.pop("options", None)
    return view


@on_fresh_tenant(order=30)
def seed(tenant: Tenant) -> None:
    """The database and the Google connection with Auth0's development keys, both open to the clients there are."""
    members = [client["client_id"] for client in tenant.store.all("clients") if not client.get("global")]
    make_connection(
        tenant,
        {"name": "Username-Password-Authentication", "strategy": "auth0", "enabled_clients": members},
    )
    make_connection(
        tenant,
        {
            "name": "google-oauth2",
            "strategy": "google-oauth2",
            "options": {"email": True, "profile": True, "scope": ["email", "profile"]},
            "enabled_clients": members,
        },
    )
