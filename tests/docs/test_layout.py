"""Who may import what, and how long a file may be."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.pages import ROOT, shown, tracked

LONGEST = 400  # lines; a longer file is two
CODE = {".py", ".js", ".mjs", ".go", ".html", ".jinja"}
# Longer than that, and waiting to be cut. This list may only shrink.
STILL_LONGER = {"tests/unit/test_cli_env.py", "tests/unit/test_settings_faults.py"}

SOURCES = [path for path in tracked() if path.suffix == ".py" and not shown(path).startswith("tests/")]


def imports(path: Path) -> Iterator[str]:
    """Every module that a file names, also inside functions: `from pulumi import automation` is `pulumi.automation`."""
    package = (*path.relative_to(ROOT).parts[:-1],)
    package = package[1:] if package[:1] == ("src",) else package
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join([*above, *([node.module] if node.module else [])])
            yield module
            yield from (f"{module}.{name.name}" for name in node.names)


def is_of(module: str, *packages: str) -> bool:
    """Whether a module is one of the packages or within one."""
    return any(module == package or module.startswith(f"{package}.") for package in packages)


def under(folder: str) -> list[Path]:
    """The modules of a folder."""
    return [path for path in SOURCES if shown(path).startswith(f"{folder}/")]


def importers(*packages: str) -> set[str]:
    """Which files import one of the packages."""
    return {shown(path) for path in SOURCES if any(is_of(module, *packages) for module in imports(path))}


def test_only_the_program_imports_the_providers_sdk() -> None:
    found = importers("pulumi_auth0")

    assert {path for path in found if not path.startswith("stacks/")} == set()
    assert "stacks/applications.py" in found  # or this test looks the wrong way


def test_only_the_workspace_imports_the_automation_api() -> None:
    assert importers("pulumi.automation") <= {"src/guestlist/workspace.py"}


def test_only_who_runs_the_program_imports_pulumi() -> None:
    running = {
        "src/guestlist/workspace.py",  # with the engine
        "src/guestlist/resolved.py",  # without one: what it would declare
    }

    assert {path for path in importers("pulumi") if not path.startswith("stacks/")} == running


@pytest.mark.parametrize(
    ("folder", "never"),
    [
        ("stacks", ("guestlist", "localtenant", "toolchain")),
        ("src/localtenant", ("guestlist", "stacks", "toolchain", "pulumi", "pulumi_auth0")),
        ("toolchain", ("guestlist", "stacks", "localtenant")),
        ("src/sampleapp", ("guestlist", "stacks", "localtenant", "toolchain", "pulumi")),
    ],
)
def test_what_a_folder_never_imports(folder: str, never: tuple[str, ...]) -> None:
    modules = under(folder)

    assert modules
    assert {shown(path) for path in modules} & importers(*never) == set()


def test_the_toolchain_needs_nothing_but_python() -> None:
    foreign = {
        f"{shown(path)}: {module}"
        for path in under("toolchain")
        for module in imports(path)
        if module.split(".")[0] not in {"toolchain", *sys.stdlib_module_names}
    }

    assert foreign == set()


def test_the_settings_and_all_that_they_import_know_no_pulumi() -> None:
    reached, waiting = set[Path](), {ROOT / "stacks" / "settings.py"}
    while waiting:
        path = waiting.pop()
        reached.add(path)
        named = {(ROOT / module.replace(".", "/")).with_suffix(".py") for module in imports(path)}
        waiting |= {module for module in named if module.is_file()} - reached
    guilty = {
        shown(path) for path in reached if any(is_of(module, "pulumi", "pulumi_auth0") for module in imports(path))
    }

    assert ROOT / "stacks" / "settings_model.py" in reached
    assert guilty == set()


def test_no_file_is_longer_than_it_may_be() -> None:
    longer = {
        shown(path)
        for path in tracked()
        if path.suffix in CODE and len(path.read_text(encoding="utf-8").splitlines()) > LONGEST
    }

    assert longer - STILL_LONGER == set()
