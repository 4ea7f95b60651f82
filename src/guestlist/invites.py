"""
What an invite is and when there may be one: plain data in, plain data out.

An invite is a user of ours plus a password-change link. It is open until the first complete login, when the Action `complete-profile` writes
`accepted_at`; asking for it again sends a new link, which makes the earlier ones stop working.

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

LONGEST_ADDRESS = 254  # RFC 5321, section 4.5.3.1.3, less the angle brackets
PASSWORD_LENGTH = 64  # of the 72 bytes that bcrypt takes
SPECIAL = "!#$%*+-.:=?@_~"
CLASSES = (string.ascii_lowercase, string.ascii_uppercase, string.digits, SPECIAL)
ADDRESS = re.compile(r"[^@\s<>()\[\]\\,;:\"]+@[^@\s<>()\[\]\\,;:\"]+\.[^@\s<>()\[\]\\,;:\".]+")
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")

User = Mapping[str, Any]  # as the Management API shows it


@dataclass(frozen=True, kw_only=True)
class Wish:
    """Whom to invite, and how."""

    address: str  # as `clean_address` gives it
    language: str | None = None  # of the mail; English without
    first_name: str | None = None  # for the greeting; who has one is not asked for it on the profile page
    by: str | None = None  # who invites, as the mail is to say it


@dataclass(frozen=True, kw_only=True)
class Invited:
    """What came of a wish."""

    address: str
    user_id: str
    state: Literal["invited", "sent_again"]
    sent_count: int
    expires_at: str  # ISO 8601, UTC


def clean_address(text: str) -> str | None:
    """The address as Auth0 keeps it (lower case), or `None` for what is none. Dots and `+` mean what they say."""
    address = unicodedata.normalize("NFC", text.strip()).lower()
    return address if len(address) <= LONGEST_ADDRESS and ADDRESS.fullmatch(address) else None


def refusal(user: User) -> str | None:
    """Why this user gets no invite, as the end of `Cannot invite ana@example.com: …`; `None` if the invite is open."""
    if user.get("blocked"):
        return "the user is blocked"
    invite = _invite(user)
    if not invite:
        return "the user exists and was not invited by guestlist"
    if invite.get("accepted_at") or user.get("logins_count"):
        return "the user is active. A forgotten password is the login page's affair"
    return None


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
    `app_metadata.invite` before anything was sent: {id, at, expires_at, sent_count, by?, language?}.

    The link itself is never kept. `accepted_at` is the Action's to write.
    """
    return {
        "id": f"inv_{secrets.token_hex(12)}",
        **({"by": wish.by} if wish.by else {}),
        **({"language": wish.language} if wish.language else {}),
        "at": _timestamp(now),
        "expires_at": _timestamp(now + timedelta(seconds=link_ttl_sec)),
        "sent_count": 0,
    }


def renewed(user: User, wish: Wish) -> dict[str, Any]:
    """The open invite with what the wish says anew, to be written before the mail: the mail is made from it."""
    said = {"by": wish.by, "language": wish.language}
    return {**_invite(user), **{name: value for name, value in said.items() if value}}


def sent(invite: Mapping[str, Any], *, now: datetime, link_ttl_sec: int) -> dict[str, Any]:
    """The invite once Auth0 has been asked for the mail: a whole new lifetime."""
    return {
        **invite,
        "sent_count": int(invite.get("sent_count") or 0) + 1,
        "last_sent_at": _timestamp(now),
        "expires_at": _timestamp(now + timedelta(seconds=link_ttl_sec)),
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


def _timestamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
