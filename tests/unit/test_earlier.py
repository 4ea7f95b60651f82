"""Going back to an earlier program: what is taken from the commit, what stays today's, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from guestlist.cli.main import cli
from guestlist.earlier import ROTATION, earlier_program
from guestlist.environments import Project
from guestlist.errors import FAILED, REFUSED, USAGE, GuestlistError, Refused, WrongTenant
from tests.unit.environment_files import SALT, SEALED_TEXT, an_environment, changed, without
from tests.unit.repository import PROJECT, Repository, a_repository

FILE = "config/Pulumi.qa.yaml"
SOURCE = 'SECRETS = ("toPageSecret", "fromPageSecret", "smtpPassword")\n'
NEW_SALT = SALT.replace("2g2s", "9x9x")
NEW_TEXT = "v1:BBBBBBBBBBBBBBBB:bmV3"
ROTATED = [changed(name, {"secure": NEW_TEXT}) for name in ("toPageSecret", "fromPageSecret")]
FORMER = [changed(name, {"secure": SEALED_TEXT}) for name in ROTATION]
SMTP = [changed("email/smtpUser", "guestlist"), changed("smtpPassword", {"secure": SEALED_TEXT})]


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    found = a_repository(tmp_path / "clone")
    found.write("stacks/settings_secrets.py", SOURCE)
    return found


def settings_of(repository: Repository, ref: str = "v1") -> dict[str, Any]:
    """The environment's file as the earlier program gets it."""
    with earlier_program(Project(root=repository.root), "qa", ref) as earlier:
        found: dict[str, Any] = yaml.safe_load((earlier.folder / FILE).read_text())
    return found


def test_settings_are_of_then_and_secrets_are_of_now(repository: Repository) -> None:
    repository.write(FILE, an_environment(changed("connection/passwordMinLength", 10)))
    repository.commit("v1")
    repository.write(FILE, an_environment(*ROTATED, ("encryptionsalt", NEW_SALT)))

    found = settings_of(repository)

    assert found["encryptionsalt"] == NEW_SALT
    assert found["config"]["guestlist:connection"] == {"passwordMinLength": 10}
    assert found["config"]["guestlist:toPageSecret"] == {"secure": NEW_TEXT}
    assert found["config"]["guestlist:fromPageSecret"] == {"secure": NEW_TEXT}


def test_a_key_service_of_today_opens_them(repository: Repository) -> None:
    repository.write(FILE, an_environment())
    repository.commit("v1")
    today = yaml.safe_load(an_environment(*ROTATED))
    del today["encryptionsalt"]
    repository.write(FILE, yaml.safe_dump({"secretsprovider": "awskms://alias/x", "encryptedkey": "a2V5", **today}))

    found = settings_of(repository)

    assert {key: value for key, value in found.items() if key != "config"} == {
        "secretsprovider": "awskms://alias/x",
        "encryptedkey": "a2V5",
    }


def test_a_secret_that_came_later_is_left_out(repository: Repository) -> None:
    repository.write(FILE, an_environment())
    repository.commit("v1")
    repository.write(FILE, an_environment(*SMTP))

    assert "guestlist:smtpPassword" not in settings_of(repository)["config"]


@pytest.mark.parametrize("known", [True, False])
def test_the_former_keys_of_a_rotation_are_for_a_program_that_knows_them(repository: Repository, known: bool) -> None:
    repository.write(FILE, an_environment())
    if known:
        repository.write("stacks/rotation.py", f"NAMES = {ROTATION!r}\n")
    repository.commit("v1")
    repository.write(FILE, an_environment(*ROTATED, *FORMER))

    found = settings_of(repository)["config"]

    assert {name: found.get(f"guestlist:{name}") for name in ROTATION} == dict.fromkeys(
        ROTATION, {"secure": SEALED_TEXT} if known else None
    )


def test_the_former_keys_of_a_rotation_that_is_over_are_gone(repository: Repository) -> None:
    repository.write(FILE, an_environment(*FORMER))
    repository.commit("v1")
    repository.write(FILE, an_environment(*ROTATED))

    found = settings_of(repository)["config"]

    assert not {f"guestlist:{name}" for name in ROTATION} & found.keys()
    assert found["guestlist:toPageSecret"] == {"secure": NEW_TEXT}


@pytest.mark.parametrize("name", ["smtpPassword", "secretOfThen"])
def test_a_secret_that_is_needed_and_gone_is_named(repository: Repository, name: str) -> None:
    repository.write(FILE, an_environment(changed(name, {"secure": SEALED_TEXT})))
    repository.commit("v1")
    repository.write(FILE, an_environment())

    with pytest.raises(Refused, match=f"its program needs guestlist:{name}, which {FILE} does not have") as raised:
        settings_of(repository)
    assert f"pulumi config set --secret guestlist:{name} --stack qa" in raised.value.message


