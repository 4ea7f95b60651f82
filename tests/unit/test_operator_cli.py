"""The commands of the operator where nobody can be asked, and what is refused before anything is opened."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from guestlist.cli.main import COMMANDS, cli
from guestlist.errors import USAGE


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "Pulumi.yaml").write_text("name: guestlist\nruntime: python\n")
    (tmp_path / "config").mkdir()
    return tmp_path


def run(project: Path, *arguments: str) -> Result:
    return CliRunner().invoke(
        cli, ["--project", str(project), *arguments], env={"PULUMI_BACKEND_URL": "file:///nowhere"}
    )


@pytest.mark.parametrize("noun", ["up", "recover", "destroy", "doctor", "local", "demo"])
def test_every_command_explains_itself_with_an_example(noun: str) -> None:
    result = CliRunner().invoke(cli, [noun, "--help"])

    assert result.exit_code == 0
    assert f"guestlist {noun}" in result.output.split("Example", 1)[1]
    assert noun in COMMANDS


@pytest.mark.parametrize("verb", ["up", "destroy"])
def test_without_a_terminal_yes_has_to_be_said(project: Path, verb: str) -> None:
    result = run(project, verb, "--env", "dev")

    assert result.exit_code == USAGE
    assert "--yes" in result.output


@pytest.mark.parametrize("verb", ["up", "destroy", "recover"])
def test_an_environment_that_does_not_exist_is_bad_configuration(project: Path, verb: str) -> None:
    result = run(project, verb, "--env", "dev", "--yes")

    assert result.exit_code == 1
    assert "config/Pulumi.dev.yaml: does not exist" in result.output


@pytest.mark.parametrize("option", ["urn", "=id", "urn="])
def test_adopt_takes_urn_and_id(project: Path, option: str) -> None:
    result = run(project, "recover", "--env", "dev", "--adopt", option)

    assert result.exit_code == USAGE
    assert "URN=ID" in result.output


def test_env_without_a_tenant_prints_nothing_to_eval(project: Path) -> None:
    result = run(project, "local", "env")

    assert result.exit_code == 1
    assert "export" not in result.output
    assert "guestlist local start" in result.output


def test_status_without_a_tenant_says_how_to_start_it(project: Path) -> None:
    result = run(project, "local", "status")

    assert result.exit_code == 1
    assert "guestlist local start" in result.output


def test_stop_without_a_tenant_is_no_error(project: Path) -> None:
    assert run(project, "local", "stop").exit_code == 0
