"""
The web sites beside the local tenant while somebody walks through the flow: the sample application and the profile page.

    opened = open_page_environment(project, "local", environ=deployment.environ)
    with on_stage(LocalTenant.of_project(project.root), opened, deployment.engine.outputs_with_secrets()) as stage:
        stage.application.url      https://app.localhost:8443, where the walk begins: /login
        stage.profile.url          https://profile.localhost:8443; `stage.profile` is None with `profile.enabled: false`
        stage.inbox_url            https://localhost:8443/_local/, where the mail and the text messages arrive
        stage.check()              raises StageFailed if one of them has ended
        stage.wait()               until Ctrl-C (`--keep`)

Each is a process of its own on a free port of loopback, and the tenant hands its host on to it. They end with the `with`, and with this
process however it ends (`tethered.py`); whoever served the host before serves it again. What they say is in `.guestlist/local/app.log` and `profile.log`.

Not here: the tenant (`local.py`), what is deployed to it (`up.py`), the walk.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from guestlist.errors import GuestlistError
from guestlist.local import LocalTenant, LocalTenantFailed
from guestlist.page_environment import OpenedEnvironment, page_variables

APPLICATION_HOST, PROFILE_HOST = "app.localhost", "profile.localhost"
LOOPBACK = "127.0.0.1"
START_SECONDS = 60.0  # on a machine that is busy
STOP_SECONDS = 5.0
POLL_SECONDS = 0.05
LAST_WORDS = 3  # lines
NOT_FOR_THEM = ("AUTH0_", "PULUMI_", "GUESTLIST_", "PROFILE_", "SAMPLEAPP_", "SSL_CERT_")


class StageFailed(GuestlistError):  # noqa: N818 - reads as a sentence where it is raised
    """A web site beside the local tenant did not start, or has ended."""


@dataclass(frozen=True, kw_only=True)
class Site:
    """One web site, served by a process of ours."""

    name: str
    url: str  # where people find it, on the tenant's port; no slash at the end
    upstream: str  # where it listens
    log_file: Path
    process: subprocess.Popen[bytes] = field(repr=False)

    def check(self) -> None:
        """Raises: StageFailed, when it has ended, with its last words."""
        code = self.process.poll()
        if code is not None:
            raise StageFailed(f"The {self.name} has ended (exit code {code}): {self._last_words()}")

    def _last_words(self) -> str:
        lines = self.log_file.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        said = " ".join(line.strip().removeprefix("Error: ") for line in lines[-LAST_WORDS:])
        return said or f"it said nothing; its log: {self.log_file}"


@dataclass(frozen=True, kw_only=True)
class Stage:
    """Everything that a walk needs addresses of."""

    tenant_url: str
    application: Site
    profile: Site | None

    @property
    def inbox_url(self) -> str:
        """Mail, text messages, users and the log of the tenant."""
        return f"{self.tenant_url}/_local/"

    @property
    def sites(self) -> tuple[Site, ...]:
        return (self.application,) if self.profile is None else (self.application, self.profile)

    def check(self) -> None:
        """Raises: StageFailed, when one of the sites has ended."""
        for site in self.sites:
            site.check()

    def wait(self) -> None:
        """Stay until Ctrl-C. Raises: StageFailed, when one of the sites ends by itself."""
        while True:
            self.check()
            time.sleep(0.2)


@contextmanager
def on_stage(tenant: LocalTenant, opened: OpenedEnvironment, outputs: Mapping[str, Any]) -> Iterator[Stage]:
    """
    Serve the sample application and the profile page of a local environment that is up.

    Args:
        tenant: it runs.
        opened: the environment, with the keys of the profile page.
        outputs: of its stack, secrets in the clear: issuer, applicationClientId, applicationClientSecret.

    Raises:
        StageFailed: the environment was not deployed, names other hosts, or a site does not start.
        LocalTenantFailed: the tenant does not answer.

    """
    plans = _plans(tenant, opened, outputs)
    with ExitStack() as stack:
        served_before = tenant.hosts()
        sites = [_start(tenant, plan, stack) for plan in plans]
        for plan, site in zip(plans, sites, strict=True):
            _await(site)
            stack.callback(_give_back, tenant, plan.host, served_before.get(plan.host))
            tenant.serve_host(plan.host, site.upstream)
        yield Stage(
            tenant_url=f"https://{opened.settings.tenant.domain}",
            application=sites[0],
            profile=sites[1] if len(sites) > 1 else None,
        )


@dataclass(frozen=True, kw_only=True)
class _Plan:
    """A site that is to be started; `variables` hold secrets."""

    name: str
    module: str
    arguments: tuple[str, ...]
    host: str
    url: str
    port: int
    variables: Mapping[str, str] = field(repr=False)


def _plans(tenant: LocalTenant, opened: OpenedEnvironment, outputs: Mapping[str, Any]) -> list[_Plan]:
    """The application, then the profile page if there is one. Raises: StageFailed."""
    settings = opened.settings
    domain = settings.tenant.domain
    needed = ("issuer", "applicationClientId", "applicationClientSecret")
    if any(not outputs.get(name) for name in needed):
        raise StageFailed(
            f"There is nothing to log in to yet: {settings.environment} is not deployed, or its application has no secret. "
            f"To deploy it run: guestlist up --env {settings.environment}"
        )
    url, port = _on_the_tenants_port(domain, APPLICATION_HOST, settings.application.initiate_login_uri), _free_port()
    application = _Plan(
        name="sample application",
        module="sampleapp",
        arguments=("--port", str(port)),
        host=APPLICATION_HOST,
        url=url,
        port=port,
        variables={
            "SAMPLEAPP_ISSUER": str(outputs["issuer"]),
            "SAMPLEAPP_CLIENT_ID": str(outputs["applicationClientId"]),
            "SAMPLEAPP_CLIENT_SECRET": str(outputs["applicationClientSecret"]),
            "SAMPLEAPP_BASE_URL": url,
            "SSL_CERT_FILE": str(tenant.ca_file),
        },
    )
    if not settings.profile.enabled:
        return [application]
    url, port = _on_the_tenants_port(domain, PROFILE_HOST, settings.profile.page_url), _free_port()
    page = _Plan(
        name="profile page",
        module="pages.profile",
        arguments=(),
        host=PROFILE_HOST,
        url=url,
        port=port,
        variables={
            **page_variables(opened),
            "PROFILE_BIND": LOOPBACK,
            "PORT": str(port),
            "PROFILE_TRUSTED_PROXIES": LOOPBACK,  # the tenant, which hands requests on
        },
    )
    return [application, page]


def _on_the_tenants_port(domain: str, host: str, url: str) -> str:
    """The origin of a setting's address. Raises: StageFailed, when the tenant does not serve it."""
    expected = host + domain[len(domain.partition(":")[0]) :]
    found = urlsplit(url)
    if found.netloc != expected:
        raise StageFailed(f"Nothing here serves {url}: on this machine it has to be on https://{expected}")
    return f"{found.scheme}://{found.netloc}"


