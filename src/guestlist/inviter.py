"""
The inviter at work: finds or creates the user, and has Auth0 send the link.

Each step is safe to repeat, in this order: the user with an open invite, the mail, the note that it was asked for. Killed in between, the same command
goes on where it was.

Not here: what an invite is (`invites.py`), the command (`cli/invites.py`).
Source: https://auth0.com/docs/api/authentication/change-password/change-password
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self
from urllib.parse import quote, urlsplit

import httpx

from guestlist.errors import GuestlistError, Refused, TenantFailed
from guestlist.invites import (
    Invited,
    Standing,
    User,
    Wish,
    invited,
    is_proven,
    new_invite,
    new_user,
    random_password,
    renewed,
    sent,
    standing,
)
from stacks.management import ManagementClient, ManagementError

PATIENCE_SECONDS = 30.0
NEEDED = (
    "tenantDomain",
    "issuer",
    "connectionName",
    "applicationClientId",
    "inviterClientId",
    "inviterClientSecret",
)


@dataclass(frozen=True, kw_only=True)
class Inviter:
    """What a stack's outputs say about inviting."""

    environment: str
    tenant_domain: str
    login_host: str
    connection: str
    application_client_id: str
    client_id: str
    client_secret: str = field(repr=False)
    link_ttl_sec: int

    @classmethod
    def of_outputs(cls, outputs: Mapping[str, Any], *, environment: str, link_ttl_sec: int) -> Self:
        """Raises: GuestlistError, when the environment was not deployed."""
        if any(not outputs.get(name) for name in NEEDED):
            raise GuestlistError(
                f"Nobody can be invited to {environment} yet: it is not deployed. To deploy it run: guestlist up --env {environment}"
            )
        return cls(
            environment=environment,
            tenant_domain=str(outputs["tenantDomain"]),
            login_host=urlsplit(str(outputs["issuer"])).netloc,
            connection=str(outputs["connectionName"]),
            application_client_id=str(outputs["applicationClientId"]),
            client_id=str(outputs["inviterClientId"]),
            client_secret=str(outputs["inviterClientSecret"]),
            link_ttl_sec=link_ttl_sec,
        )


def create_invite(
    inviter: Inviter,
    wish: Wish,
    *,
    now: Callable[[], datetime],
    resend: bool = False,
    transport: httpx.BaseTransport | None = None,
) -> Invited:
    """
    Invite somebody. Who was invited gets no second mail while the link lives, who is active gets none at all.

    Args:
        inviter: what the stack says.
        wish: whom, and how.
        now: the time.
        resend: send a new link although the former one still works; it ends that one.
        transport: of calls to the tenant.

    Raises:
        Refused: the user is blocked, or was not invited by us and never logged in.
        TenantFailed: the tenant did not do its part.

    """
    with ManagementClient(
        inviter.tenant_domain, client_id=inviter.client_id, client_secret=inviter.client_secret, transport=transport
    ) as tenant:
        try:
            user, is_new = _find_or_create(tenant, inviter, wish, now())
            found = standing(user, now=now())
            _refuse(inviter, wish, user, found)
            if found == "active":
                _settle_address(tenant, user, wish)
                return invited(user, wish, "already_active")
            if found == "open" and not resend:
                return invited(user, wish, "already_invited")
            user = _send(tenant, inviter, wish, user, now=now, transport=transport)
        except ManagementError as error:
            raise _explained(error, inviter, wish) from error
    return invited(user, wish, "invited" if is_new or found == "unsent" else "sent_again")


def _refuse(inviter: Inviter, wish: Wish, user: User, found: Standing) -> None:
    """Raises: Refused."""
    reasons = {
        "blocked": "the user is blocked. To invite them, unblock the user in the dashboard first, then run: "
        f"guestlist invites create {wish.address} --env {inviter.environment}",
        "foreign": "the user was not invited by guestlist, and has never logged in. To invite them, delete the user in the dashboard, "
        f"then run: guestlist invites create {wish.address} --env {inviter.environment}",
    }
    if found in reasons:
        raise Refused(f"Cannot invite {wish.address} ({user['user_id']}), and nothing was sent: {reasons[found]}")


def _send(
    tenant: ManagementClient,
    inviter: Inviter,
    wish: Wish,
    user: User,
    *,
    now: Callable[[], datetime],
    transport: httpx.BaseTransport | None,
) -> User:
    """First what the mail is made from, then the mail, then the note of it. Raises: TenantFailed, ManagementError."""
    invite = renewed(user, wish)
    if invite != user["app_metadata"]["invite"]:
        _keep(tenant, user, invite)
    ask_for_mail(inviter, wish.address, transport=transport)
    invite = sent(invite, now=now(), link_ttl_sec=inviter.link_ttl_sec)
    with suppress(ManagementError):  # the mail is on its way; without the note a later run sends another one
        _keep(tenant, user, invite)
    return {**user, "app_metadata": {**user["app_metadata"], "invite": invite}}


