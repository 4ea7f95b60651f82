"""
Check an environment: open it, see what the tenant's log makes unnecessary, look, say who did it, and remember.

The log is read before the tenant: what is written meanwhile is new to the next check.

Not here: looking (`check.py`), what the log means (`guestlist.tenant_log`), going on for days (`watch.py`).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from importlib import metadata
from pathlib import Path

from guestlist import locks
from guestlist.deployment import Deployment, open_environment
from guestlist.drift.authors import with_authors
from guestlist.drift.check import Targets, check, problem
from guestlist.drift.ignore_file import FILE as IGNORE_FILE
from guestlist.drift.report import LogSaid, Report
from guestlist.drift.standing import Standing, records_of, standing_of, without
from guestlist.drift.unmanaged import KINDS
from guestlist.environments import Project
from guestlist.errors import GuestlistError
from guestlist.preview.plan import digest, digest_of_program
from guestlist.state import State, read
from guestlist.tenant_log.checkpoint import Checkpoint, Unusable, read_checkpoint, write_checkpoint
from guestlist.tenant_log.decide import (
    FULL_CHECK_EVERY,
    MARGIN,
    Decision,
    FullCheck,
    NothingRecorded,
    Now,
    ToRead,
    before_reading,
    decide,
    look_back,
    seen_in,
)
from guestlist.tenant_log.operations import Touched
from guestlist.tenant_log.reading import RETENTION, Reading, read_writes
from stacks.management import ManagementClient, ManagementError
from stacks.settings import PROJECT

DEPLOYER = "GUESTLIST_DEPLOYER_CLIENT_ID"
NAMED_FOR = timedelta(days=30)  # as far back as any plan keeps its log
NAMED_AMONG = 300  # entries of the log

Say = Callable[[str], None]
Clock = Callable[[], datetime]


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """
    How to look.

    Args:
        since_checkpoint: ask the log first, and read only what it names.
        checkpoint: the file; beside the state unless given.
        full_check_every: after which everything is read whatever the log says.
        from_source: source-built tools may be used on a real tenant too.

    """

    since_checkpoint: bool = False
    checkpoint: Path | None = None
    full_check_every: timedelta = FULL_CHECK_EVERY
    from_source: bool = False


@dataclass(frozen=True, kw_only=True)
class _Place:
    """One environment that is being checked."""

    deployment: Deployment
    tenant: ManagementClient
    wanted: Wanted
    clock: Clock
    deployers: frozenset[str]


def check_environment(
    project: Project,
    environment: str,
    wanted: Wanted,
    *,
    say: Say,
    clock: Clock,
    environ: Mapping[str, str] | None = None,
) -> Report:
    """
    Look. Never raises for what is wrong with the environment: the report says it.

    Args:
        project: where it is.
        environment: its name.
        wanted: how to look.
        say: hears what takes long.
        clock: this machine's, in UTC.
        environ: the shell's environment unless given.

    """
    try:
        deployment = open_environment(
            project,
            environment,
            say=say,
            environ=environ,
            from_source=wanted.from_source,
            check_secrets=False,  # the program checks them itself
        )
        tenant = deployment.tenant()
    except (GuestlistError, ManagementError) as error:
        return _blank(environment, error, clock)
    with tenant:
        place = _Place(
            deployment=deployment, tenant=tenant, wanted=wanted, clock=clock, deployers=deployers(deployment)
        )
        try:
            report = _guided(place) if wanted.since_checkpoint else _full(place)
        except (GuestlistError, ManagementError) as error:
            report = _blank(environment, error, clock, domain=deployment.domain)
        named = bool(deployment.environ.get(DEPLOYER) or os.environ.get(DEPLOYER))
        return replace(report, calls=tenant.calls, deployer_named=named)


def deployers(deployment: Deployment, environ: Mapping[str, str] = os.environ) -> frozenset[str]:
    """Client ids of whoever deploys and whoever checks, as far as they are told."""
    names = {
        deployment.environ.get("AUTH0_CLIENT_ID", ""),
        deployment.environ.get(DEPLOYER, ""),
        environ.get(DEPLOYER, ""),
    }
    return frozenset(one for one in names if one)


def checkpoint_file(deployment: Deployment) -> Path:
    """Beside a state in a folder; in the project, where the state is elsewhere."""
    folder = locks.file_backend(deployment.environ.get("PULUMI_BACKEND_URL", ""), deployment.root)
    return (folder or deployment.root / ".guestlist") / "drift" / f"{deployment.environment}.json"


def _full(place: _Place, *, log: LogSaid | None = None) -> Report:
    """Everything, and who did it; a log that cannot be read takes nothing away but the names."""
    now = place.clock()
    entries: Reading | None = None
    unread = ""
    try:
        entries = read_writes(place.tenant, now - NAMED_FOR, now=now, most=NAMED_AMONG)
        unread = entries.gap if not entries.entries else ""
    except ManagementError as error:
        unread = error.message.rstrip(".")
    report = check(place.deployment, place.tenant, now=now, deployers=place.deployers).report
    items = with_authors(report.items, entries.entries if entries else (), deployers=place.deployers)
    said = replace(log or LogSaid(), unread=unread)
    return replace(report, items=items, log=said if said != LogSaid() else None)


def glance(deployment: Deployment, tenant: ManagementClient, wanted: Wanted, *, clock: Clock) -> Report | None:
    """
    Ask the log alone: the report, if nothing was recorded; `None`, if something has to be read.

    One call of the Management API, where the client has a token. Raises: GuestlistError, ManagementError.
    """
    place = _Place(deployment=deployment, tenant=tenant, wanted=wanted, clock=clock, deployers=deployers(deployment))
    file, now, checkpoint, _ = _before(place)
    reading, decision = _decided(place, checkpoint, now)
    if not isinstance(decision, NothingRecorded) or not isinstance(checkpoint, Checkpoint):
        return None
    report = _quiet(place, checkpoint, reading)
    _remember(file, checkpoint, now, reading, report)
    return report


def _before(place: _Place) -> tuple[Path, Now, Checkpoint | Unusable | None, State]:
    """What a check finds before it asks the tenant anything."""
    file = place.wanted.checkpoint or checkpoint_file(place.deployment)
    exported = place.deployment.engine.export_or_none() or {}
    now = Now(
        environment=place.deployment.environment,
        domain=place.deployment.domain,
        basis=basis_of(place.deployment, exported, place.clock()),
    )
    return file, now, _sound(read_checkpoint(file), file), read(exported)


def _guided(place: _Place) -> Report:
    file, now, checkpoint, state = _before(place)
    reading, decision = _decided(place, checkpoint, now)
    match decision:
        case FullCheck(why=why):
            report = _full(place, log=LogSaid(why_full=why))
        case ToRead() if isinstance(checkpoint, Checkpoint):
            report = _touched(place, checkpoint, decision, state, reading)
        case _ if isinstance(checkpoint, Checkpoint):
            report = _quiet(place, checkpoint, reading)
    if not report.problems:
        _remember(file, checkpoint, now, reading, report)
    return report


def _decided(place: _Place, checkpoint: Checkpoint | Unusable | None, now: Now) -> tuple[Reading, Decision]:
    at = place.clock()
    every = place.wanted.full_check_every
    since = look_back(checkpoint) if isinstance(checkpoint, Checkpoint) else at - MARGIN
    plan = place.deployment.settings.tenant.plan or "free"
    reading = read_writes(place.tenant, since, now=at, retention=RETENTION[plan])
    sooner = before_reading(checkpoint, now, at, full_check_every=every)
    return reading, sooner or decide(checkpoint, reading, now, full_check_every=every)


def _sound(checkpoint: Checkpoint | Unusable | None, file: Path) -> Checkpoint | Unusable | None:
    """What it says was found can be read, too."""
    if isinstance(checkpoint, Checkpoint):
        try:
            standing_of(checkpoint.standing)
        except (KeyError, TypeError, ValueError, AttributeError):
            return Unusable(why=f"the checkpoint {file.name} is damaged")
    return checkpoint


def basis_of(deployment: Deployment, exported: Mapping[str, object], now: datetime) -> dict[str, str]:
    """Digests of what a check depends on besides the tenant."""
    file = deployment.root / IGNORE_FILE
    ignored = file.read_text(encoding="utf-8", errors="replace") if file.exists() else ""
    lasts_days = bool(ignored or deployment.settings.allow)  # entries end at the end of a day
    versions = (deployment.tools.engine.version, deployment.tools.auth0_plugin.version, metadata.version("guestlist"))
    return {
        "state": digest(exported.get("deployment")),
        "program": digest_of_program(deployment.root, deployment.environment),
        "versions": " ".join(versions),
        "ignored": digest([ignored, now.date().isoformat() if lasts_days else ""]),
    }


def targets_of(objects: frozenset[Touched], state: State) -> Targets:
    """
    What is read again: resources that the state has of them, and lists of the tenant for objects that it does not have.

    An Action's list also tells which version runs.
    """
    ids = state.ids()
    urns = [
        resource.urn
        for resource in state.managed()
        if any(one.kind == resource.type.rpartition(":")[2] and one.id in {"", resource.id} for one in objects)
    ]
    listed = [
        kind
        for kind in KINDS
        if any(one.kind == kind.name and (one.id not in ids or kind.name == "Action") for one in objects)
    ]
    return Targets(urns=tuple(urns), kinds=tuple(listed))


def _touched(place: _Place, checkpoint: Checkpoint, decision: ToRead, state: State, reading: Reading) -> Report:
    targets = targets_of(decision.objects, state)
    standing = standing_of(checkpoint.standing)
    if not targets.urns and not targets.kinds:
        return _quiet(place, checkpoint, reading)
    now = place.clock()
    report = check(place.deployment, place.tenant, now=now, deployers=place.deployers, targets=targets).report
    fresh = with_authors(report.items, reading.entries, deployers=place.deployers)
    known = {one.id: one.by for one in standing.items}
    fresh = tuple(one if one.by else replace(one, by=known.get(one.id, ())) for one in fresh)
    rest = without(standing, targets.urns, [kind.name for kind in targets.kinds])
    return replace(
        report,
        items=(*fresh, *rest.items),
        findings=(*report.findings, *rest.findings),
        log=LogSaid(full_check_at=checkpoint.full_check_at),
    )


def _quiet(place: _Place, checkpoint: Checkpoint, reading: Reading) -> Report:
    """Nothing was recorded: what was found before stands."""
    standing: Standing = standing_of(checkpoint.standing)
    return Report(
        project=PROJECT,
        environment=place.deployment.environment,
        domain=place.deployment.domain,
        checked_at=reading.now,
        read="nothing",
        items=standing.items,
        findings=standing.findings,
        log=LogSaid(since=checkpoint.read_at, full_check_at=checkpoint.full_check_at),
    )


def _remember(file: Path, checkpoint: Checkpoint | Unusable | None, now: Now, reading: Reading, report: Report) -> None:
    """A check that could not tell everything is not remembered: the next one reads everything."""
    last = checkpoint if isinstance(checkpoint, Checkpoint) else None
    full = reading.now if report.read == "all" or last is None else last.full_check_at
    read_at = reading.now if report.read != "nothing" or last is None else last.read_at
    write_checkpoint(
        file,
        Checkpoint(
            environment=now.environment,
            domain=now.domain,
            full_check_at=full,
            looked_at=reading.now,
            read_at=read_at,
            basis=now.basis,
            seen=seen_in(reading),
            standing=records_of(report),
        ),
    )


def _blank(environment: str, error: GuestlistError | ManagementError, clock: Clock, *, domain: str = "") -> Report:
    """Nothing could be told."""
    return Report(
        project=PROJECT,
        environment=environment,
        domain=domain,
        items=(),
        checked_at=clock(),
        read="nothing",
        problems=(problem(error),),
    )
