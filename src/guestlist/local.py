"""
The local tenant in the background: started, found again, stopped, emptied. Its folder is `.guestlist/local/` of the project.

A pid alone does not say whose process it is: it is written down with the time the process began, and nothing else is ever stopped.

Not here: the tenant itself (`localtenant`, a program of its own), the variables that point programs at it (`local_env.py`).
"""

from __future__ import annotations

import fcntl
import json
import os
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from guestlist.errors import GuestlistError
from guestlist.processes import alive, start_time

START_SECONDS = 30.0
STOP_SECONDS = 10.0
CONTROL_SECONDS = 10.0
DEFAULT_PORT = 8443


class LocalTenantFailed(GuestlistError):  # noqa: N818 - reads as a sentence where it is raised
    """The local tenant did not start, does not answer, or could not be stopped."""


@dataclass(frozen=True, kw_only=True)
class Deployer:
    """The credentials that a fresh local tenant starts with. The secret is for this machine only, and still not for printing."""

    domain: str
    client_id: str
    client_secret: str


@dataclass(frozen=True, kw_only=True)
class Health:
    """What a running tenant says about itself."""

    domain: str
    tier: str
    plan: str
    latency_ms: float
    mail_port: int | None  # of the local mailbox


@dataclass(frozen=True, kw_only=True)
class Started:
    """What `start` did: `already` if there was nothing to do. `pid` is 0 for a server that we did not start."""

    url: str
    pid: int
    already: bool

    @property
    def process(self) -> str:
        return f"pid {self.pid}" if self.pid else "in the foreground of another terminal"


