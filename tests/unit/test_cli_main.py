"""The entry point: exit codes, errors without tracebacks, and a quick `--help`."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import click
import pytest
from click.testing import CliRunner, Result

from guestlist import errors
from guestlist.cli import main as cli_main
from guestlist.cli.main import COMMANDS, cli

GUESTLIST = Path(sys.executable).parent / "guestlist"


def run(command: click.Command, *arguments: str, monkeypatch: pytest.MonkeyPatch) -> Result:
    """Run `guestlist up` with another command in its place."""
    module = ModuleType("guestlist.cli.up")
    module.command = command  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "guestlist.cli.up", module)
    return CliRunner().invoke(cli, ["up", *arguments])


def a_command_that(ends: BaseException | int | None) -> click.Command:
    """Make a command that raises, or returns its exit code."""

    def callback() -> int | None:
        if isinstance(ends, BaseException):
            raise ends
        return ends

    return click.Command("up", callback=callback)


@pytest.mark.parametrize(
    ("ends", "exit_code"),
    [
        (None, 0),
        (2, 2),
        (errors.GuestlistError("x"), 1),
        (errors.BadConfiguration(["a", "b"]), 1),
        (errors.NoProject("x"), 1),
        (errors.ToolchainMissing("x"), 1),
        (errors.EngineFailed("x"), 1),
        (errors.TenantFailed("x"), 1),
        (errors.Refused("x"), 3),
        (errors.WrongTenant("x"), 3),
        (errors.PendingOperations("x"), 3),
        (click.UsageError("x"), 64),
        (click.BadParameter("x"), 64),
        (click.ClickException("x"), 1),
        (KeyboardInterrupt(), 130),
        (click.Abort(), 130),
        (RuntimeError("x"), 1),
    ],
    ids=repr,
)
def test_every_ending_has_its_exit_code(
    ends: BaseException | int | None, exit_code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = run(a_command_that(ends), monkeypatch=monkeypatch)
    assert result.exit_code == exit_code
    assert "Traceback" not in result.output
    assert result.stdout == ""


def test_every_error_of_the_tree_has_an_exit_code_and_is_drawn() -> None:
    tree = [
        value for value in vars(errors).values() if isinstance(value, type) and issubclass(value, errors.GuestlistError)
    ]
    for kind in tree:
        assert f"{kind.__name__} " in (errors.__doc__ or "")
        usual = 3 if issubclass(kind, errors.Refused) else 1
        assert kind.exit_code == (64 if kind is errors.BadWish else usual)


def test_an_error_is_one_sentence_on_stderr(monkeypatch: pytest.MonkeyPatch) -> None:
    result = run(a_command_that(errors.Refused("Nobody may.")), monkeypatch=monkeypatch)
    assert result.stderr == "Error: Nobody may.\n"


def test_bad_configuration_lists_every_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    result = run(a_command_that(errors.BadConfiguration(["a.yaml: x", "b.yaml: y"])), monkeypatch=monkeypatch)
    assert result.stderr == "Error: the configuration has 2 faults:\n  a.yaml: x\n  b.yaml: y\n"


def test_an_unexpected_error_shows_neither_its_text_nor_a_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GUESTLIST_DEBUG", raising=False)
    result = run(a_command_that(RuntimeError("canary")), monkeypatch=monkeypatch)
    assert "canary" not in result.output
    assert "GUESTLIST_DEBUG=1" in result.stderr


def test_an_unexpected_error_shows_its_traceback_when_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUESTLIST_DEBUG", "1")
    result = run(a_command_that(RuntimeError("canary")), monkeypatch=monkeypatch)
    assert "RuntimeError: canary" in result.stderr
    assert result.exit_code == 1


def test_help_names_every_command_without_importing_one() -> None:
    code = "import sys; from guestlist.cli.main import cli; cli(['--help'], standalone_mode=False); print(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    text, modules = done.stdout.rsplit("\n", 2)[0], done.stdout.split()
    for name, summary in COMMANDS.items():
        assert name in text
        assert summary in text
        assert f"guestlist.cli.{name}" not in modules
    assert not {"pydantic", "yaml", "pulumi", "httpx"} & set(modules)


def test_help_costs_less_than_three_starts_of_python_with_click() -> None:
    bare = [sys.executable, "-c", "import click"]

    assert _least_seconds([GUESTLIST, "--help"]) < 3 * _least_seconds(bare)


def _least_seconds(command: list[str | Path]) -> float:
    """Measure processor time of five runs, against another command's: seconds depend on the machine, and on what else it does."""
    spent = []
    for _ in range(5):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, capture_output=True, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(spent)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_s_help_begins_with_the_summary_of_the_list_and_has_an_example(name: str) -> None:
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    assert command.get_short_help_str(limit=200).startswith(COMMANDS[name].removesuffix("."))
    _assert_examples(command, ["guestlist", name])


def _assert_examples(command: click.Command, path: list[str]) -> None:
    assert " ".join(path) in (command.epilog or ""), f"{' '.join(path)} --help has no example"
    for name, inner in command.commands.items() if isinstance(command, click.Group) else []:
        _assert_examples(inner, [*path, name])


@pytest.mark.parametrize(
    ("arguments", "exit_code"),
    [(["--version"], 0), (["--help"], 0), ([], 64), (["nonsense"], 64), (["env", "check", "--nonsense"], 64)],
)
def test_the_script_itself_exits_with_these_codes(arguments: list[str], exit_code: int) -> None:
    done = subprocess.run([GUESTLIST, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == exit_code
    assert "Traceback" not in done.stderr


def test_a_reader_that_has_gone_is_no_traceback(tmp_path: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run([GUESTLIST, "--version"], stdout=write, stderr=subprocess.PIPE, text=True, check=False)
    os.close(write)
    assert done.stderr == ""


def test_outside_a_project_the_sentence_says_where_to_go(tmp_path: Path) -> None:
    done = subprocess.run([GUESTLIST, "env", "list"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == (
        f"Error: there is no Pulumi.yaml with name: guestlist in {tmp_path} or above it. "
        "Go to your clone, or name it: guestlist --project DIR …\n"
    )


def test_another_project_s_pulumi_yaml_is_passed_by(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inner = tmp_path / "other"
    inner.mkdir()
    (inner / "Pulumi.yaml").write_text("name: other\n")
    (tmp_path / "Pulumi.yaml").write_text('name: "guestlist" # ours\n')
    monkeypatch.chdir(inner)
    assert cli_main.Invocation().project().root == tmp_path
    with pytest.raises(errors.NoProject):
        cli_main.Invocation(project_option=inner).project()
