"""
What the Pulumi engine says while it runs, as data: the JSON lines of `pulumi up --json`.

The stream carries `debug` diagnostics even when nobody asked, and they hold the program's outputs in plain text (engine 3.253.0):
they are dropped here, before anything else sees them. Property values are never kept, only names of properties.

Not here: starting the engine (`engine.py`), what its errors mean (`engine_errors.py`).
Source: https://github.com/pulumi/pulumi/blob/v3.253.0/sdk/go/common/apitype/events.go
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Severity = Literal["info", "info#err", "warning", "error"]

VERBS = {
    "create": ("+", "create", "created"),
    "update": ("~", "update", "updated"),
    "delete": ("-", "delete", "deleted"),
    "replace": ("±", "replace", "replaced"),
    "create-replacement": ("±", "replace", "replaced"),
    "delete-replaced": ("-", "delete the old", "deleted the old"),
    "read": (">", "read", "read"),
    "refresh": ("~", "refresh", "changed outside"),
    "import": ("=", "import", "imported"),
    "discard": ("-", "forget", "forgotten"),
}
SILENT_OPERATIONS = frozenset({"same", "read", "refresh", "replace"})  # `replace` is only the heading of its two steps


@dataclass(frozen=True, kw_only=True)
class Step:
    """One resource that the engine works on."""

    operation: str  # Pulumi's word: create, update, delete, same, refresh, …
    urn: str
    phase: Literal["begins", "ends", "failed"]
    changed: tuple[str, ...] = ()  # property paths, where the engine gives them
    custom: bool = True  # False: a component or the stack, which nothing stands behind

    @property
    def name(self) -> str:
        return name_of(self.urn)


@dataclass(frozen=True, kw_only=True)
class Diagnostic:
    """A message of the engine, a provider or the program. May hold a secret until it is scrubbed."""

    severity: Severity
    message: str
    urn: str = ""


@dataclass(frozen=True, kw_only=True)
class Summary:
    """How a run ended: how many resources by operation, Pulumi's words as keys."""

    changes: Mapping[str, int]
    seconds: int
    result: str  # succeeded, failed, canceled


Event = Step | Diagnostic | Summary


def name_of(urn: str) -> str:
    """
    Name a resource for people: `Client application` of `urn:…::auth0:index/client:Client::application`.

    The type's last part and the logical name; a dynamic resource shows its name alone, a component its type's last part.
    """
    parts = urn.split("::")
    if len(parts) < 4:
        return urn
    kind = parts[2].rsplit("$", 1)[-1].rsplit(":", 1)[-1]
    name = "::".join(parts[3:])
    return name if kind in {"Resource", "Stack"} else f"{kind} {name}"


def parse(line: str) -> Event | None:
    """Read one line of the stream; `None` for everything that a reader of progress does not need."""
    try:
        event = json.loads(line)
    except ValueError:
        return None
    if not isinstance(event, dict):
        return None
    if "diagnosticEvent" in event:
        return _diagnostic(event["diagnosticEvent"])
    if "summaryEvent" in event:
        found = event["summaryEvent"]
        return Summary(
            changes={str(kind): int(count) for kind, count in (found.get("resourceChanges") or {}).items()},
            seconds=int(found.get("durationSeconds") or 0),
            result=str(found.get("result") or "succeeded"),
        )
    phases: dict[str, Literal["begins", "ends", "failed"]] = {
        "resourcePreEvent": "begins",
        "resOutputsEvent": "ends",
        "resOpFailedEvent": "failed",
    }
    for key, phase in phases.items():
        if key in event:
            return _step(event[key].get("metadata") or {}, phase)
    return None


def _diagnostic(found: Mapping[str, Any]) -> Diagnostic | None:
    severity = found.get("severity")
    message = str(found.get("message") or "").strip()
    if severity not in {"info", "info#err", "warning", "error"} or not message or found.get("ephemeral"):
        return None
    return Diagnostic(severity=severity, message=message, urn=str(found.get("urn") or ""))


def _step(metadata: Mapping[str, Any], phase: Literal["begins", "ends", "failed"]) -> Step:
    changed = metadata.get("detailedDiff") or {}
    resource = metadata.get("new") or metadata.get("old") or {}
    return Step(
        operation=str(metadata.get("op") or ""),
        urn=str(metadata.get("urn") or ""),
        phase=phase,
        changed=tuple(sorted(str(path) for path in changed if not str(path).startswith("__"))),
        custom=bool(resource.get("custom")) and not str(metadata.get("type") or "").startswith("pulumi:"),
    )


def progress_line(step: Step, *, preview: bool) -> str | None:
    """
    Say a step in one line, `None` where there is nothing to say.

    A preview tells what would happen; a run tells what has happened, and what failed.
    """
    if not step.custom or step.operation in SILENT_OPERATIONS or step.operation not in VERBS or step.phase == "begins":
        return None
    sign, infinitive, past = VERBS[step.operation]
    if step.phase == "failed":
        return f"  ! {step.name}: could not {infinitive}"
    if not preview:
        return f"  {sign} {step.name} {past}"
    properties = f" ({', '.join(step.changed)})" if step.changed and step.operation == "update" else ""
    return f"  {sign} {step.name}: {infinitive}{properties}"


def changes_line(changes: Mapping[str, int], *, preview: bool) -> str:
    """Count what changed: `21 created, 2 updated, 4 unchanged`; `nothing to do` words are the caller's."""
    form = 1 if preview else 2
    words = [
        f"{count} to {VERBS[operation][1]}" if form == 1 else f"{count} {VERBS[operation][2]}"
        for operation, count in changes.items()
        if operation in VERBS
        and operation not in {"read", "refresh", "create-replacement", "delete-replaced"}
        and count
    ]
    unchanged = changes.get("same", 0)
    return ", ".join([*words, f"{unchanged} unchanged"] if unchanged or not words else words)


def differs(changes: Mapping[str, int]) -> bool:
    """Whether anything is, or would be, written."""
    return any(count for operation, count in changes.items() if operation not in {"same", "read", "refresh"})
