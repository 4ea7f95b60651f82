"""
The invite as it is kept, in the user's `app_metadata.invite`, and what can be told from it: plain data in, plain data out.

    id            inv_…; what `list` searches for
    at            when it was made; the dates are ISO 8601, UTC
    by, language  who invites and the mail's language, where they were said
    sent_to       the address that the last mail was for
    attempt       {id, at, delivery}: the mail that is about to leave, written before it does
    last_attempt  id of the last attempt that is known to have left; another `attempt` than that one is in doubt
    sent_count, last_sent_at, recent    how many mails have left, the last one, and those of the last day, five at most
    expires_at    when the link of the last mail stops working
    revoked_at, revoked_by, blocked_by_us    taken back, by whom, and whether it was us who blocked the user
    accepted_at   the first complete login: written by the Action `complete-profile`, never here

The link itself is never kept. Acceptance is told from any of three things: `accepted_at`; `logins_count`, since whoever has logged in once
needs no invite, however far that login went; `last_password_reset`, which Auth0 writes when a password is chosen through a link (or is set
by an administrator) and which a new user lacks.

Not here: asking the tenant (`creating.py`), what follows from a standing (`decisions.py`), the mail.
Source: https://auth0.com/docs/customize/email/send-email-invitations-for-application-signup,
https://auth0.com/docs/manage-users/user-accounts/user-profiles/user-profile-structure (`last_password_reset`)
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from guestlist.invites.results import Invited, Listed, Outcome
from guestlist.invites.standing import Standing
from guestlist.invites.wish import Wish

User = Mapping[str, Any]  # as the Management API shows it
Document = dict[str, Any]

SECONDS_APART = 60  # Auth0 itself sends one address a mail a minute
MOST_A_DAY = 5
DAY = timedelta(days=1)


def standing(user: User | None, *, now: datetime) -> Standing:
    """Tell where somebody is on the way into the application."""
    if user is None:
        return "new"
    invite = invite_of(user)
    if invite.get("revoked_at") and (user.get("blocked") or not has_accepted(user)):
        return "revoked"  # also where somebody has unblocked the user since: the link is dead all the same
    if user.get("blocked"):
        return "blocked"
    if has_accepted(user):
        return "active"
    return _of_invite(invite, now) if invite else "foreign"


def _of_invite(invite: Mapping[str, Any], now: datetime) -> Standing:
    """What its mails say."""
    if open_attempt(invite) is not None:
        return "in_doubt"
    if not invite.get("sent_count"):
        return "unsent"
    return "expired" if _has_passed(invite.get("expires_at"), now) else "pending"


def has_accepted(user: User) -> bool:
    """Whether a password was chosen since, or somebody has logged in."""
    invite = invite_of(user)
    if invite.get("accepted_at") or user.get("logins_count"):
        return True
    return bool(invite) and _is_since(user.get("last_password_reset"), invite.get("at"))


def is_open(user: User) -> bool:
    """Whether there is an invite of ours that nobody has accepted."""
    return bool(invite_of(user)) and not has_accepted(user)


def is_proven(user: User, address: str) -> bool:
    """Whether the invite's mail has proven the address: it went there, and whoever got it is in. Auth0 itself does not conclude that."""
    invite = invite_of(user)
    return bool(invite.get("accepted_at")) and invite.get("sent_to") == address


