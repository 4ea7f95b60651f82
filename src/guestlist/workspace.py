"""
The program inside a process of one's own, through Pulumi's Automation API: the same resources and the same URNs as plain Pulumi.

    stack = select_stack("local")
    result = stack.preview(expect_no_changes=True)

It reads `config/Pulumi.<stack>.yaml` like plain Pulumi does, because every operation passes that file on: the Automation API's own
`stack_settings()` knows nothing of `stackConfigDir`. It never changes which stack the shell has selected.

Not here: what `guestlist up` and its kin run (`engine.py` says why that is the engine itself).
Source: https://www.pulumi.com/docs/iac/automation-api/ and pulumi/automation/_local_workspace.py of 3.253.0.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from importlib import metadata
from pathlib import Path
from threading import Thread
from typing import Any

from pulumi import automation
from pulumi.runtime.config import CONFIG, is_config_secret
from semver import VersionInfo

from guestlist.environments import find_project
from stacks.settings import config_file

Program = Callable[[], None]
CommandError = automation.CommandError
EngineEvent = automation.EngineEvent
StepEventMetadata = automation.StepEventMetadata
StepEventStateMetadata = automation.StepEventStateMetadata


class UnselectedWorkspace(automation.LocalWorkspace):
    """A workspace that leaves the shell's selected stack alone: every command names its stack anyway."""

    def select_stack(self, stack_name: str) -> None:
        """Do nothing: a stack that does not exist is found out by the first operation."""


class PinnedEngine(automation.PulumiCommand):
    """An engine that the toolchain found new enough: it is not asked for its version once more, which takes its time."""

    def __init__(self, pulumi: Path) -> None:
        self.command = str(pulumi)
        self.version = VersionInfo.parse(metadata.version("pulumi"))


@dataclass(frozen=True, kw_only=True)
class ConfiguredStack:
    """A stack whose operations read the environment's own file; `stack` is the Automation API's, for everything else."""

    stack: automation.Stack
    file: Path

    def up(self, **options: Any) -> automation.UpResult:
        """As `automation.Stack.up`."""
        return self.stack.up(**self._with_file(options))

    def preview(self, **options: Any) -> automation.PreviewResult:
        """As `automation.Stack.preview`."""
        return self.stack.preview(**self._with_file(options))

    def refresh(self, **options: Any) -> automation.RefreshResult:
        """As `automation.Stack.refresh`."""
        return self.stack.refresh(**self._with_file(options))

    def preview_refresh(self, **options: Any) -> automation.PreviewResult:
        """As `automation.Stack.preview_refresh`."""
        return self.stack.preview_refresh(**self._with_file(options))

    def destroy(self, **options: Any) -> automation.DestroyResult:
        """As `automation.Stack.destroy`."""
        return self.stack.destroy(**self._with_file(options))

    def _with_file(self, options: Mapping[str, Any]) -> dict[str, Any]:
        return {"config_file": str(self.file), **options}


def select_stack(
    environment: str,
    *,
    root: Path | None = None,
    program: Program | None = None,
    environ: Mapping[str, str] | None = None,
    pulumi: Path | None = None,
) -> ConfiguredStack:
    """
    Open the stack of an environment with the program in this process.

    Without `root`, the folder of Pulumi.yaml is searched from the working directory upwards; `program` replaces
    `stacks.program.program`; `environ` is added to this process's variables; `pulumi` is the engine, the one on PATH unless given.
    Raises: NoProject.
    """
    project = find_project(root or Path.cwd(), exact=root is not None)
    if program is None:
        loading = Thread(target=_load, name="loads the program", daemon=True)
        loading.start()
        program = partial(_declared, loading)
    workspace = UnselectedWorkspace(
        work_dir=str(project.root),
        program=program,
        env_vars=_with_this_python({**os.environ, **(environ or {})}),
        pulumi_command=PinnedEngine(pulumi) if pulumi else None,
    )
    return ConfiguredStack(
        stack=automation.Stack.select(environment, workspace), file=project.root / config_file(environment)
    )


def _declared(loading: Thread) -> None:
    """
    The project's program, once nobody else imports it.

    Python gives a module that another thread is just importing as it is, and does not say if that fails: a program that broke on its last line would be run.
    """
    loading.join()
    from stacks.program import program

    program()


def _load() -> None:
    """Import the program while the engine starts, which takes as long; what is wrong with it is said when the engine asks for it."""
    with suppress(Exception):
        import stacks.program  # noqa: F401


def secrets_of_config() -> frozenset[str]:
    """The secret settings of the stack, in the clear, while its program runs in this process."""
    return frozenset(value for key, value in CONFIG.get().items() if is_config_secret(key))


def _with_this_python(environ: Mapping[str, str]) -> dict[str, str]:
    """
    Let `python3` be the interpreter of this process.

    The engine starts the dynamic provider of our own resources with `python3` from PATH when the program runs inline: it has no language
    host that would know Pulumi.yaml's virtualenv (tried with 3.253.0, 2026-11-24).
    """
    return {**environ, "PATH": os.pathsep.join([str(Path(sys.executable).parent), environ.get("PATH", os.defpath)])}
