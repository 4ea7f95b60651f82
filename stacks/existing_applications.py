"""
Applications that are in the tenant already, found by their names: nothing of them is written but that they may use our connection.

One list serves all names. A refresh looks again: an application that was deleted, or made anew, is drift.
Not here: enabling them on the connection (`database.py`).
Source: GET /api/v2/clients; names are not unique in a tenant, so two of one name are refused.
"""

from collections.abc import Mapping

import pulumi
from pulumi.dynamic import CreateResult, DiffResult, ReadResult, Resource, UpdateResult

from .management import ManagementClient, ManagementError
from .tenant_resource import Properties, TenantResourceProvider


class ExistingApplicationsProvider(TenantResourceProvider):
    """Inputs: `tenant`, `names` (by key of the settings). Outputs: these and `client_ids` (by key)."""

    def create(self, props: Properties) -> CreateResult:
        return CreateResult("existing-applications", self._outputs(props))

    def diff(self, _id: str, _olds: Properties, _news: Properties) -> DiffResult:
        missing = set(_news["names"]) - set(_olds.get("client_ids", {}))
        return DiffResult(changes=_olds.get("names") != _news["names"] or bool(missing))

    def read(self, id_: str, props: Properties) -> ReadResult:
        found = client_ids_by_name(self.connect(props["tenant"]), props["names"])
        live = {key: ids[0] for key, ids in found.items() if len(ids) == 1}
        return ReadResult(id_, {**props, "client_ids": live})

    def update(self, _id: str, _olds: Properties, _news: Properties) -> UpdateResult:
        return UpdateResult(self._outputs(_news))

    def _outputs(self, props: Properties) -> Properties:
        tenant = self.connect(props["tenant"])
        found = client_ids_by_name(tenant, props["names"])
        faults = [
            f"{'no application' if not ids else f'{len(ids)} applications'} named {props['names'][key]}"
            for key, ids in found.items()
            if len(ids) != 1
        ]
        if faults:
            raise ManagementError(
                f"The tenant {tenant.domain} has {'; '.join(faults)}. Correct the name of an application that is existing, "
                "or take `existing: true` out to have it made."
            )
        return {**props, "client_ids": {key: ids[0] for key, ids in found.items()}}


def client_ids_by_name(tenant: ManagementClient, names: Mapping[str, str]) -> dict[str, list[str]]:
    """`{key: client_ids}`; there may be none, or several."""
    found: dict[str, list[str]] = {key: [] for key in names}
    for client in tenant.pages("/clients", "clients", fields="client_id,name", include_fields="true"):
        for key, name in names.items():
            if client.get("name") == name:
                found[key].append(client["client_id"])
    return found


class ExistingApplications(Resource, module="guestlist", name="ExistingApplications"):
    """
    See the module.

    Args:
        names: by key of the settings.

    """

    client_ids: pulumi.Output[dict[str, str]]

    def __init__(
        self, name: str, *, tenant: str, names: Mapping[str, str], opts: pulumi.ResourceOptions | None = None
    ) -> None:
        props = {"tenant": tenant, "names": dict(names), "client_ids": None}
        super().__init__(ExistingApplicationsProvider(), name, props, opts)

    def of(self, key: str) -> pulumi.Output[str]:
        """One application's client id."""
        return self.client_ids.apply(lambda found: found[key])
