"""
What the inviter answers with.

Not here: what cannot be done, which is raised (`guestlist.errors`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from guestlist.invites.standing import Standing

Outcome = Literal[
    "invited",  # new, and the link is on its way
    "already_invited",  # the link that was sent works still: no mail
    "sent_again",  # a new link is on its way, the earlier ones are dead
    "reinstated",  # revoked by us before: unblocked, and a new link is on its way
    "already_active",  # has been in the application: no mail, and nothing was changed
    "revoked",  # the link is dead and the user blocked
    "already_revoked",
    "deleted",  # the link is dead and the user gone
]
MAILED: frozenset[Outcome] = frozenset({"invited", "sent_again", "reinstated"})


@dataclass(frozen=True, kw_only=True)
class Invited:
    """What came of it. `sent_count` and `expires_at` are those of the invite, where there is one."""

    address: str
    user_id: str
    state: Outcome
    sent_count: int = 0
    expires_at: str | None = None  # ISO 8601, UTC
    attempt: str | None = None  # of the last mail: the first half of its Message-ID with ticket delivery
    warnings: tuple[str, ...] = ()  # sentences about what was left undone

    @property
    def mailed(self) -> bool:
        """Whether this call sent a mail."""
        return self.state in MAILED

    def document(self) -> dict[str, Any]:
        """As the commands print it with `--json`."""
        return {
            "address": self.address,
            "userId": self.user_id,
            "state": self.state,
            "sentCount": self.sent_count,
            "expiresAt": self.expires_at,
            "attempt": self.attempt,
            "warnings": list(self.warnings),
        }


@dataclass(frozen=True, kw_only=True)
class Listed:
    """One invite of a list."""

    address: str
    user_id: str
    standing: Standing
    sent_count: int
    invited_at: str | None  # as the rest of these: ISO 8601, UTC
    last_sent_at: str | None
    expires_at: str | None
    accepted_at: str | None
    revoked_at: str | None
    by: str | None
    language: str | None

    def document(self) -> dict[str, Any]:
        """As `guestlist invites list --json` prints it."""
        return {
            "address": self.address,
            "userId": self.user_id,
            "standing": self.standing,
            "sentCount": self.sent_count,
            "invitedAt": self.invited_at,
            "lastSentAt": self.last_sent_at,
            "expiresAt": self.expires_at,
            "acceptedAt": self.accepted_at,
            "revokedAt": self.revoked_at,
            "by": self.by,
            "language": self.language,
        }
