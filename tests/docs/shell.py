"""
Commands that a page shows, checked without running them: does the program, the target, the command, the option exist?

`check_line(line)` answers what is wrong with it, or `None`. An ellipsis stands for what the reader fills in, a bar between two words
(`start|stop`) for either, `$(…)` and pipes for commands of their own.
"""

from __future__ import annotations

import importlib.util
import itertools
import re
import shlex
from collections.abc import Callable, Iterable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from unittest.mock import patch

import click

import localtenant.__main__
import toolchain.__main__
from guestlist.cli.main import cli
from tests.docs.pages import ROOT, Block
from toolchain.model import ToolchainError

_SUBSTITUTION = re.compile(r"\$\(([^()]*)\)")
_EITHER = re.compile(r"(?<=\w)\|(?=\w)")
_BAR = "\N{BROKEN BAR}"  # what stands for the bar in `new|list` while a line is split at its pipes
_ASSIGNMENT = re.compile(r"^[A-Za-z_][A-Za-z_0-9]*=")
_OPERATOR = re.compile(r"^[|&;()]+$")
_REDIRECTION = re.compile(r"^[<>]+&?$")
_PULUMI = {
    "about", "cancel", "config", "convert", "destroy", "import", "login", "new", "package", "plugin", "preview", "refresh", "stack", "up",
}  # fmt: skip

Problem = str | None


def check_line(line: str, *, complete: bool = True) -> Problem:
    """
    Look at one logical line of a shell; `complete` asks for the options that a command cannot do without.
    `None` if nothing is wrong with it.
    """
    line = _EITHER.sub(_BAR, line)
    for command in _SUBSTITUTION.findall(line):
        if problem := check_line(command, complete=complete):
            return problem
    try:
        simple = list(_simple_commands(_SUBSTITUTION.sub("substituted", line)))
    except ValueError as error:
        return f"cannot be parsed: {error}"
    for words in simple:
        for chosen in _alternatives(words):
            if problem := _check_command(chosen, complete=complete and "…" not in words):
                return problem
    return None


def logical_lines(block: Block) -> Iterator[tuple[int, str]]:
    """
    The commands of a block with their line numbers: continued lines joined, what a console printed and remarks left out.

    In an indented block, which may hold any language, only lines that begin with a program known here are commands.
    """
    console = block.language == "console"
    number, command = 0, ""
    for index, line in enumerate(block.lines, block.line):
        if command:
            command += line.strip()
        else:
            text = line.removeprefix("$ ") if console else line
            if (console and text == line) or not _is_command(text, block.language):
                continue
            number, command = index, text.strip()
        if command.endswith("\\"):
            command = command[:-1] + " "
            continue
        yield number, command
        command = ""


def _is_command(text: str, language: str) -> bool:
    stripped = text.strip()
    if not stripped or stripped.startswith("#"):
        return False
    return language != "" or (text == stripped and re.split(r"[\s\"]", stripped, maxsplit=1)[0] in _PROGRAMS)


