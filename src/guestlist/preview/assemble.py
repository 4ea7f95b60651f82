"""
Put a preview's report together: changes, what they mean in Auth0, what they make less safe, what they cost.

Not here: asking the engine (`run.py`), the formats.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from guestlist.preview.budget import budget_of
from guestlist.preview.change import Change, changes_of
from guestlist.preview.compare import without
from guestlist.preview.consequences import consequence
from guestlist.preview.logins import KnownSecrets, describe_logins
from guestlist.preview.picture import Pictures, Step
from guestlist.preview.redaction import redact
from guestlist.preview.report import Problem, Report
from guestlist.preview.security import judge
from guestlist.preview.security.finding import Allowance
from stacks.settings import Settings


@dataclass(frozen=True, kw_only=True)
class Base:
    """What a preview is compared with: the program of another commit, against the same state."""

    name: str
    steps: tuple[Step, ...]
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
    steps: Sequence[Step],
    where: Circumstances,
    *,
    base: Base | None = None,
    told: KnownSecrets | None = None,
    problems: Sequence[Problem] = (),
    refreshed: bool = False,
    seconds: float = 0.0,
) -> Report:
    """
    Everything that is to be said of one environment; no secret that we know is in it.

    Compared with a base, a change is what the base would not do, and the rules judge from what the base declares. Without `told` no login is rehearsed.
    """
    changes, inherited = changes_of(steps, retained=where.retained), 0
    pictures = Pictures.of(tuple(steps))
    if base is not None:
        changes, inherited = without(changes, changes_of(base.steps, retained=where.retained))
        pictures = Pictures(before=Pictures.of(base.steps).after, after=pictures.after)
    report = Report(
        environment=where.environment,
        domain=where.domain,
        changes=changes,
        unchanged=sum(step.operation == "same" for step in steps),
        consequences=_consequences(changes),
        findings=judge(pictures, steps=tuple(steps), allowances=where.allowances, today=where.today, local=where.local),
        budget=budget_of(changes),
        behaviour=describe_logins(pictures, changes, told) if told else None,
        base=base.name if base else None,
        inherited=inherited,
        problems=tuple(problems),
        refreshed=refreshed,
        seconds=seconds,
    )
    return redact(report, where.secrets)


def _consequences(changes: Sequence[Change]) -> dict[str, str]:
    found = {change.resource.urn: consequence(change) for change in changes}
    return {urn: said for urn, said in found.items() if said}
