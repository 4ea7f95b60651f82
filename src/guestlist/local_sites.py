"""
The application and the profile page beside the local tenant: two programs on this machine, behind the tenant's port.

    with local_sites(root, tenant, page=page_variables(opened), application=application_variables(outputs, settings)):
        …   https://app.localhost:8443 and https://profile.localhost:8443 answer

They end with whoever started them. Not here: the programs (`src/sampleapp`, `pages/profile`), the handing on (`localtenant/hosts.py`).
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from guestlist.errors import GuestlistError
from guestlist.local import LocalTenant
from stacks.settings import Settings

PATIENCE_SECONDS = 20.0
STOP_SECONDS = 5.0
APPLICATION_HOST, PAGE_HOST = "app.localhost", "profile.localhost"


class SiteFailed(GuestlistError):  # noqa: N818 - reads as a sentence where it is raised
    """A site beside the local tenant did not start."""


@dataclass(frozen=True, kw_only=True)
class Program:
    """A module that serves plain HTTP on loopback."""

    host: str  # that the tenant's port hands on to it
    module: str
    arguments: Sequence[str]
    environ: Mapping[str, str]
    port: int


@contextmanager
def local_sites(
    root: Path, tenant: LocalTenant, *, page: Mapping[str, str] | None, application: Mapping[str, str]
) -> Iterator[None]:
    """
    Run both, until the block ends.

    Args:
        root: the project's directory; `pages` is imported from there.
        tenant: it runs.
        page: variables of the profile page; `None` where an environment has none.
        application: variables of the sample application.

    Raises: SiteFailed, LocalTenantFailed.

    """
    ca_file = str(tenant.ca_file)
    programs = [_application(application, ca_file), *([_page(page)] if page is not None else [])]
    with ExitStack() as ending:
        for program in programs:
            ending.enter_context(_running(root, program))
            tenant.serve_host(program.host, f"http://127.0.0.1:{program.port}")
            ending.callback(tenant.serve_host, program.host, None)
        yield


def application_variables(outputs: Mapping[str, Any], settings: Settings) -> dict[str, str]:
    """What the sample application is started with, of a deployed stack."""
    callback = (settings.application.callback_urls or ("",))[0]
    return {
        "SAMPLEAPP_ISSUER": str(outputs["issuer"]),
        "SAMPLEAPP_CLIENT_ID": str(outputs["applicationClientId"]),
        "SAMPLEAPP_CLIENT_SECRET": str(outputs["applicationClientSecret"]),
        "SAMPLEAPP_BASE_URL": callback.removesuffix("/callback"),
    }


def _application(variables: Mapping[str, str], ca_file: str) -> Program:
    port = _free_port()
    return Program(
        host=APPLICATION_HOST,
        module="sampleapp",
        arguments=["--port", str(port)],
        environ={**variables, "SSL_CERT_FILE": ca_file},  # it asks the tenant for its keys and for tokens
        port=port,
    )


def _page(variables: Mapping[str, str]) -> Program:
    port = _free_port()
    environ = {**variables, "PROFILE_BIND": "127.0.0.1", "PORT": str(port)}
    return Program(host=PAGE_HOST, module="pages.profile", arguments=[], environ=environ, port=port)


@contextmanager
def _running(root: Path, program: Program) -> Iterator[None]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AUTH0_", "PULUMI_", "PROFILE_"))}
    command = [sys.executable, "-m", "guestlist.leash", program.module, *program.arguments]
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            command, cwd=root, env={**kept, **program.environ}, stdin=subprocess.PIPE, stdout=said, stderr=said
        )
        try:
            if not _answers(process, program.port):
                said.seek(0)
                words = said.read().decode("utf-8", "replace").strip()
                raise SiteFailed(f"{program.host} did not start: {words or 'it does not answer'}")
            yield
        finally:
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _answers(process: subprocess.Popen[bytes], port: int) -> bool:
    patience = time.monotonic() + PATIENCE_SECONDS
    while process.poll() is None and time.monotonic() < patience:
        try:
            if httpx.get(f"http://127.0.0.1:{port}/healthz", trust_env=False).status_code == httpx.codes.OK:
                return True
        except httpx.HTTPError:
            time.sleep(0.05)
    return False


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
    return port
