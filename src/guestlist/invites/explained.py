"""
What the person at the terminal is told: one sentence of what failed, on whom and why, and one of what to run next.

Nothing here holds a link, a password or a secret.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from guestlist.errors import InviteFailed, InviteInDoubt, InviteRefused, RefusalReason, TenantFailed
from guestlist.invites.decisions import Verb
from guestlist.invites.invite import User, invite_of, moment_of
from guestlist.invites.sending import NothingLeft
from stacks.management import ManagementError

if TYPE_CHECKING:
    from guestlist.invites.inviter import Desk, Inviter

_FAILS = {"create": "invite", "resend": "send a new link to", "revoke": "revoke the invite of"}


def command(inviter: Inviter, verb: Verb, address: str, *options: str) -> str:
    """The line to run."""
    return " ".join(["guestlist invites", verb, address, "--env", inviter.environment, *options])


def at(moment: datetime) -> str:
    """A time, as people read it."""
    return moment.strftime("%Y-%m-%d %H:%M:%S UTC")


def refused(
    inviter: Inviter,
    verb: Verb,
    address: str,
    user: User | None,
    *,
    reason: RefusalReason,
    until: datetime | None = None,
) -> InviteRefused:
    """Say that the person's standing forbids it."""
    create = command(inviter, "create", address)
    again = command(inviter, verb, address)
    when = at(until) if until is not None else ""
    sentences: dict[RefusalReason, str] = {
        "blocked": f"the user is blocked. Unblock the user in the dashboard first, then run: {again}",
        "foreign": "the user was not invited by guestlist, and has never logged in. Delete the user in the dashboard, "
        f"then run: {create}",
        "revoked": f"the invite was revoked. To invite them after all run: {create} --reinstate",
        "active": "the person has accepted it: an active user is no invite. To keep them out, block the user in the dashboard "
        "(User Management > Users > Actions > Block)",
        "not_invited": f"nobody was invited by this address. To invite them run: {create}",
        "too_soon": f"the last mail is not a minute old. From {when} on run: {again}",
        "too_often": f"five mails went to this address within a day. From {when} on run: {again}",
        "unsupported": "the environment does not let the inviter enrol phones. Set guestlist:invite.preEnrolPhone, "
        f"then run: guestlist up --env {inviter.environment}",
    }
    if verb == "revoke" and reason == "foreign":
        sentences["foreign"] = "the user was not invited by guestlist: there is nothing to revoke"
    if verb == "revoke" and reason == "blocked":
        sentences["blocked"] = "the user is blocked already, and has no open invite"
    who = f"{address} ({user['user_id']})" if user is not None else address
    undone = "nothing was changed" if verb == "revoke" else "nothing was sent"
    message = f"Cannot {_FAILS[verb]} {who}, and {undone}: {sentences[reason]}"
    return InviteRefused(message, reason=reason, until=until)


def failed(inviter: Inviter, verb: Verb, user: User, why: NothingLeft) -> InviteFailed:
    """Say that no mail left."""
    address = str(user["email"])
    wait = "Wait a minute. " if why.wait_seconds else ""
    message = (
        f"{address} is invited, but no mail was sent: {why.reason}. {wait}Run again: {command(inviter, verb, address)}"
    )
    return InviteFailed(message, wait_seconds=why.wait_seconds)


def in_doubt(
    desk: Desk, verb: Verb, user: User, *, why: str, settles_at: datetime | None = None, asks_log: bool
) -> InviteInDoubt:
    """Say that nobody knows, and how somebody could."""
    address, inviter = str(user["email"]), desk.inviter
    attempt = invite_of(user)["attempt"]
    since = moment_of(attempt["at"])
    begun = f"the mail of {at(since)}" if since is not None else "the last mail"
    message = f"{address} ({user['user_id']}): nobody knows whether {begun} left: {why}. "
    if asks_log and settles_at is not None:
        message += f"After {at(settles_at)} the tenant's log tells; then run again: {command(inviter, verb, address)}. "
    elif asks_log:
        message += "Look for scpr or fcpr of this address in the tenant's log. "
    else:
        mail_id = inviter.own_mail.message_id(str(attempt["id"])) if inviter.own_mail else f"<{attempt['id']}@…>"
        message += f"Look for Message-ID {mail_id} in the mail service's log. "
    message += f"To send another one all the same run: {command(inviter, verb, address, '--resend-in-doubt')}"
    return InviteInDoubt(message, attempt=str(attempt["id"]), settles_at=settles_at)


def explained(error: ManagementError, inviter: Inviter, verb: Verb, address: str) -> TenantFailed:
    """One sentence and what to run next."""
    deploy = f"To set that right run: guestlist up --env {inviter.environment}"
    again = f"Run again: {command(inviter, verb, address)}"
    domain, connection = inviter.tenant_domain, inviter.connection
    wait_seconds = 0.0
    if error.status == 429:
        reason, remedy, wait_seconds = (
            f"the tenant {domain} takes no more calls for now",
            f"Wait a minute. {again}",
            60.0,
        )
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
    message = f"Cannot {_FAILS[verb]} {address}: {reason.rstrip('.')}. {remedy}"
    return InviteFailed(message, wait_seconds=wait_seconds)
