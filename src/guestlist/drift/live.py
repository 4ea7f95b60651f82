"""
The tenant as the engine reads it, beside the state: what somebody changed there.

A refresh that writes nothing tells of each resource what the state holds and what the tenant holds, as outputs: everything that the provider reads, declared or
not (engine 3.253.0, provider 3.50.1, tried 2026-11-27). No program runs for it.

    reading = Reading()
    engine.preview_refresh(on_read=reading.take)

Not here: what the program would change (`guestlist.preview.run`), objects that the state does not know (`unmanaged.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from guestlist.preview.change import BOOKKEEPING, Change, PropertyChange, properties_of
from guestlist.preview.picture import SECRET, Pictures, Resource, Step, plain
from guestlist.state import State

# What nobody sets: Auth0 or the provider makes it (a test compares with the provider's package), or the program leaves it as it is (`ignore_changes`).
NOBODYS: Mapping[str, frozenset[str]] = {
    "Action": frozenset({"versionId"}),
    "Client": frozenset(
        {"clientId", "externalClientId", "externalMetadataCreatedBy", "externalMetadataType", "jwksUri", "signingKeys"}
    ),
    "ClientGrant": frozenset({"isSystem"}),
    "ConnectionClients": frozenset({"name", "strategy"}),
    "CustomDomain": frozenset({"certificates", "isDefault", "originDomainName", "primary", "status", "verifications"}),
    "CustomDomainVerification": frozenset({"cnameApiKey", "customDomainId", "originDomainName"}),
    "PhoneNotificationTemplate": frozenset({"channel", "customizable", "templateId", "tenant"}),
    "PhoneProvider": frozenset({"channel", "tenant"}),
}
LEFT: Mapping[str, frozenset[str]] = {
    "Tenant": frozenset(
        {
            "acrValuesSupporteds",
            "countryCodes",
            "defaultTokenQuota",
            "errorPage",
            "mtls",
            "skipNonVerifiableCallbackUriConfirmationPrompt",
        }
    )
}
LEFT_UNLESS_DECLARED = frozenset({"Guardian", "AttackProtection"})  # other factors and protections are other people's


class Reading:
    """What one refresh told, resource by resource."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self._declared: dict[str, Mapping[str, Any]] = {}
        self._taken_back: dict[str, frozenset[str]] = {}  # paths that the provider calls different: an `up` writes them

    def take(self, metadata: Mapping[str, Any]) -> None:
        """One `resOutputsEvent`; those of components, providers and the program's own records are passed over."""
        old, new = metadata.get("old") or {}, metadata.get("new") or {}
        kind = str(metadata.get("type") or "")
        if not (old or new).get("custom") or kind.startswith("pulumi:"):
            return
        operation = metadata.get("op")
        before = _resource(old)
        if before.kind in BOOKKEEPING:
            return
        gone = operation == "delete" or not new or not (new.get("outputs") or new.get("id"))
        after = None if gone else replace(_resource(new), urn=before.urn, type=before.type)
        declared = {name: plain(one) for name, one in (old.get("inputs") or {}).items() if not name.startswith("__")}
        self._declared[before.urn] = declared
        step = Step(
            operation="delete" if gone else "update" if operation == "update" else "same",
            before=before,
            after=after,
            touched=tuple(sorted(str(path) for path in metadata.get("detailedDiff") or {})),
        )
        self._taken_back[before.urn] = frozenset(_unnumbered(path) for path in step.touched)
        self.steps.append(_with_unsaid(step, declared))

    def changes(self) -> tuple[Change, ...]:
        """What differs, resource by resource: before as deployed, after as in the tenant."""
        return tuple(
            Change(operation=step.operation, resource=step.resource, properties=_properties(step))
            for step in self.steps
            if step.operation != "same"
        )

    def pictures(self, state: State | None = None, steps: Sequence[Step] | None = None) -> Pictures:
        """
        Both sides, for the security rules: every property that the provider reads.

        What was not read stands on both sides as the state has it: rules look beyond one resource, at which Actions are bound and which connection is whose.
        """
        found = Pictures.of(tuple(self.steps if steps is None else steps))
        unread = {
            one.urn: _resource({"urn": one.urn, "type": one.type, "id": one.id, "outputs": one.outputs})
            for one in (state.managed() if state else ())
            if one.urn not in found.before
        }
        return Pictures(before={**unread, **found.before}, after={**unread, **found.after})

    def is_declared(self, urn: str, path: str) -> bool:
        """
        Whether an `up` writes a property: the program says something of it, or the provider calls it different.

        A resource of our own takes everything back that it tells.
        """
        if "pulumi-python:dynamic" in urn:
            return True
        path = _unnumbered(path)
        if any(f"{path}.".startswith(f"{one}.") or one.startswith(f"{path}.") for one in self._taken_back.get(urn, ())):
            return True
        value: Any = self._declared.get(urn, {})
        for part in path.split("."):
            if not isinstance(value, Mapping):
                return True
            if part not in value:
                return False
            value = value[part]
        return True


