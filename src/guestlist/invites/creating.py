"""
Inviting, and inviting again.

    the user with an attempt  →  phone, roles  →  the mail  →  the note that it left

Each step is safe to repeat. Killed before the note, or without an answer to the mail, the invite is in doubt, and the next run finds out
(`finding_out.py`) before it sends anything.

Not here: what follows from a standing (`decisions.py`), taking back (`revoking.py`), how the mail leaves (`deliveries.py`).
"""

from __future__ import annotations

from contextlib import suppress

from guestlist.invites import explained
from guestlist.invites.auditing import audited
from guestlist.invites.decisions import Verb, decide
from guestlist.invites.deliveries import ShowLink, deliver
from guestlist.invites.finding_out import LOG_SETTLES, find_out
from guestlist.invites.invite import (
    Document,
    User,
    attempting,
    invite_of,
    invited,
    is_proven,
    next_mail_at,
    noted,
    standing,
    voided,
    with_invite,
)
from guestlist.invites.inviter import Desk
from guestlist.invites.results import Invited, Outcome
from guestlist.invites.sending import NobodyKnows, NothingLeft
from guestlist.invites.users import assign_roles, enrol_phone, find_or_make, find_user, keep_invite, path_of
from guestlist.invites.wish import Wish
from stacks.management import ManagementError

NOT_NOTED = "The mail left, but the note of it could not be kept: the next run will call this invite in doubt."
NOT_CHANGED = "Phone and roles were not changed: that happens together with a mail."


def create_invite(
    desk: Desk,
    wish: Wish,
    *,
    probably_new: bool = True,
    reinstate: bool = False,
    resend_in_doubt: bool = False,
    show_link: ShowLink | None = None,
) -> Invited:
    """
    Invite somebody. Who was invited gets no second mail while the link works, who is active gets none at all.

    Args:
        desk: whose.
        wish: whom, and how.
        probably_new: create the user first, and look for one only where that is refused; `False` looks first. Costs either way: docs/invites.md.
        reinstate: invite somebody whom we have revoked.
        resend_in_doubt: send a mail although an earlier one may have left.
        show_link: ticket delivery only: given the link, once it was mailed.

    Raises:
        InviteRefused: the person's standing forbids it.
        InviteFailed: no mail left; the same call may be made again.
        InviteInDoubt: nobody knows whether a mail left.
        TenantFailed: the tenant did not do its part.

    """

    def act() -> Invited:
        _check(desk, "create", wish)
        user, is_new = find_or_make(desk, wish, probably_new=probably_new)
        if is_new:
            return _send(desk, "create", wish, user, outcome="invited", show_link=show_link, is_new=True)
        return _go_on(
            desk, "create", wish, user, reinstate=reinstate, resend_in_doubt=resend_in_doubt, show_link=show_link
        )

    return audited(desk, "create", wish.address, act)


def resend_invite(
    desk: Desk, wish: Wish, *, resend_in_doubt: bool = False, show_link: ShowLink | None = None
) -> Invited:
    """
    Send a new link to somebody who was invited; it ends the earlier ones. What the wish says replaces what the invite said.

    A minute apart, and five mails a day. Who is active gets none. Raises: as `create_invite`.
    """

    def act() -> Invited:
        _check(desk, "resend", wish)
        user = find_user(desk, wish.address)
        if user is None:
            raise explained.refused(desk.inviter, "resend", wish.address, None, reason="not_invited")
        return _go_on(desk, "resend", wish, user, reinstate=False, resend_in_doubt=resend_in_doubt, show_link=show_link)

    return audited(desk, "resend", wish.address, act)


def _check(desk: Desk, verb: Verb, wish: Wish) -> None:
    """What can be known before any call. Raises: InviteRefused, GuestlistError."""
    if wish.phone is not None and not desk.inviter.pre_enrols_phone:
        raise explained.refused(desk.inviter, verb, wish.address, None, reason="unsupported")
    if desk.inviter.delivery == "ticket":
        desk.own_mail()


