"""
A local tenant and a copy of the project for one test: real engine, real language host, real provider, own state.

Not here: what is tested (`test_*.py`), how the tools are found (`toolchain/`).
"""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import yaml

from guestlist.environments import LOCAL_PASSPHRASE
from toolchain import Toolchain

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SEC = 120.0


@dataclass(frozen=True, kw_only=True)
class LocalTenant:
    """A running local tenant: the emulated API by `api`, the control plane by `control`."""

    process: subprocess.Popen[bytes]
    directory: Path
    domain: str
    client_id: str
    client_secret: str
    control: httpx.Client
    api: httpx.Client

    def get(self, path: str, **query: str | int) -> Any:
        """GET /api/v2{path} with every scope."""
        answer = self.api.get(path, params=query)
        assert answer.status_code == 200, f"GET {path}: {answer.status_code} {answer.text}"
        return answer.json()

    def write(self, method: str, path: str, body: object) -> Any:
        """A change made behind the program's back."""
        answer = self.api.request(method, path, json=body)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def requests(self) -> list[dict[str, Any]]:
        """Every Management API call since the last `forget_requests`, oldest first."""
        recorded: list[dict[str, Any]] = self.control.get("/_local/requests").json()["requests"]
        return recorded

    def writes(self) -> list[tuple[str, str]]:
        """Method and path template, below /api/v2, of each of those calls that may change the tenant."""
        return [
            (call["method"], call["path"].removeprefix("/api/v2"))
            for call in self.requests()
            if call["method"] != "GET" and call["path"] != "/oauth/token"
        ]

    def forget_requests(self) -> None:
        self.control.delete("/_local/requests").raise_for_status()

    def hang_after_commit(self, method: str, path: str, *, skip: int = 0) -> None:
        """The next such call, after `skip` of them, is carried out and never answered."""
        fault = {"method": method, "path": path, "when": "after_commit", "action": "hang", "times": 1, "skip": skip}
        self.control.post("/_local/faults", json=fault).raise_for_status()

    def wait_until_a_call_hangs(self, process: subprocess.Popen[str]) -> None:
        deadline = time.monotonic() + PATIENCE_SEC
        while time.monotonic() < deadline:
            if self.control.get("/_local/faults").json()["held"] > 0:
                return
            assert process.poll() is None, f"the run ended before the call was made:\n{process.communicate()[0]}"
            time.sleep(0.05)
        raise AssertionError("no call was held")

    def clear_faults(self) -> None:
        self.control.delete("/_local/faults").raise_for_status()


@contextmanager
def a_local_tenant(directory: Path, *, tier: str = "unlimited") -> Iterator[LocalTenant]:
    """A fresh tenant on a free port of loopback, ended by its own pid."""
    ready = directory / "ready.json"
    log = (directory / "server.log").open("wb")
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "localtenant", "serve", "--port", "0", "--mail-port", "0", "--tier", tier),
            *("--data", str(directory), "--ready-file", str(ready)),
        ],
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    try:
        deadline = time.monotonic() + PATIENCE_SEC
        while not ready.exists():
            assert process.poll() is None, (directory / "server.log").read_text()
            assert time.monotonic() < deadline, "the local tenant does not answer"
            time.sleep(0.02)
        deployer = json.loads((directory / "deployer.json").read_text())
        url = f"https://{deployer['domain']}"
        verify = _trusting(directory / "ca.pem")
        with httpx.Client(base_url=url, verify=verify, timeout=30) as control:
            token = control.post(
                "/oauth/token",
                json={
                    "grant_type": "client_credentials",
                    "client_id": deployer["client_id"],
                    "client_secret": deployer["client_secret"],
                    "audience": f"{url}/api/v2/",
                },
            ).json()["access_token"]
            headers = {"Authorization": f"Bearer {token}"}
            with httpx.Client(base_url=f"{url}/api/v2", verify=verify, timeout=30, headers=headers) as api:
                yield LocalTenant(
                    process=process,
                    directory=directory,
                    domain=deployer["domain"],
                    client_id=deployer["client_id"],
                    client_secret=deployer["client_secret"],
                    control=control,
                    api=api,
                )
    finally:
        process.terminate()
        process.wait(timeout=20)
        log.close()


def _trusting(ca_file: Path) -> Any:
    import ssl

    return ssl.create_default_context(cafile=str(ca_file))


