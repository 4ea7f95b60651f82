"""
The email provider and the change-password template, which is also the invitation.

Auth0 never shows a provider's credentials, so one that was replaced cannot be put back; and it has no delete for a template.
Source: https://auth0.com/docs/api/management/v2/emails/get-provider, …/email-templates/patch-email-templates-by-template-name
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from ..management import ManagementError
from ..ownership import Difference, Values
from .thing import Reader, Saved, TenantWideThing, Writer

PROVIDER = "/emails/provider"
TEMPLATE = "/email-templates/reset_email"
PROVIDER_FIELDS = ("name", "enabled", "default_from_address")
PUBLIC_CREDENTIALS = ("smtp_host", "smtp_port", "smtp_user", "region", "domain")
TEMPLATE_FIELDS = (
    "body",
    "from",
    "subject",
    "syntax",
    "urlLifetimeInSeconds",
    "includeEmailInRedirect",
    "enabled",
)  # resultUrl is never ours, and a 403 on tenants made after 2026-05-05

# What to write for a field that the template did not have: null, which this one may not be.
TEMPLATE_FIELDS_WHEN_ABSENT: Mapping[str, Any] = {**dict.fromkeys(TEMPLATE_FIELDS), "includeEmailInRedirect": False}


def save_email_provider(tenant: Reader) -> Saved:
    """`{"provider": None}` for a tenant that has none; else what may be read of it, which is not enough to make it again."""
    live = tenant.get_or_none(PROVIDER)
    if live is None:
        return {"provider": None}
    credentials = live.get("credentials") or {}
    return {
        "provider": {
            **{key: live[key] for key in PROVIDER_FIELDS if live.get(key) is not None},
            "credentials": {key: credentials[key] for key in PUBLIC_CREDENTIALS if credentials.get(key) is not None},
        }
    }


def restore_email_provider(tenant: Writer, saved: Saved) -> None:
    """Ours goes. One that was there before is kept if it is still the same, and cannot come back if it was replaced."""
    if saved["provider"] is not None and save_email_provider(tenant) == saved:
        return
    try:
        tenant.delete(PROVIDER)
    except ManagementError as error:
        if error.status != 404:
            raise


def values_of_email_provider(saved: Saved) -> Values:
    """Its public credentials beside its other fields."""
    provider = saved["provider"] or {}
    fields = {key: value for key, value in provider.items() if key != "credentials"}
    return {**fields, **provider.get("credentials", {})}


def lost_of_email_provider(saved: Saved) -> list[str]:
    """A provider that was there."""
    if saved["provider"] is None:
        return []
    sentence = (
        f"email-provider: the tenant sent through {saved['provider'].get('name', 'another one')} before, and Auth0 never shows its "
        "credentials: once replaced it cannot be put back, and the tenant is left without a provider."
    )
    return [sentence]


def save_reset_email(tenant: Reader) -> Saved:
    """`{"template": None}` for a tenant that never customized it."""
    live = tenant.get_or_none(TEMPLATE)
    return {"template": None if live is None else {key: live[key] for key in TEMPLATE_FIELDS if key in live}}


def restore_reset_email(tenant: Writer, saved: Saved) -> None:
    """One PATCH of what differs. A template cannot be deleted: one that was not there before is disabled, as the provider does."""
    live = tenant.get_or_none(TEMPLATE)
    if live is None:  # never written: the first `up` ended before it
        return
    before = {"enabled": False} if saved["template"] is None else saved["template"]
    absent = {"enabled": None} if saved["template"] is None else TEMPLATE_FIELDS_WHEN_ABSENT
    body = {key: before.get(key, nothing) for key, nothing in absent.items() if live.get(key) != before.get(key)}
    if body:
        tenant.patch(TEMPLATE, body)


def values_of_reset_email(saved: Saved) -> Values:
    """Its body as a digest."""
    template = dict(saved["template"] or {})
    return {**template, "body": digest(template["body"])} if "body" in template else template


def template_of_others(found: Sequence[Difference], live: Values) -> list[Difference]:
    """Of a template that is off no mail is made; destroy leaves such a one behind."""
    return list(found) if live.get("enabled") else []


def lost_of_reset_email(saved: Saved) -> list[str]:
    """A template that was not there."""
    if saved["template"] is not None:
        return []
    return ["reset-email: the template did not exist and cannot be deleted; it stays behind, disabled."]


def digest(text: str) -> str:
    """A long text is compared, not shown."""
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()[:16]


# In the order in which they are restored: the template before the provider that it needs.
THINGS = (
    TenantWideThing(
        name="reset-email",
        setting="resetEmail",
        save=save_reset_email,
        restore=restore_reset_email,
        values=values_of_reset_email,
        others=template_of_others,
        cannot_restore=lost_of_reset_email,
        reads=("read:email_templates",),
        writes=("create:email_templates", "update:email_templates"),
    ),
    TenantWideThing(
        name="email-provider",
        setting="emailProvider",
        save=save_email_provider,
        restore=restore_email_provider,
        values=values_of_email_provider,
        others=lambda found, live: list(found) if live else [],
        cannot_restore=lost_of_email_provider,
        replaced="for good (Auth0 never shows its credentials, so destroy cannot put it back)",
        reads=("read:email_provider",),
        writes=("create:email_provider", "update:email_provider", "delete:email_provider"),
    ),
)
