"""`guestlist keys rotate` and `guestlist page env` with the real engine: the file changes by its secrets alone, and in order."""

from __future__ import annotations

import json
import os
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from guestlist.cli import keys as keys_command
from guestlist.cli.main import cli
from guestlist.config_secrets import find_engine
from guestlist.errors import GuestlistError, Refused
from guestlist.key_rotation import KEYS, plan, refuse_too_early
from guestlist.page_environment import open_page_environment, page_variables, parse, render
from pages.profile.settings import read_settings
from tests.unit.environment_files import a_project

PASSPHRASE = "a passphrase of one's own, 2026"
ENVIRON = {"PULUMI_CONFIG_PASSPHRASE": PASSPHRASE}
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


def guestlist(root: Path, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["--project", str(root), *arguments], env=ENVIRON)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A file as `guestlist env new` makes it."""
    if find_engine() is None:
        pytest.skip("no Pulumi engine on this machine: make setup")
    folder = tmp_path_factory.mktemp("clone")
    a_project(folder)
    done = guestlist(
        folder, "env", "new", "qa", "--domain", "guestlist-qa.eu.auth0.example", "--friendly-name", "Guestlist & Co",
        "--app-name", "App", "--app-url", "https://app.guestlist.example", "--profile-url", "https://profile.guestlist.example",
        "--from-address", "invitations@guestlist.example", "--smtp-host", "smtp.guestlist.example",
    )  # fmt: skip
    assert done.exit_code == 0, done.stderr
    return (folder / "config" / "Pulumi.qa.yaml").read_bytes()


@pytest.fixture
def root(made: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [name for name in os.environ if name.startswith(("PULUMI_CONFIG", "AUTH0_", "GUESTLIST_"))]:
        monkeypatch.delenv(name)
    return a_project(tmp_path, qa=made)


@pytest.fixture(scope="module")
def rotated(made: bytes, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The same in the middle of a rotation."""
    folder = a_project(tmp_path_factory.mktemp("rotated"), qa=made)
    assert guestlist(folder, "keys", "rotate", "--env", "qa").exit_code == 0
    return file_of(folder).read_bytes()


def secrets_of(root: Path) -> dict[str, str]:
    from guestlist.environments import Project

    return dict(open_page_environment(Project(root=root), "qa", environ=ENVIRON).secrets)


def file_of(root: Path) -> Path:
    return root / "config" / "Pulumi.qa.yaml"


def test_the_first_stage_makes_new_keys_and_keeps_the_former(root: Path) -> None:
    before = secrets_of(root)
    done = guestlist(root, "keys", "rotate", "--env", "qa")

    assert done.exit_code == 0, done.stderr
    after = secrets_of(root)
    for name, previous in KEYS.items():
        assert after[previous] == before[name]
        assert after[name] not in before.values()
    assert len(set(after.values())) == 4
    steps = [line.strip().partition("   #")[0] for line in done.stdout.splitlines() if line.startswith("  guestlist")]
    assert steps == [
        "guestlist page env --env qa --before-up",
        "guestlist up --env qa",
        "guestlist page env --env qa",
        "guestlist keys rotate --env qa --finish",
    ]
    assert not any(key in done.output for key in (*before.values(), *after.values()))


def test_nothing_else_of_the_file_changes(root: Path) -> None:
    text = "# who reads this\n" + file_of(root).read_text().replace("config:\n", "config:  # settings\n")
    file_of(root).write_text(text)
    file_of(root).chmod(0o640)
    guestlist(root, "keys", "rotate", "--env", "qa")
    guestlist(root, "keys", "rotate", "--env", "qa", "--finish", "--force")

    kept = [line for line in file_of(root).read_text().splitlines() if "secure:" not in line]
    assert kept == [line for line in text.splitlines() if "secure:" not in line]
    assert file_of(root).stat().st_mode & 0o777 == 0o640
    assert [path.name for path in file_of(root).parent.iterdir()] == ["Pulumi.qa.yaml"]


def test_a_dry_run_changes_nothing(root: Path, made: bytes) -> None:
    done = guestlist(root, "keys", "rotate", "--env", "qa", "--dry-run", "--json")

    assert file_of(root).read_bytes() == made
    said = json.loads(done.stdout)
    assert (said["stage"], said["written"]) == ("begin", False)
    assert said["changed"] == sorted([*KEYS, *KEYS.values()])


def test_a_stage_that_is_not_next_is_refused(root: Path, rotated: bytes) -> None:
    finish = guestlist(root, "keys", "rotate", "--env", "qa", "--finish", "--force")
    assert (finish.exit_code, "no rotation" in finish.stderr) == (3, True)

    file_of(root).write_bytes(rotated)
    again = guestlist(root, "keys", "rotate", "--env", "qa")
    assert (again.exit_code, "under way" in again.stderr) == (3, True)
    assert file_of(root).read_bytes() == rotated


def test_force_alone_is_wrong_usage(root: Path) -> None:
    assert guestlist(root, "keys", "rotate", "--env", "qa", "--force").exit_code == 64


