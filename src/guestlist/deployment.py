"""
Open an environment for an operation: its settings, its engine, its tenant; refused before any call where a rule says so.

The order matters. What costs nothing comes first: settings, the tenant that the credentials are for, the toolchain; then the state.

Not here: what the operations do (`up.py`, `recover.py`, `destroy.py`, `doctor.py`).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from guestlist import folder_state, locks, up
from guestlist.engine import Engine
from guestlist.engine_errors import LockOwner, NoStack, StateLocked
from guestlist.environments import Project, check_environment, load_settings
from guestlist.errors import BadConfiguration, GuestlistError, TenantFailed, ToolchainMissing, WrongTenant
from guestlist.local import LocalTenant, LocalTenantFailed
from guestlist.local_env import has_stack, variables
from guestlist.scrubbing import backend_shown
from guestlist.state import Exported, State, read
from stacks.management import ManagementClient
from stacks.settings import LOCAL_ENVIRONMENT, PROJECT, Settings, wrong_tenant_sentence
from toolchain import Toolchain, ToolchainError, ensure, find

if TYPE_CHECKING:
    import httpx

Say = Callable[[str], None]

CREDENTIALS = ("AUTH0_DOMAIN", "AUTH0_CLIENT_ID", "AUTH0_CLIENT_SECRET", "AUTH0_API_TOKEN")
PASSPHRASES = ("PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE")


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """One environment, opened: nothing was touched yet."""

    environment: str
    root: Path
    settings: Settings
    tools: Toolchain
    engine: Engine

    @property
    def domain(self) -> str:
        return self.settings.tenant.domain

    @property
    def local(self) -> bool:
        return is_local(self.settings)

    @property
    def environ(self) -> Mapping[str, str]:
        return self.engine.environ

    def state(self) -> tuple[Exported, State]:
        """
        Read the state. A stack that was never created reads as an empty one.

        Raises: WrongTenant, when it was made against another tenant; pending operations are the caller's.
        """
        exported = self.engine.export_or_none() or {}
        state = read(exported)
        refused = up.refusal(state, domain=self.domain, environment=self.environment)
        if isinstance(refused, WrongTenant):
            raise refused
        return exported, state

    def refuse_unfinished(self) -> State:
        """Read the state. Raises: WrongTenant, PendingOperations, StateLocked."""
        self.refuse_locked()
        _, state = self.state()
        refused = up.refusal(state, domain=self.domain, environment=self.environment)
        if refused is not None:
            raise refused
        return state

    def mend_folder(self) -> bool:
        """Remove what a killed engine left half-written beside a state in a folder; answers whether there was anything."""
        backend = self._folder()
        return bool(backend and folder_state.mend(backend, project=PROJECT, stack=self.environment))

    def lock_owners(self) -> tuple[LockOwner, ...]:
        """Who holds the state, as far as the backend shows it without being asked to lock."""
        backend = self._folder()
        return locks.owners_of(backend, project=PROJECT, stack=self.environment) if backend else ()

    def _folder(self) -> Path | None:
        return locks.file_backend(self.environ.get("PULUMI_BACKEND_URL", ""), self.root)

    def refuse_locked(self) -> None:
        """Raises: StateLocked."""
        owners = self.lock_owners()
        if not owners:
            return
        gone = locks.verdict(owners) == "stale"
        who = " and ".join(str(owner) for owner in owners)
        remedy = (
            f"That run is gone. To clean up after it run: guestlist recover --env {self.environment}"
            if gone
            else f"Wait for that run; if it was killed, run: guestlist recover --env {self.environment}"
        )
        raise StateLocked(f"The state of {self.environment} is locked by {who}. {remedy}", owners)

    def create_stack_if_local(self) -> None:
        """
        Create the stack of a local tenant. A real environment's stack is created by a person who says so.

        Raises: NoStack.
        """
        if self.engine.export_or_none() is not None:
            return
        if not self.local:
            raise NoStack(
                f"There is no stack {self.environment} in this backend ({backend_shown(self.environ)}). "
                f"If this is its first deployment, create it: pulumi stack init {self.environment}"
            )
        self.engine.create()

    def tenant(self) -> ManagementClient:
        """The Management API with the deployer's credentials."""
        return ManagementClient.from_environment(self.domain, self.environ, transport=transport_for(self.environ))


