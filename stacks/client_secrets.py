"""
The secrets that Auth0 made for our clients, read once and kept, encrypted, in the state; and that each client still has to show its own.

`auth0.ClientCredentials` has a secret as an output too, but takes three calls for each client, reads it again on every refresh, and gets an
empty string without `read:client_keys`: the drift reader, which must not hold that scope, would see a change that is none. Here one list
holds them all; a refresh that may not see a secret keeps the recorded one, a refresh that may (the deployer's) picks up one that was rotated.

A client that somebody turned into a public one (`token_endpoint_auth_method: none`) is drift; `up` turns it back.
Source: GET /api/v2/clients shows `client_secret` to holders of read:client_keys or read:client_credentials.
"""

from collections.abc import Mapping

import pulumi
from pulumi.dynamic import CreateResult, DiffResult, ReadResult, Resource, UpdateResult

from .management import ManagementClient, ManagementError
from .tenant_resource import Properties, TenantResourceProvider

METHOD = "client_secret_post"


class ClientSecretsProvider(TenantResourceProvider):
    """Inputs: `tenant`, `client_ids` (by name). Outputs: these, `secrets` (by name) and `public` (names of clients that show none)."""

    def create(self, props: Properties) -> CreateResult:
        return CreateResult("client-secrets", self._outputs(props, {}))

    def diff(self, _id: str, _olds: Properties, _news: Properties) -> DiffResult:
        changes = _olds.get("client_ids") != _news["client_ids"] or bool(_olds.get("public"))
        return DiffResult(changes=changes)

    def read(self, id_: str, props: Properties) -> ReadResult:
        """A client that is gone keeps its place: its own resource says so."""
        found = _clients(self.connect(props["tenant"]), props["client_ids"])
        secrets = {
            name: found.get(name, {}).get("client_secret") or secret for name, secret in props["secrets"].items()
        }
        return ReadResult(id_, {**props, "secrets": secrets, "public": _public(found)})

    def update(self, _id: str, _olds: Properties, _news: Properties) -> UpdateResult:
        # Made anew it has another secret: what is recorded is only of the client of that id.
        same = {name for name, id_ in _olds.get("client_ids", {}).items() if _news["client_ids"].get(name) == id_}
        recorded = {name: secret for name, secret in _olds.get("secrets", {}).items() if name in same}
        return UpdateResult(self._outputs(_news, recorded))

    def _outputs(self, props: Properties, recorded: Mapping[str, str]) -> Properties:
        tenant = self.connect(props["tenant"])
        found = _clients(tenant, props["client_ids"])
        secrets: dict[str, str] = {}
        for name, client_id in props["client_ids"].items():
            secret = found.get(name, {}).get("client_secret") or recorded.get(name)
            if not secret:
                raise ManagementError(
                    f"The tenant {tenant.domain} did not show the secret of client {client_id}: "
                    "the deployer needs the scope read:client_keys."
                )
            secrets[name] = secret
        for name in _public(found):
            tenant.patch(f"/clients/{props['client_ids'][name]}", {"token_endpoint_auth_method": METHOD})
        return {"tenant": props["tenant"], "client_ids": props["client_ids"], "secrets": secrets, "public": []}


def _clients(tenant: ManagementClient, client_ids: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Those of the tenant's clients that are meant, by our name."""
    names = {client_id: name for name, client_id in client_ids.items()}
    fields = "client_id,client_secret,token_endpoint_auth_method"
    listed = tenant.pages("/clients", "clients", fields=fields, include_fields="true")
    return {names[client["client_id"]]: client for client in listed if client["client_id"] in names}


def _public(found: Mapping[str, Mapping[str, str]]) -> list[str]:
    return sorted(name for name, client in found.items() if client.get("token_endpoint_auth_method") == "none")


class ClientSecrets(Resource, module="guestlist", name="ClientSecrets"):
    """
    See the module.

    Args:
        client_ids: by our name for the client.

    """

    secrets: pulumi.Output[dict[str, str]]

    def __init__(
        self,
        name: str,
        *,
        tenant: str,
        client_ids: Mapping[str, pulumi.Input[str]],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        secret = pulumi.ResourceOptions(additional_secret_outputs=["secrets"])
        super().__init__(
            ClientSecretsProvider(),
            name,
            {"tenant": tenant, "client_ids": dict(client_ids), "secrets": None, "public": None},
            pulumi.ResourceOptions.merge(secret, opts),
        )

    def of(self, name: str) -> pulumi.Output[str]:
        """One client's."""
        return pulumi.Output.secret(self.secrets.apply(lambda secrets: secrets[name]))
