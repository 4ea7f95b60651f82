"""
Check one environment whole: what the tenant has, what the program would change, what nobody declares.

Three things at the same time: the engine reads the tenant (no program runs), the program is previewed against the state (nobody is asked), and the tenant's
lists are read. What fails is a problem of the report, beside what could be told.

Not here: opening the environment and the tenant's log (`environment.py`), what belongs together (`assemble.py`).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, TypeVar

from guestlist.deployment import Deployment
from guestlist.drift.assemble import Seen, allowed_by_ignore_file, items_of, with_covered
from guestlist.drift.ignore_file import Ignored, read_ignore_file
from guestlist.drift.live import Reading
from guestlist.drift.report import Coverage, Item, Report
from guestlist.drift.running_actions import (
    as_it_runs,
    changed_names,
    declared_secret_names,
    running,
    secret_names,
)
from guestlist.drift.unmanaged import Found, Kind, Listing, list_tenant, unmanaged, with_bindings
from guestlist.drift.unseen import unseen
from guestlist.errors import GuestlistError, Refused
from guestlist.preview.change import PropertyChange, changes_of
from guestlist.preview.environment import secrets_of_shell
from guestlist.preview.picture import Resource
from guestlist.preview.redaction import both_sides, cleaner, everywhere
from guestlist.preview.report import Problem
from guestlist.preview.run import Collected, collect
from guestlist.preview.security.allowances import allowances_of
from guestlist.preview.security.finding import Finding
from guestlist.preview.security.judge import judge
from guestlist.state import Exported, State, read, secret_values
from guestlist.up import refusal
from stacks.management import ManagementClient, ManagementError
from stacks.settings import PROJECT

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Targets:
    """What is read, where it is not everything. Neither program nor other resources are looked at."""

    urns: tuple[str, ...]
    kinds: tuple[Kind, ...] = ()  # lists of the tenant


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What came of it. `live` by URN: each resource as the tenant has it, not redacted, for whoever works on with it."""

    report: Report
    live: Mapping[str, Resource] = field(default_factory=dict, repr=False)


@dataclass(kw_only=True)
class _Told:
    """What came of the parts, and what of them failed."""

    reading: Reading | None = None
    collected: Collected | None = None
    listing: Listing | None = None
    exported: Exported = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @property
    def state(self) -> State:
        return read(self.exported)


def check(
    deployment: Deployment,
    tenant: ManagementClient,
    *,
    now: datetime,
    deployers: frozenset[str],
    targets: Targets | None = None,
) -> Checked:
    """
    Look. Whatever fails is a problem of the report.

    Args:
        deployment: of the environment.
        tenant: its Management API, with the credentials of this check.
        now: when, in UTC.
        deployers: client ids whose own client and grant nobody has to declare.
        targets: what is to be read; everything unless given.

    """
    began = time.monotonic()
    told = _everything(deployment, tenant) if targets is None else _some(deployment, tenant, targets)
    refused = refusal(told.state, domain=deployment.domain, environment=deployment.environment)
    if refused is not None:
        told.problems.append(Problem(said=refused.message, refused=True))
    ignored: tuple[Ignored, ...] = ()
    try:
        ignored = read_ignore_file(deployment.root, deployment.environment)
    except GuestlistError as error:
        told.problems.append(problem(error))
    report = _report(deployment, tenant, told, ignored, now=now, deployers=deployers)
    report = replace(report, read="all" if targets is None else "touched", seconds=time.monotonic() - began)
    secrets = {*secret_values(told.exported), *secrets_of_shell(deployment.environ)}
    return Checked(
        report=redacted(report, secrets | (told.collected.secrets if told.collected else frozenset())),
        live=told.reading.pictures().after if told.reading else {},
    )


def problem(error: GuestlistError | ManagementError) -> Problem:
    """What a report says of an error."""
    return Problem(said=error.message, refused=isinstance(error, Refused))


def redacted(report: Report, secrets: set[str]) -> Report:
    """The same report without any secret, as a preview's."""
    changes = [change for item in report.items for change in (item.live, item.pending) if change]
    items = tuple(
        replace(
            item,
            live=both_sides(item.live) if item.live else None,
            pending=both_sides(item.pending) if item.pending else None,
        )
        for item in report.items
    )
    clean = everywhere(replace(report, items=items), cleaner(changes, secrets))
    # Words of closed sets are no texts that a secret could be in.
    kept = tuple(
        replace(one, kind=was.kind, happened=was.happened) for one, was in zip(clean.items, report.items, strict=True)
    )
    return replace(clean, items=kept, read=report.read)


def _everything(deployment: Deployment, tenant: ManagementClient) -> _Told:
    told = _Told()
    with ThreadPoolExecutor(max_workers=3) as beside:
        reading = beside.submit(_read, deployment, ())
        listing = beside.submit(list_tenant, tenant)
        state = beside.submit(deployment.engine.export_with_secrets)
        told.collected = _tried(lambda: _previewed(deployment), told.problems)
        told.exported = _tried(state.result, told.problems) or {}
        told.reading = _tried(reading.result, told.problems)
        told.listing = _tried(listing.result, told.problems)
    return told