def _simple_commands(line: str) -> Iterator[list[str]]:
    """Split a line at its operators; assignments before a command and redirections are left out. Raises: ValueError."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars="|&;<>")
    lexer.whitespace_split = True
    lexer.commenters = ""
    words = list(lexer)
    if "#" in line:
        words = list(itertools.takewhile(lambda word: not word.startswith("#"), words))
    for is_operator, group in itertools.groupby(words, key=lambda word: bool(_OPERATOR.match(word))):
        command = list(group)
        while command and not is_operator and _ASSIGNMENT.match(command[0]):
            command = command[1:]
        redirections = {index for index, word in enumerate(command) if _REDIRECTION.match(word)}
        kept = [word for index, word in enumerate(command) if not {index, index - 1} & redirections]
        if kept and not is_operator:
            yield kept


def _alternatives(words: list[str]) -> Iterator[list[str]]:
    """`new|list` is two commands."""
    yield from (list(chosen) for chosen in itertools.product(*(word.split(_BAR) for word in words)))


def _check_command(words: list[str], *, complete: bool) -> Problem:
    program, arguments = words[0], [word for word in words[1:] if word != "…"]
    check = _PROGRAMS.get(program)
    return check(arguments, complete) if check else f"{program} is not a program that these pages may use"


def _check_guestlist(arguments: list[str], complete: bool) -> Problem:
    try:
        _parse(cli, "guestlist", arguments)
    except click.MissingParameter as error:
        return error.format_message() if complete else None
    except (click.exceptions.NoArgsIsHelpError, click.exceptions.Exit):  # both have shown the help
        return None
    except click.UsageError as error:
        return error.format_message()
    return None


def _parse(command: click.Command, name: str, arguments: list[str], parent: click.Context | None = None) -> None:
    """Parse and call nothing; `--help` and `--version` end with click's Exit."""
    with redirect_stdout(StringIO()):
        context = command.make_context(name, list(arguments), parent=parent)
    if isinstance(command, click.Group):
        rest = [*context._protected_args, *context.args]
        if not rest and command.invoke_without_command:
            return  # a group that is a command too
        found_name, found, remaining = command.resolve_command(context, rest)
        assert found_name is not None
        assert found is not None
        _parse(found, found_name, remaining, context)


def _check_make(arguments: list[str], _complete: bool) -> Problem:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, flags=re.MULTILINE))
    wanted = [argument for argument in arguments if not _ASSIGNMENT.match(argument)]
    return next((f"make has no target {target}" for target in wanted if target not in targets), None)


def _check_python(arguments: list[str], complete: bool) -> Problem:
    match arguments:
        case ["-m", "localtenant", *rest]:
            return _argparse(lambda: localtenant.__main__._parser().parse_args(rest), complete=complete)
        case ["-m", "toolchain", *rest]:
            with patch.object(toolchain.__main__, "ensure", side_effect=ToolchainError("not here")):
                return _argparse(lambda: toolchain.__main__.main(rest), complete=complete)
        case ["-m", module, *_]:
            return None if importlib.util.find_spec(module) else f"there is no module {module}"
        case ["-c", code, *_]:
            compile(code, "<page>", "exec")
            return None
        case [script, *_]:
            return None if (ROOT / script).exists() else f"there is no {script}"
        case _:
            return None


def _argparse(parse: Callable[[], object], *, complete: bool) -> Problem:
    said = StringIO()
    try:
        with redirect_stderr(said), redirect_stdout(StringIO()):
            parse()
    except SystemExit as ending:
        problem = said.getvalue().strip()
        if ending.code == 0 or (not complete and "required" in problem):
            return None
        return problem
    return None


def _check_pytest(arguments: list[str], _complete: bool) -> Problem:
    paths = [argument for argument in arguments if not argument.startswith("-")]
    return next((f"there is no {path}" for path in paths if not (ROOT / path.partition("::")[0]).exists()), None)


def _check_pulumi(arguments: list[str], _complete: bool) -> Problem:
    return None if not arguments or arguments[0] in _PULUMI else f"pulumi has no command {arguments[0]}"


def _anything(_arguments: Iterable[str], _complete: bool) -> Problem:
    """Not ours: parseable is enough."""
    return None


_PROGRAMS: dict[str, Callable[[list[str], bool], Problem]] = {
    **dict.fromkeys(("guestlist", ".venv/bin/guestlist"), _check_guestlist),
    **dict.fromkeys(("python", "python3", ".venv/bin/python"), _check_python),
    **dict.fromkeys(("pytest", ".venv/bin/pytest"), _check_pytest),
    "make": _check_make,
    "pulumi": _check_pulumi,
    **dict.fromkeys(
        ("a0deploy", "cd", "curl", "eval", "export", "git", "go", "pip", "source", "terraform", "tofu", "uv"), _anything
    ),
    **dict.fromkeys(("aws", "docker", "gcloud", "jq", "kubectl"), _anything),  # where the profile page may run
}
