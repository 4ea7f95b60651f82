"""Whether the lock of a state may be taken away."""

import json
from pathlib import Path

import pytest

from guestlist.engine_errors import LockOwner
from guestlist.locks import Verdict, file_backend, owners_of, verdict


def an_owner(hostname: str = "here", pid: int = 472) -> LockOwner:
    return LockOwner(username="ci", hostname=hostname, pid=pid, since="2026-11-23T23:47:25Z")


@pytest.mark.parametrize(
    ("owners", "running", "expected"),
    [
        ([], set(), "free"),
        ([an_owner()], set(), "stale"),
        ([an_owner()], {472}, "alive"),
        ([an_owner(), an_owner(pid=500)], {500}, "alive"),
        ([an_owner(hostname="runner-7")], set(), "elsewhere"),
        ([an_owner(), an_owner(hostname="runner-7")], set(), "elsewhere"),
    ],
)
def test_only_the_lock_of_a_dead_process_of_this_machine_is_stale(
    owners: list[LockOwner], running: set[int], expected: Verdict
) -> None:
    assert verdict(owners, hostname="here", is_alive=running.__contains__) == expected


def test_lock_files_are_read_as_the_engine_writes_them(tmp_path: Path) -> None:
    folder = tmp_path / ".pulumi" / "locks" / "organization" / "guestlist" / "dev"
    folder.mkdir(parents=True)
    content = {"pid": 472, "username": "ci", "hostname": "here", "timestamp": "2026-11-23T23:47:25Z"}
    (folder / "1b21.json").write_text(json.dumps(content))
    (folder / "1b21.json.attrs").write_text("{}")

    assert owners_of(tmp_path, project="guestlist", stack="dev") == (an_owner(),)
    assert owners_of(tmp_path, project="guestlist", stack="prod") == ()


def test_an_unreadable_lock_is_never_stale(tmp_path: Path) -> None:
    folder = tmp_path / ".pulumi" / "locks" / "organization" / "guestlist" / "dev"
    folder.mkdir(parents=True)
    (folder / "1b21.json").write_text("{")

    owners = owners_of(tmp_path, project="guestlist", stack="dev")

    assert verdict(owners, hostname="here", is_alive=lambda _pid: False) == "elsewhere"


@pytest.mark.parametrize(
    ("url", "folder"),
    [
        ("file:///srv/state", "/srv/state"),
        ("file://./.guestlist/state", "/project/.guestlist/state"),
        ("file:///srv/with%20space", "/srv/with space"),
    ],
)
def test_a_file_backend_is_a_folder(url: str, folder: str) -> None:
    assert file_backend(url, Path("/project")) == Path(folder)


@pytest.mark.parametrize("url", ["", "s3://bucket/guestlist", "https://api.pulumi.com", "postgres://db/state"])
def test_other_backends_show_no_lock(url: str) -> None:
    assert file_backend(url, Path("/project")) is None
