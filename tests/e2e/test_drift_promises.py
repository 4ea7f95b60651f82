"""What `guestlist drift` promises whatever it finds: its exit code, that it writes nothing, what is told where something cannot be."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.e2e.by_hand import ANA, Hand
from tests.e2e.drifting import Told, check
from tests.e2e.harness import Project, copy_program
from tests.e2e.test_scopes import a_client_with, acting_as

pytestmark = pytest.mark.xdist_group("drift-promises")  # one worker deploys, once

IGNORE_FILE = Path("config", "drift-ignore.yaml")
TODAY = datetime.now(UTC).date()


@contextmanager
def sign_up_opened(project: Project) -> Iterator[None]:
    """By hand, and closed again by hand."""
    hand = Hand(project.tenant, ANA)
    hand.options(disable_signup=False)
    try:
        yield
    finally:
        hand.options(disable_signup=True)


@contextmanager
def a_reader_without(project: Project, *missing: str) -> Iterator[Project]:
    """A shell with a client's credentials that has all scopes of the drift reader but these."""
    listed = project.tenant.get("/client-grants")
    reader = Hand(project.tenant, ANA).client_id("Guestlist drift reader")
    scopes = next(one["scope"] for one in listed if one["client_id"] == reader)
    client_id, client_secret = a_client_with(project, [one for one in scopes if one not in missing])
    lesser = acting_as(project, client_id, client_secret)
    try:
        yield replace(lesser, environ={**lesser.environ, "GUESTLIST_DEPLOYER_CLIENT_ID": project.tenant.client_id})
    finally:
        project.tenant.api.delete(f"/clients/{client_id}").raise_for_status()


def found(told: Told) -> set[tuple[str, str]]:
    return {(one["class"], one["resource"]) for one in told.items}


SIGN_UP = {("drift", "Connection invited-users")}


def test_nothing_differs_is_0_and_nothing_is_written(deployed: Project, tmp_path: Path) -> None:
    folder = deployed.directory / ".guestlist" / "state" / ".pulumi" / "stacks"
    before = {file: file.read_bytes() for file in folder.rglob("*.json")}
    deployed.tenant.forget_requests()

    told = check(deployed, tmp_path)

    assert (told.exit_code, told.items, told.problems) == (0, [], [])
    assert deployed.tenant.writes() == []
    assert before
    assert {file: file.read_bytes() for file in folder.rglob("*.json")} == before


def test_drift_is_2_whatever_a_security_rule_says_and_nothing_is_written(deployed: Project, tmp_path: Path) -> None:
    folder = deployed.directory / ".guestlist" / "state" / ".pulumi" / "stacks"
    before = {file: file.read_bytes() for file in folder.rglob("*.json")}

    with sign_up_opened(deployed):
        deployed.tenant.forget_requests()
        told = check(deployed, tmp_path)
        writes = deployed.tenant.writes()

    assert (told.exit_code, found(told)) == (2, SIGN_UP)
    assert [(one["rule"], one["severity"]) for one in told.report["findings"]] == [("sign-up-opened", "error")]
    assert writes == []
    assert {file: file.read_bytes() for file in folder.rglob("*.json")} == before


@pytest.mark.parametrize("scope", ["read:roles", "read:tenant_settings"])
def test_a_missing_scope_is_1_and_what_could_be_told_is(deployed: Project, tmp_path: Path, scope: str) -> None:
    """One of a list; one without which the engine reads nothing."""
    foreign = deployed.tenant.write("POST", "/clients", {"name": "Corp", "app_type": "spa"})

    with a_reader_without(deployed, scope) as reader, sign_up_opened(deployed):
        told = check(reader, tmp_path)

    deployed.tenant.api.delete(f"/clients/{foreign['client_id']}").raise_for_status()
    assert told.exit_code == 1
    [sentence] = told.problems
    assert "scope" in sentence
    assert "\n" not in sentence
    assert ("unmanaged", "Client Corp") in found(told)
    if scope == "read:roles":
        assert found(told) >= SIGN_UP
        assert "Role" in sentence


def test_a_wrong_passphrase_is_1_in_one_sentence(deployed: Project, tmp_path: Path) -> None:
    shell = replace(deployed, environ={**deployed.environ, "PULUMI_CONFIG_PASSPHRASE": "not this one"})

    told = check(shell, tmp_path)

    assert (told.exit_code, told.items) == (1, [])
    [sentence] = told.problems
    assert "passphrase" in sentence
    assert "not this one" not in told.said


def test_a_broken_program_is_1_and_the_tenants_drift_is_told(deployed: Project, tmp_path: Path) -> None:
    broken = replace(deployed, directory=tmp_path / "broken")
    shutil.copytree(deployed.directory, broken.directory, symlinks=True)
    copy_program(broken)
    with (broken.directory / "stacks" / "program.py").open("a") as file:
        file.write("\nraise RuntimeError('broken by a test')\n")

    with sign_up_opened(deployed):
        told = check(broken, tmp_path)

    assert (told.exit_code, found(told)) == (1, SIGN_UP)
    assert len(told.problems) == 1


@pytest.mark.parametrize(("days", "exit_code"), [(0, 0), (-1, 2)])
def test_the_ignore_file_covers_until_its_last_day(
    deployed: Project, tmp_path: Path, days: int, exit_code: int
) -> None:
    until = (TODAY + timedelta(days=days)).isoformat()
    entry = {
        "pattern": "Connection invited-users: options.disableSignup",
        "reason": "an event of a week",
        "until": until,
    }
    file = deployed.directory / IGNORE_FILE
    file.write_text(json.dumps([entry]))

    with sign_up_opened(deployed):
        told = check(deployed, tmp_path)

    file.unlink()
    item = told.item("drift", "Connection invited-users")
    assert told.exit_code == exit_code
    assert item["covered"] == ({"reason": "an event of a week", "until": until} if days == 0 else None)
    assert told.report["endedIgnores"] == ([] if days == 0 else [{"pattern": entry["pattern"], "until": until}])
    assert "an event of a week" in told.said or days != 0


def test_a_tenant_that_does_not_answer_is_1(deployed: Project, tmp_path: Path) -> None:
    """The last test of this file: nothing can be told, and nothing is called clean."""
    deployed.tenant.process.kill()
    deployed.tenant.process.wait(timeout=20)

    told = check(deployed, tmp_path)

    assert (told.exit_code, told.items) == (1, [])
    assert "does not answer" in told.problems[0]
    assert all("\n" not in one for one in told.problems)
