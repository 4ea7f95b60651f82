"""
Runs a job of a workflow as GitHub would: its `run:` steps in a shell, in order, in a fresh checkout; of actions only what they leave behind.

What stands between `${{` and `}}` is looked up in what the test provides; one that it does not provide is an error, so that no expression is
overlooked. A step that fails ends the job, but for steps with `if: ${{ !cancelled() }}`.

Not here: what the repository holds (`place.py`), GitHub's API (`forge.py`).
"""

import io
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.ci.forge import Forge

ROOT = Path(__file__).resolve().parents[2]
WORKFLOWS = ROOT / ".github" / "workflows"
STEP_SEC = 300
_EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}", re.DOTALL)
_NOT_FOR_JOBS = ("AUTH0_", "PULUMI_", "GITHUB_", "GUESTLIST_", "SSL_CERT_", "AWS_", "AZURE_", "CI_")


@dataclass
class Ran:
    """How a job went: by step's name, exit code and what it said."""

    codes: dict[str, int] = field(default_factory=dict)
    said: dict[str, str] = field(default_factory=dict)
    summary: str = ""

    @property
    def succeeded(self) -> bool:
        return not any(self.codes.values())

    def __str__(self) -> str:
        return "\n".join(f"--- {name}: {self.codes[name]}\n{self.said[name]}" for name in self.codes)


@dataclass(frozen=True, kw_only=True)
class Job:
    """One job of one workflow, on a machine of its own: the folder `machine`."""

    workflow: str
    name: str
    machine: Path
    origin: Path  # the repository, bare
    commit: str  # what is checked out unless the step says otherwise
    expressions: Mapping[str, str]
    environ: Mapping[str, str]
    forge: Forge
    skip: tuple[str, ...] = ()  # names of steps
    guestlist: str = ""  # a script that takes the place of the program

    @property
    def workspace(self) -> Path:
        return self.machine / "work"

    def run(self) -> Ran:
        document = yaml.safe_load((WORKFLOWS / self.workflow).read_text(encoding="utf-8"))
        job = document["jobs"][self.name]
        assert document["defaults"]["run"]["shell"] == "bash"
        for folder in (self.workspace, self.machine / "temp"):
            folder.mkdir(parents=True)
        files = {name: self.machine / name.lower() for name in ("GITHUB_ENV", "GITHUB_PATH", "GITHUB_STEP_SUMMARY")}
        for file in files.values():
            file.touch()
        environ = {
            **{name: value for name, value in os.environ.items() if not name.startswith(_NOT_FOR_JOBS)},
            **{name: str(file) for name, file in files.items()},
            "RUNNER_TEMP": str(self.machine / "temp"),
            **self.environ,
        }
        ran = Ran()
        for step in job["steps"]:
            name = step.get("name") or step["uses"].partition("@")[0]
            condition = step.get("if")
            assert condition in {None, "${{ !cancelled() }}"}, condition
            if name in self.skip or (condition is None and not ran.succeeded):
                continue
            own = {key: self._given(str(value)) for key, value in {**job.get("env", {}), **step.get("env", {})}.items()}
            own.update(line.split("=", 1) for line in files["GITHUB_ENV"].read_text().splitlines())
            ran.codes[name], ran.said[name] = self._step(step, {**environ, **own})
        ran.summary = files["GITHUB_STEP_SUMMARY"].read_text(encoding="utf-8")
        return ran

    def _given(self, text: str) -> str:
        def value(found: re.Match[str]) -> str:
            assert found[1] in self.expressions, f"the test provides no {found[0]}"
            return self.expressions[found[1]]

        return _EXPRESSION.sub(value, text)

    def _step(self, step: Mapping[str, Any], environ: Mapping[str, str]) -> tuple[int, str]:
        if "uses" in step:
            inputs = {name: self._given(str(value)) for name, value in step.get("with", {}).items()}
            match step["uses"].partition("@")[0]:
                case "actions/checkout":
                    self._checkout(inputs)
                case "actions/upload-artifact":
                    self._upload(inputs)
                case "actions/setup-python":
                    pass
                case other:
                    raise AssertionError(f"{other} is not an action that these tests know")
            return 0, ""
        assert "${{" not in step["run"], "values come into a script by variables, never by its text"
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            cwd=self.workspace,
            env=dict(environ),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            timeout=STEP_SEC,
            check=False,
        )
        return done.returncode, done.stdout

    def _checkout(self, inputs: Mapping[str, str]) -> None:
        assert inputs["persist-credentials"] == "False", "a token would stay behind for everything that runs afterwards"
        git("init", "--quiet", cwd=self.workspace)
        git("remote", "add", "origin", self.origin.as_uri(), cwd=self.workspace)
        commit = inputs.get("ref", self.commit)
        if inputs.get("fetch-depth") == "0":
            git("fetch", "--quiet", "origin", "+refs/heads/*:refs/remotes/origin/*", commit, cwd=self.workspace)
        else:
            git("fetch", "--quiet", "--depth=1", "origin", commit, cwd=self.workspace)
        git("checkout", "--quiet", "--detach", commit, cwd=self.workspace)
        a_venv(self.workspace / ".venv")
        if self.guestlist:
            (self.workspace / ".venv" / "bin" / "guestlist").write_text(self.guestlist, encoding="utf-8")

    def _upload(self, inputs: Mapping[str, str]) -> None:
        patterns = inputs["path"].split()
        found = sorted({file.name for pattern in patterns for file in self.workspace.glob(pattern)})
        if found:
            self.forge.artifacts[inputs["name"]] = zipped(
                {name: (self.workspace / name).read_bytes() for name in found}
            )


def a_venv(folder: Path) -> None:
    """What `make setup` would have made: this Python, younger than the lock."""
    (folder / "bin").mkdir(parents=True)
    for name in ("python", "python3"):  # the engine looks for the latter
        (folder / "bin" / name).symlink_to(sys.executable)
    script = folder / "bin" / "guestlist"
    script.write_text('#!/bin/sh\nexec "$(dirname "$0")/python" -P -m guestlist "$@"\n')
    script.chmod(0o755)
    venv = Path(sys.executable).parents[1]
    for name in ("lib", "pyvenv.cfg"):
        (folder / name).symlink_to(venv / name)
    (folder / ".ready").touch()


def zipped(files: Mapping[str, bytes]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return data.getvalue()


def git(*arguments: str, cwd: Path) -> str:
    program = shutil.which("git")
    assert program is not None
    environ = {**os.environ, **{f"GIT_{who}_{what}": text for who in ("AUTHOR", "COMMITTER") for what, text in _WHO}}
    done = subprocess.run([program, *arguments], cwd=cwd, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"git {' '.join(arguments)}: {done.stderr}"
    return done.stdout.strip()


_WHO = (("NAME", "Tests"), ("EMAIL", "tests@example.com"), ("DATE", "2026-11-23T00:00:00Z"))
