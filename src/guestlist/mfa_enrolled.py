"""
Who has which second factors: the user of an address in our connection, and what is enrolled. Reads only.

Not here: taking them away (`mfa_reset.py`), the command (`cli/users.py`).
Source: https://auth0.com/docs/secure/multi-factor-authentication/manage-mfa-auth0-apis/manage-authentication-methods-with-management-api
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from guestlist.errors import GuestlistError, Refused, TenantFailed
from stacks.management import ManagementClient, ManagementError

# In the list of authentication methods without being second factors that a stranger could have enrolled: the first factor, and the
# user's own address, which Auth0 lists by itself once it is verified.
NOT_ENROLLED = frozenset({"password", "email", "email-verification"})
WHERE_TO_GRANT = "in the dashboard, Applications > APIs > Auth0 Management API > Machine to Machine Applications"


@dataclass(frozen=True, kw_only=True)
class Factor:
    """A second factor as it may be shown: of a telephone number the last two digits."""

    id: str
    type: str
    phone_ends_in: str | None = None
    enrolled_at: str | None = None
    last_used_at: str | None = None


@dataclass(frozen=True, kw_only=True)
class Enrolled:
    """A user of ours, and what is enrolled."""

    environment: str
    connection: str
    address: str
    user_id: str
    blocked: bool
    factors: tuple[Factor, ...]


def find_enrolled(tenant: ManagementClient, *, address: str, connection: str, environment: str) -> Enrolled:
    """
    Find the user of this address in our connection, and what is enrolled. Reads only.

    Raises:
        Refused: the address belongs to users of other connections only.
        GuestlistError: nobody has this address.
        TenantFailed: the tenant did not answer.

    """
    try:
        users = tenant.get("/users-by-email", email=address)
        user = of_connection(users, connection)
        if user is not None:
            listed = tenant.get(f"{path_of(user['user_id'])}/authentication-methods")
    except ManagementError as error:
        raise TenantFailed(
            explained(error, tenant.domain, f"Nothing of {address} was touched", environment, address)
        ) from error
    if user is None and users:
        raise Refused(
            f"Refused to touch {address}: no user of the connection {connection} has this address, only {_others(users)}. "
            "Their second factors are not this environment's: look at them in the dashboard."
        )
    if user is None:
        raise GuestlistError(
            f"Nobody has the address {address} in {environment} (connection {connection}); nothing was touched. "
            f"To see who was invited run: guestlist invites list --env {environment}"
        )
    return Enrolled(
        environment=environment,
        connection=connection,
        address=address,
        user_id=str(user["user_id"]),
        blocked=bool(user.get("blocked")),
        factors=factors_of(listed),
    )


def of_connection(users: Sequence[Mapping[str, Any]], connection: str) -> Mapping[str, Any] | None:
    """The user whose own identity is of this connection; one who is merely linked to it belongs to another."""
    for user in users:
        for identity in user.get("identities", ()):
            own_id = f"{identity.get('provider')}|{identity.get('user_id')}"
            if identity.get("connection") == connection and own_id == user.get("user_id"):
                return user
    return None


def factors_of(listed: Sequence[Mapping[str, Any]]) -> tuple[Factor, ...]:
    """The second factors among the authentication methods, as they may be shown."""
    return tuple(
        Factor(
            id=str(method["id"]),
            type=str(method["type"]),
            phone_ends_in=_last_digits(method.get("phone_number")),
            enrolled_at=method.get("enrolled_at") or method.get("created_at"),
            last_used_at=method.get("last_auth_at"),
        )
        for method in listed
        if method["type"] not in NOT_ENROLLED
    )


def explained(error: ManagementError, domain: str, state: str, environment: str, address: str) -> str:
    """What failed, on whom, why, what was done, what to run next."""
    again = f"Run again: guestlist users reset-mfa {address} --env {environment}"
    reason = error.message.rstrip(".")
    if error.error_code == "insufficient_scope":
        reason = f"the credentials lack a scope ({error.said}); grant it to their application: {WHERE_TO_GRANT}"
    elif error.status == 429:
        reason, again = f"the tenant {domain} takes no more calls for now", f"Wait a minute. {again}"
    return f"Cannot reset the second factors of {address}: {reason}. {state}. {again}"


def _others(users: Sequence[Mapping[str, Any]]) -> str:
    return ", ".join(
        f"{user.get('user_id')} ({', '.join(str(one.get('connection')) for one in user.get('identities', ()))})"
        for user in users
    )


def _last_digits(number: object) -> str | None:
    digits = [character for character in str(number or "") if character.isdigit()]
    return "".join(digits[-2:]) if len(digits) >= 2 else None


def path_of(user_id: object) -> str:
    """Of the Management API; an id has a character that a path has not."""
    return f"/users/{quote(str(user_id), safe='')}"