@dataclass(frozen=True, kw_only=True)
class LocalTenant:
    """The local tenant of one project. `directory` is its data; everything about its process is there too."""

    directory: Path

    @classmethod
    def of_project(cls, root: Path) -> LocalTenant:
        """The one of a project."""
        return cls(directory=root / ".guestlist" / "local")

    @property
    def ca_file(self) -> Path:
        """The certificate authority that signed the tenant's certificate."""
        return self.directory / "ca.pem"

    def trust(self) -> ssl.SSLContext:
        """What a client of the tenant trusts: this authority alone. Raises: OSError, when it was never started."""
        return ssl.create_default_context(cafile=str(self.ca_file))

    @property
    def log_file(self) -> Path:
        return self.directory / "server.log"

    @property
    def _process_file(self) -> Path:
        return self.directory / "process.json"

    def deployer(self) -> Deployer:
        """Raises: LocalTenantFailed, when it was never started."""
        try:
            found = json.loads((self.directory / "deployer.json").read_text(encoding="utf-8"))
            return Deployer(domain=found["domain"], client_id=found["client_id"], client_secret=found["client_secret"])
        except (OSError, ValueError, KeyError) as error:
            raise LocalTenantFailed("There is no local tenant yet. To start it run: guestlist local start") from error

    def pid(self) -> int | None:
        """The process that we started, if it still is that process."""
        try:
            found = json.loads(self._process_file.read_text(encoding="utf-8"))
            pid, began = int(found["pid"]), str(found["began"])
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return pid if alive(pid) and start_time(pid) == began else None

    def health(self) -> Health | None:
        """Ask it; `None` when nothing that is ours answers."""
        try:
            answer = self._control("GET", "health")
        except LocalTenantFailed:
            return None
        return Health(
            domain=answer["domain"],
            tier=answer["tier"],
            plan=answer["plan"],
            latency_ms=float(answer["latency_ms"]),
            mail_port=answer.get("mail_port"),
        )

    def start(
        self,
        *,
        port: int = DEFAULT_PORT,
        tier: str | None = None,
        plan: str | None = None,
        latency_ms: float | None = None,
        mail_port: int | None = None,
    ) -> Started:
        """
        Start it unless it runs, and return when it answers. Options for one that runs already are applied to it.

        Raises: LocalTenantFailed, with the server's own words.
        """
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._alone():
            self._refuse_other_address(port)
            health = self.health()
            if health is not None:
                self._change(tier, plan, latency_ms)
                return Started(url=f"https://{health.domain}", pid=self.pid() or 0, already=True)
            return self._start(
                serve_command(
                    self.directory, port=port, tier=tier, plan=plan, latency_ms=latency_ms, mail_port=mail_port
                )
            )

    def _refuse_other_address(self, port: int) -> None:
        """A tenant is named after its address, and so is everything in it."""
        try:
            domain = self.deployer().domain
        except LocalTenantFailed:
            return
        if domain.partition(":")[2] != str(port):
            raise LocalTenantFailed(
                f"The local tenant of this project is https://{domain}, and its data is named after that address: start it with "
                f"--port {domain.partition(':')[2]}. To have one on port {port} instead, stop it and delete its data: "
                f"rm -r {self.directory} {self.directory.with_name('state')}"
            )

    def _start(self, command: Sequence[str]) -> Started:
        ready = self.directory / "ready.json"
        ready.unlink(missing_ok=True)
        with _private(self.log_file) as log:
            process = subprocess.Popen(
                [*command, "--ready-file", str(ready)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self.directory,
                start_new_session=True,  # it outlives this command, and its terminal
            )
        _write_private(self._process_file, json.dumps({"pid": process.pid, "began": start_time(process.pid)}))
        deadline = time.monotonic() + START_SECONDS
        try:
            while not ready.exists():
                if process.poll() is not None:
                    self._process_file.unlink(missing_ok=True)
                    raise LocalTenantFailed(f"Cannot start the local tenant: {self._last_words()}")
                if time.monotonic() > deadline:
                    self._end(process.pid)
                    raise LocalTenantFailed(
                        f"The local tenant did not answer within {START_SECONDS:.0f} s and was stopped. Its log: {self.log_file}"
                    )
                time.sleep(0.01)
        except KeyboardInterrupt:
            self._end(process.pid)
            raise
        url = str(json.loads(ready.read_text(encoding="utf-8"))["url"])
        ready.unlink(missing_ok=True)
        return Started(url=url, pid=process.pid, already=False)

    def _last_words(self) -> str:
        lines = self.log_file.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        said = [line.removeprefix("Error: ") for line in lines if line.startswith("Error: ")]
        if said and "is in use" in said[-1]:
            return (
                "another program uses its port. Free it, or write another port in place of this one into "
                "config/Pulumi.local.yaml (localhost:PORT, in every line), then run again"
            )
        return said[-1] if said else f"it ended at once; its log: {self.log_file}"

    def stop(self) -> bool:
        """Stop it, if we started it and it runs. Answers whether there was anything to stop."""
        if not self.directory.exists():
            return False
        with self._alone():
            pid = self.pid()
            if pid is None:
                self._process_file.unlink(missing_ok=True)
                return False
            self._end(pid)
            return True

    def _end(self, pid: int) -> None:
        """Ask first (SIGTERM), insist after a while (SIGKILL): its database survives either."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            with suppress(ProcessLookupError):
                os.kill(pid, number)
            deadline = time.monotonic() + STOP_SECONDS
            while time.monotonic() < deadline:
                with suppress(ChildProcessError):
                    os.waitpid(pid, os.WNOHANG)  # it is our child when this same process started it
                if not alive(pid):
                    self._process_file.unlink(missing_ok=True)
                    return
                time.sleep(0.02)
        raise LocalTenantFailed(f"The local tenant (pid {pid}) cannot be stopped.")

    def reset(self) -> None:
        """Make it a fresh tenant; the deployer keeps its credentials."""
        if self.health() is not None:
            self._control("POST", "reset")
            return
        command = [sys.executable, "-m", "localtenant", "reset", "--data", str(self.directory)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise LocalTenantFailed(f"Cannot empty the local tenant: {done.stderr.strip().removeprefix('Error: ')}")

    def hosts(self) -> dict[str, str]:
        """Who serves the other hosts on the tenant's port, `app.localhost` and `profile.localhost`."""
        return dict(self._control("GET", "hosts")["hosts"])

    def serve_host(self, host: str, upstream: str | None) -> None:
        """Have the tenant's port hand requests for `app.localhost` or `profile.localhost` on to a program; `None` ends it."""
        self._control("PUT", "hosts", {host: upstream})

    def _change(self, tier: str | None, plan: str | None, latency_ms: float | None) -> None:
        wanted = {"tier": tier, "plan": plan, "latency_ms": latency_ms}
        settings = {name: value for name, value in wanted.items() if value is not None}
        if settings:
            self._control("PUT", "settings", settings)

    def _control(self, method: str, path: str, body: Mapping[str, object] | None = None) -> dict[str, Any]:
        """Call the control plane. Raises: LocalTenantFailed, when it does not answer as it should."""
        import httpx

        url = f"https://{self.deployer().domain}/_local/{path}"
        try:
            with httpx.Client(verify=self.trust(), timeout=CONTROL_SECONDS, trust_env=False) as client:
                answer = client.request(method, url, json=body)
            answer.raise_for_status()
            found: dict[str, Any] = answer.json()
        except (httpx.HTTPError, OSError, ValueError) as error:
            raise LocalTenantFailed(
                f"The local tenant does not answer at {url}: {error}. To start it run: guestlist local start"
            ) from error
        return found

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Hold off another `start` or `stop` of this project until this one is done."""
        with (self.directory / "start.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def serve_command(
    directory: Path,
    *,
    port: int = DEFAULT_PORT,
    tier: str | None = None,
    plan: str | None = None,
    latency_ms: float | None = None,
    mail_port: int | None = None,
) -> list[str]:
    """Write the command that serves the tenant in the foreground."""
    command = [sys.executable, "-m", "localtenant", "serve", "--data", str(directory), "--port", str(port)]
    if tier is not None:
        command += ["--tier", tier]
    if plan is not None:
        command += ["--plan", plan]
    if latency_ms is not None:
        command += ["--latency", f"{latency_ms:g}"]
    if mail_port is not None:
        command += ["--mail-port", str(mail_port)]
    return command


@contextmanager
def _private(path: Path) -> Iterator[int]:
    """Open a fresh file that only its owner may read."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        yield handle
    finally:
        os.close(handle)


def _write_private(path: Path, text: str) -> None:
    with _private(path) as handle:
        os.write(handle, text.encode())
