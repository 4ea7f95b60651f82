"""
What the commands about invites share: an environment's inviter with its audit, and what they say.

Not here: the commands (`invites.py`), what they do (`guestlist.invites`).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from guestlist.cli.output import Invocation, note
from guestlist.deployment import open_outputs

if TYPE_CHECKING:
    from guestlist.deployment import Outputs
    from guestlist.environments import Project
    from guestlist.invites import Desk, Invited, OwnMail


@dataclass(frozen=True, kw_only=True)
class Opened:
    """An environment whose inviter is at work."""

    desk: Desk = field(repr=False)
    environment: str
    local: bool


@contextmanager
def inviting(
    invocation: Invocation,
    environment: str,
    *,
    delivery: Literal["auth0", "ticket"] | None = None,
    paced: bool = False,
) -> Iterator[Opened]:
    """
    Open an environment's inviter, with its audit file in `.guestlist/audit`. No command that only reads needs the mail server.

    Args:
        invocation: which project.
        environment: the stack's name.
        delivery: another one than the settings say.
        paced: keep within the tenant's rate limit by waiting, not by being refused.

    Raises: GuestlistError and its children.

    """
    from guestlist.invites import AuditFile, Inviter, audit_file, open_desk
    from guestlist.invites.pacing import Direct, Paced

    project = invocation.project()
    stack = open_outputs(project, environment, say=note)
    invite = stack.settings.invite
    chosen = delivery or invite.delivery
    inviter = Inviter.of_outputs(
        stack.outputs,
        environment=environment,
        link_ttl_sec=invite.link_ttl_sec,
        delivery=chosen,
        own_mail=_own_mail(project, stack, environment) if chosen == "ticket" else None,
        revoke=invite.revoke,
        pre_enrols_phone=invite.pre_enrol_phone,
    )
    transport = Paced(stack.transport() or Direct()) if paced else stack.transport()
    with (
        AuditFile(audit_file(project.root, environment)) as audit,
        open_desk(inviter, transport=transport, audit=audit) as desk,
    ):
        yield Opened(desk=desk, environment=environment, local=stack.local)


def _own_mail(project: Project, stack: Outputs, environment: str) -> OwnMail | None:
    """The environment's mail server, with its password; `None` where the settings name none."""
    from guestlist.invites import MailServer, OwnMail
    from guestlist.page_environment import open_page_environment

    email = stack.settings.email
    if email.smtp_host is None:
        return None
    password: str | None = None
    if email.smtp_user is not None:
        password = open_page_environment(project, environment, environ=stack.environ).secrets.get("smtpPassword")
    server = MailServer(host=email.smtp_host, port=email.smtp_port, user=email.smtp_user, password=password)
    return OwnMail(server=server, sender=email.from_address, settings=stack.settings)


def sentence(done: Invited, environment: str) -> str:
    """Say what came of it."""
    who = f"{done.address} ({done.user_id})"
    until = ""
    if done.expires_at is not None:
        until = datetime.fromisoformat(done.expires_at).strftime("%Y-%m-%d %H:%M UTC")
    sentences = {
        "invited": f"{who} is invited: the link is on its way, good until {until}.",
        "already_invited": f"{who} was invited before, and no mail was sent: the link works until {until}. "
        f"To send a new one run: guestlist invites resend {done.address} --env {environment}",
        "sent_again": f"{who} was invited before: a new link is on its way, good until {until}. Earlier links no longer work.",
        "reinstated": f"{who} is invited again after all: unblocked, and a new link is on its way, good until {until}.",
        "already_active": f"{who} is active, and no mail was sent: a forgotten password is the login page's affair.",
        "revoked": f"The invite of {who} is revoked: the link no longer works, and the user is blocked. "
        f"To invite them after all run: guestlist invites create {done.address} --env {environment} --reinstate",
        "already_revoked": f"The invite of {who} was revoked before: there was nothing to do.",
        "deleted": f"The invite of {who} is revoked: the link no longer works, and the user is deleted.",
    }
    return sentences[done.state]
