"""
The invites of an application, for its backend: create, send again, take back, list. Safe to repeat, and nothing here needs Pulumi.

    from guestlist.invites import Inviter, Wish, create_invite, open_desk

    with open_desk(inviter) as desk:
        create_invite(desk, Wish(address="ana@example.com", language="de"))

docs/invites.md has the table of what follows from what, and an example.

Not here: many at once from a file (`bulk.py`), the command (`guestlist.cli.invites`).
"""

from guestlist.audit import Audit, AuditEntry, AuditFile, audit_file
from guestlist.errors import (
    BadWish,
    GuestlistError,
    InviteFailed,
    InviteInDoubt,
    InviteRefused,
    RefusalReason,
    TenantFailed,
)
from guestlist.invites.creating import create_invite, resend_invite
from guestlist.invites.deliveries import OwnMail
from guestlist.invites.inviter import Desk, Inviter, open_desk
from guestlist.invites.listing import list_invites
from guestlist.invites.mail_server import MailServer
from guestlist.invites.results import Invited, Listed, Outcome
from guestlist.invites.revoking import revoke_invite
from guestlist.invites.standing import Standing
from guestlist.invites.wish import Wish, clean_address

__all__ = [
    "Audit",
    "AuditEntry",
    "AuditFile",
    "BadWish",
    "Desk",
    "GuestlistError",
    "InviteFailed",
    "InviteInDoubt",
    "InviteRefused",
    "Invited",
    "Inviter",
    "Listed",
    "MailServer",
    "Outcome",
    "OwnMail",
    "RefusalReason",
    "Standing",
    "TenantFailed",
    "Wish",
    "audit_file",
    "clean_address",
    "create_invite",
    "list_invites",
    "open_desk",
    "resend_invite",
    "revoke_invite",
]
