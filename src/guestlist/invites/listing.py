"""
Who is invited: a search of the connection's users.

Auth0's search is eventually consistent: a user, or a change of one, is found some seconds after it was written. It shows a thousand
results of a query at most; what is beyond is asked for by `created_at`, from the last one on.

Not here: one person by address, which is consistent at once (`users.py`).
Source: https://auth0.com/docs/manage-users/user-search/user-search-query-syntax, …/view-search-results-by-page
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from guestlist.errors import TenantFailed
from guestlist.invites.invite import User, listed
from guestlist.invites.inviter import Desk
from guestlist.invites.results import Listed
from guestlist.invites.standing import Standing
from stacks.management import ManagementError

PER_PAGE = 100
MOST_SHOWN = 1000
FIELDS = "user_id,email,created_at,blocked,logins_count,last_password_reset,app_metadata"


def list_invites(desk: Desk, standings: Collection[Standing] | None = None) -> Iterator[Listed]:
    """
    Give every invite of the connection, oldest user first; only those of these standings, where some are named.

    A search: Auth0 finds what was written some seconds ago, not at once. Raises: TenantFailed.
    """
    try:
        for user in _users(desk):
            one = listed(user, now=desk.now())
            if standings is None or one.standing in standings:
                yield one
    except ManagementError as error:
        deploy = f"To set the inviter right run: guestlist up --env {desk.inviter.environment}"
        again = f"Run again: guestlist invites list --env {desk.inviter.environment}"
        remedy = deploy if error.status in {401, 403} else again
        raise TenantFailed(
            f"Cannot list the invites of {desk.inviter.environment}: {error.message.rstrip('.')}. {remedy}"
        ) from error


def _users(desk: Desk) -> Iterator[User]:
    """Each once, by ranges of `created_at` that begin where the one before ended."""
    start: str | None = None
    seen: set[str] = set()
    while True:
        shown, last = 0, start
        for user in _shown(desk, start):
            shown += 1
            last = str(user["created_at"])
            if user["user_id"] not in seen:
                seen.add(user["user_id"])
                yield user
        if shown < MOST_SHOWN:
            return
        if last == start:
            raise TenantFailed(
                f"Cannot list all invites of {desk.inviter.environment}: more than {MOST_SHOWN} users were created at {last}, "
                "and Auth0's search shows no more than that. Use a user export: https://auth0.com/docs/manage-users/user-migration/bulk-user-exports"
            )
        start = last


def _shown(desk: Desk, start: str | None) -> Iterator[dict[str, Any]]:
    """What one query shows, oldest first."""
    query = f'app_metadata.invite.id:inv_* AND identities.connection:"{desk.inviter.connection}"'
    if start is not None:
        query += f" AND created_at:[{start} TO *]"
    for page in range(MOST_SHOWN // PER_PAGE):
        found = desk.tenant.get(
            "/users",
            q=query,
            search_engine="v3",
            sort="created_at:1",
            per_page=PER_PAGE,
            page=page,
            fields=FIELDS,
            include_fields="true",
        )
        yield from found
        if len(found) < PER_PAGE:
            return
