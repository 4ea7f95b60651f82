"""The prepared toolchain runs Python programs: a project as ours, in a temporary folder, without any provider plugin."""

import subprocess
import sys
from pathlib import Path

import pytest

from toolchain import ensure

PROJECT = """\
name: probe
main: stacks
runtime:
  name: python
  options:
    virtualenv: .venv
"""

DYNAMIC = """\
import pulumi
from pulumi.dynamic import CreateResult, Resource, ResourceProvider


class Doubler(ResourceProvider):
    def create(self, props):
        return CreateResult("the-id", {"number": props["number"], "double": props["number"] * 2})


class Doubled(Resource):
    double: pulumi.Output[int]

    def __init__(self, name, number):
        super().__init__(Doubler(), name, {"number": number, "double": None})


pulumi.export("double", Doubled("it", 21).double)
"""


class Project:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = ensure().environment() | {
            "PULUMI_BACKEND_URL": f"file://{folder}/state",
            "PULUMI_CONFIG_PASSPHRASE": "only for this test",
        }

    def write(self, program: str) -> None:
        (self.folder / "stacks" / "__main__.py").write_text(program, encoding="utf-8")

    def pulumi(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["pulumi", *arguments, "--non-interactive"],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def works(self, *arguments: str) -> str:
        result = self.pulumi(*arguments)
        assert result.returncode == 0, result.stdout + result.stderr
        return result.stdout


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / "stacks").mkdir()
    (tmp_path / "state").mkdir()
    (tmp_path / "Pulumi.yaml").write_text(PROJECT, encoding="utf-8")
    (tmp_path / ".venv").symlink_to(sys.prefix)
    # With `main:`, dynamic providers look for the virtualenv here: https://github.com/pulumi/pulumi/issues/7061
    (tmp_path / "stacks" / ".venv").symlink_to("../.venv")
    project = Project(tmp_path)
    project.works("stack", "init", "dev")
    return project


def test_a_program_gets_its_virtualenv_folder_config_and_secrets(project: Project) -> None:
    project.works("config", "set", "plain", "value of plain")
    project.works("config", "set", "--secret", "hidden", "value of hidden")
    project.write(
        "import os, sys, pulumi\n"
        "config = pulumi.Config()\n"
        "pulumi.export('where', [sys.prefix, os.path.basename(os.getcwd()), pulumi.get_stack(), pulumi.get_project()])\n"
        "pulumi.export('plain', config.require('plain'))\n"
        "pulumi.export('hidden', config.require_secret('hidden'))\n"
    )
    output = project.works("up", "--yes")
    assert "value of plain" in output
    assert "value of hidden" not in output
    where = project.works("stack", "output", "where")
    assert Path(where.split('"')[1]).resolve() == Path(sys.prefix).resolve()
    assert '"stacks","dev","probe"' in where
    assert project.works("stack", "output", "hidden", "--show-secrets").strip() == "value of hidden"


def test_dynamic_resources_go_up_and_down(project: Project) -> None:
    project.write(DYNAMIC)
    project.works("up", "--yes")
    assert project.works("stack", "output", "double").strip() == "42"
    assert "2 unchanged" in project.works("preview")
    assert "2 unchanged" in project.works("refresh", "--preview-only")
    assert "2 deleted" in project.works("destroy", "--yes")


def test_a_failing_program_shows_its_own_line(project: Project) -> None:
    project.write("import pulumi\n\n1 / 0\n")
    result = project.pulumi("preview")
    assert result.returncode != 0
    assert 'stacks/__main__.py", line 3' in result.stdout + result.stderr
    assert "ZeroDivisionError" in result.stdout + result.stderr


def test_a_missing_virtualenv_is_named(project: Project) -> None:
    (project.folder / ".venv").unlink()
    (project.folder / ".venv").mkdir()
    project.write("import pulumi\n")
    result = project.pulumi("preview")
    assert result.returncode != 0
    assert str(project.folder / ".venv") in result.stdout + result.stderr


def test_it_runs_without_a_warning_about_itself(project: Project) -> None:
    project.write("import pulumi\n")
    result = project.pulumi("preview")
    assert "warning" not in result.stdout + result.stderr
