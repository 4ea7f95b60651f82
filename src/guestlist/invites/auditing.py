"""One action from its beginning to its line in the audit. Not here: what the action does, where the line goes (`audit.py`)."""

from __future__ import annotations

from collections.abc import Callable

from guestlist.audit import Action
from guestlist.errors import InviteInDoubt, InviteRefused
from guestlist.invites.explained import explained
from guestlist.invites.inviter import Desk
from guestlist.invites.results import Invited
from stacks.management import ManagementError


def audited(desk: Desk, action: Action, address: str, act: Callable[[], Invited]) -> Invited:
    """Act, and tell the audit what came of it, an error too. Raises: GuestlistError."""
    outcome, attempt = "interrupted", None
    try:
        done = act()
        outcome, attempt = done.state, done.attempt
    except ManagementError as error:
        outcome = "failed"
        raise explained(error, desk.inviter, action, address) from error
    except InviteRefused as refused:
        outcome = f"refused:{refused.reason}"
        raise
    except InviteInDoubt as doubt:
        outcome, attempt = "in_doubt", doubt.attempt
        raise
    except Exception:
        outcome = "failed"
        raise
    finally:
        desk.record(action, address, outcome, attempt)
    return done
