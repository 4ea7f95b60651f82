"""
The tenant's second factor: its policy and its factors.

Not here: the Action that asks first (`actions.py`).
Source: https://auth0.com/docs/secure/multi-factor-authentication/enable-mfa
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from guestlist.preview.picture import PENDING, Resource
from guestlist.preview.security.actions import bound_mfa_actions
from guestlist.preview.security.finding import Severity
from guestlist.preview.security.rule import Look, Worse, at, listed, rule, switched

ALWAYS = "all-applications"
POLICIES: Mapping[str, int] = {"never": 0, "confidence-score": 1, ALWAYS: 2}
# How hard it is to take over: a key that is bound to the page, a secret on a device, a code that travels.
STRENGTH: Mapping[str, int] = {
    "webauthnRoaming": 3,
    "webauthnPlatform": 3,
    "otp": 2,
    "push": 2,
    "duo": 2,
    "phone": 1,
    "email": 0,
}
PASSWORD_ALONE = "A stolen password is enough to get in."  # noqa: S105 - a sentence


def factors(guardian: Resource | None) -> set[str]:
    """Those that are on."""
    return {name for name in STRENGTH if at(guardian, name) is True or at(guardian, f"{name}.enabled") is True}


@rule(
    "mfa-removed",
    Severity.ERROR,
    why=PASSWORD_ALONE,
    remedy="Keep mfa.enabled true and ownership.mfa own; or have somebody else hold the tenant's policy, and allow this once.",
)
def mfa_removed(look: Look) -> Iterator[Worse]:
    """Guardian leaves the program: retained or not, nothing holds MFA on any more."""
    before, after = look.single("Guardian")
    if before is not None and after is None:
        yield Worse(resource=before, what="The program no longer asks for a second factor.")


@rule(
    "mfa-policy-weakened",
    Severity.ERROR,
    why=PASSWORD_ALONE,
    remedy=f"Leave Guardian's policy {ALWAYS}.",
)
def mfa_policy_weakened(look: Look) -> Iterator[Worse]:
    """From always to sometimes or never; a new one may ask never where an Action asks."""
    before, after = look.single("Guardian")
    if after is None:
        return
    new, old = str(at(after, "policy")), str(at(before, "policy"))
    if new not in POLICIES:
        return
    if before is None:
        weaker = new != ALWAYS and not bound_mfa_actions(look.pictures.after)
    else:
        weaker = POLICIES[new] < POLICIES.get(old, 0)
    if weaker:
        yield Worse(resource=after, what=f"The tenant's MFA policy is {new}" + (f"; it was {old}." if before else "."))


@rule(
    "mfa-no-factor",
    Severity.ERROR,
    why=f"A policy without a factor asks for nothing. {PASSWORD_ALONE}",
    remedy="Leave a factor switched on.",
)
def mfa_no_factor(look: Look) -> Iterator[Worse]:
    """None is left, or a new Guardian has none."""
    before, after = look.single("Guardian")
    if after is None or factors(after) or PENDING in after.inputs.values():
        return
    if before is None or factors(before):
        yield Worse(resource=after, what="No second factor is switched on.")


@rule(
    "mfa-factors-weakened",
    Severity.WARNING,
    why="A second factor counts as much as the weakest that people may choose: codes in text messages and mails can be intercepted.",
    remedy="Keep the stronger factors, and add no weaker one.",
)
def mfa_factors_weakened(look: Look) -> Iterator[Worse]:
    """The strongest goes, or a weaker one than all that were there comes."""
    before, after = look.single("Guardian")
    old, new = factors(before), factors(after)
    if before is None or after is None or not old or not new:
        return
    said = []
    if max(STRENGTH[one] for one in new) < max(STRENGTH[one] for one in old):
        said.append(f"{listed(sorted(old - new))} is gone, which was the strongest")
    if weaker := sorted(one for one in new - old if STRENGTH[one] < min(STRENGTH[two] for two in old)):
        said.append(f"{listed(weaker)} is weaker than all there were")
    if said:
        yield Worse(resource=after, what=f"Second factors are weaker: {listed(said)}.")


@rule(
    "mfa-in-actions-off",
    Severity.ERROR,
    why="enrollWith and challengeWith do nothing then: the Action that asks for the second factor asks for none.",
    remedy="Leave customizeMfaInPostloginAction true while such an Action is bound.",
)
def mfa_in_actions_off(look: Look) -> Iterator[Worse]:
    """The tenant setting that lets Actions command MFA."""
    before, after = look.single("Tenant")
    if after is None or not bound_mfa_actions(look.pictures.after):
        return
    if before is not None and switched(before, after, "customizeMfaInPostloginAction", to=False):
        yield Worse(resource=after, what="Actions may no longer command MFA.")


@rule(
    "mfa-skipped-by-connection",
    Severity.ERROR,
    why=PASSWORD_ALONE,
    remedy="Leave options.mfa.active of the connection true, or out.",
)
def mfa_skipped_by_connection(look: Look) -> Iterator[Worse]:
    """A connection whose people are not asked."""
    for before, after in look.pairs("Connection"):
        if switched(before, after, "options.mfa.active", to=False):
            yield Worse(
                resource=after, what=f"People of the connection {at(after, 'name')} are not asked for a second factor."
            )


RULES = (
    mfa_removed,
    mfa_policy_weakened,
    mfa_no_factor,
    mfa_factors_weakened,
    mfa_in_actions_off,
    mfa_skipped_by_connection,
)
