"""
What follows from a person's standing, for each of the three things that can be asked: a table, and nothing else.

Not here: how a standing is told (`invite.py`), how a step is taken (`creating.py`, `revoking.py`). docs/invites.md shows this table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from guestlist.errors import RefusalReason
from guestlist.invites.results import Outcome
from guestlist.invites.standing import Standing

Verb = Literal["create", "resend", "revoke"]
Step = Literal[
    "make",  # the user, then a mail
    "send",  # a mail
    "reinstate",  # unblock, then a mail; only where it was asked for
    "find_out",  # whether the mail in doubt left; then look here again
    "leave",  # change nothing
    "refuse",
    "take_back",  # kill the link; block or delete
    "kill_link",  # the user is blocked by somebody else: that is left as it is
]


@dataclass(frozen=True, kw_only=True)
class Decision:
    """One cell."""

    step: Step
    outcome: Outcome | None = None
    reason: RefusalReason | None = None  # of a refusal; with `reinstate` the one of whoever does not ask for it


def _refuse(reason: RefusalReason) -> Decision:
    return Decision(step="refuse", reason=reason)


_FIND_OUT = Decision(step="find_out")
_ACTIVE = Decision(step="leave", outcome="already_active")
_AGAIN = Decision(step="send", outcome="sent_again")
_FIRST = Decision(step="send", outcome="invited")
_TAKE_BACK = Decision(step="take_back", outcome="revoked")

DECISIONS: Mapping[Verb, Mapping[Standing, Decision]] = {
    "create": {
        "new": Decision(step="make", outcome="invited"),
        "unsent": _FIRST,
        "in_doubt": _FIND_OUT,
        "pending": Decision(step="leave", outcome="already_invited"),
        "expired": _AGAIN,
        "active": _ACTIVE,
        "revoked": Decision(step="reinstate", outcome="reinstated", reason="revoked"),
        "blocked": _refuse("blocked"),
        "foreign": _refuse("foreign"),
    },
    "resend": {
        "new": _refuse("not_invited"),
        "unsent": _FIRST,
        "in_doubt": _FIND_OUT,
        "pending": _AGAIN,
        "expired": _AGAIN,
        "active": _ACTIVE,
        "revoked": _refuse("revoked"),
        "blocked": _refuse("blocked"),
        "foreign": _refuse("foreign"),
    },
    "revoke": {
        "new": _refuse("not_invited"),
        "unsent": _TAKE_BACK,
        "in_doubt": _TAKE_BACK,
        "pending": _TAKE_BACK,
        "expired": _TAKE_BACK,
        "active": _refuse("active"),
        "revoked": Decision(step="leave", outcome="already_revoked"),
        "blocked": Decision(step="kill_link", outcome="revoked"),
        "foreign": _refuse("foreign"),
    },
}


def decide(verb: Verb, found: Standing, *, reinstate: bool = False) -> Decision:
    """Look it up."""
    decision = DECISIONS[verb][found]
    if decision.step == "reinstate" and not reinstate:
        return Decision(step="refuse", reason=decision.reason)
    return decision
