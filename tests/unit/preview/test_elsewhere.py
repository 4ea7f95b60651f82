"""The program of another commit: found, unpacked, and run as it would be in the project."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from guestlist.errors import GuestlistError
from guestlist.preview import elsewhere
from guestlist.preview.elsewhere import NoSuchCommit, collect_elsewhere, commit_of, environ_elsewhere, unpacked
from tests.unit.repository import Repository, a_repository


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return a_repository(tmp_path / "clone")


def test_a_tag_a_branch_and_a_number_name_a_commit(repository: Repository) -> None:
    number = repository.commit("v1")

    assert {commit_of(repository.root, name) for name in ("v1", "HEAD", number, number[:10])} == {number}


@pytest.mark.parametrize("name", ["v9", "", "--all", "HEAD:Pulumi.yaml", "a b"])
def test_what_names_no_commit_is_said(repository: Repository, name: str) -> None:
    repository.commit("v1")

    with pytest.raises(NoSuchCommit, match="git does not know it") as raised:
        commit_of(repository.root, name)
    assert repr(name) in raised.value.message


def test_the_files_of_a_commit_are_there_for_as_long(repository: Repository) -> None:
    repository.write("stacks/program.py", "one")
    number = repository.commit("v1")
    repository.write("stacks/program.py", "two")

    with unpacked(repository.root, number) as folder:
        assert (folder / "stacks" / "program.py").read_text() == "one"
        assert (folder / "Pulumi.yaml").is_file()
    assert not folder.exists()


def test_a_project_below_the_repository_is_unpacked_as_a_project(repository: Repository) -> None:
    repository.write("tenant/Pulumi.yaml", "name: guestlist\n")
    number = repository.commit("v1")

    with unpacked(repository.root / "tenant", number) as folder:
        assert [path.name for path in folder.iterdir()] == ["Pulumi.yaml"]


def test_a_machine_without_git_is_told_so(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(repository.root))

    with pytest.raises(GuestlistError, match="Cannot start git"):
        commit_of(repository.root, "HEAD")


def test_an_environment_that_the_commit_lacks_is_none(repository: Repository) -> None:
    nothing = collect_elsewhere(
        repository.root, "qa", root=repository.root, pulumi=Path("pulumi"), environ={"PATH": os.environ["PATH"]}
    )

    assert nothing is None


def test_the_programs_failure_is_said_in_its_own_words(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\necho 'Error: it has a fault' >&2\nexit 1\n")
    python.chmod(0o755)
    monkeypatch.setattr(elsewhere.sys, "executable", str(python))
    repository.write("config/Pulumi.qa.yaml", "config: {}\n")

    with pytest.raises(GuestlistError, match="The program to compare with failed: it has a fault"):
        collect_elsewhere(repository.root, "qa", root=repository.root, pulumi=Path("pulumi"), environ={})


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("file://./.guestlist/state", "file://ROOT/.guestlist/state"),
        ("file://state?no_tmp_dir=true", "file://ROOT/state?no_tmp_dir=true"),
        ("file:///var/state", "file:///var/state"),
        ("s3://bucket/guestlist?region=eu-central-1", "s3://bucket/guestlist?region=eu-central-1"),
    ],
)
def test_the_state_stays_where_it_is(repository: Repository, tmp_path: Path, url: str, expected: str) -> None:
    found = environ_elsewhere({"PULUMI_BACKEND_URL": url}, root=repository.root, folder=tmp_path)

    assert found["PULUMI_BACKEND_URL"] == expected.replace("ROOT", str(repository.root))


def test_the_backend_of_the_projects_own_file_wins(repository: Repository, tmp_path: Path) -> None:
    assert "PULUMI_BACKEND_URL" not in environ_elsewhere({}, root=repository.root, folder=tmp_path)
    repository.write("Pulumi.yaml", "name: guestlist\nbackend:\n  url: file://./here\n")

    found = environ_elsewhere({}, root=repository.root, folder=tmp_path)

    assert found["PULUMI_BACKEND_URL"] == f"file://{repository.root}/here"


def test_its_own_stacks_come_first_and_files_are_found(repository: Repository, tmp_path: Path) -> None:
    environ = {"PYTHONPATH": "before", "PULUMI_CONFIG_PASSPHRASE_FILE": "key", "SSL_CERT_FILE": "/ca.pem"}
    found = environ_elsewhere(environ, root=repository.root, folder=tmp_path)

    assert found["PYTHONPATH"] == f"{tmp_path}{os.pathsep}before"
    assert found["PULUMI_CONFIG_PASSPHRASE_FILE"] == str(repository.root / "key")
    assert found["SSL_CERT_FILE"] == "/ca.pem"
