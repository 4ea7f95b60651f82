"""
Takes our Actions out of the post-login trigger before they are deleted, and leaves everybody else's where they are.

A bound Action cannot be deleted (409), and the provider's delete of `auth0.TriggerActions` empties the trigger, other people's Actions
included. So that resource is retained on delete, and this one, which the engine deletes after it and before the Actions, writes the live
list without ours. It creates nothing; it is there to be deleted.

Source: PATCH /api/v2/actions/triggers/{triggerId}/bindings replaces the whole list, in order.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi.dynamic import CreateResult, DiffResult, Resource, UpdateResult

from .management import ManagementClient
from .tenant_resource import Properties, TenantResourceProvider

BINDINGS = "/actions/triggers/post-login/bindings"


@dataclass(frozen=True, kw_only=True)
class BoundAction:
    """An Action in the trigger's list."""

    action_id: str
    name: str
    display_name: str  # in this trigger


def bound_actions(tenant: ManagementClient) -> list[BoundAction]:
    """What runs after a login, in its order. A trigger takes 20 Actions at most, so one page of 50 holds them all."""
    answer = tenant.get(BINDINGS, per_page=50)
    return [
        BoundAction(
            action_id=binding["action"]["id"], name=binding["action"]["name"], display_name=binding["display_name"]
        )
        for binding in answer.get("bindings", [])
    ]


class PostLoginBackupProvider(TenantResourceProvider):
    """Inputs: `tenant`, `actions` (our Actions' ids by name). Outputs: the same."""

    def create(self, props: Properties) -> CreateResult:
        return CreateResult("post-login", {"tenant": props["tenant"], "actions": props["actions"]})

    def diff(self, _id: str, _olds: Properties, _news: Properties) -> DiffResult:
        return DiffResult(changes=_olds.get("actions") != _news.get("actions"))

    def update(self, _id: str, _olds: Properties, _news: Properties) -> UpdateResult:
        return UpdateResult({"tenant": _news["tenant"], "actions": _news["actions"]})

    def delete(self, _id: str, _props: Properties) -> None:
        """One GET, and one PATCH if any of ours is bound: safe to repeat."""
        tenant = self.connect(_props["tenant"])
        ours = set(_props["actions"].values())
        live = bound_actions(tenant)
        others = [bound for bound in live if bound.action_id not in ours]
        if len(others) == len(live):
            return
        references = [
            {"ref": {"type": "action_id", "value": bound.action_id}, "display_name": bound.display_name}
            for bound in others
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