def _free_port() -> int:
    with socket.create_server((LOOPBACK, 0)) as probe:
        return int(probe.getsockname()[1])


def _start(tenant: LocalTenant, plan: _Plan, stack: ExitStack) -> Site:
    log_file = tenant.directory / f"{plan.host.partition('.')[0]}.log"
    log = os.open(log_file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        process = subprocess.Popen(
            [sys.executable, "-m", "guestlist.tethered", plan.module, *plan.arguments],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=tenant.directory,
            env={**_plain_environment(), **plan.variables},
            start_new_session=True,  # Ctrl-C is for us, who end them
        )
    finally:
        os.close(log)
    stack.callback(_end, process)
    upstream = f"http://{LOOPBACK}:{plan.port}"
    return Site(name=plan.name, url=plan.url, upstream=upstream, log_file=log_file, process=process)


def _plain_environment() -> dict[str, str]:
    """Ours, without what is meant for other programs: credentials, and proxies between two programs of this machine."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(NOT_FOR_THEM) and not name.lower().endswith("_proxy") and name != "PORT"
    }


def _await(site: Site) -> None:
    """Return when it answers. Raises: StageFailed."""
    deadline = time.monotonic() + START_SECONDS
    with httpx.Client(timeout=START_SECONDS, trust_env=False) as client:
        while True:
            site.check()
            with suppress(httpx.TransportError):
                if client.get(f"{site.upstream}/healthz").is_success:
                    return
            if time.monotonic() > deadline:
                raise StageFailed(
                    f"The {site.name} did not answer within {START_SECONDS:.0f} s. Its log: {site.log_file}"
                )
            time.sleep(POLL_SECONDS)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Its pipe ends, and so does it (`tethered.py`); if not, it is killed."""
    if process.stdin is not None:
        process.stdin.close()
    try:
        process.wait(timeout=STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _give_back(tenant: LocalTenant, host: str, upstream: str | None) -> None:
    with suppress(LocalTenantFailed):  # it was stopped before us
        tenant.serve_host(host, upstream)
