"""
The secret that Auth0 made for a client, read once and kept, encrypted, in the state.

`auth0.ClientCredentials` has it as an output too, but reads it again on every refresh and gets an empty string without
`read:client_keys`: the drift reader, which must not hold that scope, would see a change that is none. Here a refresh that may not see the
secret keeps the recorded one; a refresh that may (the deployer's) picks up a secret that was rotated.

Source: GET /api/v2/clients/{id} shows `client_secret` to holders of read:client_keys or read:client_credentials.
"""

import pulumi
from pulumi.dynamic import CreateResult, DiffResult, ReadResult, Resource

from .management import ManagementError
from .tenant_resource import Properties, TenantResourceProvider


class ClientSecretProvider(TenantResourceProvider):
    """Inputs: `tenant`, `client_id`. Outputs: these and `client_secret`."""

    def create(self, props: Properties) -> CreateResult:
        client_id = props["client_id"]
        secret = self._shown_secret(props["tenant"], client_id)
        if not secret:
            raise ManagementError(
                f"The tenant {props['tenant']} did not show the secret of client {client_id}: "
                "the deployer needs the scope read:client_keys."
            )
        return CreateResult(client_id, {"tenant": props["tenant"], "client_id": client_id, "client_secret": secret})

    def diff(self, _id: str, _olds: Properties, _news: Properties) -> DiffResult:
        replaced = _olds.get("client_id") != _news["client_id"]
        return DiffResult(changes=replaced, replaces=["client_id"] if replaced else [])

    def read(self, id_: str, props: Properties) -> ReadResult:
        secret = self._shown_secret(props["tenant"], id_)
        if secret is None:
            return ReadResult("", {})
        return ReadResult(id_, {**props, "client_secret": secret or props["client_secret"]})

    def _shown_secret(self, domain: str, client_id: str) -> str | None:
        """Empty if the caller may not see it, `None` if the client is gone."""
        client = self.connect(domain).get_or_none(f"/clients/{client_id}", fields="client_secret")
        return None if client is None else str(client.get("client_secret") or "")


class ClientSecret(Resource, module="guestlist", name="ClientSecret"):
    """See the module."""

    client_secret: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        *,
        tenant: str,
        client_id: pulumi.Input[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        secret = pulumi.ResourceOptions(additional_secret_outputs=["client_secret"])
        super().__init__(
            ClientSecretProvider(),
            name,
            {"tenant": tenant, "client_id": client_id, "client_secret": None},
            pulumi.ResourceOptions.merge(secret, opts),
        )
