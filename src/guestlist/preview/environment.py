"""
Preview one environment: open it, ask the engine, put the report together. What fails becomes a problem of the report, beside what could be told.

Not here: the program in this process (`run.py`), the program of another commit (`elsewhere.py`), what a report says (`assemble.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from guestlist.deployment import Deployment, open_environment
from guestlist.environments import Project, load_settings
from guestlist.errors import GuestlistError, Refused, TenantFailed
from guestlist.preview.elsewhere import NoSuchCommit, collect_elsewhere, commit_of, unpacked
from guestlist.preview.plan import Bound, digest, digest_of_program
from guestlist.preview.report import Problem, Report
from guestlist.preview.run import Collected, collect
from guestlist.scrubbing import SECRET_VARIABLES, SHORTEST_SECRET
from guestlist.state import Exported, read, secret_values
from guestlist.up import refusal
from stacks.settings import PROJECT, Settings

if TYPE_CHECKING:  # the rest is loaded while the engine works
    from guestlist.preview.assemble import Base, Circumstances
    from guestlist.preview.logins import KnownSecrets
    from guestlist.preview.stand_ins import StandIns

Say = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """How to look."""

    refresh: bool = False  # read the tenant first
    compare: str | None = None  # leave out what this commit's program would change anyway
    plan: Path | None = None  # where the engine writes its plan
    behaviour: bool = True  # rehearse logins, if their Actions change
    from_source: bool = False


@dataclass(frozen=True, kw_only=True)
class Previewed:
    """What came of it; `bound` is what a plan is to be bound to, if one was asked for."""

    report: Report
    bound: Bound | None = None


@dataclass(frozen=True, kw_only=True)
class _State:
    """What the backend has, while the engine previews."""

    exported: Exported = field(default_factory=dict)
    secrets: frozenset[str] = frozenset()
    told: StandIns = field(default_factory=dict)


def preview_environment(
    project: Project,
    environment: str,
    wanted: Wanted,
    *,
    say: Say,
    today: date,
    environ: Mapping[str, str] | None = None,
) -> Previewed:
    """Look. Never raises for what is wrong with the environment: the report says it."""
    try:
        deployment = open_environment(
            project,
            environment,
            say=say,
            environ=environ,
            from_source=wanted.from_source,
            check_secrets=False,  # the program checks them itself, and opening them once more takes as long as the rest
        )
    except GuestlistError as error:
        return Previewed(report=_blank(environment, problem(error)))
    with ThreadPoolExecutor(max_workers=1) as beside:
        engine_is_up = Event()
        state = beside.submit(_state_of, deployment, engine_is_up)
        problems: list[Problem] = []
        try:
            collected = _collected(deployment, wanted, problems, engine_is_up.set)
        finally:
            engine_is_up.set()
        base = _base(deployment, wanted, problems) if collected else None
        known = _known(state, deployment, problems)
    if collected is None:
        return Previewed(report=_blank(environment, *problems, domain=deployment.domain))
    from guestlist.preview.assemble import assemble

    report = assemble(
        collected,
        _circumstances(deployment, known, collected, today),
        base=base,
        problems=problems,
        told=_told(deployment, known, base) if wanted.behaviour else None,
    )
    bound = None
    if wanted.plan and not problems:
        bound = bound_to(deployment, collected, deployment.engine.export())
    return Previewed(report=report, bound=bound)


def problem(error: GuestlistError) -> Problem:
    """What a report says of an error."""
    return Problem(said=error.message, refused=isinstance(error, Refused))


def bound_to(deployment: Deployment, collected: Collected, exported: Exported) -> Bound:
    """Everything that a plan depends on, as it is now."""
    commit = ""
    with suppress(NoSuchCommit):
        commit = commit_of(deployment.root, "HEAD")
    return Bound(
        environment=deployment.environment,
        domain=deployment.domain,
        commit=commit,
        program=digest_of_program(deployment.root, deployment.environment),
        engine=deployment.tools.engine.version,
        provider=deployment.tools.auth0_plugin.version,
        state=digest(exported.get("deployment")),
        live=collected.live,
    )


def _collected(
    deployment: Deployment, wanted: Wanted, problems: list[Problem], when_up: Callable[[], None]
) -> Collected | None:
    """The program's steps; if the tenant cannot be read, those without reading it."""

    def ask(*, refresh: bool) -> Collected:
        return collect(
            deployment.root,
            deployment.environment,
            pulumi=deployment.tools.pulumi,
            environ=deployment.environ,
            refresh=refresh,
            plan=wanted.plan,
            when_up=when_up,
        )

    try:
        return ask(refresh=wanted.refresh)
    except TenantFailed as error:
        problems.append(problem(error))
    except GuestlistError as error:
        problems.append(problem(error))
        return None
    with suppress(GuestlistError):
        return ask(refresh=False) if wanted.refresh else None
    return None


