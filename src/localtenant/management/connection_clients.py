"""
Which applications may use which connection: `/connections/{id}/clients` and `/clients/{id}/connections`.

The list lives in the connection's document under `_clients`, in the order of enabling. Answers still carry it as `enabled_clients` (recorded
on 2026-08-07, TestAccConnectionAddEmailAttributeNonUnique; a recording of 2026-07-24 has it in POST only); a PATCH of the connection may not
name it any more since 2026-07-13.
Source: https://auth0.com/docs/troubleshoot/product-lifecycle/deprecations-and-migrations/migrate-dedicated-connection-endpoints
"""

from localtenant.errors import invalid_body, not_found
from localtenant.management.endpoint import JSON, Call, endpoint
from localtenant.management.fields import asked
from localtenant.management.paging import checkpoint_page
from localtenant.store import Document
from localtenant.tenant import Tenant

CONNECTIONS = "connections"
MEMBERS = "_clients"
MOST_AT_ONCE = 50


@endpoint("GET", "/connections/{id}/clients")
def list_connection_clients(call: Call) -> JSON:
    connection = _connection(call)
    clients = [{"client_id": client_id} for client_id in connection.get(MEMBERS, [])]
    return checkpoint_page(call, clients, "clients", maximum=1000)


@endpoint("PATCH", "/connections/{id}/clients", status=204)
def update_connection_clients(call: Call) -> JSON:
    """Enable and disable; what is not named stays as it is. One unknown client refuses the whole list."""
    connection = _connection(call)
    if len(call.body) > MOST_AT_ONCE:
        raise invalid_body(f"'Array is too long ({len(call.body)}), maximum {MOST_AT_ONCE}'.")
    members: list[str] = connection.get(MEMBERS, [])
    for entry in call.body:
        client_id = entry["client_id"]
        if call.tenant.store.get("clients", client_id) is None:
            raise not_found("The client does not exist", "inexistent_client")
        if entry["status"] and client_id not in members:
            members.append(client_id)
        elif not entry["status"] and client_id in members:
            members.remove(client_id)
    connection[MEMBERS] = members
    call.tenant.store.put(CONNECTIONS, connection["id"], connection)
    return None


@endpoint("GET", "/clients/{id}/connections")
def list_client_connections(call: Call) -> JSON:
    """The connections that the client may use, as the client's side sees them; options need their own scope."""
    if call.tenant.store.get("clients", call.path["id"]) is None:
        raise not_found("The client does not exist", "inexistent_client")
    strategies = call.repeated.get("strategy", ())
    views = []
    for connection in call.tenant.store.all(CONNECTIONS):
        if call.path["id"] not in connection.get(MEMBERS, []):
            continue
        if strategies and connection["strategy"] not in strategies:
            continue
        view = shown(connection)
        if not call.may("read:connections_options"):
            view.pop("options", None)
        views.append(asked(call, view))
    return checkpoint_page(call, views, CONNECTIONS, maximum=100)


def shown(connection: Document) -> Document:
    """The connection as answers carry it."""
    view = {name: value for name, value in connection.items() if not name.startswith("_")}
    return {**view, "enabled_clients": connection.get(MEMBERS, [])}


def is_enabled(connection: Document, client_id: str) -> bool:
    """Whether the application may use the connection."""
    return client_id in connection.get(MEMBERS, [])


def enable_everywhere(tenant: Tenant, client_id: str) -> None:
    """Enable the application on every connection there is."""
    for connection in tenant.store.all(CONNECTIONS):
        if client_id not in connection.get(MEMBERS, []):
            connection.setdefault(MEMBERS, []).append(client_id)
            tenant.store.put(CONNECTIONS, connection["id"], connection)


def forget_client(tenant: Tenant, client_id: str) -> None:
    """Take a deleted application off every connection."""
    for connection in tenant.store.all(CONNECTIONS):
        if client_id in connection.get(MEMBERS, []):
            connection[MEMBERS].remove(client_id)
            tenant.store.put(CONNECTIONS, connection["id"], connection)


def _connection(call: Call) -> Document:
    connection = call.tenant.store.get(CONNECTIONS, call.path["id"])
    if connection is None:
        raise not_found("The connection does not exist", "inexistent_connection")
    return connection
