"""Many invites at once on a slow, failing tenant: nobody is lost, and nobody is mailed twice. `make soak` has the full count, in real processes."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from localtenant.messages import mailbox
from tests.bulk_invites import some_rows
from tests.inviting_many import Place, a_busy_place, invite_many
from tests.localtenant.conftest import LocalTenant

LONGEST_DOUBT = 3 * 120.0  # a mail in doubt is asked about again two minutes later
COUNT = int(os.environ.get("GUESTLIST_INVITES", "150"))


@pytest.fixture
def place(a_tenant: Callable[..., LocalTenant], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    monkeypatch.setattr(mailbox, "MOST_KEPT", 10_000)
    return a_busy_place(a_tenant(), tmp_path)


def test_nobody_is_lost_and_nobody_mailed_twice_whatever_happens(place: Place) -> None:
    measured = invite_many(place, count=COUNT, kills=10, seed=20261123, say=print)
    print(measured)  # shown by pytest -s
    assert measured.mailed_twice == ()
    assert measured.astray == ()
    assert measured.outcomes.total() == COUNT
    at_two_a_second = measured.calls["management"] / 2
    assert at_two_a_second - 2 * measured.runs <= measured.seconds <= 1.5 * at_two_a_second + LONGEST_DOUBT
    assert measured.refused <= 2 * measured.runs  # what a run that was lost had used up
    assert measured.outcomes["sent"] + measured.outcomes["already_invited"] >= 0.95 * COUNT


def test_the_tiers_rate_is_kept_and_used(place: Place) -> None:
    """Two calls of the Management API a second, and two of them an invite."""
    before = place.tenant.clock.seconds()
    results = list(place.run(some_rows(40)))
    seconds = place.tenant.clock.seconds() - before
    assert {result.outcome for result in results} == {"sent"}
    assert place.refused == 0
    assert place.way.calls["management"] == 80
    assert 38 <= seconds <= 46