def _go_on(
    desk: Desk,
    verb: Verb,
    wish: Wish,
    user: User,
    *,
    reinstate: bool,
    resend_in_doubt: bool,
    show_link: ShowLink | None,
) -> Invited:
    """With somebody who is there already."""
    found = standing(user, now=desk.now())
    decision = decide(verb, found, reinstate=reinstate)
    if decision.step == "find_out":
        if resend_in_doubt:
            return _send(desk, verb, wish, user, outcome="sent_again", show_link=show_link)
        return _found_out(desk, verb, wish, user, show_link)
    if decision.reason is not None and decision.step == "refuse":
        raise explained.refused(desk.inviter, verb, wish.address, user, reason=decision.reason)
    outcome = decision.outcome or "already_invited"
    if decision.step == "leave":
        if outcome == "already_active":
            _settle_address(desk, user, wish)
        warnings = (NOT_CHANGED,) if wish.phone or wish.roles else ()
        return invited(user, wish.address, outcome, warnings=warnings)
    if decision.step == "reinstate" and user.get("blocked") and not invite_of(user).get("blocked_by_us"):
        raise explained.refused(desk.inviter, verb, wish.address, user, reason="blocked")
    return _send(desk, verb, wish, user, outcome=outcome, show_link=show_link)


def _found_out(desk: Desk, verb: Verb, wish: Wish, user: User, show_link: ShowLink | None) -> Invited:
    """As if the run before had ended by itself: with a mail, or without."""
    settled = find_out(desk, verb, user)
    decision = decide(verb, standing(settled, now=desk.now()))
    if decision.step == "leave":
        keep_invite(desk, settled)
        return invited(settled, wish.address, decision.outcome or "already_invited")
    return _send(desk, verb, wish, settled, outcome=decision.outcome or "sent_again", show_link=show_link)


def _send(
    desk: Desk,
    verb: Verb,
    wish: Wish,
    user: User,
    *,
    outcome: Outcome,
    show_link: ShowLink | None,
    is_new: bool = False,
) -> Invited:
    """First what the mail is made from, then the mail, then the note of it. Raises: ManagementError and all of `create_invite`."""
    if not is_new:
        user = _intend(desk, verb, wish, user, reinstates=outcome == "reinstated")
    try:
        warnings = _equip(desk, user, wish, is_new=is_new)
        deliver(desk, user, show_link=show_link)
    except NothingLeft as why:
        undone = voided(invite_of(user), now=desk.now(), links_died=why.links_died)
        with suppress(ManagementError):  # without it the next run finds out
            keep_invite(desk, with_invite(user, undone))
        raise explained.failed(desk.inviter, verb, user, why) from why
    except NobodyKnows as why:
        asks_log = desk.inviter.delivery == "auth0"
        settles_at = desk.now() + LOG_SETTLES if asks_log else None
        raise explained.in_doubt(desk, verb, user, why=why.reason, settles_at=settles_at, asks_log=asks_log) from why
    user = with_invite(user, noted(invite_of(user), at=desk.now(), link_ttl_sec=desk.inviter.link_ttl_sec))
    try:
        keep_invite(desk, user)
    except ManagementError:
        warnings = (*warnings, NOT_NOTED)
    return invited(user, wish.address, outcome, warnings=warnings)


def _intend(desk: Desk, verb: Verb, wish: Wish, user: User, *, reinstates: bool) -> Document:
    """Write down that a mail is about to leave. Raises: InviteRefused, for one too many; ManagementError."""
    limit = next_mail_at(invite_of(user), now=desk.now())
    if limit is not None:
        reason, until = limit
        raise explained.refused(desk.inviter, verb, wish.address, user, reason=reason, until=until)
    invite = attempting(
        invite_of(user), wish, delivery=desk.inviter.delivery, now=desk.now(), link_ttl_sec=desk.inviter.link_ttl_sec
    )
    unblocked = {"blocked": False} if reinstates and user.get("blocked") else {}
    user = with_invite(user, invite, **unblocked)
    keep_invite(desk, user, **unblocked)
    return user


def _equip(desk: Desk, user: User, wish: Wish, *, is_new: bool) -> tuple[str, ...]:
    """What has to be in place before somebody opens the link. Raises: NothingLeft."""
    try:
        warnings = enrol_phone(desk, user, wish, is_new=is_new)
        assign_roles(desk, user, wish)
    except ManagementError as error:
        raise NothingLeft(error.message.rstrip(".")) from error
    return warnings


def _settle_address(desk: Desk, user: User, wish: Wish) -> None:
    """
    Auth0's own mail leaves `email_verified` false when a password was chosen through it.

    Source: https://auth0.com/docs/manage-users/user-accounts/user-profiles/verified-email-usage
    """
    if not user.get("email_verified") and is_proven(user, wish.address):
        desk.tenant.patch(path_of(user), {"email_verified": True})
