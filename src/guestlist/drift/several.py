"""
Check several environments: each in a process of its own, some at the same time, each within a time; one that fails, hangs or dies hides no other.

    python -m guestlist.drift.several ENVIRONMENT FILE        in the project; writes the pickled report to FILE

The program runs in the process that checks, so two environments cannot share one.

Not here: checking one (`environment.py`).
"""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from guestlist.drift.environment import Clock, Say, Wanted, check_environment
from guestlist.drift.report import Report
from guestlist.environments import Project
from guestlist.preview.report import Problem
from guestlist.scrubbing import scrubber
from stacks.settings import PROJECT

AT_ONCE = 2
LIMIT_SECONDS = 900.0  # of one environment; a tenant of the free plan takes under a minute


def check_environments(
    project: Project,
    environments: Sequence[str],
    wanted: Wanted,
    *,
    say: Say,
    clock: Clock,
    environ: Mapping[str, str] | None = None,
    limit_seconds: float = LIMIT_SECONDS,
) -> list[Report]:
    """
    One report for each, in the order of the names.

    Args:
        project: where they are.
        environments: their names; a single one is checked in this process.
        wanted: how to look.
        say: hears what takes long.
        clock: in UTC.
        environ: the shell's environment unless given.
        limit_seconds: after which a check is ended, and its report says so.

    """
    if len(environments) == 1:
        return [check_environment(project, environments[0], wanted, say=say, clock=clock, environ=environ)]
    shell = dict(os.environ if environ is None else environ)

    def one(environment: str) -> Report:
        say(f"Checking {environment} …")
        return check_elsewhere(project, environment, wanted, shell=shell, clock=clock, limit_seconds=limit_seconds)

    with ThreadPoolExecutor(max_workers=AT_ONCE) as beside:
        return list(beside.map(one, environments))


def variables_of(environment: str, shell: Mapping[str, str]) -> dict[str, str]:
    """
    The shell's variables as one environment is to have them: `AUTH0_CLIENT_ID__PROD` is `AUTH0_CLIENT_ID` for `prod`.

    Where a shell names any for an environment, the common credentials are not meant for it.
    """
    suffix = "__" + "".join(letter if letter.isalnum() else "_" for letter in environment).upper()
    own = {name.removesuffix(suffix): value for name, value in shell.items() if name.endswith(suffix)}
    common = {name: value for name, value in shell.items() if "__" not in name or not name.startswith(_SUFFIXED)}
    if any(name.startswith("AUTH0_") for name in own):
        common = {name: value for name, value in common.items() if not name.startswith("AUTH0_")}
    return {**common, **own}


_SUFFIXED = ("AUTH0_", "PULUMI_", "GUESTLIST_")


def check_elsewhere(
    project: Project,
    environment: str,
    wanted: Wanted,
    *,
    shell: Mapping[str, str],
    clock: Clock,
    limit_seconds: float = LIMIT_SECONDS,
) -> Report:
    """One environment in a process of its own, which runs the program as it is now."""
    environ = variables_of(environment, shell)
    with tempfile.TemporaryDirectory(prefix="guestlist-drift-") as folder:
        file = Path(folder) / "report"
        process = subprocess.Popen(
            [sys.executable, "-m", "guestlist.drift.several", environment, str(file)],
            cwd=project.root,
            env=environ,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,  # the engine and its plugins end with it
        )
        try:
            _, errors = process.communicate(pickle.dumps(asdict(wanted)), timeout=limit_seconds)
        except subprocess.TimeoutExpired:
            _end(process)
            return _failed(environment, f"it took more than {limit_seconds:g} s and was ended", clock)
        except BaseException:
            _end(process)
            raise
        if process.returncode == 0 and file.exists():
            report: Report = pickle.loads(file.read_bytes())  # noqa: S301 - of our own process, in a folder of our own
            return report
        said = scrubber(environ)(errors.decode(errors="replace").strip()).splitlines()
        return _failed(environment, f"it ended without a report ({said[-1] if said else process.returncode})", clock)


def _end(process: subprocess.Popen[bytes]) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
            process.communicate(timeout=10)
        except ProcessLookupError:
            return
        except subprocess.TimeoutExpired:
            continue


def _failed(environment: str, why: str, clock: Clock) -> Report:
    said = f"The check of {environment} failed: {why}. To look at it alone run: guestlist drift --env {environment}"
    return Report(
        project=PROJECT,
        environment=environment,
        domain="",
        items=(),
        checked_at=clock(),
        read="nothing",
        problems=(Problem(said=said),),
    )


def main() -> int:
    environment, file = sys.argv[1:]
    wanted = Wanted(**pickle.loads(sys.stdin.buffer.read()))  # noqa: S301 - of the process that started this one
    report = check_environment(
        Project(root=Path.cwd()), environment, wanted, say=lambda _said: None, clock=lambda: datetime.now(UTC)
    )
    Path(file).write_bytes(pickle.dumps(report))
    return 0


if __name__ == "__main__":
    sys.exit(main())
