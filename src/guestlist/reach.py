"""
How many of the users that are in a tenant already a switch of the environment would touch. Two searches at most; no user is read.

Not here: what else there is to say of a tenant (`live_check.py`).
Source: https://auth0.com/docs/manage-users/user-search/user-search-query-syntax; a search is seconds behind, so is the count
"""

from __future__ import annotations

from dataclasses import dataclass

from stacks.management import ManagementError
from stacks.settings import Settings
from stacks.tenant_wide import Reader
from stacks.wanted import policy_is_ours

WITHOUT_NAME = " AND NOT _exists_:given_name AND NOT _exists_:user_metadata.given_name AND NOT _exists_:app_metadata.profile_completed_at"


@dataclass(frozen=True, kw_only=True)
class Reach:
    """
    One switch.

    Args:
        switch: the setting.
        users: how many; `None` if the credentials may not count.
        what: what happens to them, read on from their number.

    """

    switch: str
    users: int | None
    what: str

    def __str__(self) -> str:
        who = "1 user" if self.users == 1 else f"{self.users} users"
        counted = "an unknown number of users (counting takes the scope read:users)" if self.users is None else who
        return f"{self.switch}: {counted} {self.what}"


def reach(tenant: Reader, settings: Settings) -> tuple[Reach, ...]:
    """Ask for totals only. Raises: ManagementError, other than for a scope that is missing."""
    of_connection = f'identities.connection:"{settings.connection.name}"'
    found: list[Reach] = []
    if settings.mfa.enabled and settings.ownership.mfa == "own":
        whole_tenant = policy_is_ours(settings)
        users = _count(tenant, "" if whole_tenant else of_connection)
        whose = (
            "of the whole tenant, whatever application they use," if whole_tenant else f"of {settings.connection.name}"
        )
        found.append(Reach(switch="mfa.enabled", users=users, what=f"{whose} will be asked for a second factor"))
    if settings.profile.enabled and settings.profile.applies_to == "all":
        users = _count(tenant, of_connection + WITHOUT_NAME)
        found.append(
            Reach(
                switch="profile.enabled",
                users=users,
                what=f"of {settings.connection.name} will be asked for their names",
            )
        )
    return tuple(found)


def _count(tenant: Reader, query: str) -> int | None:
    asked = {"q": query} if query else {}
    try:
        answer = tenant.get("/users", **asked, include_totals="true", per_page=1, search_engine="v3")
    except ManagementError as error:
        if error.status == 403:
            return None
        raise
    return int(answer["total"])
