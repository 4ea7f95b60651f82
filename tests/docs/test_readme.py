"""What the pages show is there: commands, links, and nothing that has no business in a repository."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tests.docs.pages import ROOT, anchors, blocks, inline_code, links, markdown, shown, tracked
from tests.docs.shell import check_line, logical_lines

PAGES = markdown()
SHELLS = {"", "bash", "console", "sh", "shell"}
OURS = re.compile(
    r"^(guestlist|make|python -m) (?!denied\b|.*\[OPTIONS\])\S"
)  # a log line and a synopsis are no commands
each_page = pytest.mark.parametrize("page", PAGES, ids=shown)

# Written in two halves, so that this file does not hold them.
FORBIDDEN = {
    "unfinished work": re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b"),
    "a package registry's host": re.compile(
        r"\b(?:test\.)?py" + r"pi\.org|files\.python" + r"hosted\.org|registry\.(?:npm" + r"js|yarn" + r"pkg)\.\w+"
        r"|(?:proxy|sum)\.go" + r"lang\.org|crates" + r"\.io"
    ),
    "a path of somebody's machine": re.compile(
        r"(?<![\w.$~-])/(?:ro" + r"ot|wo" + r"rk|Us" + r"ers|ho" + r"me(?!/ana\b))/"
    ),  # Ana is invented
}


@each_page
def test_every_command_in_a_code_block_is_there(page: Path) -> None:
    problems = [
        f"{shown(page)}:{number}: {line}: {problem}"
        for block in blocks(page)
        if block.language in SHELLS
        for number, line in logical_lines(block)
        if (problem := check_line(line))
    ]

    assert problems == []


@each_page
def test_every_command_named_in_the_text_is_there(page: Path) -> None:
    problems = [
        f"{shown(page)}: {code}: {problem}"
        for code in inline_code(page)
        if OURS.match(code) and (problem := check_line(code, complete=False))
    ]

    assert problems == []


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("guestlist upp --env dev", "No such command"),
        ("guestlist up --enw dev", "No such option"),
        ("guestlist up", "Missing option '--env'"),
        ("guestlist env list|lst", "No such command 'lst'"),
        ("guestlist local start --tier gold", "Invalid value for '--tier'"),
        ('eval "$(guestlist local environment)"', "No such command"),
        ("make tests", "no target tests"),
        ("make setup && guestlist nothing", "No such command"),
        ("python -m localtenant serve --dir x", "required: --data"),
        ("python -m localtenant serve --data x --dir x", "unrecognized arguments: --dir x"),
        ("python -m toolchain --officially", "unrecognized arguments"),
        ("python -m tests.benchmark", "no module tests.benchmark"),
        ("pytest tests/nowhere", "no tests/nowhere"),
        ("pulumi deploy -s dev", "no command deploy"),
        ("guestlist env check 'dev", "cannot be parsed"),
        ("gestlist up", "not a program"),
    ],
)
def test_a_wrong_command_is_noticed(line: str, said: str) -> None:
    assert said in (check_line(line) or "")


@pytest.mark.parametrize(
    "line",
    [
        "guestlist env new dev --domain x …   # the rest of it",
        "PULUMI_CONFIG_PASSPHRASE_FILE=~/.key guestlist env check qa",
        "guestlist local env --shell fish | source",
        'eval "$(guestlist local env)"',
        "guestlist --help",
        "make setup PYTHON=python3.11",
        "python -m guestlist.cli.reference > docs/cli.md",
    ],
)
def test_a_right_command_is_let_through(line: str) -> None:
    assert check_line(line) is None


@each_page
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    files = {path.resolve() for path in tracked()}
    dead = []
    for link in links(page):
        parts = urlsplit(link)
        if parts.scheme or parts.netloc:
            continue
        target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
        is_there = target in files or any(target in path.parents for path in files)
        is_section = not parts.fragment or (target.suffix == ".md" and parts.fragment in anchors(target))
        if not (is_there and is_section):
            dead.append(link)

    assert dead == []


def test_every_page_of_the_documentation_is_linked() -> None:
    linked = {
        (page.parent / unquote(urlsplit(link).path)).resolve()
        for page in PAGES
        for link in links(page)
        if ":" not in link
    }
    lonely = [shown(page) for page in PAGES if page.parent == ROOT / "docs" and page not in linked]

    assert lonely == []


def test_the_readme_draws_the_flow() -> None:
    drawings = [block for block in blocks(ROOT / "README.md") if block.language == "mermaid"]

    assert [drawing.lines[0].split()[0] for drawing in drawings] == ["flowchart"]


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_file_holds(what: str) -> None:
    found = [
        f"{shown(path)}:{number}: {match[0]}"
        for path in tracked()
        if b"\0" not in (content := path.read_bytes())  # a picture's bytes spell any word, some day
        for number, line in enumerate(content.decode("utf-8", errors="replace").splitlines(), 1)
        if (match := FORBIDDEN[what].search(line))
    ]

    assert found == []
