"""
Put a preview's report together: changes, what they mean in Auth0, what they make less safe, what they cost.

Not here: asking the engine (`run.py`), the formats.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from guestlist.preview.budget import budget_of
from guestlist.preview.change import Change, changes_of
from guestlist.preview.compare import without
from guestlist.preview.consequences import consequence
from guestlist.preview.logins import KnownSecrets, describe_logins
from guestlist.preview.picture import Pictures, Step
from guestlist.preview.redaction import redact
from guestlist.preview.report import Problem, Report
from guestlist.preview.run import Collected
from guestlist.preview.security.finding import Allowance
from guestlist.preview.security.judge import judge
from stacks.settings import PROJECT, Settings


@dataclass(frozen=True, kw_only=True)
class Base:
    """What a preview is compared with: the program of another commit, against the same state."""

    name: str
    steps: tuple[Step, ...]
    outputs: Mapping[str, Any]  # that its stack would export
    settings: Settings | None = None  # where they could be read


@dataclass(frozen=True, kw_only=True)
class Circumstances:
    """What a report needs to know besides the steps."""

    environment: str
    domain: str
    local: bool
    today: date
    allowances: Sequence[Allowance] = ()
    retained: frozenset[str] = frozenset()  # URNs that a delete leaves in the tenant
    secrets: Iterable[str] = ()  # every secret value that we know, to be looked for once more


def assemble(
    collected: Collected,
    where: Circumstances,
    *,
    base: Base | None = None,
    told: KnownSecrets | None = None,
    problems: Sequence[Problem] = (),
) -> Report:
    """
    Everything that is to be said of one environment; no secret that we know is in it.

    Compared with a base, a change is what the base would not do, and the rules judge from what the base declares. Without `told` no login is rehearsed.
    """
    steps = collected.steps
    changes, inherited = changes_of(steps, retained=where.retained), 0
    pictures = replace(
        Pictures.of(steps), outputs_before=collected.outputs_before, outputs_after=collected.outputs_after
    )
    if base is not None:
        changes, inherited = without(changes, changes_of(base.steps, retained=where.retained))
        pictures = replace(pictures, before=Pictures.of(base.steps).after, outputs_before=base.outputs)
    report = Report(
        project=PROJECT,
        environment=where.environment,
        domain=where.domain,
        changes=changes,
        unchanged=sum(step.operation == "same" for step in steps),
        consequences=_consequences(changes),
        findings=judge(pictures, steps=steps, allowances=where.allowances, today=where.today, local=where.local),
        budget=budget_of(changes),
        behaviour=_behaviour(pictures, changes, told) if told else None,
        base=base.name if base else None,
        inherited=inherited,
        problems=tuple(problems),
        refreshed=bool(collected.live),
        seconds=collected.seconds,
    )
    return redact(report, where.secrets)


def _behaviour(pictures: Pictures, changes: Sequence[Change], told: KnownSecrets) -> tuple[str, ...] | None:
    """A rehearsal that fails for a reason of its own hides nothing else."""
    try:
        return describe_logins(pictures, changes, told)
    except Exception as error:  # noqa: BLE001 - whatever it is, the changes are to be shown
        return (f"What changes for whoever logs in was not tried: the rehearsal failed ({type(error).__name__}).",)


def _consequences(changes: Sequence[Change]) -> dict[str, str]:
    found = {change.resource.urn: consequence(change) for change in changes}
    return {urn: said for urn, said in found.items() if said}
