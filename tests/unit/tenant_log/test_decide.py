"""What a check has to read: late, lost, reordered entries and moved clocks never pass for nothing recorded."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guestlist.tenant_log.checkpoint import Unusable
from guestlist.tenant_log.decide import (
    FULL_CHECK_EVERY,
    MARGIN,
    FullCheck,
    NothingRecorded,
    ToRead,
    decide,
    look_back,
    seen_in,
)
from guestlist.tenant_log.entries import Entry
from guestlist.tenant_log.operations import Touched
from tests.unit.tenant_log.factories import BASIS, NOW, a_checkpoint, a_now, a_reading, an_entry


def test_nothing_new_is_nothing_recorded_since_the_last_full_check() -> None:
    old = an_entry(at=NOW - timedelta(hours=3))

    decision = decide(a_checkpoint(seen=frozenset({old.id})), a_reading(old), a_now())

    assert decision == NothingRecorded(since=NOW.replace(hour=5))


def test_a_write_names_what_is_to_be_read_and_nothing_else() -> None:
    decision = decide(a_checkpoint(), a_reading(an_entry("PATCH", "/tenants/settings")), a_now())

    assert isinstance(decision, ToRead)
    assert decision.objects == {Touched(kind="Tenant")}


def test_writes_about_people_are_nobodys_news() -> None:
    decision = decide(
        a_checkpoint(), a_reading(an_entry("POST", "/users"), an_entry("POST", "/tickets/password-change")), a_now()
    )

    assert isinstance(decision, NothingRecorded)


def test_an_entry_counts_by_its_id_and_not_by_its_date() -> None:
    late = an_entry("PATCH", "/branding", at=NOW - timedelta(days=1))

    assert isinstance(decide(a_checkpoint(), a_reading(late), a_now()), ToRead)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"checkpoint": None}, "it is the first check"),
        ({"checkpoint": Unusable(why="the checkpoint prod.json is damaged")}, "damaged"),
        ({"now": a_now(domain="other.eu.auth0.com")}, "another environment or tenant"),
        ({"now": a_now(environment="dev")}, "another environment or tenant"),
        ({"now": a_now(basis={**BASIS, "state": "x"})}, "the state has changed"),
        ({"now": a_now(basis={**BASIS, "program": "x"})}, "the program has changed"),
        ({"now": a_now(basis={**BASIS, "versions": "x"})}, "another version"),
        ({"now": a_now(basis={**BASIS, "ignored": "x"})}, "the ignore file has changed"),
        ({"reading": a_reading(gap="these credentials may not read the log (read:logs)")}, "read:logs"),
        ({"reading": a_reading(an_entry("POST", "/inventions"))}, "a write that is not known (POST /inventions)"),
        ({"reading": a_reading(an_entry(at=NOW + timedelta(hours=2)))}, "dated in the future"),
        ({"reading": a_reading(an_entry(details=None))}, "an entry that does not say it"),
        ({"reading": a_reading(now=NOW.replace(hour=5, minute=30))}, "the clock went back"),
        ({"reading": a_reading(now=NOW + FULL_CHECK_EVERY)}, "everything is read every 24 hours"),
    ],
)
def test_what_cannot_be_known_leads_to_a_full_check_with_its_reason(changes: dict[str, Any], why: str) -> None:
    given_ = {"checkpoint": a_checkpoint(), "reading": a_reading(), "now": a_now(), **changes}

    decision = decide(given_["checkpoint"], given_["reading"], given_["now"])

    assert isinstance(decision, FullCheck)
    assert why in decision.why


def test_an_entry_of_the_future_is_doubted_once() -> None:
    odd = an_entry(at=NOW + timedelta(hours=2))

    assert isinstance(decide(a_checkpoint(seen=frozenset({odd.id})), a_reading(odd), a_now()), NothingRecorded)


class Log:
    """A log that shows each entry some time after it happened, in whatever order."""

    def __init__(self, writes: list[tuple[datetime, timedelta]]) -> None:
        self.writes = [
            (at, at + lag, an_entry("PATCH", f"/clients/c{number}", at=at, log_id=f"id-{number}"))
            for number, (at, lag) in enumerate(writes)
        ]

    def shown(self, now: datetime, since: datetime) -> tuple[Entry, ...]:
        return tuple(entry for at, there, entry in self.writes if there <= now and at >= since)


@given(
    writes=st.lists(st.tuples(st.integers(1, 300), st.integers(0, int(MARGIN.total_seconds() // 60) - 1)), max_size=12),
    pauses=st.lists(st.integers(1, 45), min_size=1, max_size=12),
)
def test_a_log_that_lags_less_than_the_margin_hides_no_write(writes: list[tuple[int, int]], pauses: list[int]) -> None:
    """Minutes after the full check: when each write happened, how late the log shows it; and between the checks."""
    began = NOW
    log = Log([(began + timedelta(minutes=at, seconds=1), timedelta(minutes=lag)) for at, lag in writes])
    checkpoint = a_checkpoint(full_check_at=began, looked_at=began)
    found: set[str] = set()
    now = began
    for pause in [*pauses, int(MARGIN.total_seconds() // 60)]:
        now += timedelta(minutes=pause)
        reading = a_reading(*log.shown(now, look_back(checkpoint)), since=look_back(checkpoint), now=now)
        decision = decide(checkpoint, reading, a_now())
        assert not isinstance(decision, FullCheck) or now - began >= FULL_CHECK_EVERY
        if isinstance(decision, ToRead):
            found |= {entry.id for entry in decision.entries}
        checkpoint = a_checkpoint(full_check_at=began, looked_at=now, seen=seen_in(reading))

    happened = {entry.id for at, _, entry in log.writes if at + MARGIN <= now}
    assert happened <= found


@given(writes=st.lists(st.integers(1, 300), min_size=1, max_size=8, unique=True))
def test_what_was_read_is_not_read_again(writes: list[int]) -> None:
    log = Log([(NOW + timedelta(minutes=at), timedelta(0)) for at in writes])
    now = NOW + timedelta(minutes=301)
    first = a_checkpoint(full_check_at=NOW, looked_at=NOW)
    reading = a_reading(*log.shown(now, look_back(first)), now=now)
    assert isinstance(decide(first, reading, a_now()), ToRead)

    second = a_checkpoint(full_check_at=NOW, looked_at=now, seen=seen_in(reading))
    later = a_reading(*log.shown(now, look_back(first)), now=now + timedelta(minutes=1))

    assert isinstance(decide(second, later, a_now()), NothingRecorded)
