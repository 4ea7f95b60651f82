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
from guestlist.invites import Invited, User, Wish, new_invite, new_user, random_password, refusal, renewed, sent
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
    transport: httpx.BaseTransport | None = None,
) -> Invited:
    """
    Invite somebody, or send a new link to somebody whose invite is open.

    Raises:
        Refused: the user is active or blocked, or was not invited by us.
        TenantFailed: the tenant did not do its part.

    """
    with ManagementClient(
        inviter.tenant_domain, client_id=inviter.client_id, client_secret=inviter.client_secret, transport=transport
    ) as tenant:
        try:
            user, is_new = _find_or_create(tenant, inviter, wish, now())
            invite = dict(user["app_metadata"]["invite"])
            if not is_new and renewed(user, wish) != invite:
                invite = renewed(user, wish)
                _keep(tenant, user, invite)
            ask_for_mail(inviter, wish.address, transport=transport)
            invite = sent(invite, now=now(), link_ttl_sec=inviter.link_ttl_sec)
            with suppress(ManagementError):  # the mail is on its way: a count that is short by one is no failure
                _keep(tenant, user, invite)
        except ManagementError as error:
            raise _explained(error, inviter, wish) from error
    return Invited(
        address=wish.address,
        user_id=str(user["user_id"]),
        state="invited" if is_new else "sent_again",
        sent_count=int(invite["sent_count"]),
        expires_at=str(invite["expires_at"]),
    )


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
    if answer.is_error:
        raise TenantFailed(
            f"{address} is invited, but no mail was sent: {inviter.login_host} answered {answer.status_code} "
            f"{answer.reason_phrase} to POST /dbconnections/change_password. Look for fcpr in the tenant's log. {again}"
        )


def _find_or_create(tenant: ManagementClient, inviter: Inviter, wish: Wish, now: datetime) -> tuple[User, bool]:
    """The user, with an open invite, and whether it is new. Raises: Refused, ManagementError."""
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
    reason = refusal(user)
    if reason is not None:
        raise Refused(f"Cannot invite {wish.address}: {reason} ({user['user_id']}). Nothing was sent.")
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
    tenant.patch(f"/users/{quote(str(user['user_id']), safe='')}", {"app_metadata": {"invite": dict(invite)}})


def _explained(error: ManagementError, inviter: Inviter, wish: Wish) -> TenantFailed:
    """One sentence and what to run next."""
    start = f"Cannot invite {wish.address}:"
    deploy = f"To set that right run: guestlist up --env {inviter.environment}"
    again = f"Run again: guestlist invites create {wish.address} --env {inviter.environment}"
    if error.status == 429:
        return TenantFailed(
            f"{start} the tenant {inviter.tenant_domain} takes no more calls for now. Wait a minute. {again}"
        )
    if error.status is None:
        return TenantFailed(f"{start} {error.message} {again}")
    if error.error_code == "insufficient_scope":
        return TenantFailed(f"{start} the inviter's grant lacks a scope ({error.said}). {deploy}")
    if error.status in {401, 403}:
        return TenantFailed(
            f"{start} {inviter.tenant_domain} does not let the inviter in: {error.said or error.status}. {deploy}"
        )
    if error.status == 400 and "Connection must be enabled for this client" in error.said:
        return TenantFailed(f"{start} the inviter is not enabled on the connection {inviter.connection}. {deploy}")
    if error.status == 400 and "PasswordStrength" in error.said:
        return TenantFailed(
            f"{start} the password policy of {inviter.connection} does not take a random password of 64 characters. {deploy}"
        )
    return TenantFailed(f"{start} {error.message}. {again}")
