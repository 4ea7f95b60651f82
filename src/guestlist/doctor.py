"""
What keeps an environment from being deployed: every check by itself, so that one failing does not hide the others.

Nothing is written anywhere, and no secret is shown. Each check answers with one line and, if something is wrong, its remedy.

Not here: asking the tenant (`tenant_checks.py`); plan entitlements (`guestlist env check`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from guestlist import locks
from guestlist.checks import Check, fine, problem, remark
from guestlist.deployment import CREDENTIALS, is_local, transport_for, with_local_defaults
from guestlist.engine import Engine
from guestlist.engine_errors import LockOwner, NoStack
from guestlist.environments import EnvironmentReport, Project, check_environment
from guestlist.errors import GuestlistError
from guestlist.local import LocalTenant
from guestlist.recover_lookup import strays
from guestlist.scrubbing import backend_shown
from guestlist.state import State, read
from guestlist.tenant_checks import tenant_checks
from guestlist.up import refusal
from stacks.management import ManagementClient, ManagementError
from stacks.settings import PROJECT, Settings, wrong_tenant_sentence
from toolchain import Origin, Toolchain, find


def examine(project: Project, environment: str, shell: Mapping[str, str]) -> Iterator[Check]:
    """Run every check that can be run; each is given as soon as it is known."""
    report = check_environment(project, environment, environ=shell)
    yield settings_check(report)
    yield secrets_check(report)
    local = report.settings is not None and is_local(report.settings)
    tools = find() if local else find(from_source=False) or find()
    yield from toolchain_checks(tools, local=local)
    if report.settings is None:
        return
    environ: Mapping[str, str] = shell
    if local:
        tenant = LocalTenant.of_project(project.root)
        yield local_check(tenant, shell)
        if tools is not None:
            try:
                environ = with_local_defaults(project.root, report.settings, tools, shell)
            except GuestlistError as error:
                yield problem("credentials", error.message)
                return
    elif tools is not None:
        environ = tools.environment(shell)
    credentials = credentials_check(report.settings, environ)
    yield credentials
    reached = credentials.status != "problem"
    if reached:
        for check in tenant_checks(report.settings, environ):
            reached = reached and check.status != "problem"
            yield check
    if tools is not None:
        engine = Engine(pulumi=tools.pulumi, root=project.root, stack=environment, environ=environ)
        yield from state_checks(engine, report.settings)
        if reached:
            yield from stray_checks(engine, report.settings)


def settings_check(report: EnvironmentReport) -> Check:
    """Say whether the settings are good; the faults themselves are for `guestlist env check`."""
    if report.faults:
        count = "1 fault" if len(report.faults) == 1 else f"{len(report.faults)} faults"
        remedy = f"to see them run: guestlist env check {report.stack.environment}"
        return problem("settings", f"{report.stack.file} has {count}", remedy)
    return fine("settings", f"{report.stack.file} is good")


def secrets_check(report: EnvironmentReport) -> Check:
    """Say whether the passphrase or key at hand opens the secrets."""
    if report.note:
        return problem("secrets", f"cannot be opened: {report.note}", "the engine needs them to deploy")
    if not report.checked:
        return remark("secrets", "there are none, or the settings cannot be read")
    return fine("secrets", f"{len(report.checked)} opened with the key at hand ({report.secrets_provider})")


def toolchain_checks(tools: Toolchain | None, *, local: bool) -> Iterator[Check]:
    """Say of each piece which one is used and where it came from."""
    if tools is None:
        yield problem("toolchain", "the Pulumi engine is not prepared on this machine", "run: make setup")
        return
    for piece in tools.pieces:
        said = f"{piece.version}, {piece.origin.value.replace('_', ' ')}: {piece.path}"
        if piece.origin is Origin.SOURCE_BUILD and not local:
            remedy = (
                "real tenants get official binaries: python -m toolchain --official (or --from-source on each command)"
            )
            yield problem(piece.name.value, said, remedy)
        else:
            yield fine(piece.name.value, said)


def local_check(tenant: LocalTenant, shell: Mapping[str, str]) -> Check:
    """Say whether this project's local tenant runs; a shell with credentials of its own may mean another one."""
    health = tenant.health()
    if health is not None:
        return fine("local tenant", f"https://{health.domain}, tier {health.tier}, latency {health.latency_ms:g} ms")
    if any(shell.get(name) for name in CREDENTIALS):
        return remark("local tenant", "the one of this project does not run; the shell has credentials of its own")
    return problem("local tenant", "does not run", "run: guestlist local start")


