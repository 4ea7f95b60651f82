"""
The users of the connection, as the inviter finds, makes and changes them. Not here: what about them is decided (`decisions.py`).

Source: https://auth0.com/docs/api/management/v2/users
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from guestlist.invites.invite import User, attempting, invite_of, new_invite, new_user
from guestlist.invites.passwords import random_password
from guestlist.invites.wish import Wish
from stacks.management import ManagementError

if TYPE_CHECKING:
    from guestlist.invites.inviter import Desk


def find_or_make(desk: Desk, wish: Wish, *, probably_new: bool) -> tuple[User, bool]:
    """The user, and whether this call has made it, with the attempt in it. Raises: ManagementError."""
    if not probably_new:
        user = find_user(desk, wish.address)
        if user is not None:
            return user, False
    invite = new_invite(wish, now=desk.now(), link_ttl_sec=desk.inviter.link_ttl_sec)
    invite = attempting(
        invite, wish, delivery=desk.inviter.delivery, now=desk.now(), link_ttl_sec=desk.inviter.link_ttl_sec
    )
    words = (wish.address.partition("@")[0], wish.first_name or "")
    body = new_user(wish, connection=desk.inviter.connection, invite=invite, password=random_password(words))
    try:
        return desk.tenant.post("/users", body, headers=desk.inviter.headers), True
    except ManagementError as error:
        # The user is there, or the answer was lost: users-by-email is consistent at once, a search is not.
        may_be_there = error.status is None or error.status == 409 or error.status >= 500
        user = find_user(desk, wish.address) if may_be_there else None
        if user is None:
            raise
        return user, invite_of(user).get("id") == invite["id"]


def find_user(desk: Desk, address: str) -> User | None:
    """The user of this address in our connection; the same address may be somebody else's in another one."""
    for user in desk.tenant.get("/users-by-email", email=address):
        if any(identity.get("connection") == desk.inviter.connection for identity in user.get("identities", ())):
            found: User = user
            return found
    return None


def keep_invite(desk: Desk, user: User, **changes: Any) -> None:
    """Metadata is merged at its top level only, so the invite is written whole. Raises: ManagementError."""
    desk.tenant.patch(path_of(user), {**changes, "app_metadata": {"invite": invite_of(user)}})


def path_of(user: User) -> str:
    """Where the Management API has the user."""
    return f"/users/{quote(str(user['user_id']), safe='')}"


def assign_roles(desk: Desk, user: User, wish: Wish) -> None:
    """Give the roles; one that the user has already is no error. Raises: ManagementError."""
    if wish.roles:
        desk.tenant.post(f"{path_of(user)}/roles", {"roles": list(wish.roles)})


def enrol_phone(desk: Desk, user: User, wish: Wish, *, is_new: bool) -> tuple[str, ...]:
    """
    Enrol the phone as a second factor, once; a phone that is there already is left as it is, which the warnings say.

    Raises: ManagementError.
    """
    if wish.phone is None:
        return ()
    path = f"{path_of(user)}/authentication-methods"
    if not is_new:
        enrolled = [str(method.get("phone_number")) for method in _methods(desk, path) if method.get("type") == "phone"]
        if wish.phone in enrolled:
            return ()
        if enrolled:
            return ("Another phone is enrolled already, and was left as it is.",)
    body: Mapping[str, Any] = {"type": "phone", "phone_number": wish.phone, "preferred_authentication_method": "sms"}
    try:
        desk.tenant.post(path, body)
    except ManagementError as error:
        if error.status != 409:
            raise
    return ()


def _methods(desk: Desk, path: str) -> list[Mapping[str, Any]]:
    found = desk.tenant.get(path)
    return list(found if isinstance(found, list) else found["authenticators"])
