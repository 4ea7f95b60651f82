"""Who is invited. (Interface; the rest follows.)"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from guestlist.invites.inviter import Desk
from guestlist.invites.results import Listed
from guestlist.invites.standing import Standing


def list_invites(desk: Desk, standings: Collection[Standing] | None = None) -> Iterator[Listed]:
    """
    Give every invite of the connection, oldest user first; only those of these standings, where some are named.

    A search: Auth0 finds what was written some seconds ago, not at once. Raises: TenantFailed.
    """
    raise NotImplementedError