def _base(deployment: Deployment, wanted: Wanted, problems: list[Problem]) -> Base | None:
    if wanted.compare is None:
        return None
    from guestlist.preview.assemble import Base

    try:
        commit = commit_of(deployment.root, wanted.compare)
        with unpacked(deployment.root, commit) as folder:
            settings = _settings_of_base(folder, deployment.environment)
            found = collect_elsewhere(
                folder,
                deployment.environment,
                root=deployment.root,
                pulumi=deployment.tools.pulumi,
                environ=deployment.environ,
            )
    except GuestlistError as error:
        problems.append(problem(error))
        return None
    return Base(
        name=wanted.compare,
        steps=found.steps if found else (),
        outputs=found.outputs if found else {},
        settings=settings,
    )


def _settings_of_base(folder: Path, environment: str) -> Settings | None:
    """As this program reads them; what it cannot read, the base may have read."""
    with suppress(GuestlistError):
        return load_settings(Project(root=folder), environment)
    return None


def _state_of(deployment: Deployment, engine_is_up: Event) -> _State:
    """Waits until the engine is up: starting, it and the program's import have both processors to do."""
    engine_is_up.wait()
    exported = deployment.engine.export_with_secrets()
    from guestlist.preview import assemble, formats  # noqa: F401 - for afterwards: loading them takes half a second
    from guestlist.preview.stand_ins import stand_ins_of_state

    return _State(exported=exported, secrets=secret_values(exported), told=stand_ins_of_state(exported))


def _known(state: Future[_State], deployment: Deployment, problems: list[Problem]) -> _State:
    try:
        found = state.result()
    except GuestlistError as error:
        if not problems:  # else the engine has said it already
            problems.append(problem(error))
        return _State()
    refused = refusal(read(found.exported), domain=deployment.domain, environment=deployment.environment)
    if refused is not None:
        problems.append(problem(refused))
    return found


def _circumstances(deployment: Deployment, state: _State, collected: Collected, today: date) -> Circumstances:
    from guestlist.preview.assemble import Circumstances
    from guestlist.preview.security.allowances import allowances_of

    retained = frozenset(resource.urn for resource in read(state.exported).managed() if resource.retained)
    return Circumstances(
        environment=deployment.environment,
        domain=deployment.domain,
        local=deployment.local,
        today=today,
        allowances=allowances_of(deployment.settings),
        retained=retained,
        secrets=state.secrets | collected.secrets | secrets_of_shell(deployment.environ),
    )


def _told(deployment: Deployment, state: _State, base: Base | None) -> KnownSecrets:
    from guestlist.preview.logins import KnownSecrets

    return KnownSecrets(settings=deployment.settings, base=base.settings if base else None, applied=state.told)


def secrets_of_shell(environ: Mapping[str, str]) -> frozenset[str]:
    """Those that are long enough to be no word: the local tenant's passphrase is its environment's name."""
    return frozenset(value for name in SECRET_VARIABLES if len(value := environ.get(name, "")) >= SHORTEST_SECRET)


def _blank(environment: str, *problems: Problem, domain: str = "") -> Report:
    """Nothing could be told."""
    return Report(project=PROJECT, environment=environment, domain=domain, changes=(), unchanged=0, problems=problems)
