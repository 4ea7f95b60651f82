"""One action from its beginning to its line in the audit. Not here: what the action does, where the line goes (`audit.py`)."""

from __future__ import annotations

from collections.abc import Callable

from guestlist.errors import GuestlistError, InviteInDoubt, InviteRefused
from guestlist.invites.explained import explained
from guestlist.invites.inviter import Desk
from guestlist.invites.results import Invited
from guestlist.invites.audit import Action
from stacks.management import ManagementError


def audited(desk: Desk, action: Action, address: str, act: Callable[[], Invited]) -> Invited:
    """Act, and tell the audit what came of it, an error too. Raises: GuestlistError."""
    try:
        done = act()
    except ManagementError as error:
        desk.record(action, address, "failed")
        raise explained(error, desk.inviter, action, address) from error
    except InviteRefused as refused:
        desk.record(action, address, f"refused:{refused.reason}")
        raise
    except InviteInDoubt as doubt:
        desk.record(action, address, "in_doubt", doubt.attempt)
        raise
    except GuestlistError:
        desk.record(action, address, "failed")
        raise
    desk.record(action, address, done.state, done.attempt)
    return done