def _unnumbered(path: str) -> str:
    """`actions[0].id` as `actions.id`: an index says nothing once a list was compared by its members."""
    return re.sub(r"\[[^]]*\]", "", path)


def _resource(state: Mapping[str, Any]) -> Resource:
    outputs = state.get("outputs") or {}
    return Resource(
        urn=str(state.get("urn") or ""),
        type=str(state.get("type") or ""),
        inputs={name: plain(value) for name, value in outputs.items() if not name.startswith("__")},
        id=str(state.get("id") or ""),
        protect=bool(state.get("protect")),
    )


def _with_unsaid(step: Step, declared: Mapping[str, Any]) -> Step:
    """
    With the properties that the provider passes over because the program says nothing of them, and that somebody has set all the same.

    A resource of our own tells no paths and is compared whole anyway. What was never there and is off now was only never told.
    """
    if step.operation == "delete" or (step.operation == "update" and not step.touched):
        return step
    kind = step.resource.kind
    passed = NOBODYS.get(kind, frozenset()) | LEFT.get(kind, frozenset())
    said = {_root(path) for path in step.touched}
    unsaid = {
        _root(one.path)
        for one in properties_of(replace(step, touched=()))
        if not one.is_secret and not (_is_off(one.before) and _is_off(one.after))
    }
    if kind in LEFT_UNLESS_DECLARED:
        unsaid &= set(declared)
    found = sorted(unsaid - said - passed)
    return replace(step, operation="update", touched=(*step.touched, *found)) if found else step


def _is_off(value: Any) -> bool:
    return value is False or value == 0 or _is_empty(value)


def _properties(step: Step) -> tuple[PropertyChange, ...]:
    """Only what is called different: beside it, a fresh reading says `[]` where the state says nothing."""
    if step.operation == "delete":
        return ()
    names = {re.split(r"[.\[]", path, maxsplit=1)[0] for path in step.touched}
    found = [one for one in properties_of(step) if not names or _root(one.path) in names]
    found = [one for one in found if one.is_secret or not (_is_empty(one.before) and _is_empty(one.after))]
    return tuple(found) or tuple(_masked(step, names))


def _masked(step: Step, names: Iterable[str]) -> Sequence[PropertyChange]:
    """A secret that has another value is all that there is to see."""
    inputs = step.before.inputs if step.before else {}
    masked = [name for name, value in inputs.items() if value == SECRET]
    chosen = [name for name in masked if name in set(names)] or masked or sorted(names)
    return [PropertyChange(path=name, nature="changed", before=SECRET, after=SECRET) for name in chosen]


def _root(path: str) -> str:
    return re.split(r"[.\[]", path, maxsplit=1)[0]


def _is_empty(value: Any) -> bool:
    """Nothing, in whatever form: the provider takes them for the same."""
    if isinstance(value, Mapping):
        return all(_is_empty(one) for one in value.values())
    return value is None or value == "" or (isinstance(value, list) and all(map(_is_empty, value)))
