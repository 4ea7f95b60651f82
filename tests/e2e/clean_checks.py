"""
Checks of a tenant that nobody touched, one after the other, with restarts of the tenant and answers that fail among them.

A check that meets trouble may fail to tell something; it may never report a difference.

Not here: how often (`test_drift_clean.py`, `tests/soak.py`).
"""

import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path

from guestlist.drift.environment import Wanted, check_environment
from guestlist.drift.report import Report
from guestlist.environments import Project as Clone
from tests.e2e.drifting import as_reader, declare
from tests.e2e.harness import PATIENCE_SEC, Project, a_local_tenant, a_project
from tests.e2e.injections import FIRST, LANGUAGES, SECRETS_OF_FIRST
from toolchain import Toolchain

# What goes wrong, in turn; `None`: nothing.
TROUBLES = (None, "restart before", "429", "503", "restart during")
CHANCE = 0.15  # of each call's answer
BESIDE = 2  # checks at the same time: one alone leaves a machine of two cores waiting
MOMENT_SEC = 0.6  # into a check


@dataclass(frozen=True, kw_only=True)
class Tried:
    """One check, and what it met."""

    number: int  # of the round
    trouble: str | None
    report: Report
    struck: int = 0  # answers that failed, of the whole round

    @property
    def faults(self) -> list[str]:
        """What is wrong with it: alarms, and without trouble whatever could not be told."""
        found = [f"{one.kind} {one.shown}" for one in self.report.items]
        found += [f"{one.rule}: {one.what}" for one in self.report.findings]
        if self.trouble in {None, "restart before"}:
            found += [one.said for one in self.report.problems]
        return [f"round {self.number + 1} ({self.trouble or 'no trouble'}): {one}" for one in found]


@dataclass(kw_only=True)
class Clean:
    """A deployed environment that declares everything, whose tenant can be restarted."""

    project: Project
    server: subprocess.Popen[bytes]
    environ: Mapping[str, str]
    pool: ProcessPoolExecutor  # a check runs the program with its variables in its own process; a command would start a Python for each
    ended: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def restart(self) -> None:
        """As a crash would: kill -9, and begun again on the same port with what it had stored."""
        self.server.kill()
        self.server.wait(timeout=20)
        directory = self.project.tenant.directory
        ready = directory / "ready.json"
        ready.unlink(missing_ok=True)
        command = (sys.executable, "-m", "localtenant", "serve", "--port", "0", "--mail-port", "0")
        options = ("--tier", "unlimited", "--data", str(directory), "--ready-file", str(ready))
        with (directory / "server.log").open("ab") as log:
            self.server = subprocess.Popen([*command, *options], stdout=log, stderr=subprocess.STDOUT)
        self.ended.append(self.server)
        deadline = time.monotonic() + PATIENCE_SEC
        while not ready.exists():
            assert self.server.poll() is None, (directory / "server.log").read_text()
            assert time.monotonic() < deadline, "the local tenant does not come back"
            time.sleep(0.02)

    def check(self) -> Report:
        """Once."""
        return self.pool.submit(_check, self.project.directory, self.environ).result()

    def tried(self, number: int) -> tuple[Tried, ...]:
        """Some checks at the same time, with the trouble whose turn it is."""
        trouble, control = TROUBLES[number % len(TROUBLES)], self.project.tenant.control
        if trouble == "restart before":
            self.restart()
        if trouble in {"429", "503"}:
            fault = {"method": "GET", "path": "api/v2/", "action": f"status:{trouble}", "times": 1000, "chance": CHANCE}
            control.post("/_local/faults", json=fault).raise_for_status()
        running = [self.pool.submit(_check, self.project.directory, self.environ) for _ in range(BESIDE)]
        if trouble == "restart during":
            time.sleep(MOMENT_SEC)
            self.restart()
        reports = [one.result() for one in running]
        struck = sum(one["struck"] for one in control.get("/_local/faults").json()["faults"])
        self.project.tenant.clear_faults()
        return tuple(Tried(number=number, trouble=trouble, report=one, struck=struck) for one in reports)


@contextmanager
def a_clean_environment(home: Path, tools: Toolchain, *, everything: bool = True) -> Iterator[Clean]:
    """
    Deployed.

    Args:
        home: a folder.
        tools: the toolchain.
        everything: declare all that one environment can declare at the same time, else what every environment has.

    """
    (home / "tenant").mkdir()
    with a_local_tenant(home / "tenant") as tenant:
        project = a_project(home / "project", tenant, tools)
        if everything:
            declare(project, FIRST, secrets=SECRETS_OF_FIRST, languages=LANGUAGES)
        project.up()
        with ProcessPoolExecutor(max_workers=BESIDE, mp_context=get_context("spawn")) as pool:
            clean = Clean(project=project, server=tenant.process, environ=as_reader(project).environ, pool=pool)
            try:
                yield clean
            finally:
                for one in clean.ended:
                    one.terminate()
                    one.wait(timeout=20)


def _check(directory: Path, environ: Mapping[str, str]) -> Report:
    return check_environment(
        Clone(root=directory),
        "local",
        Wanted(),
        say=lambda _: None,
        clock=lambda: datetime.now(UTC),
        environ=environ,
    )
