"""
The whole list of connections through which people reach the application.

Auth0 may enable a new application on connections that nobody chose: the default database with open sign-up, a social connection.
Either is a door for strangers. `auth0.ConnectionClients` guards one connection's list of applications; this guards one application's
list of connections. On refresh it reads the live list, so a connection that somebody enables shows up as drift, and `up` closes it.

Not here: the flag that keeps Auth0 from doing so (`tenant.py`), the connection itself (`database.py`).
Source: GET /api/v2/clients/{id}/connections, PATCH /api/v2/connections/{id}/clients.
"""

from collections.abc import Sequence

import pulumi
from pulumi.dynamic import CreateResult, DiffResult, ReadResult, Resource, UpdateResult

from .management import ManagementClient, ManagementError
from .tenant_resource import Properties, TenantResourceProvider


class ApplicationConnectionsProvider(TenantResourceProvider):
    """Inputs: `tenant`, `client_id`, `connections` (ids). Outputs: the same; `connections` is what the tenant says, sorted."""

    def create(self, props: Properties) -> CreateResult:
        return CreateResult(props["client_id"], self._apply(props))

    def diff(self, _id: str, _olds: Properties, _news: Properties) -> DiffResult:
        return DiffResult(
            changes=_olds.get("connections") != _news["connections"],
            replaces=["client_id"] if _olds.get("client_id") != _news["client_id"] else [],
        )

    def read(self, id_: str, props: Properties) -> ReadResult:
        """An application that is gone is read as a resource that is gone."""
        tenant = self.connect(props["tenant"])
        live = enabled_connections(tenant, id_)
        if live is None:
            return ReadResult("", {})
        return ReadResult(id_, {**props, "connections": live})

    def update(self, _id: str, _olds: Properties, _news: Properties) -> UpdateResult:
        return UpdateResult(self._apply(_news))

    def delete(self, _id: str, _props: Properties) -> None:
        """Nothing: the application goes too, and leaves every list with it."""

    def _apply(self, props: Properties) -> Properties:
        tenant, client_id = self.connect(props["tenant"]), props["client_id"]
        wanted = sorted(props["connections"])
        live = enabled_connections(tenant, client_id)
        if live is None:
            raise ManagementError(f"The tenant {tenant.domain} has no application {client_id}.", status=404)
        for connection_id in sorted(set(live) - set(wanted)):  # close what should not be open first
            set_enabled(tenant, connection_id, client_id, enabled=False)
        for connection_id in sorted(set(wanted) - set(live)):
            set_enabled(tenant, connection_id, client_id, enabled=True)
        return {"tenant": props["tenant"], "client_id": client_id, "connections": wanted}


def enabled_connections(tenant: ManagementClient, client_id: str) -> list[str] | None:
    """Ids, sorted; `None` if there is no such application."""
    try:
        return sorted(
            connection["id"] for connection in tenant.pages(f"/clients/{client_id}/connections", "connections")
        )
    except ManagementError as error:
        if error.status == 404:
            return None
        raise


def set_enabled(tenant: ManagementClient, connection_id: str, client_id: str, *, enabled: bool) -> None:
    """Enable or disable one application on one connection; no other application is affected."""
    tenant.patch(f"/connections/{connection_id}/clients", [{"client_id": client_id, "status": enabled}])


class ApplicationConnections(Resource, module="guestlist", name="ApplicationConnections"):
    """
    See the module.

    Args:
        connections: ids of the connections, all of them.

    """

    connections: pulumi.Output[list[str]]

    def __init__(
        self,
        name: str,
        *,
        tenant: str,
        client_id: pulumi.Input[str],
        connections: Sequence[pulumi.Input[str]],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(
            ApplicationConnectionsProvider(),
            name,
            {"tenant": tenant, "client_id": client_id, "connections": list(connections)},
            opts,
        )