def test_settings_that_todays_rules_refuse_are_the_old_programs_business(repository: Repository) -> None:
    repository.write(FILE, an_environment(changed("gone/since", True), changed("invite/linkTtlSec", 0)))
    repository.commit("v1")
    repository.write(FILE, an_environment())

    assert settings_of(repository)["config"]["guestlist:gone"] == {"since": True}


def test_a_file_that_nobody_can_read_is_said(repository: Repository) -> None:
    repository.write(FILE, "config: [\n")
    repository.commit("v1")
    repository.write(FILE, an_environment())

    with pytest.raises(GuestlistError, match=f"Cannot go back to v1 .*: {FILE} in it is not readable YAML"):
        settings_of(repository)


@pytest.mark.parametrize("then", [changed("tenant/domain", "other.eu.auth0.example"), without("tenant")])
def test_another_tenant_is_refused(repository: Repository, then: tuple[str, object]) -> None:
    repository.write(FILE, an_environment(then))
    repository.commit("v1")
    repository.write(FILE, an_environment())

    with pytest.raises(WrongTenant, match=r"today's is for guestlist-qa\.eu\.auth0\.example\. Nothing was touched"):
        settings_of(repository)


def test_another_project_is_refused(repository: Repository) -> None:
    repository.write("Pulumi.yaml", "name: before\n")
    repository.write(FILE, an_environment())
    repository.commit("v1")
    repository.write("Pulumi.yaml", PROJECT)

    with pytest.raises(Refused, match=r"it holds no Pulumi\.yaml with name: guestlist"):
        settings_of(repository)


def test_an_environment_that_came_later_is_refused(repository: Repository) -> None:
    repository.commit("v1")
    repository.write(FILE, an_environment())

    with pytest.raises(Refused, match=f"there is no {FILE} in it"):
        settings_of(repository)


def test_the_old_program_runs_with_todays_packages_and_state(repository: Repository) -> None:
    repository.write("Pulumi.yaml", PROJECT.replace(".venv", "env/old") + "backend:\n  url: file://elsewhere\n")
    repository.write(FILE, an_environment())
    repository.commit("v1")
    repository.write("Pulumi.yaml", PROJECT)
    (repository.root / ".venv").mkdir()

    with earlier_program(Project(root=repository.root), "qa", "v1") as earlier:
        assert (earlier.folder / "env" / "old").resolve() == repository.root / ".venv"
        assert "backend" not in yaml.safe_load((earlier.folder / "Pulumi.yaml").read_text())


def test_a_virtualenv_outside_the_folder_is_not_made(repository: Repository, tmp_path: Path) -> None:
    repository.write("Pulumi.yaml", PROJECT.replace(".venv", "../shared-venv"))
    repository.write(FILE, an_environment())
    repository.commit("v1")

    with earlier_program(Project(root=repository.root), "qa", "v1") as earlier:
        assert not (earlier.folder.parent / "shared-venv").exists()


# The command


def up(repository: Repository, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["--project", str(repository.root), "up", "--env", "qa", *arguments])


def test_a_plan_is_not_for_another_program(repository: Repository) -> None:
    result = up(repository, "--ref", "v1", "--plan", "qa.plan")

    assert result.exit_code == USAGE
    assert "--ref and --plan exclude each other" in result.output


def test_where_nobody_can_be_asked_yes_has_to_be_said(repository: Repository) -> None:
    assert up(repository, "--ref", "v1").exit_code == USAGE


def test_an_unknown_ref_is_named_before_anything_is_opened(repository: Repository) -> None:
    repository.write(FILE, an_environment())
    repository.commit("v1")
    result = up(repository, "--ref", "v9", "--yes")

    assert result.exit_code == FAILED
    assert "Cannot find the commit 'v9'" in result.output


def test_todays_faults_come_first(repository: Repository) -> None:
    repository.write(FILE, an_environment())
    repository.commit("v1")
    repository.write(FILE, an_environment(without("profile")))
    result = up(repository, "--ref", "v1", "--yes")

    assert result.exit_code == FAILED
    assert "guestlist:profile is missing" in result.output


def test_a_refusal_has_its_exit_code(repository: Repository) -> None:
    repository.write(FILE, an_environment(changed("tenant/domain", "other.eu.auth0.example")))
    repository.commit("v1")
    repository.write(FILE, an_environment())

    assert up(repository, "--ref", "v1", "--yes").exit_code == REFUSED