def transport_for(environ: Mapping[str, str]) -> httpx.BaseTransport | None:
    """Trust what the engine's environment trusts: httpx looks at this process's own variables only. `None` where they agree."""
    trusted = environ.get("SSL_CERT_FILE", "")
    if not trusted or trusted == os.environ.get("SSL_CERT_FILE"):
        return None
    import ssl

    import httpx

    return httpx.HTTPTransport(verify=ssl.create_default_context(cafile=trusted))


def is_local(settings: Settings) -> bool:
    """Whether an environment's tenant is a local one."""
    return settings.tenant.domain.partition(":")[0] in {"localhost", "127.0.0.1"}


def open_environment(
    project: Project,
    environment: str,
    *,
    say: Say,
    environ: Mapping[str, str] | None = None,
    from_source: bool = False,
    check_secrets: bool = True,
) -> Deployment:
    """
    Open an environment for an operation.

    Args:
        project: where it is.
        environment: its name.
        say: hears what takes long (the toolchain's first build).
        environ: the shell's environment unless given. On a local tenant, what it lacks is taken from that tenant.
        from_source: source-built pieces may be used on a real tenant too.
        check_secrets: also decrypt the secrets and judge them, as `guestlist env check` does.

    Raises:
        BadConfiguration, WrongTenant, TenantFailed, ToolchainMissing, Refused: in this order.

    """
    shell = os.environ if environ is None else environ
    settings = load_settings(project, environment)
    local = is_local(settings)
    sentence = wrong_tenant_sentence(settings, shell)
    if sentence is not None:
        raise WrongTenant(sentence)
    if not local:
        refuse_no_credentials(shell, domain=settings.tenant.domain)
    tools = the_toolchain(environment, local=local, from_source=from_source, say=say)
    complete = with_local_defaults(project.root, settings, tools, shell) if local else tools.environment(shell)
    # The settings file that was checked is the one that the engine reads; a domain that leaked in must not win over it.
    complete["AUTH0_DOMAIN"] = settings.tenant.domain
    refuse_no_credentials(complete, domain=settings.tenant.domain)
    if (
        local
        and not any(shell.get(name) for name in CREDENTIALS)
        and LocalTenant.of_project(project.root).health() is None
    ):
        raise LocalTenantFailed("The local tenant does not run. To start it run: guestlist local start")
    if check_secrets:
        report = check_environment(project, environment, environ=complete)
        if report.faults:
            raise BadConfiguration([str(fault) for fault in report.faults])
    engine = Engine(pulumi=tools.pulumi, root=project.root, stack=environment, environ=complete)
    return Deployment(environment=environment, root=project.root, settings=settings, tools=tools, engine=engine)


@dataclass(frozen=True, kw_only=True)
class Outputs:
    """What a deployed environment says of itself, for those who work with it and are not its deployer."""

    settings: Settings
    outputs: Mapping[str, Any] = field(repr=False)  # secrets in the clear
    environ: Mapping[str, str] = field(repr=False)

    @property
    def local(self) -> bool:
        return is_local(self.settings)

    def transport(self) -> httpx.BaseTransport | None:
        """For calls to the tenant, by its own name or its login domain."""
        if self.local:
            from guestlist.this_machine import OnThisMachine

            return OnThisMachine(self.environ.get("SSL_CERT_FILE"))
        return transport_for(self.environ)


def open_outputs(project: Project, environment: str, *, say: Say, environ: Mapping[str, str] | None = None) -> Outputs:
    """
    Read an environment's outputs. Needs its backend and passphrase, and no credentials of the tenant.

    Raises: BadConfiguration, WrongTenant, ToolchainMissing, NoStack, LocalTenantFailed.
    """
    shell = os.environ if environ is None else environ
    settings = load_settings(project, environment)
    sentence = wrong_tenant_sentence(settings, shell)
    if sentence is not None:
        raise WrongTenant(sentence)
    local = is_local(settings)
    tools = the_toolchain(environment, local=local, from_source=False, say=say)
    complete = with_local_defaults(project.root, settings, tools, shell) if local else tools.environment(shell)
    if local and LocalTenant.of_project(project.root).health() is None:
        raise LocalTenantFailed("The local tenant does not run. To start it run: guestlist local start")
    engine = Engine(pulumi=tools.pulumi, root=project.root, stack=environment, environ=complete)
    try:
        outputs = engine.outputs_with_secrets()
    except NoStack:
        outputs = {}
    domain = outputs.get("tenantDomain", settings.tenant.domain)
    if domain != settings.tenant.domain:
        raise WrongTenant(
            f"The state of {environment} was made against {domain}, but its settings name {settings.tenant.domain}: nothing was touched."
        )
    return Outputs(settings=settings, outputs=outputs, environ=complete)


