"""
An exported Pulumi state, read: which resources, whose tenant, what was left pending. And rewritten, for `guestlist recover`.

Not here: exporting and importing it (`engine.py`), what is to be done about pending operations (`recover.py`).
Source: https://github.com/pulumi/pulumi/blob/v3.253.0/sdk/go/common/apitype/core.go (DeploymentV3, ResourceV3, OperationV2)
"""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from guestlist.engine_events import name_of
from guestlist.scrubbing import SHORTEST_SECRET

AUTH0_PROVIDER = "pulumi:providers:auth0"
SIGNATURE = "4dabf18193072939515e22adb298388d"  # the engine's key of a value that it wraps: a secret
TENANT_BACKUP = "tenant-backup"  # logical name of the resource that saves the tenant before the first write

Exported = Mapping[str, Any]  # `pulumi stack export`: {"version": 3, "deployment": {...}}


@dataclass(frozen=True, kw_only=True)
class Resource:
    """One resource of the state. `inputs` and `outputs` hold secrets encrypted, as the state does."""

    urn: str
    type: str
    id: str = ""
    inputs: Mapping[str, Any] = field(default_factory=dict)
    outputs: Mapping[str, Any] = field(default_factory=dict)
    custom: bool = True
    protect: bool = False
    retained: bool = False  # retainOnDelete: forgotten by a delete, left alone in the tenant
    leaving: bool = False  # replaced already, its old object still to be deleted
    takes_from: frozenset[str] = frozenset()  # URNs of resources whose outputs are among its inputs

    @property
    def name(self) -> str:
        return name_of(self.urn)

    @property
    def logical_name(self) -> str:
        return self.urn.rsplit("::", 1)[-1]


@dataclass(frozen=True, kw_only=True)
class PendingOperation:
    """Something that the engine had begun when it was killed."""

    kind: str  # creating, updating, deleting, reading, importing
    resource: Resource

    @property
    def urn(self) -> str:
        return self.resource.urn

    def __str__(self) -> str:
        return f"{self.resource.name} ({self.kind})"


@dataclass(frozen=True, kw_only=True)
class State:
    """What a state says, without the parts that only the engine needs."""

    resources: tuple[Resource, ...] = ()
    pending: tuple[PendingOperation, ...] = ()

    def managed(self) -> tuple[Resource, ...]:
        """Resources with an object behind them: no components, no providers, not the stack."""
        return tuple(
            resource
            for resource in self.resources
            if resource.custom and not resource.type.startswith("pulumi:") and not resource.leaving
        )

    def tenants(self) -> frozenset[str]:
        """The domains that this state was made against: one, or none while nothing was deployed."""
        domains = {
            str(resource.inputs.get("domain", ""))
            for resource in self.resources
            if resource.type == AUTH0_PROVIDER and isinstance(resource.inputs.get("domain"), str)
        }
        return frozenset(domain.lower() for domain in domains if domain)

    def ids(self) -> frozenset[str]:
        """Every object that some resource of this state stands for already."""
        return frozenset(resource.id for resource in self.resources if resource.id)


def read(exported: Exported) -> State:
    """Read an export; an empty stack has no deployment."""
    deployment = exported.get("deployment") or {}
    return State(
        resources=tuple(_resource(found) for found in deployment.get("resources") or []),
        pending=tuple(
            PendingOperation(kind=str(found.get("type", "")), resource=_resource(found.get("resource") or {}))
            for found in deployment.get("pending_operations") or []
        ),
    )


def _resource(found: Mapping[str, Any]) -> Resource:
    return Resource(
        urn=str(found.get("urn", "")),
        type=str(found.get("type", "")),
        id=str(found.get("id") or ""),
        inputs=found.get("inputs") or {},
        outputs=found.get("outputs") or {},
        custom=bool(found.get("custom")),
        protect=bool(found.get("protect")),
        retained=bool(found.get("retainOnDelete")),
        leaving=bool(found.get("delete")),
        takes_from=frozenset(urn for urns in (found.get("propertyDependencies") or {}).values() for urn in urns or ()),
    )


def settled(exported: Exported, *, adopted: Mapping[str, str]) -> dict[str, Any]:
    """
    Rewrite an export so that nothing is pending: each adopted create becomes a resource, everything else pending is dropped.

    The engine reads an adopted or half-written resource from the tenant before it uses it (`refreshBeforeUpdate`, which it
    clears by itself), so the next `up` sees the tenant as it is, and a run killed right after this write loses nothing.

    Args:
        exported: what was exported; it stays as it is.
        adopted: {urn: id} of the objects that the killed run had made.

    """
    result: dict[str, Any] = copy.deepcopy(dict(exported))
    deployment = result["deployment"]
    resources: list[dict[str, Any]] = deployment.get("resources") or []
    for operation in deployment.pop("pending_operations", None) or []:
        found: dict[str, Any] = operation["resource"]
        identity = adopted.get(found["urn"])
        if identity is not None:
            resources = _adopt(resources, found, identity)
        elif operation.get("type") == "updating":
            for resource in resources:
                if resource["urn"] == found["urn"] and not resource.get("delete"):
                    resource["refreshBeforeUpdate"] = True
    deployment["resources"] = resources
    return result


def _adopt(resources: list[dict[str, Any]], found: Mapping[str, Any], identity: str) -> list[dict[str, Any]]:
    """
    Add the object as the engine does at the end of a create.

    A resource of the same URN is the one that it replaces: already deleted (`pendingReplacement`), or to be deleted next.
    """
    kept = []
    for resource in resources:
        if resource["urn"] == found["urn"]:
            if resource.get("pendingReplacement") or resource.get("id") == identity:
                continue
            resource["delete"] = True
        kept.append(resource)
    inputs = copy.deepcopy(found.get("inputs") or {})
    new = {**found, "id": identity, "inputs": inputs, "outputs": copy.deepcopy(inputs), "refreshBeforeUpdate": True}
    return [*kept, new]


def unprotected(exported: Exported, urns: frozenset[str]) -> dict[str, Any]:
    """Rewrite an export so that these resources may be deleted."""
    result: dict[str, Any] = copy.deepcopy(dict(exported))
    for resource in result["deployment"].get("resources") or []:
        if resource["urn"] in urns:
            resource["protect"] = False
    return result


def secret_values(exported: Exported) -> frozenset[str]:
    """
    The secret texts of a state that was exported with its secrets in the clear.

    What also stands somewhere without being a secret is none: an Action gets its settings (a client id, a connection's name) by the same way
    as its keys.
    """
    secrets: set[str] = set()
    plain: set[str] = set()
    _tell_apart(exported.get("deployment"), secrets, plain)
    return frozenset(secrets - plain)


def _tell_apart(value: Any, secrets: set[str], plain: set[str]) -> None:
    if isinstance(value, Mapping):
        if SIGNATURE in value:
            _collect(json.loads(value.get("plaintext") or "null"), secrets)
            return
        for one in value.values():
            _tell_apart(one, secrets, plain)
    elif isinstance(value, list):
        for one in value:
            _tell_apart(one, secrets, plain)
    elif isinstance(value, str):
        plain.add(value)


def _collect(value: Any, texts: set[str]) -> None:
    """Every text in it, names of properties left aside, and those that name things in a list."""
    if isinstance(value, Mapping):
        for name, one in value.items():
            if name != "name":
                _collect(one, texts)
    elif isinstance(value, list):
        for one in value:
            _collect(one, texts)
    elif isinstance(value, str) and len(value) >= SHORTEST_SECRET:
        texts.add(value)
