"""The whole preparation on a fake machine: what is made, reused, reported, and left behind."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.toolchain.conftest import Machine, touch_later, unreachable
from toolchain import Origin, Toolchain, ToolchainError, bootstrap, ensure, find, gobuild, observe
from toolchain.download import OfficialSourceError
from toolchain.model import PieceName
from toolchain.plan import OfficialSite

REPOSITORY = Path(__file__).resolve().parents[2]


def prepare(machine: Machine, lines: list[str] | None = None, *, from_source: bool | None = None) -> Toolchain:
    report = (lines if lines is not None else []).append
    return ensure(report=report, from_source=from_source, environment=machine.variables)


def test_a_bare_machine_builds_all_pieces_and_says_why(machine: Machine) -> None:
    lines: list[str] = []
    toolchain = prepare(machine, lines)
    assert {piece.origin for piece in toolchain.pieces} == {Origin.SOURCE_BUILD}
    assert not toolchain.is_official
    assert all(piece.path.is_file() for piece in toolchain.pieces)
    assert observe.companions_of(toolchain.language_host.path)
    assert toolchain.path_entries == (toolchain.pulumi.parent,), "the engine warns about a host that is not beside it"
    assert toolchain.pulumi_home is not None
    assert toolchain.auth0_plugin.path.is_relative_to(toolchain.pulumi_home)
    assert lines[0] == (
        "engine 3.253.0: building from Go modules "
        "(no pulumi is on PATH, and get.pulumi.com did not answer within 3 s) …"
    )
    assert lines[1] == "engine 3.253.0: building from Go modules: done in 0 s"
    assert not (machine.folder / "home" / ".pulumi").exists()


def test_builds_check_go_sum_and_fetch_no_other_go(machine: Machine) -> None:
    prepare(machine)
    builds = [call for call in machine.go_calls if call.startswith("build")]
    assert len(builds) == 3
    assert all("-mod=readonly -trimpath" in call for call in builds)
    environment = gobuild.go_environment({"GOFLAGS": "-mod=mod", "GOTOOLCHAIN": "auto"})
    assert (environment["GOFLAGS"], environment["GOTOOLCHAIN"]) == ("", "local")


def test_the_second_time_nothing_is_done(machine: Machine) -> None:
    first = prepare(machine)
    lines: list[str] = []
    assert prepare(machine, lines) == first == find(environment=machine.variables)
    assert lines == []
    assert machine.builds == 3


def test_it_is_found_from_a_shell_that_uses_it(machine: Machine) -> None:
    toolchain = prepare(machine)
    inside = toolchain.environment(machine.variables)
    assert inside["PATH"].startswith(str(toolchain.pulumi.parent))
    assert find(environment=inside) == toolchain
    assert observe.observe(machine.cache, inside, from_source=None).pulumi is None


def test_a_damaged_piece_is_made_again_and_the_others_are_kept(machine: Machine) -> None:
    toolchain = prepare(machine)
    toolchain.language_host.path.write_text("damaged", encoding="utf-8")
    assert find(environment=machine.variables) is None
    assert prepare(machine).language_host.path.is_file()
    assert machine.builds == 4


def test_a_vanished_program_is_put_back(machine: Machine) -> None:
    toolchain = prepare(machine)
    toolchain.pulumi.unlink()
    assert find(environment=machine.variables) is None
    assert prepare(machine) == toolchain
    assert toolchain.pulumi.is_file()


def test_a_pulumi_that_appears_on_path_is_preferred(machine: Machine) -> None:
    prepare(machine)
    pulumi = machine.add_pulumi("3.240.1")
    toolchain = prepare(machine)
    assert (toolchain.engine.path, toolchain.engine.version) == (pulumi, "3.240.1")
    assert toolchain.language_host.origin is Origin.ON_PATH
    assert toolchain.auth0_plugin.origin is Origin.SOURCE_BUILD
    assert toolchain.path_entries == ()
    touch_later(pulumi)  # an upgrade
    assert find(environment=machine.variables) is None


def test_the_users_own_tools_are_official_and_keep_their_home(machine: Machine) -> None:
    machine.add_pulumi("3.240.1")
    machine.variables["PULUMI_HOME"] = str(machine.folder / "own")
    plugin = machine.folder / "own" / "plugins" / "resource-auth0-v3.50.1" / "pulumi-resource-auth0"
    plugin.parent.mkdir(parents=True)
    plugin.write_text("plugin", encoding="utf-8")
    toolchain = prepare(machine, from_source=False)
    assert toolchain.is_official
    assert toolchain.pulumi_home is None
    assert toolchain.environment(machine.variables)["PULUMI_HOME"] == str(machine.folder / "own")
    assert machine.builds == 0


def test_a_failed_build_shows_gos_last_lines_and_leaves_no_entry(machine: Machine) -> None:
    machine.variables["FAKE_ACCIDENT"] = "echo 'verifying module: checksum mismatch'; exit 1"
    with pytest.raises(ToolchainError) as error:
        prepare(machine)
    message = str(error.value)
    assert message.startswith("Cannot build the engine 3.253.0: go ended with exit code 1. Log: ")
    assert "  verifying module: checksum mismatch\n" in message
    assert message.endswith("run: python -m toolchain")
    assert machine.entries() == ["partial"]
    assert list((machine.cache / "toolchain" / "partial").iterdir()) == []
    machine.variables["FAKE_ACCIDENT"] = ""
    assert prepare(machine).engine.path.is_file()


def test_a_build_that_tells_a_wrong_version_is_not_used(machine: Machine) -> None:
    Path(machine.variables["FAKE_BUILT"]).write_text("#!/bin/sh\necho v1.0.0\n", encoding="utf-8")
    with pytest.raises(ToolchainError, match=r"Cannot use the engine 3\.253\.0 just built: .* it says 'v1.0.0'"):
        prepare(machine)
    assert find(environment=machine.variables) is None


def test_leftovers_of_a_killed_run_are_removed(machine: Machine) -> None:
    leftover = machine.cache / "toolchain" / "partial" / "0123"
    leftover.mkdir(parents=True)
    prepare(machine)
    assert not leftover.exists()


def test_an_old_go_is_replaced_from_the_python_index(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    machine.variables["FAKE_GO_VERSION"] = "go1.24.3"
    asked: list[str] = []

    def install(shop: gobuild.Workshop, reason: str) -> Path:
        asked.append(reason)
        return machine.bin / "go"

    monkeypatch.setattr(gobuild, "_install_go", install)
    prepare(machine)
    assert asked == ["Go 1.24.3 on PATH is older than 1.25.11"]


def test_a_failed_download_falls_back_to_a_build(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> dict[PieceName, Path]:
        raise OfficialSourceError("get.pulumi.com broke off: reset")

    monkeypatch.setattr(observe, "probe_official_site", lambda: OfficialSite(reachable=True, detail="answers"))
    monkeypatch.setattr(bootstrap, "download_pieces", broken)
    lines: list[str] = []
    assert prepare(machine, lines).engine.origin is Origin.SOURCE_BUILD
    assert "The official download failed: get.pulumi.com broke off: reset" in lines
    with pytest.raises(ToolchainError, match="Cannot get the official engine"):
        prepare(machine, from_source=False)


def test_a_cache_that_cannot_be_written_is_one_sentence(machine: Machine) -> None:
    (machine.folder / "file").write_text("", encoding="utf-8")
    machine.variables["GUESTLIST_CACHE_DIR"] = str(machine.folder / "file" / "cache")
    with pytest.raises(ToolchainError, match=r"Cannot prepare the toolchain in .* set GUESTLIST_CACHE_DIR"):
        prepare(machine)


def test_the_probe_is_not_made_when_all_is_built_from_source(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden() -> OfficialSite:
        raise AssertionError("asked the network")

    monkeypatch.setattr(observe, "probe_official_site", forbidden)
    assert prepare(machine, from_source=True).engine.origin is Origin.SOURCE_BUILD
    monkeypatch.setattr(observe, "probe_official_site", unreachable)


def run(machine: Machine, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "toolchain", *arguments],
        cwd=REPOSITORY,
        env={**machine.variables, "PYTHONPATH": str(REPOSITORY)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_ctrl_c_ends_with_130_and_a_second_run_continues(machine: Machine) -> None:
    machine.variables["FAKE_ACCIDENT"] = "exec sleep 60"
    with run(machine, "--from-source") as process:
        assert process.stderr
        assert process.stderr.readline() == "engine 3.253.0: building from Go modules (--from-source) …\n"
        while not machine.builds:
            os.sched_yield()
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=20)
    assert process.returncode == 130
    assert errors == "\nInterrupted. What is finished is kept; to continue run: python -m toolchain\n"
    assert machine.entries() == ["partial"]
    machine.variables["FAKE_ACCIDENT"] = ""
    with run(machine, "--from-source", "--env") as process:
        output, errors = process.communicate(timeout=20)
    assert process.returncode == 0, errors
    assert output.startswith(f"export PATH={machine.cache}/toolchain/bin-")
    assert "export PULUMI_SKIP_UPDATE_CHECK=true" in output


def test_wrong_usage_is_64(machine: Machine) -> None:
    with run(machine, "--from-source", "--official") as process:
        _, errors = process.communicate(timeout=20)
    assert process.returncode == 64
    assert "not allowed with argument" in errors
