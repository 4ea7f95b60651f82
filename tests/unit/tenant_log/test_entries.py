"""An entry is read out of whatever the log holds, and holds no secret."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guestlist.tenant_log.entries import LONGEST, UNKNOWN_TIME, moment_of, read_entry
from tests.unit.tenant_log.factories import NOW, an_entry, raw

ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
FIELDS = ("log_id", "date", "client_id", "client_name", "ip", "user_name", "details")


def test_a_persons_write_says_what_who_when_and_from_where() -> None:
    entry = an_entry("PATCH", "/clients/c1?fields=x")

    assert (entry.method, entry.path, entry.person, entry.address) == (
        "PATCH",
        "/clients/c1",
        "Ana Lima <ana@example.com>",
        "203.0.113.7",
    )
    assert entry.at == NOW


def test_other_types_are_no_writes() -> None:
    assert [read_entry(raw(type=one)) for one in ("fapi", "s", "mgmt_api_read", None)] == [None] * 4


def test_a_programs_write_has_no_person() -> None:
    found = raw()
    found["details"]["request"]["auth"] = {"user": {}, "strategy": "jwt"}

    entry = read_entry(found)

    assert entry is not None
    assert (entry.person, entry.client_name) == ("", "Auth0 Dashboard")


@pytest.mark.parametrize(
    "path", ["/clients/c1", "https://elsewhere.example/clients", "/api/v1/clients", "x/api/v2/clients", "", None, 5]
)
def test_a_path_of_another_form_is_not_guessed_at(path: Any) -> None:
    found = raw()
    found["details"]["request"]["path"] = path

    entry = read_entry(found)

    assert entry is not None
    assert not entry.readable


@given(changes=st.dictionaries(st.sampled_from(FIELDS), ANY_JSON, max_size=4))
def test_whatever_the_log_holds_is_read(changes: dict[str, Any]) -> None:
    entry = read_entry(raw(**changes))

    assert entry is not None
    assert all(len(one) <= LONGEST for one in (entry.client_name, entry.address))


@given(found=ANY_JSON)
def test_what_is_no_entry_is_none(found: Any) -> None:
    assert read_entry(found) is None


def test_bodies_are_not_kept() -> None:
    found = raw("POST", "/clients")
    found["details"]["request"]["body"] = {"client_secret": "canary-1"}
    found["details"]["response"]["body"] = {"client_id": "c9", "client_secret": "canary-2", "name": "Tool"}

    entry = read_entry(found)

    assert entry is not None
    assert "canary" not in repr(entry)
    assert dict(entry.answered) == {"client_id": "c9", "name": "Tool"}


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("2026-11-27T07:00:00.000Z", NOW),
        ("2026-11-27T08:00:00+01:00", NOW),
        ("2026-11-27T07:00:00", NOW),
        ("yesterday", UNKNOWN_TIME),
        (None, UNKNOWN_TIME),
        ("0001-01-01T00:00:00+23:00", UNKNOWN_TIME),
    ],
)
def test_moments_are_in_utc(value: Any, moment: datetime) -> None:
    assert moment_of(value) == moment
    assert moment_of(value).tzinfo is UTC
