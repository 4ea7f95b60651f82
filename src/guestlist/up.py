"""
What `guestlist up` refuses, and what it says: plain data in, sentences out.

Not here: opening an environment (`deployment.py`), running the engine (`engine.py`), asking and printing (`cli/up.py`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from guestlist.engine import Run
from guestlist.engine_events import changes_line, differs
from guestlist.errors import PendingOperations, Refused, WrongTenant
from guestlist.scrubbing import MASK
from guestlist.state import State
from toolchain import Origin, Toolchain


def refusal(state: State, *, domain: str, environment: str) -> Refused | None:
    """Say why this state must not be deployed to `domain`, the tenant that the settings name; `None` if it may."""
    others = sorted(state.tenants() - {domain.lower()})
    if others:
        return WrongTenant(
            f"The state of {environment} was made against the tenant {', '.join(others)}, and config/Pulumi.{environment}.yaml names "
            f"{domain}: nothing was touched. Name the old tenant again, or make a new environment: guestlist env new NAME"
        )
    if state.pending:
        listed = "\n".join(f"  {operation}" for operation in state.pending)
        return PendingOperations(
            f"A run of {environment} was killed and left this unfinished:\n{listed}\n"
            f"Another up could make it twice. First run: guestlist recover --env {environment}"
        )
    return None


def unofficial(tools: Toolchain, *, environment: str) -> Refused | None:
    """Real tenants get official binaries only; `None` if these are."""
    built = [piece for piece in tools.pieces if piece.origin is Origin.SOURCE_BUILD]
    if not built:
        return None
    named = ", ".join(f"{piece.name.value} {piece.version}" for piece in built)
    return Refused(
        f"Refused to deploy {environment}: {named} was built from source on this machine, which is for the local tenant. "
        "To get the official binaries run: python -m toolchain --official. To use these all the same add --from-source"
    )


def summary(run: Run, *, environment: str) -> str:
    """Say what a deployment did, in one line."""
    done = changes_line(run.changes, preview=False)
    if not differs(run.changes):
        return f"Nothing to do for {environment}: {done} ({seconds(run.seconds)})."
    return f"Deployed {environment}: {done} ({seconds(run.seconds)})."


def seconds(value: float) -> str:
    """Write a duration for people: `0.8 s`, `12 s`, `3 min 05 s`."""
    if value < 9.95:
        return f"{value:.1f} s"
    whole = round(value)
    return f"{whole} s" if whole < 60 else f"{whole // 60} min {whole % 60:02d} s"


def output_lines(outputs: Mapping[str, Any]) -> list[str]:
    """List the outputs, each on a line, secret ones masked."""
    width = max((len(name) for name in outputs), default=0)
    return [f"  {name.ljust(width)}  {_shown(value)}" for name, value in sorted(outputs.items())]


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return value
    text = json.dumps(value, ensure_ascii=False)
    return MASK if MASK in text else text


def where_to_look(*, environment: str, domain: str, local: bool) -> list[str]:
    """Name the places where a person sees what was made."""
    lines = [
        f"  what the tenant has:   pulumi stack -s {environment}",
        f"  a secret output:       pulumi stack output inviterClientSecret -s {environment} --show-secrets",
    ]
    if local:
        return [*lines, f"  the tenant itself:     https://{domain}/_local/health, log in .guestlist/local/server.log"]
    name = domain.split(".", 1)[0]
    return [*lines, f"  the tenant itself:     https://manage.auth0.com/ (tenant {name})"]
