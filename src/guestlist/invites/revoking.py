"""Taking an invite back. (Interface; the rest follows.)"""

from __future__ import annotations

from guestlist.invites.inviter import Desk
from guestlist.invites.results import Invited


def revoke_invite(desk: Desk, address: str) -> Invited:
    """
    Take an invite back: the link that is on its way stops working, and the user is blocked, or deleted where the setting says so.

    Raises:
        BadWish: this is no address.
        InviteRefused: there is no open invite; whoever is active has to be blocked instead.
        TenantFailed: the tenant did not do its part; the same call may be made again.

    """
    raise NotImplementedError
