"""The ignore file: entries that are right are taken, all faults of others are told at once, ended ones cover nothing."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guestlist.drift.ignore_file import FILE, covering, read_ignore_file
from guestlist.errors import BadConfiguration
from tests.unit.drift.factories import TODAY, an_ignored

GOOD = """
- pattern: "Client Marketing site"
  reason: made by the marketing team
  until: "2027-03-31"
- pattern: "Connection invited-users: options.passwordHistory*"
  reason: the security team tries other values
  until: "2027-01-15"
  environments: [staging]
"""


def written(root: Path, text: str | bytes) -> Path:
    path = root / FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return root


def test_no_file_ignores_nothing(tmp_path: Path) -> None:
    assert read_ignore_file(tmp_path, "prod") == ()


def test_an_empty_file_ignores_nothing(tmp_path: Path) -> None:
    assert read_ignore_file(written(tmp_path, ""), "prod") == ()


def test_entries_are_for_all_environments_or_for_those_that_are_named(tmp_path: Path) -> None:
    root = written(tmp_path, GOOD)

    assert [one.pattern for one in read_ignore_file(root, "prod")] == ["Client Marketing site"]
    assert len(read_ignore_file(root, "staging")) == 2


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    root = written(
        tmp_path,
        """
- pattern: "*"
  reason: short
  until: 2027-13-01
  owner: me
- only a text
- pattern: "Client x"
  reason: a reason that is long enough
  until: "2027-01-01"
  environments: prod
""",
    )

    with pytest.raises(BadConfiguration) as caught:
        read_ignore_file(root, "prod")

    said = caught.value.message
    assert len(caught.value.lines) == 6
    assert all(line.startswith(f"{FILE}: entry ") for line in caught.value.lines)
    for word in (
        "pattern would cover everything",
        "reason must have 10",
        "until must be a day",
        "owner",
        "entry 2",
        "environments",
    ):
        assert word in said


@pytest.mark.parametrize("text", ["pattern: x", "a: [", b"\xff\xfe", "- !!python/object:os.system {}"])
def test_what_is_no_list_is_refused_with_the_files_name(tmp_path: Path, text: str | bytes) -> None:
    with pytest.raises(BadConfiguration) as caught:
        read_ignore_file(written(tmp_path, text), "prod")

    assert FILE in caught.value.message


@given(data=st.binary(max_size=200))
def test_whatever_is_in_it_is_read_or_refused(data: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    root = written(tmp_path_factory.mktemp("any"), data)

    said = FILE
    try:
        read_ignore_file(root, "prod")
    except BadConfiguration as error:
        said = error.message

    assert FILE in said


def test_a_pattern_means_an_object_or_a_property_of_it() -> None:
    whole, part = an_ignored(pattern="Client *"), an_ignored(pattern="Client application: callbacks")

    assert covering([whole], "Client application", "name", today=TODAY) == whole
    assert covering([part], "Client application", "callbacks", today=TODAY) == part
    assert covering([part], "Client application", "name", today=TODAY) is None
    assert covering([part], "Client application", today=TODAY) is None


def test_the_last_day_still_counts_and_the_next_does_not() -> None:
    entry = an_ignored(until=date(2026, 11, 27))

    assert covering([entry], "Client x", today=date(2026, 11, 27)) == entry
    assert covering([entry], "Client x", today=date(2026, 11, 28)) is None