def _settle_address(tenant: ManagementClient, user: User, wish: Wish) -> None:
    """
    Auth0's own mail leaves `email_verified` false when a password was chosen through it.

    Source: https://auth0.com/docs/manage-users/user-accounts/user-profiles/verified-email-usage
    """
    if not user.get("email_verified") and is_proven(user, wish.address):
        tenant.patch(_path(user), {"email_verified": True})


def ask_for_mail(inviter: Inviter, address: str, *, transport: httpx.BaseTransport | None = None) -> None:
    """
    Have Auth0 send the link. Its answer is a sentence, the same for an address that it does not know.

    `client_id` gives the mail its application, and the page behind the link its way on.
    Raises: TenantFailed.
    """
    body = {"client_id": inviter.application_client_id, "email": address, "connection": inviter.connection}
    url = f"https://{inviter.login_host}/dbconnections/change_password"
    again = f"Run again: guestlist invites create {address} --env {inviter.environment}"
    try:
        with httpx.Client(timeout=PATIENCE_SECONDS, transport=transport) as client:
            answer = client.post(url, json=body)
    except httpx.TransportError as error:
        raise TenantFailed(
            f"{address} is invited, but nobody knows whether the mail was sent: https://{inviter.login_host} did not answer "
            f"({type(error).__name__}). {again}"
        ) from error
    if answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
        raise TenantFailed(
            f"{address} is invited, but no mail was sent: Auth0 sends one address at most a mail a minute. Wait a minute. {again}"
        )
    if not answer.is_success:
        raise TenantFailed(
            f"{address} is invited, but no mail was sent: {inviter.login_host} answered {answer.status_code} "
            f"{answer.reason_phrase} to POST /dbconnections/change_password. Look for fcpr in the tenant's log. {again}"
        )


def _find_or_create(tenant: ManagementClient, inviter: Inviter, wish: Wish, now: datetime) -> tuple[User, bool]:
    """The user, and whether it is new. Raises: ManagementError."""
    user = _find(tenant, inviter, wish.address)
    if user is None:
        words = (wish.address.partition("@")[0], wish.first_name or "")
        body = new_user(
            wish,
            connection=inviter.connection,
            invite=new_invite(wish, now=now, link_ttl_sec=inviter.link_ttl_sec),
            password=random_password(words),
        )
        try:
            return tenant.post("/users", body), True
        except ManagementError as error:
            # Somebody was quicker, or an earlier answer was lost: users-by-email is consistent at once, a search is not.
            user = _find(tenant, inviter, wish.address) if error.status in {409, None} else None
            if user is None:
                raise
    return user, False


def _find(tenant: ManagementClient, inviter: Inviter, address: str) -> User | None:
    """The user of this address in our connection; the same address may be somebody else's in another one."""
    for user in tenant.get("/users-by-email", email=address):
        if any(identity.get("connection") == inviter.connection for identity in user.get("identities", ())):
            found: User = user
            return found
    return None


def _keep(tenant: ManagementClient, user: User, invite: Mapping[str, Any]) -> None:
    """Metadata is merged at its top level only, so the invite is written whole."""
    tenant.patch(_path(user), {"app_metadata": {"invite": dict(invite)}})


def _path(user: User) -> str:
    return f"/users/{quote(str(user['user_id']), safe='')}"


def _explained(error: ManagementError, inviter: Inviter, wish: Wish) -> TenantFailed:
    """One sentence and what to run next."""
    deploy = f"To set that right run: guestlist up --env {inviter.environment}"
    again = f"Run again: guestlist invites create {wish.address} --env {inviter.environment}"
    domain, connection = inviter.tenant_domain, inviter.connection
    if error.status == 429:
        reason, remedy = f"the tenant {domain} takes no more calls for now", f"Wait a minute. {again}"
    elif error.error_code == "insufficient_scope":
        reason, remedy = f"the inviter's grant lacks a scope ({error.said})", deploy
    elif error.status in {401, 403}:
        reason, remedy = f"{domain} does not let the inviter in: {error.said or error.status}", deploy
    elif error.status == 400 and "Connection must be enabled for this client" in error.said:
        reason, remedy = f"the inviter is not enabled on the connection {connection}", deploy
    elif error.status == 400 and "PasswordStrength" in error.said:
        reason = f"the password policy of {connection} does not take a random password of 64 characters"
        remedy = deploy
    else:
        reason, remedy = error.message, again
    return TenantFailed(f"Cannot invite {wish.address}: {reason.rstrip('.')}. {remedy}")
