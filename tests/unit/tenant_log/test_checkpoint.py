"""The checkpoint's file: written whole, read back the same, and never trusted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guestlist.errors import GuestlistError
from guestlist.tenant_log.checkpoint import Checkpoint, Unusable, read_checkpoint, write_checkpoint
from tests.unit.tenant_log.factories import a_checkpoint
from tests.unit.tenant_log.test_entries import ANY_JSON


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    checkpoint = a_checkpoint(seen=frozenset({"a", "b"}), standing=({"class": "drift", "id": "x"},))

    write_checkpoint(tmp_path / "beside" / "prod.json", checkpoint)

    assert read_checkpoint(tmp_path / "beside" / "prod.json") == checkpoint
    assert (tmp_path / "beside" / "prod.json").stat().st_mode & 0o777 == 0o600
    assert [one.name for one in (tmp_path / "beside").iterdir()] == ["prod.json"]


def test_no_file_is_no_checkpoint(tmp_path: Path) -> None:
    assert read_checkpoint(tmp_path / "prod.json") is None


def test_a_file_that_cannot_be_written_names_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(GuestlistError, match=r"Cannot write the checkpoint .* --checkpoint FILE"):
        write_checkpoint(tmp_path / "file" / "prod.json", a_checkpoint())


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"guestlistCheckpoint": 2}', "\x00"])
def test_what_is_no_checkpoint_is_unusable_and_says_so(tmp_path: Path, text: str) -> None:
    (tmp_path / "prod.json").write_text(text)

    found = read_checkpoint(tmp_path / "prod.json")

    assert isinstance(found, Unusable)
    assert "prod.json" in found.why


@given(key=st.sampled_from(["environment", "fullCheckAt", "lookedAt", "basis", "seen", "standing"]), value=ANY_JSON)
def test_a_damaged_one_is_unusable_or_sound(tmp_path_factory: pytest.TempPathFactory, key: str, value: object) -> None:
    file = tmp_path_factory.mktemp("any") / "prod.json"
    write_checkpoint(file, a_checkpoint())
    file.write_text(json.dumps({**json.loads(file.read_text()), key: value}))

    found = read_checkpoint(file)

    assert isinstance(found, Unusable | Checkpoint)
    if isinstance(found, Checkpoint):
        assert all(isinstance(one, str) for one in found.seen)
