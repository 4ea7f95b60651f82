"""A mail of which nobody knows whether it left: found out where something can tell, and never sent twice unasked."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from guestlist.errors import InviteFailed, InviteInDoubt
from guestlist.invites import creating
from guestlist.invites.sending import NobodyKnows, NothingLeft
from guestlist.invites.users import keep_invite
from stacks.management import ManagementError
from tests.unit.invites.place import MAIL, Place

LOST = httpx.ReadTimeout("no answer")


def killed_before_the_note(place: Place) -> None:
    """The mail has left; the process ended there."""
    place.create()
    invite = {
        name: value
        for name, value in place.document().items()
        if name not in {"last_attempt", "last_sent_at", "recent"}
    }
    place.change(app_metadata={"invite": {**invite, "sent_count": 0}})


def killed_before_the_mail(place: Place) -> None:
    """The user was made; the process ended there."""
    place.network.lost_before[f"POST {MAIL}"] = KeyboardInterrupt()  # type: ignore[assignment]
    with pytest.raises(KeyboardInterrupt):
        place.create()
    assert place.mails() == 0


@pytest.mark.parametrize("verb", ["create", "resend"])
def test_the_log_says_that_the_mail_of_a_killed_run_left(place: Place, verb: str) -> None:
    killed_before_the_note(place)
    place.later(minutes=5)
    done = getattr(place, verb)()
    assert done.state == {"create": "already_invited", "resend": "sent_again"}[verb]
    assert place.mails() == {"create": 1, "resend": 2}[verb]
    invite = place.document()
    assert (invite["sent_count"], invite["last_attempt"]) == (place.mails(), invite["attempt"]["id"])


def test_what_the_log_has_found_is_kept(place: Place) -> None:
    killed_before_the_note(place)
    place.later(minutes=5)
    place.create()
    assert place.document()["last_sent_at"] == "2026-11-23T12:00:00Z"
    assert place.document()["expires_at"] == "2026-11-30T12:00:00Z"
    place.network.calls.clear()
    place.create()
    assert "GET /logs" not in place.network.management_calls()


def test_a_log_without_an_entry_counts_after_two_minutes(place: Place) -> None:
    killed_before_the_mail(place)
    place.later(seconds=100)
    with pytest.raises(InviteInDoubt, match=r"After 2026-11-23 12:02:00 UTC the tenant's log tells") as doubt:
        place.create()
    assert doubt.value.settles_at is not None
    assert place.mails() == 0
    place.later(seconds=20)
    assert place.create().state == "invited"
    assert place.mails() == 1


def test_a_log_that_may_have_forgotten_proves_nothing(place: Place) -> None:
    killed_before_the_mail(place)
    place.later(days=2)
    with pytest.raises(InviteInDoubt, match=r"may not reach back.*--resend-in-doubt"):
        place.create()
    assert place.create(resend_in_doubt=True).state == "sent_again"


def test_a_refusal_in_the_log_is_an_answer(place: Place) -> None:
    """`fcpr`: Auth0 says "We've just sent you an email" all the same."""
    killed_before_the_note(place)
    for entry in place.local.logs("scpr"):
        place.local.tenant.store.put("logs", entry["log_id"], {**entry, "type": "fcpr"})
    place.later(seconds=70)
    assert place.create().state == "invited"
    assert place.mails() == 2


def test_the_mail_before_is_not_taken_for_the_one_in_doubt(place: Place) -> None:
    place.create()
    place.later(seconds=61)
    place.network.lost_before[f"POST {MAIL}"] = LOST
    with pytest.raises(InviteInDoubt):
        place.resend()
    place.later(minutes=3)
    assert place.resend().state == "sent_again"
    assert place.mails() == 2


@pytest.mark.parametrize("lost", ["lost_before", "lost_after"])
def test_a_lost_answer_is_no_reason_to_send_again(place: Place, lost: str) -> None:
    getattr(place.network, lost)[f"POST {MAIL}"] = LOST
    with pytest.raises(InviteInDoubt, match=r"nobody knows.*did not answer \(ReadTimeout\)") as doubt:
        place.create()
    assert doubt.value.exit_code == 1
    place.later(minutes=3)
    assert place.create().state == {"lost_before": "invited", "lost_after": "already_invited"}[lost]
    assert place.mails() == 1


def test_a_5xx_is_in_doubt_and_shows_nothing_of_the_answer(place: Place) -> None:
    place.network.answers[f"POST {MAIL}"] = httpx.Response(500, text="https://login/u/reset-verify?ticket=hush")
    with pytest.raises(InviteInDoubt, match="answered 500") as doubt:
        place.create()
    assert "hush" not in doubt.value.message


def test_what_could_not_be_connected_has_not_left(place: Place) -> None:
    place.network.lost_before[f"POST {MAIL}"] = httpx.ConnectError("no route")
    with pytest.raises(InviteFailed, match=r"was not reached.*Run again: guestlist invites create ana@example.com"):
        place.create()
    assert place.create().state == "invited"


def test_an_inviter_who_may_not_read_the_log_does_not_guess(place: Place) -> None:
    place.grant(delivery="ticket")
    place.options["delivery"] = "auth0"
    killed_before_the_note(place)
    place.later(minutes=5)
    with pytest.raises(InviteInDoubt, match="may not read the tenant's log"):
        place.create()
    assert place.mails() == 1


def test_a_mail_of_ours_in_doubt_is_named_for_a_person_to_look_up(place: Place) -> None:
    place.options["delivery"] = "ticket"
    place.postbox.fails.append(NobodyKnows("the mail server smtp.example.com had the whole mail, and did not answer"))
    with pytest.raises(InviteInDoubt) as doubt:
        place.create()
    message_id = f"<{place.document()['attempt']['id']}@example.com>"
    assert message_id in doubt.value.message
    place.later(days=2)
    with pytest.raises(InviteInDoubt, match=message_id):
        place.create()
    assert place.create(resend_in_doubt=True).state == "sent_again"
    assert place.create().state == "already_invited"
    assert place.mails() == 1


def test_a_doubtful_mail_counts_as_one(place: Place) -> None:
    place.options["delivery"] = "ticket"
    place.postbox.fails.append(NobodyKnows("no answer"))
    with pytest.raises(InviteInDoubt):
        place.create()
    place.later(seconds=30)
    with pytest.raises(Exception, match="not a minute old"):
        place.create(resend_in_doubt=True)


def test_a_ticket_that_was_made_and_not_mailed_leaves_no_link_that_is_said_to_work(place: Place) -> None:
    place.options["delivery"] = "ticket"
    place.create()
    place.later(hours=1)
    place.postbox.fails.append(NothingLeft("the mail server smtp.example.com does not take the mail (554)"))
    with pytest.raises(InviteFailed, match=r"does not take the mail \(554\)"):
        place.resend()
    assert not place.opens(place.last_link())
    assert place.create().state == "sent_again", "an invite whose link is dead has expired"


@pytest.mark.parametrize("answer", [httpx.Response(500), httpx.Response(429)])
def test_without_a_ticket_no_mail_left(place: Place, answer: httpx.Response) -> None:
    place.options["delivery"] = "ticket"
    place.network.answers["POST /api/v2/tickets/password-change"] = answer
    if answer.status_code == 429:  # waited for
        assert place.create().state == "invited"
        return
    with pytest.raises(InviteFailed, match="no mail was sent"):
        place.create()
    assert place.create().state == "invited"


def test_a_note_that_cannot_be_kept_does_not_undo_the_mail(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    place.create()
    place.later(hours=1)
    kept: list[object] = []

    def keep_once(*arguments: Any, **changes: Any) -> None:
        kept.append(arguments)
        if len(kept) == 2:
            raise ManagementError("lost", status=500)
        keep_invite(*arguments, **changes)

    monkeypatch.setattr(creating, "keep_invite", keep_once)
    done = place.resend()
    assert done.state == "sent_again"
    assert "in doubt" in done.warnings[0]
    place.later(minutes=5)
    assert place.create().state == "already_invited"
    assert place.mails() == 2
