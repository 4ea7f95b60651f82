"""
Decide what becomes of the operations that a killed `up` left pending: plain data in, decisions out.

`pulumi refresh --import-pending-creates` would be the engine's own way, and loses the object: engine 3.253.0 marks the operation
`importing` and nothing reads that mark, so the next checkpoint has neither the operation nor the resource (tried; docs/recover.md).
`pulumi cancel` and `up` make a second object. So an object that the run had made is found by its natural key and written into the
state as the engine would have done (`state.settled`).

Not here: asking the tenant (`recover_lookup.py`), reading and writing the state (`state.py`, `engine.py`), talking (`cli/recover.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Literal

from guestlist.errors import Refused
from guestlist.state import PendingOperation, State

# Creating these writes to a place that every tenant has, or repeats a write that changes nothing: there is nothing to find, and
# doing it again is right. `Kind` is the last part of Pulumi's type token.
REPEATABLE_KINDS = frozenset(
    {
        "AttackProtection",
        "Branding",
        "ConnectionClient",
        "ConnectionClients",
        "CustomDomainVerification",
        "EmailProvider",
        "EmailTemplate",
        "Guardian",
        "Pages",
        "PhoneProvider",
        "Prompt",
        "PromptCustomText",
        "ResourceServerScopes",
        "Tenant",
        "TriggerAction",
        "TriggerActions",
    }
)

# Our own resources (a saved tenant, an application's list of connections, a secret that is read) make no object of their own.
DYNAMIC = "pulumi-python:dynamic"

# Kinds whose create makes a new object, and the inputs that name it.
NATURAL_KEYS: Mapping[str, tuple[str, ...]] = {
    "Action": ("name",),
    "Client": ("name",),
    "ClientGrant": ("clientId", "audience"),
    "Connection": ("name",),
    "CustomDomain": ("domain",),
    "PhoneNotificationTemplate": ("type",),
    "ResourceServer": ("identifier",),
}


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """An object of the tenant that may be what a killed create had made."""

    id: str
    label: str  # for people: name, and when it was made where Auth0 says so
    ours: bool  # whether the object itself shows that this program made it
    because: str  # what shows it, or what speaks against it
    to_deploy: bool = False  # an Action whose draft is what the run wrote, and was not deployed yet


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What to do about one pending operation."""

    urn: str
    name: str
    verb: Literal["adopt", "forget", "repeat", "ask"]
    because: str
    id: str = ""  # of the object to adopt
    deploy: str = ""  # id of the Action to deploy first: its draft is in place, `up` would see no difference
    candidates: tuple[Candidate, ...] = ()

    def __str__(self) -> str:
        said = {
            "adopt": f"keep {self.id}",
            "forget": "nothing was made",
            "repeat": "the next up does it again",
            "ask": "not clear",
        }[self.verb]
        return f"{self.name}: {said} ({self.because})"


def kind_of(type_token: str) -> str:
    """Take `Client` from `auth0:index/client:Client`."""
    return type_token.rsplit(":", 1)[-1].rsplit("/", 1)[-1]


def natural_key(operation: PendingOperation) -> Mapping[str, str] | None:
    """
    Name the object that a pending create may have made: `{input: value}`.

    `None` when its kind has no natural key, or the state does not hold the value in plain text.
    """
    inputs = operation.resource.inputs
    names = NATURAL_KEYS.get(kind_of(operation.resource.type))
    if names is None or not all(isinstance(inputs.get(name), str) for name in names):
        return None
    return {name: inputs[name] for name in names}


def plan_recovery(
    state: State,
    live: Mapping[str, tuple[Candidate, ...]],
    *,
    adopt: Mapping[str, str] | None = None,
    forget: AbstractSet[str] = frozenset(),
) -> tuple[Decision, ...]:
    """
    Decide about every pending operation, once per URN.

    Args:
        state: what was exported.
        live: {urn: what the tenant has under the natural key}, for every pending create that has one, and for Actions.
        adopt: {urn: id}, what the person says; it must be one of the candidates unless the kind has no natural key.
        forget: URNs of which the person says that nothing was made, or that it is to be left alone.

    Raises:
        Refused: a choice names an operation that is not pending, or an object that the tenant does not have.

    """
    chosen = dict(adopt or {})
    pending = {operation.urn: operation for operation in state.pending}  # the last one of a URN is the one that ran
    unknown = [urn for urn in [*chosen, *forget] if urn not in pending]
    if unknown:
        known = "\n  ".join(pending) or "nothing is pending"
        raise Refused(f"Cannot decide about {unknown[0]}: it is not pending. Pending now:\n  {known}")
    managed = state.ids()
    return tuple(
        _decide(operation, _unmanaged(live.get(urn, ()), managed), chosen.get(urn), forgotten=urn in forget)
        for urn, operation in pending.items()
    )


