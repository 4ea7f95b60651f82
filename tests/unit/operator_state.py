"""A deployed state and its parts, for the tests of the operator: each test changes one thing."""

from typing import Any

from guestlist.state import PendingOperation, Resource, State, read

STACK = "urn:pulumi:dev::guestlist::pulumi:pulumi:Stack::guestlist-dev"
DOMAIN = "acme-dev.eu.auth0.com"


def a_urn(kind: str = "Client", name: str = "application") -> str:
    return f"urn:pulumi:dev::guestlist::auth0:index/{kind[0].lower()}{kind[1:]}:{kind}::{name}"


def a_resource(kind: str = "Client", name: str = "application", **changes: Any) -> dict[str, Any]:
    """One resource as `pulumi stack export` shows it."""
    return {
        "urn": a_urn(kind, name),
        "custom": True,
        "type": f"auth0:index/{kind[0].lower()}{kind[1:]}:{kind}",
        "id": f"id-of-{name}",
        "inputs": {"name": f"Guestlist {name}"},
        "outputs": {"name": f"Guestlist {name}"},
        **changes,
    }


def a_provider(domain: str = DOMAIN) -> dict[str, Any]:
    return {
        "urn": "urn:pulumi:dev::guestlist::pulumi:providers:auth0::auth0",
        "custom": True,
        "type": "pulumi:providers:auth0",
        "id": "2f1c",
        "inputs": {"domain": domain},
    }


def a_pending(
    kind: str = "Client", name: str = "application", doing: str = "creating", **changes: Any
) -> dict[str, Any]:
    """One pending operation as `pulumi stack export` shows it; a create has no id yet."""
    resource = a_resource(kind, name, **changes)
    if doing == "creating":
        resource.pop("id")
        resource.pop("outputs")
    return {"type": doing, "resource": resource}


def an_export(*resources: dict[str, Any], pending: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    deployment: dict[str, Any] = {"manifest": {"version": "v3.253.0"}, "resources": [a_provider(), *resources]}
    if pending:
        deployment["pending_operations"] = list(pending)
    return {"version": 3, "deployment": deployment}


def a_state(*resources: dict[str, Any], pending: tuple[dict[str, Any], ...] = ()) -> State:
    return read(an_export(*resources, pending=pending))


def an_operation(**arguments: Any) -> PendingOperation:
    (operation,) = a_state(pending=(a_pending(**arguments),)).pending
    return operation


def resource_named(state: State, name: str) -> Resource:
    return next(resource for resource in state.resources if resource.logical_name == name)
