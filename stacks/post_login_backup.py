"""
Takes our Actions out of the post-login trigger before they are deleted, and leaves everybody else's where they are.

A bound Action cannot be deleted (409), and the provider's delete of `auth0.TriggerActions` empties the trigger, other people's Actions
included. So that resource is retained on delete, and this one, which the engine deletes after it and before the Actions, writes the live
list without ours. It creates nothing; it is there to be deleted, and to take out one that leaves the program.

Source: PATCH /api/v2/actions/triggers/{triggerId}/bindings replaces the whole list, in order.
"""

from collections.abc import Collection, Mapping

import pulumi
from pulumi.dynamic import CreateResult, DiffResult, Resource, UpdateResult

from .management import ManagementClient
from .post_login_bindings import BINDINGS, bound_actions
from .tenant_resource import Properties, TenantResourceProvider


class PostLoginBackupProvider(TenantResourceProvider):
    """Inputs: `tenant`, `actions` (our Actions' ids by name). Outputs: the same."""

    def create(self, props: Properties) -> CreateResult:
        return CreateResult("post-login", {"tenant": props["tenant"], "actions": props["actions"]})

    def diff(self, _id: str, _olds: Properties, _news: Properties) -> DiffResult:
        return DiffResult(changes=_olds.get("actions") != _news.get("actions"))

    def update(self, _id: str, _olds: Properties, _news: Properties) -> UpdateResult:
        """Whoever leaves the program is taken out too: where the list is not ours to write, nobody else does it."""
        gone = set(_olds["actions"].values()) - set(_news["actions"].values())
        take_out(self.connect(_news["tenant"]), gone)
        return UpdateResult({"tenant": _news["tenant"], "actions": _news["actions"]})

    def delete(self, _id: str, _props: Properties) -> None:
        """Safe to repeat."""
        take_out(self.connect(_props["tenant"]), set(_props["actions"].values()))


def take_out(tenant: ManagementClient, action_ids: Collection[str]) -> None:
    """One GET, and one PATCH if any of them is bound; no call for nobody."""
    if not action_ids:
        return
    live = bound_actions(tenant)
    others = [bound for bound in live if bound.action_id not in action_ids]
    if len(others) == len(live):
        return
    references = [
        {"ref": {"type": "action_id", "value": bound.action_id}, "display_name": bound.display_name} for bound in others
    ]
    tenant.patch(BINDINGS, {"bindings": references})


class PostLoginBackup(Resource, module="guestlist", name="PostLoginBackup"):
    """
    See the module.

    Args:
        actions: our Actions' ids by name.

    """

    def __init__(
        self,
        name: str,
        *,
        tenant: str,
        actions: Mapping[str, pulumi.Input[str]],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(PostLoginBackupProvider(), name, {"tenant": tenant, "actions": dict(actions)}, opts)
