"""
What a refresh does not see of an Action: which version runs, and the names of its secrets.

The provider reads the draft, and what people meet is the version that was deployed last.
Somebody may deploy other code and put the draft back: then a refresh sees nothing. Somebody may edit a draft and not deploy it: then nothing runs otherwise yet.

Not here: the draft's own differences (`live.py`).
Source: GET /api/v2/actions/actions (`code`, `deployed_version`, `all_changes_deployed`)
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from guestlist.preview.change import PropertyChange
from guestlist.preview.picture import Step
from guestlist.state import SIGNATURE, State

SECRETS = "secrets"
RUNNING = "deployed version: code"
NOT_DEPLOYED = "The edit is not deployed: what runs is still the version before it."
IT_RUNS = "The draft is as declared, and another version of the code runs."
NEITHER = "What runs is neither the draft nor what is declared: see the deployed version."


@dataclass(frozen=True, kw_only=True)
class Running:
    """Of one Action: the draft's code, the code of the version that was deployed last, and whether anything of the draft is not deployed."""

    drafted: str
    code: str
    is_whole: bool = True

    @property
    def is_draft(self) -> bool:
        """Whether what runs is what the draft says."""
        return self.code == self.drafted

    def hidden(self, declared: str) -> PropertyChange | None:
        """What a refresh does not see: code that runs and is neither the draft's nor the declared one."""
        if self.is_draft or self.code == declared:
            return None
        return PropertyChange(path=RUNNING, nature="changed", before=declared, after=self.code)

    def remark(self, declared: str, *, edited: bool) -> str:
        """What follows; `edited`: something of the draft differs."""
        if self.is_draft or self.code == declared:
            return NOT_DEPLOYED if edited and not (self.is_draft and self.is_whole) else ""
        return NEITHER if edited else IT_RUNS


def running(actions: Sequence[Mapping[str, Any]]) -> Mapping[str, Running]:
    """By id of the Action; those that were never deployed are not among them."""
    found = {}
    for one in actions:
        version = one.get("deployed_version")
        if isinstance(version, Mapping) and isinstance(version.get("code"), str):
            found[str(one.get("id"))] = Running(
                drafted=str(one.get("code") or ""),
                code=version["code"],
                is_whole=one.get("all_changes_deployed") is not False,
            )
    return found


def secret_names(actions: Sequence[Mapping[str, Any]]) -> Mapping[str, frozenset[str]]:
    """Of each Action by id, as the tenant shows them; a refresh of the provider reads none (3.50.1, tried 2026-11-27)."""
    return {str(one.get("id")): _names(one.get("secrets")) for one in actions}


def declared_secret_names(state: State) -> Mapping[str, frozenset[str]]:
    """Of each Action by id, as it was deployed; from a state that was exported with its secrets in the clear."""
    found = {}
    for resource in state.managed():
        secrets = resource.inputs.get("secrets")
        if isinstance(secrets, Mapping) and SIGNATURE in secrets:
            secrets = json.loads(secrets.get("plaintext") or "null")
        if resource.type.endswith(":Action"):
            found[resource.id] = _names(secrets)
    return found


def changed_names(declared: frozenset[str], live: frozenset[str]) -> tuple[PropertyChange, ...]:
    """Secrets that came or went, by their names."""
    return (
        *(PropertyChange(path=SECRETS, nature="removed", before=one) for one in sorted(declared - live)),
        *(PropertyChange(path=SECRETS, nature="added", after=one) for one in sorted(live - declared)),
    )


def _names(secrets: Any) -> frozenset[str]:
    return frozenset(str(one["name"]) for one in secrets or () if isinstance(one, Mapping) and "name" in one)


def as_it_runs(steps: Sequence[Step], running: Mapping[str, Running]) -> tuple[Step, ...]:
    """The same steps with the code that runs, where a refresh does not see it: what a rule has to judge."""
    return tuple(_as_it_runs(step, running.get(step.resource.id)) for step in steps)


def declared_code(step: Step) -> str:
    """As it was deployed by the program last."""
    return str((step.before.inputs.get("code") if step.before else None) or "")


def _as_it_runs(step: Step, running: Running | None) -> Step:
    hidden = running.hidden(declared_code(step)) if running and step.resource.kind == "Action" else None
    if hidden is None or step.after is None:
        return step
    inputs = {**step.after.inputs, "code": hidden.after}
    return replace(step, operation="update", after=replace(step.after, inputs=inputs))
