"""The Automation API reads the environment's own file, wherever `stackConfigDir` puts it."""

import sys
import time
from pathlib import Path
from threading import Thread
from typing import Any
from unittest.mock import create_autospec

import pytest
from pulumi import automation

import stacks
from guestlist import workspace
from guestlist.errors import NoProject
from guestlist.workspace import ConfiguredStack


def a_project(folder: Path) -> Path:
    (folder / "Pulumi.yaml").write_text("name: guestlist\nruntime: python\nmain: stacks\nstackConfigDir: config\n")
    return folder


def test_the_automation_api_does_not_find_the_file_by_itself(tmp_path: Path) -> None:
    """The reason for `config_file`; when this fails, Pulumi has mended it."""
    (a_project(tmp_path) / "config").mkdir()
    (tmp_path / "config" / "Pulumi.dev.yaml").write_text("config:\n  guestlist:protect: true\n")
    command = create_autospec(automation.PulumiCommand, instance=True)

    with pytest.raises(FileNotFoundError):
        automation.LocalWorkspace(work_dir=str(tmp_path), pulumi_command=command).stack_settings("dev")


@pytest.mark.parametrize("operation", ["up", "preview", "refresh", "preview_refresh", "destroy"])
def test_every_operation_names_the_environments_file(tmp_path: Path, operation: str) -> None:
    recorder: Any = create_autospec(automation.Stack, instance=True)
    file = tmp_path / "config" / "Pulumi.dev.yaml"

    getattr(ConfiguredStack(stack=recorder, file=file), operation)(message="why")

    getattr(recorder, operation).assert_called_once_with(config_file=str(file), message="why")


def test_opening_a_stack_does_not_select_it_for_the_shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    command = create_autospec(automation.PulumiCommand, instance=True)
    monkeypatch.setattr("pulumi.automation._local_workspace.PulumiCommand", lambda **_options: command)

    stack = workspace.select_stack("dev", root=a_project(tmp_path), program=lambda: None)

    command.run.assert_not_called()
    assert stack.file == tmp_path / "config" / "Pulumi.dev.yaml"


def test_there_has_to_be_a_project(tmp_path: Path) -> None:
    with pytest.raises(NoProject):
        workspace.select_stack("dev", root=tmp_path, program=lambda: None)


def test_a_program_that_breaks_on_its_last_line_is_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While one thread imports it, Python hands it to another one as it is, and does not say that it failed."""
    (tmp_path / "program.py").write_text(
        "import time\n\n\ndef program() -> None:\n    raise SystemExit('it was run')\n\n\ntime.sleep(0.3)\nraise RuntimeError('broken')\n"
    )
    monkeypatch.setattr(stacks, "__path__", [str(tmp_path), *stacks.__path__])
    monkeypatch.delitem(sys.modules, "stacks.program", raising=False)
    loading = Thread(target=workspace._load, daemon=True)
    loading.start()
    time.sleep(0.1)

    with pytest.raises(RuntimeError, match="broken"):
        workspace._declared(loading)