def open_attempt(invite: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The attempt of which nobody has noted that it left."""
    attempt = invite.get("attempt")
    if not isinstance(attempt, Mapping) or attempt.get("id") == invite.get("last_attempt"):
        return None
    return attempt


def new_user(wish: Wish, *, connection: str, invite: Mapping[str, Any], password: str) -> Document:
    """
    The body of `POST /api/v2/users`. Without `verify_email: false` Auth0 sends a second mail.

    Source: https://auth0.com/docs/api/management/v2/users/post-users
    """
    return {
        "connection": connection,
        "email": wish.address,
        "password": password,
        "email_verified": False,
        "verify_email": False,
        "app_metadata": {"invite": dict(invite)},
        **({"given_name": wish.first_name} if wish.first_name else {}),
    }


def new_invite(wish: Wish, *, now: datetime, link_ttl_sec: int) -> Document:
    """Write an invite of which nothing was sent."""
    return {
        "id": f"inv_{secrets.token_hex(12)}",
        **({"by": wish.by} if wish.by else {}),
        **({"language": wish.language} if wish.language else {}),
        "at": timestamp(now),
        "expires_at": timestamp(now + timedelta(seconds=link_ttl_sec)),
        "sent_to": wish.address,
        "sent_count": 0,
    }


def attempting(
    invite: Mapping[str, Any], wish: Wish, *, delivery: Literal["auth0", "ticket"], now: datetime, link_ttl_sec: int
) -> Document:
    """
    The invite before a mail: what the wish says anew, since the mail is made from it, and the attempt, with the end of the link that it sends.

    An attempt before this one that nobody knows the end of counts as a mail, of the day and of the minute.
    """
    said = {"by": wish.by, "language": wish.language, "sent_to": wish.address}
    doubtful = open_attempt(invite)
    kept = {name: value for name, value in invite.items() if name not in {"revoked_at", "revoked_by", "blocked_by_us"}}
    return {
        **kept,
        **{name: value for name, value in said.items() if value},
        **({"recent": _recent(invite, str(doubtful.get("at")))} if doubtful else {}),
        "attempt": {
            "id": f"att_{secrets.token_hex(12)}",
            "at": timestamp(now),
            "delivery": delivery,
            "expires_at": timestamp(now + timedelta(seconds=link_ttl_sec)),
        },
    }


def noted(invite: Mapping[str, Any], *, at: datetime, link_ttl_sec: int) -> Document:
    """The invite once the mail of its attempt has left: a whole new lifetime."""
    return {
        **invite,
        "sent_count": int(invite.get("sent_count") or 0) + 1,
        "last_sent_at": timestamp(at),
        "recent": _recent(invite, timestamp(at)),
        "last_attempt": invite["attempt"]["id"],
        "expires_at": timestamp(at + timedelta(seconds=link_ttl_sec)),
    }


def voided(invite: Mapping[str, Any], *, now: datetime, links_died: bool) -> Document:
    """The invite after an attempt that sent nothing. `links_died`: the earlier links stopped working all the same."""
    kept = {name: value for name, value in invite.items() if name != "attempt"}
    if links_died and not _has_passed(kept.get("expires_at"), now):
        kept["expires_at"] = timestamp(now)
    return kept


def taken_back(invite: Mapping[str, Any], *, now: datetime, by: str, blocked_by_us: bool) -> Document:
    """The invite once its link was killed."""
    return {
        **voided(invite, now=now, links_died=True),
        "revoked_at": timestamp(now),
        "revoked_by": by,
        "blocked_by_us": blocked_by_us,
    }


def next_mail_at(
    invite: Mapping[str, Any], *, now: datetime
) -> tuple[Literal["too_soon", "too_often"], datetime] | None:
    """What forbids a mail now, and until when; an attempt in doubt counts as one that left."""
    doubtful = open_attempt(invite)
    texts = _recent(invite, str(doubtful.get("at"))) if doubtful else _recent(invite)
    mails = sorted(moment for text in texts if (moment := moment_of(text)) is not None)
    if mails and now < mails[-1] + timedelta(seconds=SECONDS_APART):
        return "too_soon", mails[-1] + timedelta(seconds=SECONDS_APART)
    today = [moment for moment in mails if moment > now - DAY]
    return ("too_often", today[-MOST_A_DAY] + DAY) if len(today) >= MOST_A_DAY else None


def invited(user: User, address: str, state: Outcome, *, warnings: tuple[str, ...] = ()) -> Invited:
    """Say what came of it."""
    invite = invite_of(user)
    is_running = state in {"invited", "already_invited", "sent_again", "reinstated"}
    return Invited(
        address=address,
        user_id=str(user["user_id"]),
        state=state,
        sent_count=int(invite.get("sent_count") or 0),
        expires_at=invite.get("expires_at") if is_running else None,
        attempt=invite.get("last_attempt"),
        warnings=warnings,
    )


def listed(user: User, *, now: datetime) -> Listed:
    """Give one line of a list."""
    invite = invite_of(user)
    return Listed(
        address=str(user.get("email") or ""),
        user_id=str(user["user_id"]),
        standing=standing(user, now=now),
        sent_count=int(invite.get("sent_count") or 0),
        invited_at=invite.get("at"),
        last_sent_at=invite.get("last_sent_at"),
        expires_at=invite.get("expires_at"),
        accepted_at=invite.get("accepted_at"),
        revoked_at=invite.get("revoked_at"),
        by=invite.get("by"),
        language=invite.get("language"),
    )


def invite_of(user: User) -> Document:
    """The document, or an empty one."""
    found = (user.get("app_metadata") or {}).get("invite")
    return dict(found) if isinstance(found, Mapping) else {}


def with_invite(user: User, invite: Mapping[str, Any], **changes: Any) -> Document:
    """The user, carrying it."""
    return {**user, **changes, "app_metadata": {**(user.get("app_metadata") or {}), "invite": dict(invite)}}


def moment_of(text: object) -> datetime | None:
    """Read a date; `None` for what is none."""
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None


def timestamp(moment: datetime) -> str:
    """As all of them are written: UTC, to the second."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _recent(invite: Mapping[str, Any], *more: str) -> list[str]:
    """The last mails' dates, oldest first."""
    kept = invite.get("recent")
    last = invite.get("last_sent_at")
    known = [str(text) for text in kept] if isinstance(kept, list) else ([str(last)] if last else [])
    return sorted({*known, *more})[-MOST_A_DAY:]


def _is_since(text: object, start: object) -> bool:
    """A date that cannot be read counts as later: nobody's password is touched for a date's sake."""
    if not text:
        return False
    moment, beginning = moment_of(text), moment_of(start)
    return moment is None or beginning is None or moment >= beginning


def _has_passed(text: object, now: datetime) -> bool:
    """A date that cannot be read has not."""
    moment = moment_of(text)
    return moment is not None and moment <= now
