"""
Ask the engine what a program would change, with the program in this process: as `pulumi preview`, without starting a language host.

    collected = collect(deployment.root, "dev", pulumi=deployment.tools.pulumi, environ=deployment.environ)

Nothing is written, and without `refresh` the tenant is not asked anything. The program's `debug` diagnostics, which hold its outputs in plain
text, are dropped before anything else sees them.

Not here: what is made of it (`change.py` and its neighbours); a program that is in another folder (`elsewhere.py`).
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from guestlist.engine_errors import classify
from guestlist.preview.as_read import as_read
from guestlist.preview.picture import Step, plain, step_of
from guestlist.preview.plan import digest
from guestlist.scrubbing import scrubber

if TYPE_CHECKING:
    from guestlist.workspace import EngineEvent, StepEventMetadata, StepEventStateMetadata

STACK = "pulumi:pulumi:Stack"


@dataclass(frozen=True, kw_only=True)
class Collected:
    """
    What the engine said of one program: every resource, changed or not.

    `secrets` of the stack's settings, in the clear. `outputs` of the stack: as it has them, and as it would have them. `live` by URN: a digest of each resource as the tenant has it; empty
    unless it was read.
    """

    steps: tuple[Step, ...]
    warnings: tuple[str, ...]
    seconds: float
    secrets: frozenset[str] = field(default=frozenset(), repr=False)
    outputs_before: Mapping[str, Any] = field(default_factory=dict)
    outputs_after: Mapping[str, Any] = field(default_factory=dict)
    live: Mapping[str, str] = field(default_factory=dict)


def collect(
    root: Path,
    environment: str,
    *,
    pulumi: Path,
    environ: Mapping[str, str],
    refresh: bool = False,
    plan: Path | None = None,
    targets: Sequence[str] = (),
    when_up: Callable[[], None] = lambda: None,
) -> Collected:
    """
    Preview the program of `root`, which this process imports.

    Args:
        root: the folder of Pulumi.yaml.
        environment: the stack.
        pulumi: the engine.
        environ: of the engine and of the program: backend, passphrase, credentials.
        refresh: read the tenant first.
        plan: where the engine writes what `up` is then held to.
        targets: URNs of the resources to be looked at, and no others; all of them unless given.
        when_up: called with the engine's first event, and perhaps again.

    Raises: GuestlistError, in the words of `engine_errors`.

    """
    from guestlist.workspace import CommandError, secrets_of_config, select_stack

    seen = _Seen(scrubber(environ), refresh=refresh, when_up=when_up)
    began = time.monotonic()
    before = dict(os.environ)
    os.environ.update(environ)  # the program reads its tenant's domain and credentials from its own environment
    try:
        stack = select_stack(environment, root=root, environ=environ, pulumi=pulumi)
        stack.preview(
            on_event=seen.event,
            refresh=refresh,
            plan=str(plan) if plan else None,
            target=list(targets) or None,
            color="never",
        )
    except CommandError as error:
        said = "\n".join([*seen.errors, scrubber(environ)(str(error))])
        raise classify(said, environment=environment, doing=f"preview {environment}") from None
    finally:
        os.environ.clear()
        os.environ.update(before)
    return Collected(
        steps=tuple(seen.steps),
        warnings=tuple(seen.warnings),
        seconds=time.monotonic() - began,
        secrets=secrets_of_config(),
        outputs_before=seen.outputs_before,
        outputs_after=seen.outputs_after,
        live=seen.live if refresh else {},
    )


class _Seen:
    """What came out of the stream of events."""

    def __init__(self, scrub: Callable[[str], str], *, refresh: bool, when_up: Callable[[], None]) -> None:
        self.steps: list[Step] = []
        self.errors: list[str] = []
        self.warnings: list[str] = []
        self.outputs_before: Mapping[str, Any] = {}
        self.outputs_after: Mapping[str, Any] = {}
        self.live: dict[str, str] = {}
        self._scrub = scrub
        self._refresh = refresh
        self._when_up = when_up

    def event(self, event: EngineEvent) -> None:
        """Take one of the Automation API's."""
        self._when_up()
        if event.resource_pre_event is not None:
            written = _as_written(event.resource_pre_event.metadata)
            step = step_of(as_read(written) if self._refresh else written)
            if step is not None:
                self.steps.append(step)
                self.live[step.resource.urn] = digest((written["old"] or {}).get("outputs"))
        elif event.res_outputs_event is not None and event.res_outputs_event.metadata.type == STACK:
            written = _as_written(event.res_outputs_event.metadata)
            self.outputs_before = plain((written["old"] or {}).get("outputs") or {})
            self.outputs_after = plain((written["new"] or {}).get("outputs") or {})
        elif event.diagnostic_event is not None and event.diagnostic_event.severity in {"error", "warning"}:
            said = self._scrub(event.diagnostic_event.message.strip())
            (self.errors if event.diagnostic_event.severity == "error" else self.warnings).append(said)


def _as_written(metadata: StepEventMetadata) -> dict[str, Any]:
    """The event as the engine wrote it, before the Automation API gave its parts other names."""
    return {
        "op": metadata.op.value,
        "urn": metadata.urn,
        "type": metadata.type,
        "keys": metadata.keys,
        "detailedDiff": metadata.detailed_diff or {},
        "old": _state(metadata.old),
        "new": _state(metadata.new),
    }


def _state(state: StepEventStateMetadata | None) -> dict[str, Any] | None:
    if state is None:
        return None
    return {
        "type": state.type,
        "urn": state.urn,
        "id": state.id,
        "custom": state.custom,
        "protect": state.protect,
        "inputs": state.inputs or {},
        "outputs": state.outputs or {},
    }
