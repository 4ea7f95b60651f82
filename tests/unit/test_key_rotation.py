"""`guestlist keys rotate` and `guestlist page env` with the real engine: the file changes by its secrets alone, and in order."""

from __future__ import annotations

import json
import os
import tempfile
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from guestlist.cli import keys as keys_command
from guestlist.cli.main import cli
from guestlist.config_files import check_file, read_bytes
from guestlist.config_secrets import find_engine
from guestlist.environments import Project
from guestlist.errors import GuestlistError, Refused
from guestlist.key_rotation import KEYS, plan, refuse_too_early
from guestlist.page_environment import (
    OpenedEnvironment,
    login_hosts,
    open_page_environment,
    page_variables,
    parse,
    render,
)
from pages.profile.settings import read_settings
from tests.unit.environment_files import a_project

PASSPHRASE = "a passphrase of one's own, 2026"
ENVIRON = {"PULUMI_CONFIG_PASSPHRASE": PASSPHRASE}
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


def guestlist(root: Path, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["--project", str(root), *arguments], env=ENVIRON)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A file as `guestlist env new` makes it, with remarks of somebody's own."""
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
    text = file_of(folder).read_text()
    return ("# who reads this\n" + text.replace("config:\n", "config:  # settings\n")).encode()


@pytest.fixture
def root(made: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [name for name in os.environ if name.startswith(("PULUMI_CONFIG", "AUTH0_", "GUESTLIST_"))]:
        monkeypatch.delenv(name)
    return a_project(tmp_path, qa=made)


@dataclass(frozen=True, kw_only=True)
class Rotated:
    """The same in the middle of a rotation, and what the command said."""

    file: bytes
    mode: int
    said: Result


@pytest.fixture(scope="module")
def rotated(made: bytes, tmp_path_factory: pytest.TempPathFactory) -> Rotated:
    folder = a_project(tmp_path_factory.mktemp("rotated"), qa=made)
    file_of(folder).chmod(0o640)
    said = guestlist(folder, "keys", "rotate", "--env", "qa")
    assert said.exit_code == 0, said.stderr
    assert [path.name for path in file_of(folder).parent.iterdir()] == ["Pulumi.qa.yaml"]  # no draft is left
    return Rotated(file=file_of(folder).read_bytes(), mode=file_of(folder).stat().st_mode & 0o777, said=said)


def file_of(root: Path) -> Path:
    return root / "config" / "Pulumi.qa.yaml"


@cache
def opened(file: bytes) -> OpenedEnvironment:
    """Decrypted by the engine, once for each content: that takes seconds."""
    with tempfile.TemporaryDirectory() as folder:
        return open_page_environment(Project(root=a_project(Path(folder), qa=file)), "qa", environ=ENVIRON)


def plain(file: bytes) -> list[str]:
    """The lines that hold no secret."""
    lines = file.decode().splitlines()
    return [line for line in lines if "secure:" not in line and "PageSecret" not in line]


def test_the_first_stage_makes_new_keys_and_keeps_the_former(made: bytes, rotated: Rotated) -> None:
    before, after = opened(made).secrets, opened(rotated.file).secrets

    for name, previous in KEYS.items():
        assert after[previous] == before[name]
        assert after[name] not in before.values()
    assert len(set(after.values())) == 4
    steps = [line.strip().partition("   #")[0] for line in rotated.said.stdout.splitlines() if "  guestlist" in line]
    assert steps == [
        "guestlist page env --env qa --before-up",
        "guestlist up --env qa",
        "guestlist page env --env qa",
        "guestlist keys rotate --env qa --finish",
    ]
    assert not any(key in rotated.said.output for key in (*before.values(), *after.values()))


def test_the_second_stage_drops_the_former_keys_and_nothing_else_has_changed(
    root: Path, made: bytes, rotated: Rotated, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    monkeypatch.setattr(
        keys_command, "_refuse_too_early", lambda project, opened: asked.append(opened.settings.environment)
    )
    file_of(root).write_bytes(rotated.file)
    done = guestlist(root, "keys", "rotate", "--env", "qa", "--finish")

    assert (done.exit_code, asked) == (0, ["qa"])
    kept = file_of(root).read_bytes()
    assert opened(kept).secrets == {name: opened(rotated.file).secrets[name] for name in KEYS}
    assert plain(kept) == plain(rotated.file) == plain(made)
    assert rotated.mode == 0o640


def test_a_dry_run_changes_nothing(root: Path, made: bytes) -> None:
    done = guestlist(root, "keys", "rotate", "--env", "qa", "--dry-run", "--json")

    assert file_of(root).read_bytes() == made
    said = json.loads(done.stdout)
    assert (said["stage"], said["written"]) == ("begin", False)
    assert said["changed"] == sorted([*KEYS, *KEYS.values()])


def test_a_stage_that_is_not_next_is_refused(made: bytes, rotated: Rotated) -> None:
    with pytest.raises(Refused, match="no rotation"):
        plan(opened(made), "finish")
    with pytest.raises(Refused, match="under way"):
        plan(opened(rotated.file), "begin")


def test_force_alone_is_wrong_usage(root: Path) -> None:
    assert guestlist(root, "keys", "rotate", "--env", "qa", "--force").exit_code == 64


def test_a_file_in_another_style_is_left_alone(root: Path, rotated: Rotated) -> None:
    file_of(root).write_text(yaml.safe_dump(yaml.safe_load(rotated.file), default_flow_style=True))
    before = file_of(root).read_bytes()
    done = guestlist(root, "keys", "rotate", "--env", "qa", "--finish", "--force")

    assert (done.exit_code, "pulumi config set" in done.stderr) == (1, True)
    assert file_of(root).read_bytes() == before


def test_without_the_passphrase_nothing_is_changed(root: Path, made: bytes) -> None:
    done = CliRunner().invoke(cli, ["--project", str(root), "keys", "rotate", "--env", "qa"], env={})

    assert (done.exit_code, "passphrase" in done.stderr) == (1, True)
    assert file_of(root).read_bytes() == made


def test_the_local_keys_are_never_rotated() -> None:
    from tests.docs.pages import ROOT

    local = open_page_environment(Project(root=ROOT), "local", environ={})
    with pytest.raises(Refused, match="public"):
        plan(local, "begin")


def test_keys_leave_when_nobody_can_need_them(made: bytes) -> None:
    environment = opened(made)
    for deployed, minutes, refusal in [
        (dict(environment.secrets), 75, None),
        (dict(environment.secrets), 74, "Wait 1 more minutes"),
        (dict(environment.secrets), 0, "Wait 75 more minutes"),
        (dict.fromkeys(KEYS, "x"), 500, "does not have the new keys yet"),
        ({}, 500, "does not have the new keys yet"),
    ]:
        since = NOW - timedelta(minutes=minutes)
        with pytest.raises(Refused, match=refusal) if refusal else nullcontext():
            refuse_too_early(environment, deployed, since=since, now=NOW)


def test_the_page_starts_with_what_is_printed(root: Path, made: bytes) -> None:
    done = guestlist(root, "page", "env", "--env", "qa")
    settings = read_settings(parse(done.stdout))

    assert done.exit_code == 0, done.stderr
    assert settings.page_url == "https://profile.guestlist.example"
    assert settings.login_hosts == ("guestlist-qa.eu.auth0.example",)
    assert settings.name == "Guestlist & Co"
    assert settings.login_url == "https://app.guestlist.example/login"
    assert settings.to_page_keys == (opened(made).secrets["toPageSecret"],)


def test_during_a_rotation_the_page_knows_both_keys_and_signs_with_the_right_one(made: bytes, rotated: Rotated) -> None:
    old, new = opened(made).secrets, opened(rotated.file).secrets
    before, after = (
        read_settings(page_variables(opened(rotated.file), before_up=before_up)) for before_up in (True, False)
    )

    assert before.to_page_keys == after.to_page_keys == (new["toPageSecret"], old["toPageSecret"])
    assert (before.from_page_key, after.from_page_key) == (old["fromPageSecret"], new["fromPageSecret"])


def test_keys_and_settings_can_be_printed_apart(root: Path, made: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("guestlist.page_environment.open_page_environment", lambda *_: opened(made))
    settings = parse(guestlist(root, "page", "env", "--env", "qa", "--only", "settings").stdout)
    secrets = json.loads(guestlist(root, "page", "env", "--env", "qa", "--only", "secrets", "--json").stdout)

    assert not any("SECRET" in name for name in settings)
    assert set(secrets) == {"PROFILE_TO_PAGE_SECRET", "PROFILE_FROM_PAGE_SECRET"}
    assert page_variables(opened(made)) == {**settings, **secrets}


def test_a_custom_domain_and_the_tenants_own_may_both_sign_people_in(made: bytes) -> None:
    domain = b"config:  # settings\n  guestlist:loginDomain:\n    name: login.guestlist.example\n    inUse: true\n"
    settings = read_bytes(made.replace(b"config:  # settings\n", domain, 1), environment="qa", file="Pulumi.qa.yaml")
    checked = check_file(settings).settings
    assert checked is not None

    assert login_hosts(checked) == ("login.guestlist.example", "guestlist-qa.eu.auth0.example")


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
    assert "Cannot read" in guestlist(root, "page", "serve", "--env-file", str(tmp_path / "none")).stderr
