"""
Taking an invite back.

A throw-away ticket is made first: the newest link ends all others. Then the user is blocked, or deleted where the setting says so. Killed in
between, the link is dead already, and the same call goes on.

Not here: what follows from a standing (`decisions.py`); keeping out somebody who is active: that is the dashboard's business.
Source: https://auth0.com/docs/authenticate/database-connections/password-change (only the most recent link is valid)
"""

from __future__ import annotations

from guestlist.errors import BadWish
from guestlist.invites import explained
from guestlist.invites.auditing import audited
from guestlist.invites.decisions import decide
from guestlist.invites.deliveries import make_ticket
from guestlist.invites.invite import User, has_accepted, invite_of, invited, is_open, standing, taken_back, with_invite
from guestlist.invites.inviter import Desk
from guestlist.invites.results import Invited
from guestlist.invites.users import find_user, keep_invite, path_of
from guestlist.invites.wish import address_problem, clean_address

STILL_BLOCKED = "The user was blocked by somebody else, and still is."
NOT_LINGERING_SEC = 1  # 0 would mean five days


def revoke_invite(desk: Desk, address: str) -> Invited:
    """
    Take an invite back: the link that is on its way stops working, and the user is blocked, or deleted where the setting says so.

    Raises:
        BadWish: this is no address.
        InviteRefused: there is no open invite; whoever is active has to be blocked instead.
        TenantFailed: the tenant did not do its part; the same call may be made again.

    """
    cleaned = clean_address(address)
    if cleaned is None:
        raise BadWish("address", address_problem(address))

    def act() -> Invited:
        user = find_user(desk, cleaned)
        found = standing(user, now=desk.now())
        decision = decide("revoke", found)
        if user is None or decision.step == "refuse":
            raise explained.refused(desk.inviter, "revoke", cleaned, user, reason=decision.reason or "not_invited")
        if decision.step == "leave":
            return invited(user, cleaned, decision.outcome or "already_revoked")
        if not is_open(user):  # blocked by somebody else, and not ours to take back
            raise explained.refused(desk.inviter, "revoke", cleaned, user, reason="blocked")
        return _take_back(desk, cleaned, user, is_theirs=decision.step == "kill_link")

    return audited(desk, "revoke", cleaned, act)


def _take_back(desk: Desk, address: str, user: User, *, is_theirs: bool) -> Invited:
    """Raises: InviteRefused, for somebody who was quicker; ManagementError."""
    make_ticket(desk, user, ttl_sec=NOT_LINGERING_SEC)  # and thrown away
    if desk.inviter.revoke == "delete" and not is_theirs:
        current = desk.tenant.get_or_none(path_of(user))
        if current is not None and has_accepted(current):
            raise explained.refused(desk.inviter, "revoke", address, current, reason="active")
        if current is not None:
            desk.tenant.delete(path_of(user))
        return invited(user, address, "deleted")
    invite = taken_back(invite_of(user), now=desk.now(), by=desk.by, blocked_by_us=not is_theirs)
    user = with_invite(user, invite)
    keep_invite(desk, user, **({} if is_theirs else {"blocked": True}))
    return invited(user, address, "revoked", warnings=(STILL_BLOCKED,) if is_theirs else ())
