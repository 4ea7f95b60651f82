"""
The reference of all commands, made from the commands: `python -m guestlist.cli.reference > docs/cli.md`.

Not here: the help that a terminal shows (click makes it from the same texts); a test compares the page with a fresh one.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator

import click

_INTRODUCTION = """\
# Commands

Written by `python -m guestlist.cli.reference > docs/cli.md`; a test compares it with the commands.

Results go to standard output, progress and remarks to standard error. Every command has `--help` (`-h`)."""


def commands(command: click.Command, path: str = "guestlist") -> Iterator[tuple[str, click.Command]]:
    """Give every command with its full name, groups before their members, in the order of `--help`."""
    yield path, command
    for name, member in _members(command):
        yield from commands(member, f"{path} {name}")


def render() -> str:
    """Give the whole page."""
    from guestlist.cli.main import cli

    return "\n\n".join([_INTRODUCTION, *(_section(path, command) for path, command in commands(cli))]) + "\n"


def under(heading: str, command: click.Command) -> list[str]:
    """Give the lines that the end of a command's help has under `heading`, such as `Example`, without their indentation."""
    found = re.search(rf"^{heading}s?:\n((?:  .*\n?)+)", command.epilog or "", re.MULTILINE)
    return [line.removeprefix("  ") for line in found[1].splitlines()] if found else []


def _members(command: click.Command) -> Iterator[tuple[str, click.Command]]:
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            if (member := command.get_command(context, name)) is not None and not member.hidden:
                yield name, member


def _section(path: str, command: click.Command) -> str:
    context = click.Context(command, info_name=path)
    usage = " ".join([path, *command.collect_usage_pieces(context)])
    parts = [f"## {path}", _text(command), f"`{usage}`"]
    if members := [(f"{path} {name}", member) for name, member in _members(command)]:
        rows = [(f"[`{name}`](#{name.replace(' ', '-')})", _first_sentence(member)) for name, member in members]
        parts.append(_table("Command", rows))
    options = [option for option in command.params if isinstance(option, click.Option)]  # arguments are in the usage
    if records := [record for option in options if (record := option.get_help_record(context))]:
        parts.append(_table("Option", [(f"`{names}`", text) for names, text in records]))
    if examples := under("Example", command):
        parts += ["Examples:" if len(examples) > 1 else "Example:", _block("sh", examples)]
    if codes := under("Exit code", command):
        parts += ["Exit codes:", _block("text", codes)]
    return "\n\n".join(parts)


def _text(command: click.Command) -> str:
    return inspect.cleandoc(command.help or "").replace("\b\n", "")


def _first_sentence(command: click.Command) -> str:
    paragraph = " ".join(_text(command).split("\n\n")[0].split())
    return re.split(r"(?<=\.)\s", paragraph, maxsplit=1)[0]


def _table(title: str, rows: list[tuple[str, str]]) -> str:
    cells = [f"| {left} | {right} |" for left, right in ((_cell(left), _cell(right)) for left, right in rows)]
    return "\n".join([f"| {title} | |", "|---|---|", *cells])


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _block(language: str, lines: list[str]) -> str:
    return "\n".join([f"```{language}", *lines, "```"])


if __name__ == "__main__":
    click.echo(render(), nl=False)