def with_local_defaults(root: Path, settings: Settings, tools: Toolchain, shell: Mapping[str, str]) -> dict[str, str]:
    """
    Complete a shell's environment with what `guestlist local env` would give it; what the shell says wins.

    Raises: WrongTenant, when this project's local tenant is at another address than the settings name.
    """
    complete = tools.environment(shell)
    has_credentials = any(shell.get(name) for name in CREDENTIALS)
    wants = {
        "PULUMI_BACKEND_URL": not shell.get("PULUMI_BACKEND_URL"),
        "PULUMI_CONFIG_PASSPHRASE": settings.environment == LOCAL_ENVIRONMENT
        and not any(name in shell for name in PASSPHRASES),
        "SSL_CERT_FILE": not has_credentials,
        "AUTH0_DOMAIN": not has_credentials,
        "AUTH0_CLIENT_ID": not has_credentials,
        "AUTH0_CLIENT_SECRET": not has_credentials,
    }
    if not any(wants.values()):
        return complete
    found = variables(root, LocalTenant.of_project(root), tools, shell)
    complete.update({name: found[name] for name, wanted in wants.items() if wanted})
    sentence = wrong_tenant_sentence(settings, complete)
    if sentence is not None:
        raise WrongTenant(sentence)
    return complete


def credentials_for_reading(project: Project, settings: Settings, shell: Mapping[str, str]) -> Mapping[str, str]:
    """
    Give the environment in which a tenant can be asked; no engine is needed for it.

    Raises: WrongTenant, TenantFailed, ToolchainMissing (a local tenant whose credentials the shell lacks).
    """
    sentence = wrong_tenant_sentence(settings, shell)
    if sentence is not None:
        raise WrongTenant(sentence)
    environ = shell
    if is_local(settings) and not any(shell.get(name) for name in CREDENTIALS):
        tools = find()
        if tools is None:
            raise ToolchainMissing("The toolchain is not prepared on this machine. To prepare it run: make setup")
        environ = with_local_defaults(project.root, settings, tools, shell)
    refuse_no_credentials(environ, domain=settings.tenant.domain)
    return environ


def refuse_no_credentials(environ: Mapping[str, str], *, domain: str) -> None:
    """Raises: TenantFailed, naming the variables that are missing; the values are never shown."""
    if environ.get("AUTH0_API_TOKEN"):
        return
    missing = [name for name in ("AUTH0_CLIENT_ID", "AUTH0_CLIENT_SECRET") if not environ.get(name)]
    if missing:
        raise TenantFailed(
            f"There are no credentials for the tenant {domain}: {' and '.join(missing)} not set. Set those of the deployer's "
            "machine-to-machine application (or AUTH0_API_TOKEN) and run again."
        )


def the_toolchain(environment: str, *, local: bool, from_source: bool, say: Say) -> Toolchain:
    """
    Find or make the toolchain; a real tenant gets official binaries only.

    Raises: Refused, when there are only source-built ones; ToolchainMissing.
    """
    try:
        if local or from_source:
            return ensure(report=say)
        official = find(from_source=False)
        if official is not None:
            return official
        built = find()
        refused = up.unofficial(built, environment=environment) if built else None
        if refused is not None:
            raise refused
        return ensure(report=say, from_source=False)
    except ToolchainError as error:
        raise ToolchainMissing(str(error)) from error


def create_local_stack(root: Path, tools: Toolchain, environ: Mapping[str, str]) -> bool:
    """Create the stack `local` in the project's own backend, unless it is there; answers whether it was made."""
    if has_stack(root):
        return False
    try:
        Engine(pulumi=tools.pulumi, root=root, stack=LOCAL_ENVIRONMENT, environ=environ).create()
    except GuestlistError:
        if has_stack(root):  # another command made it at the same time
            return False
        raise
    return True
