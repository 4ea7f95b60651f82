"""docs/cli.md is what the commands say of themselves."""

from __future__ import annotations

import click
import pytest

from guestlist.cli.main import COMMANDS, cli
from guestlist.cli.reference import commands, render, under
from tests.docs.pages import ROOT, Block
from tests.docs.shell import check_line, logical_lines

ALL = list(commands(cli))
each_command = pytest.mark.parametrize(("name", "command"), ALL, ids=[name for name, _ in ALL])


def test_the_reference_is_what_the_commands_say() -> None:
    written = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")

    assert written == render(), "renew it: python -m guestlist.cli.reference > docs/cli.md"


def test_the_reference_has_every_command() -> None:
    assert {name.split()[1] for name, _ in ALL if " " in name} == set(COMMANDS)


@each_command
def test_every_command_says_what_it_is_for(name: str, command: click.Command) -> None:
    assert (command.help or "").strip(), name


@each_command
def test_every_option_is_explained(name: str, command: click.Command) -> None:
    silent = [param.name for param in command.params if isinstance(param, click.Option) and not param.help]

    assert silent == [], name


@each_command
def test_every_command_has_an_example_of_itself(name: str, command: click.Command) -> None:
    assert any(name in line for line in under("Example", command))


@each_command
def test_every_example_would_be_understood(name: str, command: click.Command) -> None:
    shown = Block(page=ROOT / "docs" / "cli.md", line=1, language="sh", lines=tuple(under("Example", command)))
    problems = [problem for _, line in logical_lines(shown) if (problem := check_line(line))]

    assert problems == [], name
