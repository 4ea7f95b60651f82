"""
Many people invited at once, for `make soak`: the real command in real processes, killed for good (SIGKILL), against a local tenant at the free
tier that refuses, fails and loses answers, on the machine's own clock.

Not here: the same on a clock that only waiting moves, in one process (`tests/inviting_many.py`).
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench.measure import set_limits
from tests.e2e.harness import LocalTenant, Project, a_local_tenant, a_project, kill_whole
from tests.e2e.walking import on_its_own_port
from tests.inviting_many import ADVERSITY, ENDLESS
from toolchain import Toolchain

SECONDS_PER_ROW = 1.5  # two calls at two a second, and what is repeated of them
MOST_RUNS_AFTERWARDS = 4
MAILBOX_KEEPS = 500


@dataclass(frozen=True, kw_only=True)
class ManyInvited:
    """What came of it."""

    outcomes: Counter[str]  # as the last run says
    mails: Counter[str]  # by address, as the tenant's log has them
    exit_code: int
    kills: int
    runs: int
    seconds: float
    statuses: Counter[int]  # of the Management API's answers

    def faults(self, rows: int) -> Iterator[str]:
        """What was promised and is not so."""
        if self.outcomes.total() != rows:
            yield f"{rows - self.outcomes.total()} rows were lost"
        twice = sum(count > 1 for count in self.mails.values())
        if twice:
            yield f"{twice} addresses were mailed twice"
        said = self.outcomes["sent"] + self.outcomes["already_invited"]
        unsaid = len(self.mails) - said
        if unsaid > self.outcomes["in_doubt"] or unsaid < 0:
            yield f"{len(self.mails)} addresses were mailed, {said} are said to be"
        if set(self.outcomes) - {"sent", "already_invited", "failed", "in_doubt"}:
            yield f"there are other outcomes: {dict(self.outcomes)}"


def invite_many_in_processes(directory: Path, tools: Toolchain, *, rows: int, kills: int, seed: int) -> ManyInvited:
    """Deploy, then invite `rows` people through runs that are killed `kills` times, and then to the end."""
    chance = random.Random(seed)
    with a_local_tenant(directory) as tenant:
        project = a_project(directory / "project", tenant, tools)
        on_its_own_port(project)
        project.up()
        (project.directory / ".guestlist" / "local").symlink_to(tenant.directory)
        people = "".join(f"person{number}@example.com\n" for number in range(rows))
        (project.directory / "people.csv").write_text(f"address\n{people}")
        tenant.forget_requests()
        set_limits(tenant, "free", 0)
        began = time.monotonic()
        killed = sum(_killed(project, chance, number, rows=rows, kills=kills) for number in range(kills))
        for number in range(MOST_RUNS_AFTERWARDS):
            _adversity(tenant)
            with _running(project, f"last-{number}") as process:
                process.wait()
            if process.returncode == 0:
                break
        seconds = time.monotonic() - began
        statuses = Counter(call["status"] for call in tenant.requests() if call["path"] != "/oauth/token")
        tenant.clear_faults()
        set_limits(tenant, "unlimited", 0)
        lines = (project.directory / f"last-{number}.jsonl").read_text().splitlines()
        mails = Counter(entry["user_name"] for entry in _logged(tenant) if entry["type"] == "scpr")
        if rows <= MAILBOX_KEEPS:
            kept = Counter(mail["to"] for mail in tenant.control.get("/_local/mail").json()["mail"])
            assert kept == mails, "the log and the mailbox do not agree on who was mailed"
        return ManyInvited(
            outcomes=Counter(json.loads(line)["outcome"] for line in lines),
            mails=mails,
            exit_code=process.returncode,
            kills=killed,
            runs=kills + number + 1,
            seconds=seconds,
            statuses=statuses,
        )


def _killed(project: Project, chance: random.Random, number: int, *, rows: int, kills: int) -> bool:
    """Every other one at a random moment, the others when the tenant has sent a mail and the answer is not there yet."""
    tenant = project.tenant
    _adversity(tenant)
    if number % 2:
        tenant.hang_after_commit("POST", "dbconnections", skip=chance.randrange(max(1, rows // kills)))
    deadline = time.monotonic() + 3 + chance.uniform(0, 2 * SECONDS_PER_ROW * rows / kills)
    with _running(project, f"killed-{number}") as process:
        while process.poll() is None:
            hangs = tenant.control.get("/_local/faults").json()["held"] > 0
            if hangs or (number % 2 == 0 and time.monotonic() > deadline):
                break
            time.sleep(0.1)
        if process.poll() is not None:
            return False
        kill_whole(process)
    tenant.clear_faults()
    return True


def _adversity(tenant: LocalTenant) -> None:
    """Of all answers 30 % are a 429 or a 500."""
    tenant.clear_faults()
    for when, action, chance in ADVERSITY:
        fault = {"path": ".*", "when": when, "action": action, "times": ENDLESS, "chance": chance}
        tenant.control.post("/_local/faults", json=fault).raise_for_status()


@contextmanager
def _running(project: Project, name: str) -> Iterator[subprocess.Popen[str]]:
    """The command; what it says goes into files, for a pipe would fill up."""
    arguments = ("invites", "create", "--csv", "people.csv", "--env", "local", "--json")
    out, said = project.directory / f"{name}.jsonl", project.directory / f"{name}.log"
    with out.open("w") as stdout, said.open("w") as stderr:
        yield subprocess.Popen(
            [sys.executable, "-m", "guestlist", *arguments],
            cwd=project.directory,
            env=dict(project.environ),
            stdout=stdout,
            stderr=stderr,
            text=True,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )


def _logged(tenant: LocalTenant) -> Iterator[dict[str, Any]]:
    """The whole of the tenant's log, oldest first."""
    query: dict[str, str | int] = {"take": 100}
    while True:
        entries = tenant.get("/logs", **query)
        yield from entries
        if len(entries) < 100:
            return
        query["from"] = entries[-1]["log_id"]