def credentials_check(settings: Settings, environ: Mapping[str, str]) -> Check:
    """Say which credentials there are, by the names of their variables only."""
    sentence = wrong_tenant_sentence(settings, environ)
    if sentence is not None:
        return problem("credentials", sentence)
    if environ.get("AUTH0_API_TOKEN"):
        return fine("credentials", "AUTH0_API_TOKEN is set")
    lacking = [name for name in ("AUTH0_CLIENT_ID", "AUTH0_CLIENT_SECRET") if not environ.get(name)]
    if lacking:
        remedy = "set those of the deployer's machine-to-machine application, or AUTH0_API_TOKEN"
        return problem("credentials", f"{' and '.join(lacking)} not set", remedy)
    return fine("credentials", "AUTH0_CLIENT_ID and AUTH0_CLIENT_SECRET are set")


def state_checks(engine: Engine, settings: Settings) -> Iterator[Check]:
    """Ask the backend: reachable, locked, whose tenant, anything unfinished."""
    place = backend_shown(engine.environ)
    try:
        exported = engine.export()
    except NoStack:
        yield remark(
            "state", f"{place} has no stack {engine.stack} yet", f"create it: pulumi stack init {engine.stack}"
        )
        return
    except GuestlistError as error:
        yield problem("state", error.message)
        return
    yield fine("state", place)
    backend = locks.file_backend(engine.environ.get("PULUMI_BACKEND_URL", ""), engine.root)
    if backend is not None:
        yield lock_check(locks.owners_of(backend, project=PROJECT, stack=engine.stack), engine.stack)
    yield unfinished_check(read(exported), settings, engine.stack)


def stray_checks(engine: Engine, settings: Settings) -> Iterator[Check]:
    """Look for applications that a lost answer made twice."""
    domain = settings.tenant.domain
    try:
        state = read(engine.export_or_none() or {})
        with ManagementClient.from_environment(
            domain, engine.environ, transport=transport_for(engine.environ)
        ) as tenant:
            found = strays(tenant, state)
    except (GuestlistError, ManagementError):
        return  # the checks before this one have said why
    for stray in found:
        remedy = f"if nothing uses it: guestlist recover --env {engine.stack} --delete {stray.id}"
        yield problem("strays", f"{stray.label} ({stray.id}): {stray.because}", remedy)
    if not found:
        yield fine("strays", "every application that carries guestlist's mark is in the state")


def lock_check(owners: tuple[LockOwner, ...], environment: str) -> Check:
    """Say who holds the state."""
    verdict = locks.verdict(owners)
    if verdict == "free":
        return fine("lock", "nobody holds the state")
    who = " and ".join(str(owner) for owner in owners)
    if verdict == "stale":
        return problem(
            "lock", f"left behind by a run that is gone: {who}", f"run: guestlist recover --env {environment}"
        )
    return problem(
        "lock", f"held by {who}", f"wait for that run; if it was killed: guestlist recover --env {environment}"
    )


def unfinished_check(state: State, settings: Settings, environment: str) -> Check:
    """Say what `up` would refuse about the state."""
    refused = refusal(state, domain=settings.tenant.domain, environment=environment)
    if refused is not None:
        first, *more = refused.message.splitlines()
        return problem("unfinished", first, " ".join(line.strip() for line in more))
    return fine("unfinished", f"nothing; {len(state.managed())} resources in the state")
