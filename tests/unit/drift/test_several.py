"""Several environments: credentials of each, one that hangs or dies hides no other."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from guestlist.drift import several
from guestlist.drift.environment import Wanted
from guestlist.drift.several import check_environments, variables_of
from guestlist.environments import Project
from tests.unit.drift.factories import NOW


def test_variables_of_one_environment_win_and_those_of_others_are_gone() -> None:
    shell = {
        "AUTH0_CLIENT_ID__PROD": "p",
        "AUTH0_CLIENT_ID__EU_WEST": "e",
        "AUTH0_CLIENT_SECRET": "common",
        "PATH": "/bin",
    }

    assert variables_of("prod", shell) == {"AUTH0_CLIENT_ID": "p", "PATH": "/bin"}
    assert variables_of("eu-west", shell) == {"AUTH0_CLIENT_ID": "e", "PATH": "/bin"}
    assert variables_of("dev", shell) == {"AUTH0_CLIENT_SECRET": "common", "PATH": "/bin"}


def test_an_environment_that_hangs_and_one_that_dies_are_told_and_hide_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in = tmp_path / "python"
    stand_in.write_text(
        f"#!{sys.executable}\n"
        "import os, sys, time\n"
        "if sys.argv[3] == 'hangs': time.sleep(60)\n"
        "sys.stderr.write('Traceback\\nRuntimeError: gone\\n'); os._exit(9)\n"
    )
    stand_in.chmod(0o755)
    monkeypatch.setattr(several.sys, "executable", str(stand_in))

    reports = check_environments(
        Project(root=tmp_path),
        ["hangs", "dies"],
        Wanted(),
        say=lambda _said: None,
        clock=lambda: NOW,
        environ={"PATH": "/bin"},
        limit_seconds=0.5,
    )

    assert [one.environment for one in reports] == ["hangs", "dies"]
    assert [one.exit_code for one in reports] == [1, 1]
    assert "took more than 0.5 s and was ended" in reports[0].problems[0].said
    assert "RuntimeError: gone" in reports[1].problems[0].said
    assert "guestlist drift --env dies" in reports[1].problems[0].said


def test_what_it_says_is_a_report_of_a_real_process(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: guestlist\n")

    reports = check_environments(
        Project(root=tmp_path), ["one", "two"], Wanted(), say=lambda _said: None, clock=lambda: NOW
    )

    assert [one.exit_code for one in reports] == [1, 1]
    assert all("config/Pulumi." in one.problems[0].said for one in reports), reports
