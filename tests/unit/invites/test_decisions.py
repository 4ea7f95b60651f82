"""
The table of docs/invites.md, tried cell by cell on the local tenant: what comes of it, how many mails, and which links work.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from guestlist.errors import InviteFailed, InviteInDoubt, InviteRefused
from guestlist.invites import Invited
from guestlist.invites.decisions import DECISIONS
from guestlist.invites.invite import standing
from guestlist.invites.sending import NobodyKnows
from tests.unit.invites.place import MAIL, Place

NEW, OLD, NEITHER = "the new link", "the old link", "no link"


def unsent(place: Place) -> None:
    place.network.lost_before[f"POST {MAIL}"] = httpx.ConnectError("no route")
    with pytest.raises(InviteFailed):
        place.create()


def in_doubt(place: Place) -> None:
    """With ticket delivery: no log tells."""
    place.options["delivery"] = "ticket"
    place.postbox.fails.append(NobodyKnows("no answer"))
    with pytest.raises(InviteInDoubt):
        place.create()


def pending(place: Place) -> None:
    place.create()
    place.later(hours=1)


def expired(place: Place) -> None:
    place.create()
    place.later(days=8)


def active(place: Place) -> None:
    place.create()
    place.choose_password(place.last_link())


def revoked(place: Place) -> None:
    place.create()
    place.revoke()
    place.later(hours=1)


def blocked(place: Place) -> None:
    place.create()
    place.change(blocked=True)


def foreign(place: Place) -> None:
    place.create()
    place.change(app_metadata={"invite": None})


def new(_place: Place) -> None:
    """Nobody is there."""


ARRANGE: dict[str, Callable[[Place], None]] = {
    function.__name__: function
    for function in (new, unsent, in_doubt, pending, expired, active, revoked, blocked, foreign)
}

# verb and options, standing, what comes of it, mails that it brings, the link that works afterwards
CELLS = [
    ("create", "new", "invited", 1, NEW),
    ("create", "unsent", "invited", 1, NEW),
    ("create", "in_doubt", "in doubt", 0, NEITHER),
    ("create --resend-in-doubt", "in_doubt", "sent_again", 1, NEW),
    ("create", "pending", "already_invited", 0, OLD),
    ("create", "expired", "sent_again", 1, NEW),
    ("create", "active", "already_active", 0, NEITHER),
    ("create", "revoked", "refused: revoked", 0, NEITHER),
    ("create --reinstate", "revoked", "reinstated", 1, NEW),
    ("create", "blocked", "refused: blocked", 0, OLD),
    ("create --reinstate", "blocked", "refused: blocked", 0, OLD),
    ("create", "foreign", "refused: foreign", 0, OLD),
    ("resend", "new", "refused: not_invited", 0, NEITHER),
    ("resend", "unsent", "invited", 1, NEW),
    ("resend", "in_doubt", "in doubt", 0, NEITHER),
    ("resend --resend-in-doubt", "in_doubt", "sent_again", 1, NEW),
    ("resend", "pending", "sent_again", 1, NEW),
    ("resend", "expired", "sent_again", 1, NEW),
    ("resend", "active", "already_active", 0, NEITHER),
    ("resend", "revoked", "refused: revoked", 0, NEITHER),
    ("resend", "blocked", "refused: blocked", 0, OLD),
    ("resend", "foreign", "refused: foreign", 0, OLD),
    ("revoke", "new", "refused: not_invited", 0, NEITHER),
    ("revoke", "unsent", "revoked", 0, NEITHER),
    ("revoke", "in_doubt", "revoked", 0, NEITHER),
    ("revoke", "pending", "revoked", 0, NEITHER),
    ("revoke", "expired", "revoked", 0, NEITHER),
    ("revoke", "active", "refused: active", 0, NEITHER),
    ("revoke", "revoked", "already_revoked", 0, NEITHER),
    ("revoke", "blocked", "revoked", 0, NEITHER),
    ("revoke", "foreign", "refused: foreign", 0, OLD),
]


@pytest.mark.parametrize(("asked", "found", "comes_of_it", "mails", "works"), CELLS)
def test_what_follows_from_a_standing(
    place: Place, *, asked: str, found: str, comes_of_it: str, mails: int, works: str
) -> None:
    ARRANGE[found](place)
    before = place.mails()
    old_link = place.last_link() if before else None
    verb, *options = asked.split(" --")
    place.later(minutes=2)
    assert standing(_user(place), now=place.now) == found
    password = _password(place)

    act = {"create": place.create, "resend": place.resend, "revoke": place.revoke}[verb]
    given = {option.replace("-", "_"): True for option in options}
    assert outcome(lambda: act(**given)) == comes_of_it

    assert place.mails() - before == mails
    assert _password(place) == password or found == "new", "nobody's password is touched"
    if old_link is not None:
        assert place.opens(old_link) == (works == OLD)
    if works == NEW:
        assert place.opens(place.last_link())


def outcome(act: Callable[[], Invited]) -> str:
    """In a word or two."""
    try:
        return act().state
    except InviteRefused as refused:
        return f"refused: {refused.reason}"
    except InviteInDoubt:
        return "in doubt"


def test_the_page_shows_the_table() -> None:
    page = (Path(__file__).parents[3] / "docs" / "invites.md").read_text()
    rows = [line.strip("| ").split(" | ") for line in page.splitlines() if line.startswith("| ")]
    shown = {row[0]: dict(zip(DECISIONS, row[2:], strict=True)) for row in rows if len(row) == 5}
    words = {
        "refuse": "refused",
        "find_out": "looked up first",
        "reinstate": "refused; with `--reinstate` `reinstated`",
    }
    for verb, row in DECISIONS.items():
        for found, decision in row.items():
            wanted = words.get(decision.step, f"`{decision.outcome}`")
            assert wanted in shown[found.replace("_", " ")][verb], (verb, found)


def test_the_cells_are_all_tried() -> None:
    assert {(asked.split()[0], found) for asked, found, *_ in CELLS} == {
        (verb, found) for verb, row in DECISIONS.items() for found in row
    }


@pytest.mark.parametrize(
    ("found", "comes_of_it"), [("pending", "deleted"), ("expired", "deleted"), ("unsent", "deleted")]
)
def test_with_the_setting_whoever_never_logged_in_is_deleted(place: Place, found: str, comes_of_it: str) -> None:
    place.grant(revoke="delete")
    ARRANGE[found](place)
    assert place.revoke().state == comes_of_it
    assert _user(place) is None
    assert place.create().state == "invited"


@pytest.mark.parametrize("found", ["active", "blocked"])
def test_the_setting_deletes_nobody_else(place: Place, found: str) -> None:
    place.grant(revoke="delete")
    ARRANGE[found](place)
    assert outcome(place.revoke) == {"active": "refused: active", "blocked": "revoked"}[found]
    assert _user(place) is not None


def test_a_revoked_user_is_blocked_and_unblocked_only_where_we_did_it(place: Place) -> None:
    pending(place)
    assert place.revoke().state == "revoked"
    assert (place.user()["blocked"], place.document()["revoked_by"]) == (True, "rita")
    place.create(reinstate=True)
    assert place.user()["blocked"] is False
    assert "revoked_at" not in place.document()

    place.change(blocked=True)
    place.revoke()
    place.later(hours=1)
    with pytest.raises(InviteRefused, match="the user is blocked"):
        place.create(reinstate=True)
    assert place.user()["blocked"] is True


def test_a_link_that_was_used_counts_as_accepted_before_the_first_login(place: Place) -> None:
    place.create()
    assert not place.user().get("last_password_reset")
    place.choose_password(place.last_link())
    assert place.create().state == "already_active"


def _user(place: Place) -> dict[str, Any] | None:
    found = place.local.get("/users-by-email", params={"email": "ana@example.com"}).json()
    return found[0] if found else None


def _password(place: Place) -> str | None:
    user = _user(place)
    return place.local.tenant.store.get("users", user["user_id"])["_password"] if user else None
