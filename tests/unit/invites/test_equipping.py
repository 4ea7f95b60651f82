"""A phone and roles, in place before somebody can open the link."""

from __future__ import annotations

from urllib.parse import quote

import httpx
import pytest

from guestlist.errors import InviteFailed, InviteRefused
from tests.unit.invites.place import MAIL, Place

PHONE = "+351910000001"


def phones(place: Place) -> list[str]:
    path = f"/users/{quote(place.user()['user_id'], safe='')}/authentication-methods"
    return [method["phone_number"] for method in place.local.get(path).json()]


def roles(place: Place) -> list[str]:
    return [role["id"] for role in place.local.get(f"/users/{quote(place.user()['user_id'], safe='')}/roles").json()]


def a_role(place: Place) -> str:
    return str(place.local.post("/roles", json={"name": "admin"}).json()["id"])


def test_a_phone_is_enrolled_before_the_mail_goes_out(place: Place) -> None:
    place.grant(preEnrolPhone=True)
    place.create(phone=PHONE)
    assert phones(place) == [PHONE]
    calls = place.network.calls
    (enrolled,) = [number for number, call in enumerate(calls) if call.endswith("/authentication-methods")]
    assert enrolled < calls.index(f"POST {MAIL}")


def test_a_phone_is_enrolled_once_however_often_it_is_asked_for(place: Place) -> None:
    place.grant(preEnrolPhone=True)
    place.network.lost_before[f"POST {MAIL}"] = httpx.ConnectError("no route")
    with pytest.raises(InviteFailed):
        place.create(phone=PHONE)
    place.create(phone=PHONE)
    place.later(hours=1)
    place.resend(phone=PHONE)
    assert phones(place) == [PHONE]


def test_a_phone_that_is_there_already_is_left(place: Place) -> None:
    place.grant(preEnrolPhone=True)
    place.create(phone=PHONE)
    place.later(hours=1)
    done = place.resend(phone="+351910000002")
    assert done.warnings == ("Another phone is enrolled already, and was left as it is.",)
    assert phones(place) == [PHONE]


def test_who_gets_no_mail_gets_no_phone_either(place: Place) -> None:
    place.grant(preEnrolPhone=True)
    place.create()
    assert place.create(phone=PHONE).warnings == (
        "Phone and roles were not changed: that happens together with a mail.",
    )
    assert phones(place) == []


def test_without_the_setting_a_phone_is_refused_before_any_call(place: Place) -> None:
    with pytest.raises(InviteRefused, match=r"guestlist:invite.preEnrolPhone.*guestlist up --env qa"):
        place.create(phone=PHONE)
    assert place.network.calls == []


def test_roles_are_assigned_with_the_scopes_that_the_inviter_has_anyway(place: Place) -> None:
    role = a_role(place)
    place.create(roles=(role,))
    assert roles(place) == [role]


def test_a_role_that_does_not_exist_stops_the_mail(place: Place) -> None:
    with pytest.raises(InviteFailed, match="no mail was sent"):
        place.create(roles=("rol_nowhere",))
    assert place.mails() == 0
    assert place.create().state == "invited"
