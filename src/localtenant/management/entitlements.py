"""
What a subscription plan lacks: 403 `insufficient_entitlement`, asked after scopes and payload.

    feature → operations (and what in the payload asks for it) → the least plan that has it

Only what Auth0 publishes is here; a feature that is not named is entitled on every plan. An add-on counts as entitled where it can be bought.
Not here: how many of a thing a plan allows (Actions, Organizations, custom domains), rate limits (`rate_limits.py`).
Source: the words that are marked; and who has what, https://auth0.com/pricing as transcribed by Auth0 in auth0/agent-skills,
`feature-audit-pricing.md` (commit 15a8e83d, read 2026-11-25), unless a feature names a page of its own.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from localtenant.errors import ManagementError

Operations = tuple[str, tuple[str, ...]]  # methods joined by `|`, path templates
Asks = Callable[[Any], bool]  # whether this payload asks for the feature
HOURS_OF_SELF_SERVICE = {"session_lifetime": 30 * 24, "idle_session_lifetime": 3 * 24}
CODE = "insufficient_entitlement"


class Plan(StrEnum):
    """What `--plan` takes, least first."""

    FREE = "free"
    ESSENTIALS = "essentials"
    PROFESSIONAL = "professional"
    ENTERPRISE = "enterprise"


@dataclass(frozen=True, kw_only=True)
class Feature:
    """Something that a plan has or lacks; `words` are the message of the 403."""

    words: str
    least: Plan
    operations: tuple[Operations, ...]
    asks: Asks = lambda _: True
    code: str | None = CODE

    def concerns(self, method: str, path: str, body: Any) -> bool:
        """Whether this request asks for the feature."""
        named = any(method in methods.split("|") and path in paths for methods, paths in self.operations)
        return named and self.asks(body)


def check_entitlement(plan: Plan, method: str, path: str, body: Any) -> None:
    """
    Let the request pass if the plan has what it asks for; `path` is the template.

    Raises:
        ManagementError: 403 in the words of the first feature that the plan lacks.

    """
    order = list(Plan)
    for feature in FEATURES:
        if order.index(plan) < order.index(feature.least) and feature.concerns(method, path, body):
            raise ManagementError(403, feature.words, feature.code)


def _upgrade(feature: str) -> str:
    return f"Please upgrade your subscription to use {feature}"


def _has(name: str, *values: Any) -> Asks:
    """The member of the payload is one of these values."""
    return lambda body: isinstance(body, Mapping) and body.get(name) in values


def _inside(*steps: str) -> Asks:
    """There is something, not empty, below these members of the payload."""

    def asks(body: Any) -> bool:
        for step in steps:
            body = body.get(step) if isinstance(body, Mapping) else None
        return bool(body)

    return asks


def _either(*asked: Asks) -> Asks:
    return lambda body: any(asks(body) for asks in asked)


def _stays_on(body: Any) -> bool:
    """Switching something off is always allowed: that is how a deployment takes itself back."""
    return not (isinstance(body, Mapping) and body.get("enabled") is False)


def _adaptive(body: Any) -> bool:
    return isinstance(body, list) and "confidence-score" in body


def _long_sessions(body: Any) -> bool:
    return any((body.get(name) or 0) > most for name, most in HOURS_OF_SELF_SERVICE.items())


FEATURES: tuple[Feature, ...] = (
    Feature(  # recorded, for all four: TestAccAttackProtection…InsufficientEntitlement (provider v1.54.1)
        words=_upgrade("bot detection"),
        least=Plan.ENTERPRISE,
        operations=(("GET|PATCH", ("/attack-protection/bot-detection", "/attack-protection/captcha")),),
    ),
    Feature(  # reading and switching it off are recorded as allowed on a tenant that lacks bot detection
        words=_upgrade("breached password detection"),
        least=Plan.PROFESSIONAL,
        operations=(("PATCH", ("/attack-protection/breached-password-detection",)),),
        asks=_has("enabled", True),
    ),
    Feature(
        words=_upgrade("Credential Guard"),
        least=Plan.ENTERPRISE,
        operations=(("PATCH", ("/attack-protection/breached-password-detection",)),),
        asks=_has("method", "enhanced"),
    ),
    Feature(  # https://auth0.com/docs/secure/multi-factor-authentication/multi-factor-authentication-factors
        words=_upgrade("multi-factor authentication"),
        least=Plan.ESSENTIALS,
        operations=(("PUT", ("/guardian/factors/{name}",)),),
        asks=_has("enabled", True),
    ),
    Feature(  # "subscription required": https://auth0.com/docs/api/management/v2/guardian/put-factor-phone-templates
        words=_upgrade("custom phone messages"),
        least=Plan.ESSENTIALS,
        operations=(("PUT", ("/guardian/factors/phone/templates", "/guardian/factors/sms/templates")),),
    ),
    Feature(  # Enterprise and add-on: …/docs/secure/multi-factor-authentication/adaptive-mfa; auth0-deploy-cli pull 1493
        words=_upgrade("Adaptive MFA"),
        least=Plan.ENTERPRISE,
        operations=(("PUT", ("/guardian/policies",)),),
        asks=_adaptive,
    ),
    Feature(  # words quoted in terraform-provider-auth0 issue 1362, code and reads in auth0-deploy-cli pull 1493
        words="This feature is not enabled for this tenant.",
        least=Plan.ENTERPRISE,
        operations=(("GET|PATCH", ("/risk-assessments/settings", "/risk-assessments/settings/new-device")),),
    ),
    Feature(
        words=_upgrade("custom email providers"),
        least=Plan.ESSENTIALS,
        operations=(("POST|PATCH", ("/emails/provider",)),),
        asks=_stays_on,
    ),
    Feature(
        words=_upgrade("custom email templates"),
        least=Plan.ESSENTIALS,
        operations=(("POST", ("/email-templates",)), ("PUT|PATCH", ("/email-templates/{templateName}",))),
        asks=_stays_on,
    ),
    Feature(  # words: …/docs/customize/email/email-templates/customize-email-templates; tenants made since 2026-05-05
        words="Customizations for resultUrl are not allowed for non-enterprise tenants",
        least=Plan.ENTERPRISE,
        operations=(("POST", ("/email-templates",)), ("PUT|PATCH", ("/email-templates/{templateName}",))),
        asks=_inside("resultUrl"),
        code=None,
    ),
    Feature(
        words=_upgrade("customized signup and login prompts"),
        least=Plan.ESSENTIALS,
        operations=(("PUT", ("/prompts/{prompt}/partials",)),),
        asks=bool,
    ),
    Feature(
        words=_upgrade("custom databases"),
        least=Plan.PROFESSIONAL,
        operations=(("POST", ("/connections",)), ("PATCH", ("/connections/{id}",))),
        asks=_inside("options", "enabledDatabaseCustomization"),
    ),
    Feature(  # words quoted in public from POST /client-grants (read 2026-11-25)
        words=_upgrade("Machine to Machine access to Organizations."),
        least=Plan.PROFESSIONAL,
        operations=(("POST", ("/client-grants",)), ("PATCH", ("/client-grants/{id}",))),
        asks=_either(_has("organization_usage", "allow", "require"), _has("allow_any_organization", True)),
    ),
    Feature(  # …/docs/get-started/applications/configure-private-key-jwt
        words=_upgrade("Private Key JWT"),
        least=Plan.ENTERPRISE,
        operations=(("POST", ("/clients",)), ("PATCH", ("/clients/{id}",))),
        asks=_inside("client_authentication_methods", "private_key_jwt"),
    ),
    Feature(
        words=_upgrade("OIDC Back-Channel Logout"),
        least=Plan.ENTERPRISE,
        operations=(("POST", ("/clients",)), ("PATCH", ("/clients/{id}",))),
        asks=_either(
            _inside("oidc_logout", "backchannel_logout_urls"),
            _inside("oidc_backchannel_logout", "backchannel_logout_urls"),
        ),
    ),
    Feature(  # …/docs/customize/custom-domains/self-managed-certificates
        words=_upgrade("self-managed certificates"),
        least=Plan.ENTERPRISE,
        operations=(("POST", ("/custom-domains",)),),
        asks=_has("type", "self_managed_certs"),
    ),
    Feature(  # 3 days idle, 30 in all: …/docs/manage-users/sessions/session-lifecycle
        words=_upgrade("long lived sessions"),
        least=Plan.ENTERPRISE,
        operations=(("PATCH", ("/tenants/settings",)),),
        asks=_long_sessions,
    ),
    Feature(  # "available to customers on Enterprise plans": …/docs/manage-users/sessions/manage-user-sessions-with-auth0-management-api
        words=_upgrade("session management"),
        least=Plan.ENTERPRISE,
        operations=(("GET|DELETE", ("/users/{user_id}/sessions",)),),
    ),
    Feature(  # the same words: …/docs/secure/tokens/manage-refresh-tokens-with-auth0-management-api
        words=_upgrade("refresh token management"),
        least=Plan.ENTERPRISE,
        operations=(("GET|DELETE", ("/users/{user_id}/refresh-tokens",)),),
    ),
    Feature(  # words quoted in auth0-cli issue 1196 and auth0-deploy-cli issue 1076, from an Essentials tenant
        words="Please upgrade your subscription to enable Tenant ACL Management.",
        least=Plan.ENTERPRISE,
        operations=(("GET", ("/network-acls",)),),
    ),
)