def _some(deployment: Deployment, tenant: ManagementClient, targets: Targets) -> _Told:
    told = _Told()
    with ThreadPoolExecutor(max_workers=2) as beside:
        state = beside.submit(deployment.engine.export_with_secrets)
        listing = beside.submit(list_tenant, tenant, targets.kinds)
        told.reading = _tried(lambda: _read(deployment, targets.urns), told.problems) if targets.urns else Reading()
        told.exported = _tried(state.result, told.problems) or {}
        told.listing = _tried(listing.result, told.problems)
    return told


def _read(deployment: Deployment, urns: Sequence[str]) -> Reading:
    reading = Reading()
    deployment.engine.preview_refresh(targets=urns, on_read=reading.take)
    return reading


def _previewed(deployment: Deployment) -> Collected:
    return collect(
        deployment.root,
        deployment.environment,
        pulumi=deployment.tools.pulumi,
        environ=deployment.environ,
    )


def _tried(part: Callable[[], T], problems: list[Problem]) -> T | None:
    """What it gives; a failure is noted once, however many parts meet it."""
    try:
        return part()
    except (GuestlistError, ManagementError) as error:
        found = problem(error)
        if _cause(found) not in map(_cause, problems):
            problems.append(found)
        return None


def _cause(found: Problem) -> str:
    """Without what could not be done because of it."""
    return found.said.partition(": ")[2] or found.said


def _report(
    deployment: Deployment,
    tenant: ManagementClient,
    told: _Told,
    ignored: Sequence[Ignored],
    *,
    now: datetime,
    deployers: frozenset[str],
) -> Report:
    state, today = told.state, now.date()
    others, coverage, problems = _others(deployment, tenant, told, deployers)
    retained = frozenset(resource.urn for resource in state.managed() if resource.retained)
    pending = changes_of(told.collected.steps, retained=retained) if told.collected else ()
    actions = told.listing.whole.get("Action", ()) if told.listing else ()
    seen = Seen(
        reading=told.reading,
        pending=pending,
        running=running(actions),
        secret_names=_secret_names(actions, state),
        others=others,
        names=_names(told.listing),
    )
    items = items_of(seen, ignored=ignored, today=today)
    return Report(
        project=PROJECT,
        environment=deployment.environment,
        domain=deployment.domain,
        checked_at=now,
        items=items,
        unchanged=_unchanged(told, items),
        findings=allowed_by_ignore_file(_findings(deployment, told, today), items),
        coverage=with_covered(coverage, items) if coverage else None,
        unseen=unseen(state),
        problems=(*told.problems, *problems),
        ended=tuple(one for one in ignored if one.until < today),
    )


def _others(
    deployment: Deployment, tenant: ManagementClient, told: _Told, deployers: frozenset[str]
) -> tuple[Sequence[Found], Coverage | None, Sequence[Problem]]:
    if told.listing is None or not told.exported:
        return (), None, ()
    listing = with_bindings(told.listing, tenant, told.state)
    found, coverage = unmanaged(listing, told.state, deployment.settings, deployers=deployers)
    return found, coverage, tuple(_not_listed(deployment, listing))


def _not_listed(deployment: Deployment, listing: Listing) -> Iterator[Problem]:
    lacking = sorted(name for name, error in listing.failed.items() if error.status == 403)
    if lacking:
        yield Problem(
            said=f"Cannot list {', '.join(lacking)} in the tenant {deployment.domain}: these credentials lack the scopes. The drift reader gets "
            f"them with the next deployment, run: guestlist up --env {deployment.environment}"
        )
    said = {error.message for error in listing.failed.values() if error.status != 403}
    yield from (Problem(said=one) for one in sorted(said))


def _secret_names(actions: Sequence[Mapping[str, Any]], state: State) -> Mapping[str, tuple[PropertyChange, ...]]:
    live = secret_names(actions)
    return {
        id_: changed_names(declared, live[id_]) for id_, declared in declared_secret_names(state).items() if id_ in live
    }


def _findings(deployment: Deployment, told: _Told, today: date) -> tuple[Finding, ...]:
    if told.reading is None:
        return ()
    steps = as_it_runs(told.reading.steps, running(told.listing.whole.get("Action", ()) if told.listing else ()))
    return judge(
        told.reading.pictures(told.state, steps),
        steps=steps,
        allowances=allowances_of(deployment.settings),
        today=today,
        local=deployment.local,
    )


def _names(listing: Listing | None) -> Mapping[str, str]:
    """Of applications and connections, which lists hold by their ids."""
    whole = listing.whole if listing else {}
    identities = {"Client": "client_id", "Connection": "id"}
    return {
        str(one[identity]): f"{kind} {one.get('name')}"
        for kind, identity in identities.items()
        for one in whole.get(kind, ())
    }


def _unchanged(told: _Told, items: Sequence[Item]) -> int:
    if told.reading is None:
        return 0
    touched = {one.id for one in items}
    return sum(step.resource.urn not in touched for step in told.reading.steps)
