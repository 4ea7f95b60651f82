"""
Which Actions a trigger runs, as they were deployed: code and secrets of the deployed version, never the draft.

Not here: binding and deploying (`management/triggers.py`, `management/action_versions.py`).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from localtenant.action_builds import ACTIONS, VERSIONS
from localtenant.management.triggers import bindings_of
from localtenant.tenant import Tenant


@dataclass(frozen=True, kw_only=True)
class DeployedAction:
    """One Action's deployed version."""

    action_id: str
    name: str
    version: str
    code: str
    secrets: Mapping[str, str]


def deployed_action(tenant: Tenant, action_id: str) -> DeployedAction | None:
    """What runs for this Action, or `None` if it is gone or was never deployed."""
    action = tenant.store.get(ACTIONS, action_id)
    version = tenant.store.get(VERSIONS, (action or {}).get("deployed_version_id") or "")
    if action is None or version is None:
        return None
    return DeployedAction(
        action_id=action_id,
        name=action["name"],
        version=version["id"],
        code=version["code"],
        secrets={secret["name"]: secret["value"] for secret in version["secrets"]},
    )


def bound_actions(tenant: Tenant, trigger: str) -> list[str]:
    """The ids of the Actions bound to a trigger, in the order they run."""
    return [binding["action_id"] for binding in bindings_of(tenant, trigger)]


def provider_action(tenant: Tenant, trigger: str) -> DeployedAction | None:
    """The deployed Action behind a provider of one's own (`custom-phone-provider`, `send-phone-message`): the bound one, else the newest."""
    bound = bound_actions(tenant, trigger)
    supporting = [
        action["id"]
        for action in reversed(tenant.store.all(ACTIONS))
        if trigger in {supported["id"] for supported in action["supported_triggers"]}
    ]
    found = (deployed_action(tenant, action_id) for action_id in [*bound, *supporting])
    return next((action for action in found if action is not None), None)
