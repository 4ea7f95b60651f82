"""
Runs a job of a workflow as GitHub would: its `run:` steps in a shell, in order, in a fresh checkout; of actions only what they leave behind.

What stands between `${{` and `}}` is looked up in what the test provides; one that it does not provide is an error, so that no expression is
overlooked. A step that fails ends the job, but for steps whose `if:` says otherwise (`CONDITIONS`).

Not here: the machine and its checkout (`machine.py`), GitLab's jobs (`gitlab.py`), GitHub's API (`forge.py`).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from tests.ci.forge import Forge
from tests.ci.machine import ROOT, Machine, zipped

WORKFLOWS = ROOT / ".github" / "workflows"
_EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}", re.DOTALL)


def run_steps() -> set[tuple[str, str, str]]:
    """Workflow, job and name of each `run:` step that there is."""
    return {
        (file.name, job, step["name"])
        for file in sorted(WORKFLOWS.glob("*.yml"))
        for job, document in yaml.safe_load(file.read_text(encoding="utf-8"))["jobs"].items()
        for step in document.get("steps", [])
        if "run" in step
    }


@dataclass
class Ran:
    """How a job went: by step's name, exit code and what it said."""

    codes: dict[str, int] = field(default_factory=dict)
    said: dict[str, str] = field(default_factory=dict)
    shells: set[str] = field(default_factory=set)  # names of the `run:` steps among them
    summary: str = ""

    @property
    def succeeded(self) -> bool:
        return not any(self.codes.values())

    def __str__(self) -> str:
        return "\n".join(f"--- {name}: {self.codes[name]}\n{self.said[name]}" for name in self.codes)


@dataclass(frozen=True, kw_only=True)
class Job:
    """One job of one workflow, on a machine of its own."""

    workflow: str
    name: str
    machine: Machine
    commit: str  # what is checked out unless the step says otherwise
    expressions: Mapping[str, str]
    environ: Mapping[str, str]
    forge: Forge

    def run(self) -> Ran:
        document = yaml.safe_load((WORKFLOWS / self.workflow).read_text(encoding="utf-8"))
        job = document["jobs"][self.name]
        assert document["defaults"]["run"]["shell"] == "bash"
        folder = self.machine.folder
        (folder / "temp").mkdir(parents=True)
        self.machine.workspace.mkdir()
        files = {name: folder / name.lower() for name in ("GITHUB_ENV", "GITHUB_PATH", "GITHUB_STEP_SUMMARY")}
        for file in files.values():
            file.touch()
        environ = {
            **{name: str(file) for name, file in files.items()},
            "RUNNER_TEMP": str(folder / "temp"),
            **self.environ,
        }
        ran = Ran()
        outcomes: dict[str, str] = {}
        for step in job["steps"]:
            name = step.get("name") or step["uses"].partition("@")[0]
            if not self._is_due(step.get("if"), ran, outcomes):
                outcomes[step.get("id", "")] = "skipped"
                continue
            own = {key: self._given(str(value)) for key, value in {**job.get("env", {}), **step.get("env", {})}.items()}
            own.update(line.split("=", 1) for line in files["GITHUB_ENV"].read_text().splitlines())
            ran.codes[name], ran.said[name] = self._step(step, {**environ, **own})
            if "run" in step:
                ran.shells.add(name)
            outcomes[step.get("id", "")] = "failure" if ran.codes[name] else "success"
        ran.summary = files["GITHUB_STEP_SUMMARY"].read_text(encoding="utf-8")
        return ran

    @staticmethod
    def _is_due(condition: str | None, ran: Ran, outcomes: Mapping[str, str]) -> bool:
        """As far as the workflows go: without a word, after success; whatever happened; whatever came of a step that was begun."""
        if condition is None:
            return ran.succeeded
        found = re.fullmatch(r"\$\{\{ !cancelled\(\)(?: && steps\.(\w+)\.outcome != 'skipped')? \}\}", condition)
        assert found, f"these tests do not know the condition {condition}"
        return found[1] is None or outcomes[found[1]] != "skipped"

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
                    assert inputs["persist-credentials"] == "False", "a token would stay behind for all that follows"
                    whole = inputs.get("fetch-depth") == "0"
                    self.machine.check_out(inputs.get("ref", self.commit), whole=whole)
                case "actions/upload-artifact":
                    self._upload(inputs)
                case "actions/setup-python":
                    pass
                case other:
                    raise AssertionError(f"{other} is not an action that these tests know")
            return 0, ""
        assert "${{" not in step["run"], "values come into a script by variables, never by its text"
        return self.machine.shell(step["run"], environ)

    def _upload(self, inputs: Mapping[str, str]) -> None:
        patterns = inputs["path"].split()
        found = sorted({file.name for pattern in patterns for file in self.machine.workspace.glob(pattern)})
        if found:
            self.forge.artifacts[inputs["name"]] = zipped(
                {name: (self.machine.workspace / name).read_bytes() for name in found}
            )
