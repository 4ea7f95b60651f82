"""
What of an environment's settings its plan with Auth0 does not include, as far as Auth0 publishes it.

Only asked where the environment names its plan (`tenant.plan`): the tenant itself tells nobody. What is not named here is taken to be on
every plan; an add-on counts as included where it can be bought.

Not here: the local tenant's own table (`localtenant/management/entitlements.py`).
Source: https://auth0.com/pricing as transcribed by Auth0 in auth0/agent-skills, `feature-audit-pricing.md` (read 2026-11-25);
https://auth0.com/docs/manage-users/sessions/session-lifecycle (session limits)
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from .demands import owns
from .settings_faults import Fault
from .settings_model import Settings

PLANS = ("free", "essentials", "professional", "enterprise")  # least first


@dataclass(frozen=True, kw_only=True)
class Feature:
    """Something that a setting asks for; `remedy` is how to do without it."""

    key: str  # below guestlist:
    what: str
    least: str
    asked: Callable[[Settings], bool]
    remedy: str


FEATURES = (
    Feature(
        key="mfa.factors",
        what="a second factor",
        least="essentials",
        asked=lambda settings: settings.mfa.enabled and settings.ownership.mfa == "own",
        remedy="write mfa.enabled: false to try the rest",
    ),
    Feature(
        key="email.service",
        what="an email provider of one's own",
        least="essentials",
        asked=lambda settings: owns(settings, "email-provider"),
        remedy="write ownership.emailProvider: leave to try the rest",
    ),
    Feature(
        key="ownership.resetEmail",
        what="a mail template of one's own",
        least="essentials",
        asked=lambda settings: owns(settings, "reset-email"),
        remedy="write ownership.resetEmail: leave to try the rest",
    ),
    Feature(
        key="phone.enrollmentText",
        what="texts of one's own in Guardian's messages",
        least="essentials",
        asked=lambda settings: (
            settings.phone.experience == "legacy"
            and settings.ownership.phone == "own"
            and bool(settings.phone.enrollment_text or settings.phone.verification_text)
        ),
        remedy="take the texts out",
    ),
    Feature(
        key="attackProtection.breachedPasswords",
        what="breached password detection",
        least="professional",
        asked=lambda settings: (
            owns(settings, "breached-passwords") and settings.attack_protection.breached_passwords == "block"
        ),
        remedy="take the line out",
    ),
    Feature(
        key="attackProtection.botDetection",
        what="bot detection",
        least="enterprise",
        asked=lambda settings: owns(settings, "bots"),
        remedy="take the line out",
    ),
    Feature(
        key="sessions.lifetimeHours",
        what="sessions of more than 720 hours",
        least="enterprise",
        asked=lambda settings: owns(settings, "sessions") and (settings.sessions.lifetime_hours or 0) > 720,
        remedy="write 720 or less",
    ),
    Feature(
        key="sessions.idleLifetimeHours",
        what="sessions that may be idle for more than 72 hours",
        least="enterprise",
        asked=lambda settings: owns(settings, "sessions") and (settings.sessions.idle_lifetime_hours or 0) > 72,
        remedy="write 72 or less",
    ),
)


def lacking(settings: Settings, plan: str) -> Mapping[str, Feature]:
    """By key: what a plan does not include of that which the settings ask for."""
    order = PLANS.index
    return {
        feature.key: feature for feature in FEATURES if order(plan) < order(feature.least) and feature.asked(settings)
    }


def entitlement_faults(settings: Settings, *, file: str) -> list[Fault]:
    """Say so, a line each; nothing where the environment does not name its plan."""
    if settings.tenant.plan is None:
        return []
    return [
        Fault(
            file=file,
            key=f"guestlist:{key}",
            problem=f"asks for {feature.what}, which the plan {settings.tenant.plan} does not include",
            remedy=f"{feature.least} does; {feature.remedy}, or take tenant.plan out if your contract says otherwise",
        )
        for key, feature in lacking(settings, settings.tenant.plan).items()
    ]