def test_the_second_stage_drops_the_former_keys(root: Path, rotated: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr(
        keys_command, "_refuse_too_early", lambda project, opened: asked.append(opened.settings.environment)
    )
    guestlist(root, "keys", "rotate", "--env", "qa")
    new = secrets_of(root)
    done = guestlist(root, "keys", "rotate", "--env", "qa", "--finish")

    assert (done.exit_code, asked) == (0, ["qa"])
    assert secrets_of(root) == {name: new[name] for name in KEYS}


def test_a_file_in_another_style_is_left_alone(root: Path) -> None:
    tree = yaml.safe_load(file_of(root).read_text())
    file_of(root).write_text(yaml.safe_dump(tree, default_flow_style=True))
    before = file_of(root).read_bytes()
    done = guestlist(root, "keys", "rotate", "--env", "qa")

    assert (done.exit_code, "pulumi config set" in done.stderr) == (1, True)
    assert file_of(root).read_bytes() == before


def test_without_the_passphrase_nothing_is_changed(root: Path, made: bytes) -> None:
    done = CliRunner().invoke(cli, ["--project", str(root), "keys", "rotate", "--env", "qa"], env={})

    assert (done.exit_code, "passphrase" in done.stderr) == (1, True)
    assert file_of(root).read_bytes() == made


def test_the_local_keys_are_never_rotated(root: Path, made: bytes) -> None:
    from guestlist.environments import Project
    from tests.docs.pages import ROOT

    opened = open_page_environment(Project(root=ROOT), "local", environ={})
    with pytest.raises(Refused, match="public"):
        plan(opened, "begin")


def test_keys_leave_when_nobody_can_need_them(root: Path) -> None:
    from guestlist.environments import Project

    opened = open_page_environment(Project(root=root), "qa", environ=ENVIRON)
    for deployed, minutes, refusal in [
        (dict(opened.secrets), 75, None),
        (dict(opened.secrets), 74, "Wait 1 more minutes"),
        (dict(opened.secrets), 0, "Wait 75 more minutes"),
        (dict.fromkeys(KEYS, "x"), 500, "does not have the new keys yet"),
        ({}, 500, "does not have the new keys yet"),
    ]:
        since = NOW - timedelta(minutes=minutes)
        with pytest.raises(Refused, match=refusal) if refusal else nullcontext():
            refuse_too_early(opened, deployed, since=since, now=NOW)


def test_the_page_starts_with_what_is_printed(root: Path) -> None:
    done = guestlist(root, "page", "env", "--env", "qa")
    settings = read_settings(parse(done.stdout))

    assert done.exit_code == 0, done.stderr
    assert settings.page_url == "https://profile.guestlist.example"
    assert settings.login_hosts == ("guestlist-qa.eu.auth0.example",)
    assert settings.name == "Guestlist & Co"
    assert settings.login_url == "https://app.guestlist.example/login"
    assert settings.to_page_keys == (secrets_of(root)["toPageSecret"],)


def test_during_a_rotation_the_page_knows_both_keys_and_signs_with_the_right_one(root: Path, rotated: bytes) -> None:
    old = secrets_of(root)
    file_of(root).write_bytes(rotated)
    new = secrets_of(root)
    before, after = (
        read_settings(parse(guestlist(root, "page", "env", "--env", "qa", *more).stdout))
        for more in (["--before-up"], [])
    )

    assert before.to_page_keys == after.to_page_keys == (new["toPageSecret"], old["toPageSecret"])
    assert (before.from_page_key, after.from_page_key) == (old["fromPageSecret"], new["fromPageSecret"])


def test_keys_and_settings_can_be_printed_apart(root: Path) -> None:
    settings = parse(guestlist(root, "page", "env", "--env", "qa", "--only", "settings").stdout)
    secrets = json.loads(guestlist(root, "page", "env", "--env", "qa", "--only", "secrets", "--json").stdout)

    assert not any("SECRET" in name for name in settings)
    assert set(secrets) == {"PROFILE_TO_PAGE_SECRET", "PROFILE_FROM_PAGE_SECRET"}


def test_a_custom_domain_and_the_tenants_own_may_both_sign_people_in(root: Path) -> None:
    from guestlist.environments import Project

    text = (
        file_of(root)
        .read_text()
        .replace(
            "config:\n", "config:\n  guestlist:loginDomain:\n    name: login.guestlist.example\n    inUse: true\n", 1
        )
    )
    file_of(root).write_text(text)
    opened = open_page_environment(Project(root=root), "qa", environ=ENVIRON)

    assert page_variables(opened)["PROFILE_LOGIN_HOSTS"] == "login.guestlist.example,guestlist-qa.eu.auth0.example"


def test_a_shell_reads_what_is_printed_for_it() -> None:
    assert render({"PROFILE_NAME": "Ana's $HOME"}, shell=True) == "export PROFILE_NAME='Ana'\"'\"'s $HOME'"  # noqa: S604 - no shell is run


def test_a_file_of_variables_is_read_as_docker_reads_it() -> None:
    assert parse('# a remark\n\nPROFILE_NAME=a = b "c"\n') == {"PROFILE_NAME": 'a = b "c"'}
    with pytest.raises(GuestlistError, match="line 2"):
        parse("A=1\nnonsense\n")


def test_the_page_refuses_to_be_served_with_bad_variables(root: Path, tmp_path: Path) -> None:
    file = tmp_path / "bad.env"
    file.write_text("PROFILE_PAGE_URL=http://x\nPROFILE_TO_PAGE_SECRET=short\n")
    done = guestlist(root, "page", "serve", "--env-file", str(file))

    assert done.exit_code == 1
    assert "PROFILE_PAGE_URL must be an https:// address" in done.stderr
    assert "PROFILE_FROM_PAGE_SECRET is missing" in done.stderr
    assert guestlist(root, "page", "serve", "--env", "qa", "--env-file", str(file)).exit_code == 64
