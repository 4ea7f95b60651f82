"""
Take a user's second factors away, and end what was opened with them: for a lost phone, and for a phone that somebody else has enrolled.

    with ManagementClient.from_environment(domain, environ) as tenant:
        refuse_missing_scopes(tenant)
        found = find_enrolled(tenant, address="ana@example.com", connection="invited-users", environment="dev")
        reset = reset_mfa(tenant, found, by="rita", now=now, audit=audit)

First the doors are closed (second factors, remembered browsers), then what came in through them is ended (sessions, refresh tokens). Each step
may be repeated; when one fails, the error says what was done. The inviter must not be able to do this: it takes the operator's credentials.

Not here: finding the user (`mfa_enrolled.py`), the command (`cli/users.py`), the record of it (`audit.py`), inviting (`invites/`).
Source: https://auth0.com/docs/secure/multi-factor-authentication/reset-user-mfa and
https://auth0.com/docs/manage-users/sessions/manage-user-sessions-with-auth0-management-api (Enterprise plans only)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from guestlist.audit import Audit, AuditEntry, address_hash
from guestlist.deployer_scopes import scopes_of
from guestlist.errors import TenantFailed
from guestlist.mfa_enrolled import WHERE_TO_GRANT, Enrolled, explained, factors_of, path_of
from stacks.management import ManagementClient, ManagementError

# Of each call below, and nothing else. Source: https://auth0.com/docs/api/management/v2 (scopes of each operation)
SCOPES = (
    "delete:authentication_methods",
    "delete:refresh_tokens",
    "delete:sessions",
    "read:authentication_methods",
    "read:users",
    "update:users",
)
NOT_IN_PLAN = "insufficient_entitlement"  # errorCode of a 403
ROUNDS = 2  # Auth0's page says that the deletion may have to be repeated where there are several enrolments


@dataclass(frozen=True, kw_only=True)
class Step:
    """One call; `what` is what it ends, `remedy` what ends it where the tenant's plan does not include the call."""

    name: str
    what: str
    method: str
    path: str
    remedy: str = ""


@dataclass(frozen=True, kw_only=True)
class Reset:
    """What came of it; `left` are the steps that the tenant's plan does not include."""

    enrolled: Enrolled
    done: tuple[Step, ...]
    left: tuple[Step, ...]


class ResetFailed(TenantFailed):
    """It began, and the tenant did not do all of it."""


def refuse_missing_scopes(tenant: ManagementClient) -> None:
    """Raises: TenantFailed, naming every scope that the credentials lack, before anything is touched."""
    try:
        granted = scopes_of(tenant.access_token())
    except ManagementError as error:
        raise TenantFailed(
            f"{error.message.rstrip('.')}. Look at AUTH0_CLIENT_ID and AUTH0_CLIENT_SECRET, and that the application is authorized "
            "for the Management API."
        ) from error
    lacking = sorted(set(SCOPES) - granted) if granted is not None else []
    if lacking:
        raise TenantFailed(_lacking_sentence(tenant.domain, lacking))


def reset_mfa(
    tenant: ManagementClient, enrolled: Enrolled, *, by: str, now: Callable[[], datetime], audit: Audit
) -> Reset:
    """
    Do every step, also where nothing is enrolled any more: an earlier run may have ended half-way.

    Args:
        tenant: its Management API.
        enrolled: whose, as it was shown to whoever said yes.
        by: who does it, for the audit.
        now: the time.
        audit: gets one entry, whatever comes of it.

    Raises: ResetFailed, saying what was done and what was not.

    """
    outcome = "in_doubt"  # of a run that was interrupted
    try:
        reset = _every_step(tenant, enrolled)
        outcome = outcome_of(reset)
    except ResetFailed:
        outcome = "failed"
        raise
    finally:
        audit(
            AuditEntry(
                at=now().astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
                by=by,
                action="users.reset-mfa",
                environment=enrolled.environment,
                address_hash=address_hash(
                    enrolled.address, tenant_domain=tenant.domain, connection=enrolled.connection
                ),
                outcome=outcome,
            )
        )
    return reset


def outcome_of(reset: Reset) -> str:
    """In the audit's words: `reset`, `nothing_enrolled`, and what was left."""
    outcome = "reset" if reset.enrolled.factors else "nothing_enrolled"
    return f"{outcome}, left: {' '.join(step.name for step in reset.left)}" if reset.left else outcome


def _every_step(tenant: ManagementClient, enrolled: Enrolled) -> Reset:
    """Raises: ResetFailed."""
    done: list[Step] = []
    left: list[Step] = []
    steps = steps_of(enrolled)
    for position, step in enumerate(steps):
        try:
            _do(tenant, step)
        except ManagementError as error:
            if error.error_code == NOT_IN_PLAN and step.remedy:
                left.append(step)
                continue
            undone = [*left, *steps[position:]]
            state = f"Done: {_listed(done) or 'nothing'}. Not done: {_listed(undone)}"
            raise ResetFailed(explained(error, tenant.domain, state, enrolled.environment, enrolled.address)) from error
        done.append(step)
    return Reset(enrolled=enrolled, done=tuple(done), left=tuple(left))


def steps_of(enrolled: Enrolled) -> tuple[Step, ...]:
    """What is to be done, in order: a login that the old factor lets in meanwhile is ended by the last two."""
    path = path_of(enrolled.user_id)
    return (
        Step(name="factors", what="second factors", method="DELETE", path=f"{path}/authentication-methods"),
        Step(
            name="remembered_browsers",
            what="remembered browsers",
            method="POST",
            path=f"{path}/multifactor/actions/invalidate-remember-browser",
        ),
        Step(
            name="sessions",
            what="sessions",
            method="DELETE",
            path=f"{path}/sessions",
            remedy="a new password ends them: have one chosen with “Forgot your password?” on the login page",
        ),
        Step(
            name="refresh_tokens",
            what="refresh tokens",
            method="DELETE",
            path=f"{path}/refresh-tokens",
            remedy="in the dashboard, on the user's page under Authorized Applications, revoke each",
        ),
    )


def _do(tenant: ManagementClient, step: Step) -> None:
    """Raises: ManagementError."""
    if step.name == "factors":
        _remove_factors(tenant, step)
        return
    try:
        tenant.request(step.method, step.path)
    except ManagementError as error:
        if error.status != 404:  # documented for a user without any
            raise


def _remove_factors(tenant: ManagementClient, step: Step) -> None:
    """Until none is listed: a 204 alone is not believed. Raises: ManagementError."""
    for _ in range(ROUNDS):
        tenant.delete(step.path)
        left = factors_of(tenant.get(step.path))
        if not left:
            return
    types = ", ".join(sorted({factor.type for factor in left}))
    raise ManagementError(f"The tenant {tenant.domain} answers that it removed them, and still lists: {types}")


def _listed(steps: Sequence[Step]) -> str:
    return ", ".join(step.what for step in steps)


def _lacking_sentence(domain: str, lacking: Sequence[str]) -> str:
    return (
        f"The credentials for the tenant {domain} may not reset second factors, and nothing was touched: they lack {', '.join(lacking)}. "
        f"Grant these scopes to their application: {WHERE_TO_GRANT}. For support staff, make an application of its own that has "
        f"these scopes and no others: {', '.join(SCOPES)}."
    )
