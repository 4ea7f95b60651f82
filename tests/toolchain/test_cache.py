"""The cache: its place, its keys, entries that are whole or absent, and a manifest that notices changes."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.toolchain.conftest import touch_later, write_program
from toolchain import cache, pins
from toolchain.model import Origin, Piece, PieceName, Toolchain, ToolchainError


@pytest.mark.parametrize(
    ("environment", "system", "expected"),
    [
        ({"GUESTLIST_CACHE_DIR": "/c", "XDG_CACHE_HOME": "/x", "HOME": "/h"}, "linux", "/c"),
        ({"XDG_CACHE_HOME": "/x", "HOME": "/h"}, "linux", "/x/guestlist"),
        ({"HOME": "/h"}, "linux", "/h/.cache/guestlist"),
        ({"HOME": "/h"}, "darwin", "/h/Library/Caches/guestlist"),
    ],
)
def test_the_cache_is_where_users_expect_it(environment: dict[str, str], system: str, expected: str) -> None:
    assert cache.cache_dir(environment, system) == Path(expected)


def test_an_unknown_platform_is_refused_by_name() -> None:
    assert cache.platform_tag("Darwin", "arm64") == "darwin-arm64"
    with pytest.raises(ToolchainError, match="Cannot prepare the toolchain for Windows on AMD64"):
        cache.platform_tag("Windows", "AMD64")


@pytest.mark.parametrize("changed", ["go.mod", "go.sum", "main.go", "shim/shim.go"])
def test_the_digest_follows_every_source(tmp_path: Path, changed: str) -> None:
    for name in ("go.mod", "go.sum", "main.go", "shim/shim.go", "shim/go.mod"):
        write_program(tmp_path / name, name)
    program = replace(pins.GO_PROGRAMS[PieceName.AUTH0_PLUGIN], module=tmp_path)
    before = cache.source_digest(program)
    assert cache.source_digest(program) == before
    (tmp_path / changed).write_text("changed", encoding="utf-8")
    assert cache.source_digest(program) != before


def test_the_key_follows_the_pinned_versions(monkeypatch: pytest.MonkeyPatch) -> None:
    before = cache.toolchain_key()
    monkeypatch.setattr(pins, "AUTH0_PLUGIN_VERSION", "9.9.9")
    assert cache.toolchain_key() != before


def test_an_entry_appears_only_when_it_is_complete(tmp_path: Path) -> None:
    entry = tmp_path / "toolchain" / "engine"
    with cache.new_entry(tmp_path, entry) as new:
        (new / "pulumi").write_text("x", encoding="utf-8")
        assert not entry.exists()
    assert (entry / "pulumi").read_text(encoding="utf-8") == "x"


@pytest.mark.parametrize("accident", [KeyboardInterrupt, OSError])
def test_an_interrupted_entry_leaves_nothing(tmp_path: Path, accident: type[BaseException]) -> None:
    entry = tmp_path / "toolchain" / "engine"

    def interrupted_build() -> None:
        with cache.new_entry(tmp_path, entry) as new:
            (new / "pulumi").write_text("half", encoding="utf-8")
            raise accident

    with pytest.raises(accident):
        interrupted_build()
    assert not entry.exists()
    assert list((tmp_path / "toolchain" / "partial").iterdir()) == []


def a_toolchain(folder: Path) -> Toolchain:
    def piece(name: PieceName) -> Piece:
        path = write_program(folder / name.value.replace(" ", "-"), "#!/bin/sh\n")
        return Piece(name=name, version="1.2.3", origin=Origin.SOURCE_BUILD, path=path)

    engine, host, plugin = (piece(name) for name in PieceName)
    return Toolchain(engine=engine, language_host=host, auth0_plugin=plugin, pulumi_home=folder)


@pytest.fixture
def remembered(tmp_path: Path) -> tuple[Path, Toolchain, Path]:
    """`(manifest, toolchain, companion)`"""
    toolchain = a_toolchain(tmp_path)
    companion = write_program(tmp_path / pins.LAUNCHER, "#!/bin/sh\n")
    manifest = tmp_path / "manifest.json"
    cache.remember(manifest, toolchain, (companion,), None)
    return manifest, toolchain, companion


def test_a_manifest_gives_back_what_was_remembered(remembered: tuple[Path, Toolchain, Path]) -> None:
    manifest, toolchain, _ = remembered
    assert cache.recall(manifest, None) == toolchain


@pytest.mark.parametrize("piece", list(PieceName))
@pytest.mark.parametrize("change", ["removed", "touched", "rewritten"])
def test_a_manifest_is_void_when_a_file_changed(
    remembered: tuple[Path, Toolchain, Path], piece: PieceName, change: str
) -> None:
    manifest, toolchain, _ = remembered
    path = next(each.path for each in toolchain.pieces if each.name is piece)
    if change == "removed":
        path.unlink()
    elif change == "touched":
        touch_later(path)
    else:
        path.write_text("something else", encoding="utf-8")
    assert cache.recall(manifest, None) is None


def test_a_manifest_is_void_when_a_companion_is_gone(remembered: tuple[Path, Toolchain, Path]) -> None:
    manifest, _, companion = remembered
    companion.unlink()
    assert cache.recall(manifest, None) is None


def test_a_manifest_is_void_when_pulumi_appears_on_path(remembered: tuple[Path, Toolchain, Path]) -> None:
    manifest, _, companion = remembered
    assert cache.recall(manifest, companion) is None


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"pieces": {}}', "null", '{"pieces": {"engine": 1}}'])
def test_a_damaged_manifest_is_no_manifest(remembered: tuple[Path, Toolchain, Path], content: str) -> None:
    manifest, _, _ = remembered
    manifest.write_text(content, encoding="utf-8")
    assert cache.recall(manifest, None) is None
