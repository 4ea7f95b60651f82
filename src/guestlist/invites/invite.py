"""
What an invite is and when there may be one: plain data in, plain data out.

An invite is a user of ours plus a password-change link. It is open until the first complete login, when the Action `complete-profile` writes
`accepted_at`. Asking for it again changes nothing; a new link has to be asked for, and makes the earlier ones stop working.

Not here: asking the tenant (`inviter.py`), the command (`cli/invites.py`), the mail (`pages/password_reset`).
Source: https://auth0.com/docs/customize/email/send-email-invitations-for-application-signup
"""

from __future__ import annotations

import re
import secrets
import string
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random
from typing import Any, Literal

PASSWORD_LENGTH = 64  # of the 72 bytes that bcrypt takes
SPECIAL = "!#$%*+-.:=?@_~"
CLASSES = (string.ascii_lowercase, string.ascii_uppercase, string.digits, SPECIAL)

User = Mapping[str, Any]  # as the Management API shows it


def standing(user: User, *, now: datetime) -> Standing:
    """
    Where somebody is on the way into the application.

    `active` is who has logged in once, however far that login went: whoever has a password needs no invite. `unsent`: nobody has asked for
    the mail yet, as far as we know. `lapsed`: the link that was sent has expired.
    """
    invite = _invite(user)
    if user.get("blocked"):
        return "blocked"
    if invite.get("accepted_at") or user.get("logins_count"):
        return "active"
    if not invite:
        return "foreign"
    if not invite.get("sent_count"):
        return "unsent"
    return "lapsed" if _has_passed(invite.get("expires_at"), now) else "open"


def is_proven(user: User, address: str) -> bool:
    """Whether the invite's mail has proven the address: it went there, and whoever got it is in. Auth0 itself does not conclude that."""
    invite = _invite(user)
    return bool(invite.get("accepted_at")) and invite.get("sent_to") == address


def new_user(wish: Wish, *, connection: str, invite: Mapping[str, Any], password: str) -> dict[str, Any]:
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


def new_invite(wish: Wish, *, now: datetime, link_ttl_sec: int) -> dict[str, Any]:
    """
    `app_metadata.invite` before anything was sent: {id, at, expires_at, sent_to, sent_count, by?, language?}.

    The link itself is never kept. `accepted_at` is the Action's to write.
    """
    return {
        "id": f"inv_{secrets.token_hex(12)}",
        **({"by": wish.by} if wish.by else {}),
        **({"language": wish.language} if wish.language else {}),
        "at": timestamp(now),
        "expires_at": timestamp(now + timedelta(seconds=link_ttl_sec)),
        "sent_to": wish.address,
        "sent_count": 0,
    }


def renewed(user: User, wish: Wish) -> dict[str, Any]:
    """The open invite with what the wish says anew, to be written before the mail: the mail is made from it."""
    said = {"by": wish.by, "language": wish.language, "sent_to": wish.address}
    return {**_invite(user), **{name: value for name, value in said.items() if value}}


def invited(
    user: User, wish: Wish, state: Literal["invited", "already_invited", "sent_again", "already_active"]
) -> Invited:
    """What is said of it."""
    invite = _invite(user)
    return Invited(
        address=wish.address,
        user_id=str(user["user_id"]),
        state=state,
        sent_count=int(invite.get("sent_count") or 0),
        expires_at=invite.get("expires_at") if state != "already_active" else None,
    )


def sent(invite: Mapping[str, Any], *, now: datetime, link_ttl_sec: int) -> dict[str, Any]:
    """The invite once Auth0 has been asked for the mail: a whole new lifetime."""
    return {
        **invite,
        "sent_count": int(invite.get("sent_count") or 0) + 1,
        "last_sent_at": timestamp(now),
        "expires_at": timestamp(now + timedelta(seconds=link_ttl_sec)),
    }


def random_password(user_words: tuple[str, ...] = (), *, rng: Random | None = None) -> str:
    """
    A password that nobody will ever know and that every policy takes: all kinds of characters, nothing of the person, no runs, 64 bytes.

    Args:
        user_words: what the policy may call personal: the address's local part, a name.
        rng: for tests; the system's randomness unless given.

    """
    source = rng or secrets.SystemRandom()
    personal = {word.lower() for word in user_words if word}
    while True:
        characters = [source.choice(kind) for kind in CLASSES]
        characters += source.choices("".join(CLASSES), k=PASSWORD_LENGTH - len(characters))
        source.shuffle(characters)
        password = "".join(characters)
        named = any(len(word) > 1 and word in password.lower() for word in personal)
        if not named and not _has_run(password):
            return password


def _has_run(password: str) -> bool:
    """`aaa`, `abc`, `321`: three of the same, or three neighbours."""
    steps = [ord(second) - ord(first) for first, second in pairwise(password.lower())]
    return any(first == second and first in {-1, 0, 1} for first, second in pairwise(steps))


def _invite(user: User) -> dict[str, Any]:
    found = (user.get("app_metadata") or {}).get("invite")
    return dict(found) if isinstance(found, Mapping) else {}


def _has_passed(timestamp: object, now: datetime) -> bool:
    """A date that cannot be read has not."""
    try:
        moment = datetime.fromisoformat(str(timestamp))
    except ValueError:
        return False
    return moment.tzinfo is not None and moment <= now


def timestamp(moment: datetime) -> str:
    """As all of them are written: UTC, to the second."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
