"""Who is invited, whatever their number and standing."""

from __future__ import annotations

import pytest

from guestlist.errors import TenantFailed
from tests.unit.invites.place import ANA, Place


def many(place: Place, count: int, *, created_at: str | None = None) -> None:
    """Users of ours, a second apart unless they are all of one moment."""
    with place.local.tenant.store.transaction():
        for number in range(count):
            user_id = f"auth0|{number:05}"
            minutes, seconds = divmod(number, 60)
            user = {
                "user_id": user_id,
                "email": f"p{number}@example.com",
                "created_at": created_at or f"2026-11-01T{minutes // 60:02}:{minutes % 60:02}:{seconds:02}.000Z",
                "identities": [{"connection": "invited-users"}],
                "app_metadata": {"invite": {"id": f"inv_{number}", "sent_count": 1}},
            }
            place.local.tenant.store.put("users", user_id, user)


def test_each_invite_is_listed_with_its_standing(place: Place) -> None:
    for name in ("ana", "bea", "cid", "dov"):
        place.create(f"{name}@example.com", by="Bo")
        place.later(seconds=1)
    place.revoke("bea@example.com")
    place.choose_password(place.last_link())  # dov's
    place.create("eve@example.com")
    place.change("eve@example.com", app_metadata={"invite": None})

    assert [(one.address.partition("@")[0], one.standing) for one in place.list()] == [
        ("ana", "pending"),
        ("bea", "revoked"),
        ("cid", "pending"),
        ("dov", "active"),
    ]
    assert [one.address for one in place.list("revoked", "active")] == ["bea@example.com", "dov@example.com"]
    (ana, _) = place.list("pending")
    assert (ana.address, ana.sent_count, ana.by, ana.expires_at) == (ANA, 1, "Bo", "2026-11-30T12:00:00Z")
    place.later(days=8)
    assert len(place.list("expired")) == 2


def test_more_than_a_search_shows_are_listed_once_each(place: Place) -> None:
    many(place, 2100)
    found = [one.user_id for one in place.list()]
    assert found == [f"auth0|{number:05}" for number in range(2100)]


def test_a_thousand_of_one_moment_are_not_passed_off_as_all(place: Place) -> None:
    many(place, 1001, created_at="2026-11-01T00:00:00.000Z")
    with pytest.raises(TenantFailed, match="more than 1000 users were created at 2026-11-01"):
        place.list()


def test_an_inviter_who_may_not_look_is_told_what_to_run(place: Place) -> None:
    place.local.patch(f"/client-grants/{place.grant_id}", json={"scope": ["create:users"]})
    with pytest.raises(TenantFailed, match=r"Cannot list the invites of qa.*guestlist up --env qa"):
        place.list()
