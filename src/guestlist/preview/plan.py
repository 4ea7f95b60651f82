"""
A plan: what `guestlist up --plan FILE` is held to, and everything that must not have moved since it was made.

Pulumi's own plan refuses other resources and other inputs, but it applies over a state or a tenant that has moved since. So the file binds it to
the commit and the program's files, to the versions of engine and provider, to the state, and to the live value of every resource. Secrets in it
are encrypted as in the state; of live values there are digests only.

Not here: making and applying one (`cli/preview.py`, `cli/up.py`).
Source: https://www.pulumi.com/docs/iac/concepts/update-plans/ ("a plan may not fail if the state has changed": read 2026-11-23)
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from guestlist.engine_events import name_of
from guestlist.errors import GuestlistError, Refused
from stacks.settings import config_file

VERSION = 1
PROGRAM = (
    "Pulumi.yaml",
    "stacks",
    "actions",
    "pages",
)  # what decides about what is declared, besides the environment's file
NOT_PROGRAM = ("__pycache__", ".pyc")


class StalePlan(Refused):
    """Something moved since the plan was made; nothing was touched."""


@dataclass(frozen=True, kw_only=True)
class Bound:
    """What a plan is bound to. `live` by URN: a digest of what the tenant has."""

    environment: str
    domain: str
    commit: str  # empty outside a git repository
    program: str  # digest of its files
    engine: str
    provider: str
    state: str  # digest of the exported state
    live: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A file's content."""

    bound: Bound
    pulumi: Mapping[str, Any]  # the engine's own plan


def write(plan: Plan, file: Path) -> None:
    """All of it or nothing, readable by its owner only."""
    partial = file.with_name(file.name + ".partial")
    partial.unlink(missing_ok=True)
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as written:
        json.dump({"guestlistPlan": VERSION, "bound": asdict(plan.bound), "pulumi": plan.pulumi}, written, indent=1)
    partial.replace(file)


def read(file: Path) -> Plan:
    """Raises: GuestlistError, for a file that is no plan."""
    how = "To make one run: guestlist preview --env ENV --plan FILE"
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
        if found["guestlistPlan"] != VERSION:
            raise GuestlistError(
                f"Cannot read the plan {file}: it is of form {found['guestlistPlan']}, not {VERSION}. {how}"
            )
        return Plan(bound=Bound(**found["bound"]), pulumi=found["pulumi"])
    except OSError as error:
        raise GuestlistError(f"Cannot read the plan {file}: {error.strerror}. {how}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise GuestlistError(f"Cannot read {file}: it is no plan of guestlist, or a part of one. {how}") from error


def refuse_stale(planned: Bound, now: Bound) -> None:
    """Compare, everything at once. Raises: StalePlan, naming which moved and what."""
    moved = list(_moved(planned, now))
    if moved:
        listed = "\n".join(f"  - {one}" for one in moved)
        raise StalePlan(
            f"The plan for {planned.environment} is out of date, and nothing was touched:\n{listed}\n"
            f"To look again run: guestlist preview --env {now.environment} --plan FILE"
        )


def _moved(planned: Bound, now: Bound) -> Iterator[str]:
    if (planned.environment, planned.domain) != (now.environment, now.domain):
        yield f"it is for {planned.environment} ({planned.domain}), not for {now.environment} ({now.domain})"
        return
    if planned.commit != now.commit:
        yield f"the commit: planned at {planned.commit[:12] or 'none'}, this is {now.commit[:12] or 'none'}"
    if planned.program != now.program:
        yield f"the program: stacks/, actions/, pages/, Pulumi.yaml or {config_file(now.environment)} has other content"
    if planned.engine != now.engine:
        yield f"the engine: {planned.engine}, now {now.engine}"
    if planned.provider != now.provider:
        yield f"the auth0 provider: {planned.provider}, now {now.provider}"
    if planned.state != now.state:
        yield "the state: another run has written it since"
    for urn in sorted({*planned.live, *now.live}):
        if planned.live.get(urn) != now.live.get(urn):
            yield f"the tenant: {name_of(urn)} was changed"


def digest_of_program(root: Path, environment: str) -> str:
    """Of names and contents of everything that decides about what is declared."""
    found = hashlib.sha256()
    for file in _files(root, environment):
        found.update(f"{file.relative_to(root).as_posix()}\0".encode())
        found.update(hashlib.sha256(file.read_bytes()).digest())
    return found.hexdigest()


def _files(root: Path, environment: str) -> Iterator[Path]:
    for name in (*PROGRAM, config_file(environment)):
        path = root / name
        if path.is_dir():
            yield from sorted(
                file for file in path.rglob("*") if file.is_file() and not str(file).endswith(NOT_PROGRAM)
            )
        elif path.exists():
            yield path


def digest(value: Any) -> str:
    """Of anything that JSON can say, whatever the order of its keys."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
