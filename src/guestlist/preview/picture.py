"""
What a program declares, before and after a change: the inputs of every resource, secrets masked.

Made of the engine's events, which carry each resource once, changed or not. The engine masks what it knows as a secret (`[secret]`); here
nothing but the mask of such a value is kept.

Not here: what differs between two pictures (`change.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from guestlist.state import SIGNATURE

SECRET = "[secret]"  # noqa: S105 - the engine's mask
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"  # the engine's placeholder for what only applying will tell
PENDING = "(known after applying)"

Operation = Literal["create", "update", "delete", "replace", "same"]

# The engine's words, by ours. `replace` is the heading of a pair; the pair itself says nothing more.
OPERATIONS: Mapping[str, Operation] = {
    "same": "same",
    "create": "create",
    "import": "create",
    "update": "update",
    "delete": "delete",
    "discard": "delete",
    "replace": "replace",
    "import-replacement": "replace",
}


@dataclass(frozen=True, kw_only=True)
class Resource:
    """One resource as the program declares it. `inputs` by the provider's names, `[secret]` in place of every secret."""

    urn: str
    type: str  # auth0:index/client:Client
    inputs: Mapping[str, Any] = field(default_factory=dict)
    id: str = ""
    protect: bool = False  # the engine refuses to delete it

    @property
    def kind(self) -> str:
        """`Client`, `Action`, …"""
        return self.type.rpartition(":")[2]

    @property
    def name(self) -> str:
        """The program's name for it."""
        return self.urn.rpartition("::")[2]

    @property
    def shown(self) -> str:
        """For people: `Action complete-profile`."""
        return f"{self.kind} {self.name}"


@dataclass(frozen=True, kw_only=True)
class Step:
    """What the engine would do with one resource."""

    operation: Operation
    before: Resource | None
    after: Resource | None
    touched: tuple[str, ...] = ()  # the engine's property paths, for what is masked on both sides
    because: tuple[str, ...] = ()  # properties that make an update a replacement

    @property
    def resource(self) -> Resource:
        """As it would be; as it was, if it goes."""
        found = self.after or self.before
        if found is None:
            raise ValueError("a step is about a resource")
        return found


def step_of(metadata: Mapping[str, Any]) -> Step | None:
    """
    Read the `metadata` of one `resourcePreEvent`, as the engine writes it.

    `None` for the stack, components and providers, which nothing stands behind, and for the halves of a replacement.
    Source: https://github.com/pulumi/pulumi/blob/v3.253.0/sdk/go/common/apitype/events.go (StepEventMetadata)
    """
    operation = OPERATIONS.get(str(metadata.get("op")))
    old, new = metadata.get("old") or {}, metadata.get("new") or {}
    kind = str(metadata.get("type") or "")
    if operation is None or not (new or old).get("custom") or kind.startswith("pulumi:"):
        return None
    if operation in {"same", "update"} and not new.get("id"):  # the engine gives the id once, with what is there
        new = {**new, "id": old.get("id")} if new else new
    return Step(
        operation=operation,
        before=_resource(old) if old and operation != "create" else None,
        after=_resource(new) if new and operation != "delete" else None,
        touched=tuple(sorted(str(path) for path in metadata.get("detailedDiff") or {})),
        because=tuple(sorted(str(key) for key in metadata.get("keys") or ())),
    )


def _resource(state: Mapping[str, Any]) -> Resource:
    inputs = state.get("inputs") or {}
    return Resource(
        urn=str(state.get("urn") or ""),
        type=str(state.get("type") or ""),
        inputs={name: plain(value) for name, value in inputs.items() if not name.startswith("__")},
        id=str(state.get("id") or ""),
        protect=bool(state.get("protect")),
    )


def plain(value: Any) -> Any:
    """The value without the engine's own keys; `[secret]` and `(known after applying)` for what is not to be seen, or not known yet."""
    if isinstance(value, Mapping):
        if SIGNATURE in value:
            return SECRET
        return {str(name): plain(one) for name, one in value.items() if not str(name).startswith("__")}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return PENDING if value == UNKNOWN else value


def to_json(step: Step) -> dict[str, Any]:
    """For another process; `from_json` reads it."""
    return asdict(step)


def from_json(found: Mapping[str, Any]) -> Step:
    """What `to_json` wrote."""
    sides = {side: Resource(**found[side]) if found[side] else None for side in ("before", "after")}
    return Step(
        operation=found["operation"],
        before=sides["before"],
        after=sides["after"],
        touched=tuple(found["touched"]),
        because=tuple(found["because"]),
    )


@dataclass(frozen=True, kw_only=True)
class Pictures:
    """The two, by URN: as applied last, and as it would be; and what the stack exports, where somebody looked."""

    before: Mapping[str, Resource]
    after: Mapping[str, Resource]
    outputs_before: Mapping[str, Any] = field(default_factory=dict)
    outputs_after: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, steps: tuple[Step, ...]) -> Pictures:
        """From all steps of one preview."""
        return cls(
            before={step.before.urn: step.before for step in steps if step.before},
            after={step.after.urn: step.after for step in steps if step.after},
        )


def of_kind(picture: Mapping[str, Resource], *kinds: str) -> tuple[Resource, ...]:
    """The resources of some kinds (`Client`), in the order of their names."""
    return tuple(sorted((one for one in picture.values() if one.kind in kinds), key=lambda one: one.name))
