"""
The promise: each kind of bad configuration gives its one line and exit code 1, and nothing is touched.

Every row is one change to a valid file and the exact line that follows from it.
Not here: the rows (`bad_*.py`).
"""

from __future__ import annotations

import os
import socket
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from guestlist import config_secrets, environments
from guestlist.cli.main import cli
from guestlist.config_files import check_file, read_bytes
from guestlist.config_secrets import Opened
from tests.unit.bad import Bad
from tests.unit.bad_applications import APPLICATIONS
from tests.unit.bad_delivery import DELIVERY
from tests.unit.bad_files import FILES
from tests.unit.bad_secrets import SECRETS
from tests.unit.bad_settings import LOCAL, OWNERSHIP, SETTINGS
from tests.unit.bad_tenant import PLANS, TENANT
from tests.unit.bad_together import CONTRADICTIONS
from tests.unit.environment_files import a_project, an_environment, changed, without

VALID = an_environment()
EVERYWHERE = [*SETTINGS, *OWNERSHIP, *CONTRADICTIONS, *APPLICATIONS, *DELIVERY, *TENANT, *PLANS, *SECRETS, *FILES]


@pytest.fixture(autouse=True)
def nobody_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any engine, any connection fails the test."""

    def refuse(*_: object, **__: object) -> None:
        pytest.fail("somebody was called")

    monkeypatch.setattr(config_secrets, "find_engine", refuse)
    monkeypatch.setattr(subprocess, "Popen", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(
        environments, "is_public_passphrase", lambda _: False
    )  # takes a third of a second, has its own test
    for name in [name for name in os.environ if name.startswith(("PULUMI_", "AUTH0_"))]:
        monkeypatch.delenv(name)


@pytest.mark.parametrize("bad", [*EVERYWHERE, *LOCAL], ids=lambda bad: bad.kind)
def test_bad_configuration_gives_its_one_line_and_exit_1_and_touches_nothing(
    bad: Bad, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = a_project(tmp_path, **{bad.environment: bad.content})
    opened = Opened(values=bad.secrets) if bad.secrets else Opened(not_checked="no key")
    monkeypatch.setattr(environments, "open_secrets", lambda *_: opened)
    before = _everything_in(root)

    result = CliRunner().invoke(cli, ["--project", str(root), "env", "check", bad.environment])

    lines = [line.strip() for line in result.stderr.splitlines() if line.startswith("  ")]
    assert lines == [f"config/Pulumi.{bad.environment}.yaml{bad.line}"]
    assert result.exit_code == 1
    assert "canary" not in result.output
    assert _everything_in(root) == before


@pytest.mark.parametrize("bad", EVERYWHERE, ids=lambda bad: bad.kind)
def test_no_two_kinds_of_bad_configuration_say_the_same(bad: Bad) -> None:
    same = [other.kind for other in EVERYWHERE if other.line == bad.line]
    assert same == [bad.kind]


def test_an_action_that_leaves_mfa_to_the_policy_is_none_that_could_be_required() -> None:
    content = an_environment(
        changed("mfa/order", "afterProfile"),
        changed("profile/enabled", False),
        changed("ownership/postLogin", "require"),
    )
    faults = check_file(read_bytes(content.encode(), environment="qa", file="x"), None).faults
    assert [fault.key for fault in faults] == ["guestlist:ownership.postLogin"]


def test_all_faults_are_reported_at_once(tmp_path: Path) -> None:
    content = an_environment(
        changed("invite/linkTtlSec", 0), changed("email/smtpPort", 0), without("tenant/domain"), changed("zzz", 1)
    )
    root = a_project(tmp_path, qa=content, other="")
    result = CliRunner().invoke(cli, ["--project", str(root), "env", "check"])
    assert "the configuration has 5 faults:" in result.stderr


def test_a_missing_file_names_those_that_are_there(tmp_path: Path) -> None:
    root = a_project(tmp_path, qa=VALID)
    result = CliRunner().invoke(cli, ["--project", str(root), "env", "check", "nowhere"])
    assert (
        "config/Pulumi.nowhere.yaml: does not exist (there are: qa; guestlist env new nowhere makes it)"
        in result.stderr
    )
    assert result.exit_code == 1


def test_a_folder_in_the_file_s_place_is_a_fault(tmp_path: Path) -> None:
    root = a_project(tmp_path)
    (root / "config" / "Pulumi.qa.yaml").mkdir()
    result = CliRunner().invoke(cli, ["--project", str(root), "env", "check"])
    assert "config/Pulumi.qa.yaml: is not a file" in result.stderr


def test_a_pipe_in_the_file_s_place_does_not_hang(tmp_path: Path) -> None:
    root = a_project(tmp_path)
    os.mkfifo(root / "config" / "Pulumi.qa.yaml")
    result = CliRunner().invoke(cli, ["--project", str(root), "env", "check"])
    assert "config/Pulumi.qa.yaml: is not a file" in result.stderr


def test_a_file_without_permission_is_a_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = a_project(tmp_path, qa=VALID)

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    monkeypatch.setattr(Path, "read_bytes", lambda _: b"name: guestlist")
    result = CliRunner().invoke(cli, ["--project", str(root), "env", "check"])
    assert "config/Pulumi.qa.yaml: may not be read (give yourself the permission: chmod u+r)" in result.stderr


def test_a_file_that_is_not_named_as_a_stack_can_be_is_a_fault(tmp_path: Path) -> None:
    root = a_project(tmp_path, **{"my env": VALID})
    result = CliRunner().invoke(cli, ["--project", str(root), "env", "check"])
    assert (
        "config/Pulumi.my env.yaml: is not named as a stack can be (letters, digits, - _ and . only, at most 100)"
        in result.stderr
    )


def test_a_file_that_pulumi_ignores_is_a_fault(tmp_path: Path) -> None:
    root = a_project(tmp_path, qa=VALID)
    (root / "config" / "Pulumi.dev.yml").write_text(VALID)
    result = CliRunner().invoke(cli, ["--project", str(root), "env", "check"])
    assert "config/Pulumi.dev.yml: is not read (Pulumi reads Pulumi.NAME.yaml only: rename it)" in result.stderr


def _everything_in(root: Path) -> dict[str, tuple[int, bytes]]:
    return {
        str(path): (path.stat().st_mtime_ns, path.read_bytes()) for path in sorted(root.rglob("*")) if path.is_file()
    }