@dataclass(frozen=True, kw_only=True)
class Project:
    """A copy of the project whose `local` environment is one local tenant, with its own state."""

    directory: Path
    tenant: LocalTenant
    environ: Mapping[str, str]

    def run(self, *command: str, timeout: float = PATIENCE_SEC * 3) -> subprocess.CompletedProcess[str]:
        """Run a program as a shell prepared by `guestlist local env` would."""
        return subprocess.run(
            command,
            cwd=self.directory,
            env=dict(self.environ),
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
            stdin=subprocess.DEVNULL,
        )

    def pulumi(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.run("pulumi", *arguments, "--non-interactive")

    def guestlist(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.run(sys.executable, "-m", "guestlist", *arguments)

    def up(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return succeeded(self.pulumi("up", "-s", "local", "--yes", "--skip-preview", *arguments))

    def start(self, *command: str) -> subprocess.Popen[str]:
        """Start a program that is to be killed by `kill_whole`."""
        return subprocess.Popen(
            command,
            cwd=self.directory,
            env=dict(self.environ),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )

    def expects_no_changes(self) -> None:
        """The two promises of a clean tenant, as plain Pulumi tells them."""
        succeeded(self.pulumi("preview", "-s", "local", "--expect-no-changes", "--diff"))
        succeeded(self.pulumi("refresh", "-s", "local", "--preview-only", "--expect-no-changes", "--diff"))

    def state(self) -> dict[str, Any]:
        exported: dict[str, Any] = json.loads(succeeded(self.pulumi("stack", "export", "-s", "local")).stdout)
        return exported

    def urns(self) -> set[str]:
        return {resource["urn"] for resource in self.state()["deployment"].get("resources", [])}

    def set_config(self, group: str, **values: object) -> None:
        """Change keys of one settings group in the environment's file."""
        with self._config() as config:
            config.setdefault(f"guestlist:{group}", {}).update(values)

    def set_list(self, name: str, values: list[str]) -> None:
        """Replace a setting that is no group."""
        with self._config() as config:
            config[f"guestlist:{name}"] = values

    def drop_config(self, *names: str) -> None:
        """Take groups and lists out of the environment's file."""
        with self._config() as config:
            for name in names:
                del config[f"guestlist:{name}"]

    @contextmanager
    def _config(self) -> Iterator[dict[str, Any]]:
        file = self.directory / "config" / "Pulumi.local.yaml"
        content = yaml.safe_load(file.read_text())
        yield content["config"]
        file.write_text(yaml.safe_dump(content, sort_keys=False))


def succeeded(completed: subprocess.CompletedProcess[str]) -> subprocess.CompletedProcess[str]:
    """The same, or a failure that shows what the program said."""
    command = " ".join(completed.args).replace(sys.executable, "python")
    assert completed.returncode == 0, (
        f"{command}: exit code {completed.returncode}\n{completed.stdout}\n{completed.stderr}"
    )
    return completed


def kill_whole(process: subprocess.Popen[str]) -> None:
    """kill -9 for the engine, the language host and the plugins at once, as a lost machine would; each has a process group of its own."""
    for pid in [process.pid, *descendants(process.pid)]:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    process.communicate()


def descendants(pid: int) -> list[int]:
    """Children, their children and so on, as they are now."""
    children: dict[int, list[int]] = {}
    for child, parent in parents():
        children.setdefault(parent, []).append(child)
    found: list[int] = []
    waiting = [pid]
    while waiting:
        of_one = children.get(waiting.pop(), [])
        found += of_one
        waiting += of_one
    return found


def parents() -> Iterator[tuple[int, int]]:
    """Every process with its parent: from /proc where there is one, else from `ps`."""
    if not Path("/proc/self/stat").exists():
        shown = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
        yield from ((int(pid), int(parent)) for pid, parent in map(str.split, shown.splitlines()))
        return
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # ended meanwhile
            fields = (folder / "stat").read_text(errors="replace").rpartition(")")[2].split()
            yield int(folder.name), int(fields[1])


PROGRAM = ("stacks", "actions", "pages")


def a_project(directory: Path, tenant: LocalTenant, toolchain: Toolchain) -> Project:
    """Copy what a deployment reads; link what it only runs; create the stack `local`."""
    directory.mkdir(parents=True, exist_ok=True)
    for name in (*PROGRAM, ".venv", "toolchain", "src"):
        (directory / name).symlink_to(ROOT / name)
    for name in ("Pulumi.yaml", "pyproject.toml"):
        shutil.copy(ROOT / name, directory / name)
    shutil.copytree(ROOT / "config", directory / "config")
    file = directory / "config" / "Pulumi.local.yaml"
    content = yaml.safe_load(file.read_text())
    content["config"]["guestlist:tenant"]["domain"] = tenant.domain
    file.write_text(yaml.safe_dump(content, sort_keys=False))
    state = directory / ".guestlist" / "state"
    state.mkdir(parents=True)
    environ = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("AUTH0_", "PULUMI_"))},
        **toolchain.environment(),
        "PULUMI_BACKEND_URL": f"file://{state}",
        "PULUMI_CONFIG_PASSPHRASE": LOCAL_PASSPHRASE,
        "SSL_CERT_FILE": str(tenant.directory / "ca.pem"),
        "AUTH0_DOMAIN": tenant.domain,
        "AUTH0_CLIENT_ID": tenant.client_id,
        "AUTH0_CLIENT_SECRET": tenant.client_secret,
    }
    project = Project(directory=directory, tenant=tenant, environ=environ)
    succeeded(project.pulumi("stack", "init", "local"))
    return project


def copy_program(project: Project) -> None:
    """
    Give a project a program of its own, to be changed.

    `stacks/.venv` stays a link: followed, it would bring every package, into each commit and each `git archive` of it too.
    """
    for name in PROGRAM:
        (project.directory / name).unlink()
        shutil.copytree(
            ROOT / name, project.directory / name, symlinks=True, ignore=shutil.ignore_patterns("__pycache__")
        )
