"""
Whether a mail left whose run, or whose answer, was lost.

Auth0's own mail: the tenant's log has `scpr` for a request that was taken and `fcpr` for one that was not. An entry takes a while to
appear, so its absence counts after two minutes only, and not at all once the log may have forgotten (a day, in the smallest plan).
A mail of our own leaves no trace that we could ask for: its Message-ID is for a person to look up.

Not here: what follows (`decisions.py`).
Source: https://auth0.com/docs/deploy-monitor/logs/log-event-type-codes, …/log-search-query-syntax, …/log-data-retention
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from guestlist.invites import explained
from guestlist.invites.decisions import Verb
from guestlist.invites.invite import Document, User, invite_of, moment_of, noted, voided, with_invite
from stacks.management import ManagementError

if TYPE_CHECKING:
    from guestlist.invites.inviter import Desk

LOG_SETTLES = timedelta(minutes=2)
LOG_REMEMBERS = timedelta(days=1)
CLOCKS_APART = timedelta(seconds=30)  # less than the minute between two mails


def find_out(desk: Desk, verb: Verb, user: User) -> Document:
    """
    Give the user with an invite that is in doubt no more. Nothing is written here.

    Raises: InviteInDoubt, when it still is; ManagementError.
    """
    invite = invite_of(user)
    attempt, now = invite["attempt"], desk.now()
    begun = moment_of(attempt.get("at"))
    if attempt.get("delivery") != "auth0" or begun is None:
        raise explained.in_doubt(desk, verb, user, why="the run or the answer was lost", asks_log=False)
    try:
        entries = _requests(desk, str(user["email"]), invite, since=begun - CLOCKS_APART)
    except ManagementError as error:
        if error.status not in {401, 403}:
            raise
        why = "the inviter may not read the tenant's log (read:logs comes with guestlist:invite.delivery auth0)"
        raise explained.in_doubt(desk, verb, user, why=why, asks_log=True) from error
    taken = next((entry for entry in entries if entry.get("type") == "scpr"), None)
    if taken is not None:
        sent_at = moment_of(taken.get("date")) or begun
        return with_invite(user, noted(invite, at=sent_at, link_ttl_sec=desk.inviter.link_ttl_sec))
    if not entries and now < begun + LOG_SETTLES:
        why = "the tenant's log has no such request yet"
        raise explained.in_doubt(desk, verb, user, why=why, settles_at=begun + LOG_SETTLES, asks_log=True)
    if not entries and now > begun + LOG_REMEMBERS:
        why = "the tenant's log may not reach back that far"
        raise explained.in_doubt(desk, verb, user, why=why, asks_log=True)
    return with_invite(user, voided(invite, now=now, links_died=False))


def _requests(desk: Desk, address: str, invite: Mapping[str, Any], *, since: datetime) -> list[Document]:
    """The log's entries about this address and connection, newest first; those of the mail before do not count."""
    before = moment_of(invite.get("last_sent_at"))
    if before is not None and before >= since:
        since = before + timedelta(seconds=1)
    start = since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    query = f'type:(scpr OR fcpr) AND user_name:"{address}" AND date:[{start} TO *]'
    entries = desk.tenant.get("/logs", q=query, sort="date:-1", per_page=10, page=0)
    ours = {desk.inviter.connection, None, ""}
    return [dict(entry) for entry in entries if entry.get("connection") in ours]