def _unmanaged(candidates: tuple[Candidate, ...], managed: AbstractSet[str]) -> tuple[Candidate, ...]:
    """Leave out what the state already has: the object that a killed replacement was about to replace."""
    return tuple(candidate for candidate in candidates if candidate.id not in managed)


def _decide(  # noqa: PLR0911 - one rule after the other, each ends it
    operation: PendingOperation, candidates: tuple[Candidate, ...], chosen: str | None, *, forgotten: bool
) -> Decision:
    kind = kind_of(operation.resource.type)
    urn, name = operation.urn, operation.resource.name
    if operation.kind not in {"creating", "importing"}:
        to_deploy = next((found.id for found in candidates if found.to_deploy), "")
        because = f"it was {operation.kind}, and what it stands for is read again first"
        return Decision(urn=urn, name=name, verb="repeat", because=because, deploy=to_deploy)
    if forgotten:
        return Decision(urn=urn, name=name, verb="forget", because="as you said")
    if chosen is not None:
        return _chosen(operation, candidates, chosen)
    if kind in REPEATABLE_KINDS or operation.resource.type.startswith(DYNAMIC):
        return Decision(urn=urn, name=name, verb="repeat", because="writing it twice is the same as once")
    if natural_key(operation) is None:
        because = "the tenant cannot be asked for it by name"
        return Decision(urn=urn, name=name, verb="ask", because=because, candidates=candidates)
    if not candidates:
        return Decision(urn=urn, name=name, verb="forget", because="the tenant does not have it")
    if len(candidates) > 1:
        because = f"the tenant has {len(candidates)} of that name"
        return Decision(urn=urn, name=name, verb="ask", because=because, candidates=candidates)
    (found,) = candidates
    if not found.ours:
        return Decision(urn=urn, name=name, verb="ask", because=found.because, candidates=candidates)
    return _adopted(operation, found, found.because)


def _chosen(operation: PendingOperation, candidates: tuple[Candidate, ...], chosen: str) -> Decision:
    found = next((candidate for candidate in candidates if candidate.id == chosen), None)
    if found is not None:
        return _adopted(operation, found, "as you said")
    if kind_of(operation.resource.type) in NATURAL_KEYS:
        offered = ", ".join(candidate.id for candidate in candidates) or "none"
        raise Refused(
            f"Cannot adopt {chosen} as {operation.resource.name}: the tenant has no such object under that name, or the state "
            f"has it already. Candidates: {offered}"
        )
    return Decision(urn=operation.urn, name=operation.resource.name, verb="adopt", id=chosen, because="as you said")


def _adopted(operation: PendingOperation, found: Candidate, because: str) -> Decision:
    return Decision(
        urn=operation.urn,
        name=operation.resource.name,
        verb="adopt",
        id=found.id,
        because=because,
        deploy=found.id if found.to_deploy else "",
    )


def unclear(decisions: tuple[Decision, ...]) -> tuple[Decision, ...]:
    """What a person has to say before anything is written."""
    return tuple(decision for decision in decisions if decision.verb == "ask")


def refusal(decisions: tuple[Decision, ...], environment: str) -> Refused:
    """Tell what is unclear, with the options that settle it."""
    lines = []
    for decision in unclear(decisions):
        lines.append(f"  {decision.name}: {decision.because}")
        lines += [f"    {found.id}  {found.label}: {found.because}" for found in decision.candidates]
        lines += [f"    --adopt '{decision.urn}={found.id}'" for found in decision.candidates]
        if not decision.candidates:
            lines.append(f"    --adopt '{decision.urn}=ID'")
        lines.append(f"    --forget '{decision.urn}'")
    listed = "\n".join(lines)
    return Refused(f"Cannot recover {environment} alone, nothing was touched. Say what these are:\n{listed}")
