"""Inviting, and inviting again. (Interface; the rest follows.)"""

from __future__ import annotations

from collections.abc import Callable

from guestlist.invites.inviter import Desk
from guestlist.invites.results import Invited
from guestlist.invites.wish import Wish


def create_invite(
    desk: Desk,
    wish: Wish,
    *,
    probably_new: bool = True,
    reinstate: bool = False,
    resend_in_doubt: bool = False,
    show_link: Callable[[str], None] | None = None,
) -> Invited:
    """
    Invite somebody. Who was invited gets no second mail while the link works, who is active gets none at all.

    Args:
        desk: whose.
        wish: whom, and how.
        probably_new: create the user first, and look for one only where that is refused; `False` looks first. Costs either way: docs/invites.md.
        reinstate: invite somebody whom we have revoked.
        resend_in_doubt: send a mail although an earlier one may have left.
        show_link: ticket delivery only: given the link, once it was mailed.

    Raises:
        InviteRefused: the person's standing forbids it.
        InviteFailed: no mail left; the same call may be made again.
        InviteInDoubt: nobody knows whether a mail left.
        TenantFailed: the tenant did not do its part.

    """
    raise NotImplementedError


def resend_invite(
    desk: Desk, wish: Wish, *, resend_in_doubt: bool = False, show_link: Callable[[str], None] | None = None
) -> Invited:
    """
    Send a new link to somebody who was invited; it ends the earlier ones. What the wish says replaces what the invite said.

    A minute apart, and five mails a day. Who is active gets none. Raises: as `create_invite`.
    """
    raise NotImplementedError
