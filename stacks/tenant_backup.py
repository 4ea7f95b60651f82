"""
What the tenant-wide things were before the first `up`, and the hand that puts them back.

`tenant-backup` is created before everything else (the explicit provider depends on it) and so deleted after everything else: `destroy`,
plain Pulumi's too, ends with the tenant as it was. Creating it only reads. The resources that write these things are retained on delete
(`retain_on_delete`): their provider's deletes would switch MFA off or leave things as they are, where ours restores.

A thing that leaves the program (`mfa.enabled: false`) is restored in that `up`; one that joins is saved first.

It also stands in front of the post-login trigger, whose list is written whole: while somebody else's Action is bound there, it fails
before anything is written. A refresh looks again, so such an Action is seen as drift and never dropped.

Not here: the things themselves (`tenant_wide.py`); taking our Actions out of the trigger (`post_login_backup.py`).
"""

import json
from collections.abc import Sequence

import pulumi
from pulumi.dynamic import CreateResult, DiffResult, ReadResult, Resource, UpdateResult

from .management import ManagementClient, ManagementError
from .post_login_backup import bound_actions
from .tenant_resource import Properties, TenantResourceProvider
from .tenant_wide import TENANT_WIDE_THINGS


class ForeignActionsBound(ManagementError):  # noqa: N818 - reads as a sentence where it is raised
    """Somebody else's Actions are bound to post-login; declaring our list would drop them."""


class TenantBackupProvider(TenantResourceProvider):
    """
    Inputs: `tenant`, `things` (names), `actions` (names of those that the program binds).

    Outputs: these, `saved` (JSON texts by name), `cannot_restore` (sentences) and `foreign_actions` (names; empty after an `up`).
    """

    def create(self, props: Properties) -> CreateResult:
        """Raises: ForeignActionsBound, before any write."""
        tenant = self.connect(props["tenant"])
        refuse_foreign_actions(tenant, ours=props["actions"])
        saved = {name: save(tenant, name) for name in props["things"]}
        return CreateResult(props["tenant"], outputs(props, saved))

    def diff(self, _id: str, _olds: Properties, _news: Properties) -> DiffResult:
        return DiffResult(
            changes=set(_olds.get("saved", {})) != set(_news["things"])
            or _olds.get("actions") != _news["actions"]
            or bool(_olds.get("foreign_actions"))
        )

    def read(self, id_: str, props: Properties) -> ReadResult:
        """What is saved stays saved; whose Actions run is looked at again."""
        foreign = foreign_actions(self.connect(props["tenant"]), ours=props["actions"])
        return ReadResult(id_, {**props, "foreign_actions": foreign})

    def update(self, _id: str, _olds: Properties, _news: Properties) -> UpdateResult:
        """
        The oldest value wins: a thing that is already saved keeps what was read before our first write.

        Raises: ForeignActionsBound, before any write.
        """
        tenant = self.connect(_news["tenant"])
        refuse_foreign_actions(tenant, ours=[*_olds.get("actions", []), *_news["actions"]])
        before: dict[str, str] = _olds["saved"]
        wanted = set(_news["things"])
        restore(tenant, {name: text for name, text in before.items() if name not in wanted})
        saved = {name: before[name] if name in before else save(tenant, name) for name in _news["things"]}
        return UpdateResult(outputs(_news, saved))

    def delete(self, _id: str, _props: Properties) -> None:
        restore(self.connect(_props["tenant"]), _props["saved"])


def save(tenant: ManagementClient, name: str) -> str:
    """JSON text, because Pulumi's own property values drop nulls and know no integers."""
    return json.dumps(TENANT_WIDE_THINGS[name].save(tenant), sort_keys=True, ensure_ascii=False)


def restore(tenant: ManagementClient, saved: dict[str, str]) -> None:
    """Everything in `saved`, in the order of `TENANT_WIDE_THINGS`. Safe to repeat."""
    for name, thing in TENANT_WIDE_THINGS.items():
        if name in saved:
            thing.restore(tenant, json.loads(saved[name]))


def outputs(props: Properties, saved: dict[str, str]) -> Properties:
    """The resource's outputs, right after a look that found no foreign Action."""
    lost = [
        sentence
        for name, thing in TENANT_WIDE_THINGS.items()
        if name in saved
        for sentence in thing.cannot_restore(json.loads(saved[name]))
    ]
    inputs = {"tenant": props["tenant"], "things": props["things"], "actions": props["actions"]}
    return {**inputs, "saved": saved, "cannot_restore": lost, "foreign_actions": []}


def foreign_actions(tenant: ManagementClient, *, ours: Sequence[str]) -> list[str]:
    """Names of the Actions that post-login runs and that are not ours; in a tenant an Action's name is its own."""
    return [bound.name for bound in bound_actions(tenant) if bound.name not in ours]


def refuse_foreign_actions(tenant: ManagementClient, *, ours: Sequence[str]) -> None:
    """
    The list of post-login bindings is written whole, so an Action that is not in it would stop running.

    Raises: ForeignActionsBound, naming them.
    """
    names = foreign_actions(tenant, ours=ours)
    if names:
        raise ForeignActionsBound(
            f"Refused to write the post-login trigger of {tenant.domain}: it also runs {', '.join(names)}, which the program does "
            "not declare and would drop. Nothing was written. Unbind what is not needed (Actions > Triggers > post-login), or give "
            "the application a tenant of its own."
        )


class TenantBackup(Resource, module="guestlist", name="TenantBackup"):
    """
    See the module.

    Args:
        things: names out of `TENANT_WIDE_THINGS` that the program writes.

    """

    saved: pulumi.Output[dict[str, str]]
    cannot_restore: pulumi.Output[list[str]]

    def __init__(
        self,
        name: str,
        *,
        tenant: str,
        things: Sequence[str],
        actions: Sequence[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        unknown = set(things) - set(TENANT_WIDE_THINGS)
        if unknown:
            raise ValueError(f"no such tenant-wide things: {', '.join(sorted(unknown))}")
        super().__init__(
            TenantBackupProvider(),
            name,
            {
                "tenant": tenant,
                "things": sorted(things),
                "actions": list(actions),
                "saved": None,
                "cannot_restore": None,
                "foreign_actions": None,
            },
            opts,
        )
