"""
The table of the Management API's operations: which exist, which scopes they demand, what they accept.

Read from `operations.json` on first use. Paths are matched by segment; a literal segment wins over a parameter, so that
`/flows/vault` is never taken for the flow called `vault`.
Source: https://auth0.com/docs/api/management/v2, the published description of 2026-06-25.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from localtenant.management.endpoint import ENDPOINTS, Endpoint

# What Auth0's API has besides the table: answered with 501, not with the 404 of a path that exists nowhere.
BESIDES = tuple(
    tuple(path.split("/"))
    for path in (
        "actions/modules",
        "anomaly",
        "connection-profiles",
        "connections/*/directory-provisioning",
        "connections/*/scim-configuration",
        "connections-directory-provisionings",
        "connections-scim-configurations",
        "event-streams",
        "events",
        "groups",
        "guardian/factors/duo/settings",
        "guardian/factors/push-notification",
        "network-acls",
        "organizations/*/discovery-domains",
        "rate-limit-policies",
        "risk-assessments",
        "self-service-profiles",
        "supplemental-signals",
        "token-exchange-profiles",
        "user-attribute-profiles",
        "user-blocks",
        "verifiable-credentials",
    )
)


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One operation of the table, or one that only an endpoint declares."""

    method: str
    path: str
    scopes: tuple[str, ...] = ()
    parameters: tuple[Mapping[str, Any], ...] = ()
    request: Mapping[str, Any] | None = None

    @property
    def endpoint(self) -> Endpoint | None:
        """The function that answers, or `None` where the local tenant lacks it."""
        return ENDPOINTS.get((self.method, self.path))

    @property
    def demanded_scopes(self) -> tuple[str, ...]:
        """The scopes of which one is enough: the endpoint's own, or else the table's."""
        endpoint = self.endpoint
        return self.scopes if endpoint is None or endpoint.scopes is None else endpoint.scopes


@dataclass(frozen=True, kw_only=True)
class Match:
    """A path that was found, with the values of its parameters."""

    operation: Operation
    parameters: Mapping[str, str]


@dataclass
class _Node:
    literals: dict[str, "_Node"] = field(default_factory=dict)
    parameter: "_Node | None" = None
    operations: dict[str, Operation] = field(default_factory=dict)

    def descend(self, template: str) -> "_Node":
        node = self
        for segment in _segments(template):
            if segment.startswith("{"):
                node.parameter = node.parameter or _Node()
                node = node.parameter
            else:
                node = node.literals.setdefault(segment, _Node())
        return node

    def find(self, segments: Sequence[str], method: str) -> Operation | None:
        if not segments:
            return self.operations.get(method)
        literal = self.literals.get(segments[0])
        if literal is not None and (found := literal.find(segments[1:], method)):
            return found
        return self.parameter.find(segments[1:], method) if self.parameter is not None else None


@cache
def operations() -> dict[tuple[str, str], Operation]:
    """Every operation by method and path template."""
    table = json.loads((Path(__file__).parent / "operations.json").read_text(encoding="utf-8"))
    return {
        (entry["method"], entry["path"]): Operation(
            method=entry["method"],
            path=entry["path"],
            scopes=tuple(entry["scopes"]),
            parameters=tuple(entry.get("parameters", ())),
            request=entry.get("request"),
        )
        for entry in table
    }


def find(method: str, segments: Sequence[str]) -> Match | None:
    """The operation that a request names; `segments` are those below /api/v2, already percent-decoded."""
    operation = _tree(len(ENDPOINTS)).find(segments, method)
    if operation is None:
        return None
    names = _segments(operation.path)
    values = {name[1:-1]: segment for name, segment in zip(names, segments, strict=True) if name.startswith("{")}
    return Match(operation=operation, parameters=values)


def exists_besides(segments: Sequence[str]) -> bool:
    """Whether Auth0's API has this path although the table lacks it."""
    return any(
        len(segments) >= len(path) and all(wanted in {"*", got} for wanted, got in zip(path, segments, strict=False))
        for path in BESIDES
    )


@cache
def _tree(_declared: int) -> _Node:
    root = _Node()
    for (method, path), operation in operations().items():
        root.descend(path).operations[method] = operation
    for method, path in ENDPOINTS:
        if (method, path) not in operations():
            root.descend(path).operations[method] = Operation(method=method, path=path)
    return root


def _segments(path: str) -> list[str]:
    return path.strip("/").split("/")
