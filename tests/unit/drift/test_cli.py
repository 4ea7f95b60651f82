"""Wrong usage of `guestlist drift` is said before anything is asked."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.e2e.harness import ROOT


def drift(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "guestlist", "drift", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "Name an environment with --env, or all of them with --all."),
        (("--env", "dev", "--all"), "Name an environment with --env, or all of them with --all."),
        (
            ("--env", "dev", "--checkpoint", "x.json"),
            "--checkpoint is of one environment, with --since-checkpoint or --watch.",
        ),
        (("--env", "dev", "--env", "prod", "--watch"), "--watch is for one environment"),
        (("--env", "dev", "--save", "x.pdf"), "no suffix that says a format"),
        (("--env", "dev", "--watch", "--every", "1"), "--every"),
        (("--env", "dev", "--since-checkpoint", "--full-check-every", "0"), "--full-check-every"),
        (("fix", "--env", "dev"), "add --yes to take it back without being asked"),
    ],
)
def test_wrong_usage_is_one_sentence_and_64(arguments: tuple[str, ...], said: str) -> None:
    finished = drift(*arguments)

    assert finished.returncode == 64
    assert said in " ".join(finished.stderr.split())
    assert "Traceback" not in finished.stderr


def test_an_environment_without_a_file_is_a_problem_of_the_report() -> None:
    finished = drift("--env", "nowhere")

    assert finished.returncode == 1
    assert "config/Pulumi.nowhere.yaml" in finished.stdout
