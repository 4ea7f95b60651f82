"""
The tenant-wide things that the program writes: what is there now, and how to put it back.

A thing exists once per tenant and is shared by all its applications, so what was there before us belongs to somebody. Each has a name,
a function that reads it (GETs only) and one that writes it back. What was read is plain JSON, without a secret in it; restoring writes
the same values however often it is called, so a run that was killed half-way may simply be repeated.

    tenant-settings   the settings that the program sets, and those that the provider nulls when it creates `auth0.Tenant`
    guardian          the MFA policy, the phone factor and its message types; the other factors are never touched
    email-provider    what may be read of it; its credentials are never shown, so one that was replaced cannot be put back
    reset-email       the change-password template

Not here: post-login bindings (`post_login_backup.py`: they have to be put back before our Actions can be deleted).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .management import ManagementClient, ManagementError

Saved = dict[str, Any]

# What to write where the tenant had no value: the type's empty value (PATCH /tenants/settings refuses null for these).
SETTINGS_WE_SET: Mapping[str, Any] = {
    "friendly_name": "",
    "support_email": "",
    "support_url": "",
    "default_redirection_uri": "",
    "customize_mfa_in_postlogin_action": None,  # this one may be null
}
FLAGS_WE_SET: Mapping[str, bool] = {"enable_client_connections": True}

# The provider sends null for each of these when it creates `auth0.Tenant` (v1.54.1, internal/auth0/tenant/expand.go, fetchNullableFields).
SETTINGS_NULLED_BY_PROVIDER = (
    "acr_values_supported",
    "country_codes",
    "default_token_quota",
    "error_page",
    "mtls",
    "skip_non_verifiable_callback_uri_confirmation_prompt",
)

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


@dataclass(frozen=True, kw_only=True)
class TenantWideThing:
    """
    One of the above.

    `cannot_restore` gives the sentences about what a later restore will not bring back.
    """

    name: str
    save: Callable[[ManagementClient], Saved]
    restore: Callable[[ManagementClient, Saved], None]
    cannot_restore: Callable[[Saved], list[str]]


def _nothing_lost(_saved: Saved) -> list[str]:
    return []


def save_tenant_settings(tenant: ManagementClient) -> Saved:
    """`{"settings": …, "flags": …}`; a key that the tenant does not show is absent."""
    live = tenant.get("/tenants/settings")
    flags = live.get("flags") or {}
    keys = (*SETTINGS_WE_SET, *SETTINGS_NULLED_BY_PROVIDER)
    return {
        "settings": {key: live[key] for key in keys if live.get(key) is not None},
        "flags": {key: flags[key] for key in FLAGS_WE_SET if flags.get(key) is not None},
    }


def restore_tenant_settings(tenant: ManagementClient, saved: Saved) -> None:
    """One PATCH of those keys above that differ, and no other."""
    live = tenant.get("/tenants/settings")
    empty = {**SETTINGS_WE_SET, **dict.fromkeys(SETTINGS_NULLED_BY_PROVIDER)}
    body = _differences(live, saved["settings"], empty)
    flags = _differences(live.get("flags") or {}, saved["flags"], FLAGS_WE_SET)
    if flags:
        body["flags"] = flags
    if body:
        tenant.patch("/tenants/settings", body)


def _differences(live: Saved, saved: Saved, empty: Mapping[str, Any]) -> Saved:
    """What to write for each key of `empty` so that `live` reads as `saved`; a text that is empty is as good as none."""
    return {
        key: saved.get(key, nothing)
        for key, nothing in empty.items()
        if (live.get(key) or None if isinstance(nothing, str) else live.get(key)) != saved.get(key)
    }


def save_guardian(tenant: ManagementClient) -> Saved:
    """`{"policies": […], "phone": {"enabled", "message_types" or None}}`."""
    factors = {factor["name"]: factor["enabled"] for factor in tenant.get("/guardian/factors")}
    try:
        message_types = tenant.get("/guardian/factors/phone/message-types").get("message_types")
    except ManagementError as error:
        if error.status not in {400, 404}:  # a tenant may not show them while the factor is off
            raise
        message_types = None
    return {
        "policies": tenant.get("/guardian/policies"),
        "phone": {"enabled": factors.get("sms", False), "message_types": message_types},
    }


def restore_guardian(tenant: ManagementClient, saved: Saved) -> None:
    """The phone factor's name in the API is `sms`. Message types can be written only while it is on."""
    phone = saved["phone"]
    tenant.put("/guardian/policies", saved["policies"])
    if phone["message_types"]:
        tenant.put("/guardian/factors/sms", {"enabled": True})
        tenant.put("/guardian/factors/phone/message-types", {"message_types": phone["message_types"]})
    tenant.put("/guardian/factors/sms", {"enabled": phone["enabled"]})


PROVIDER_FIELDS = ("name", "enabled", "default_from_address")
PUBLIC_CREDENTIALS = ("smtp_host", "smtp_port", "smtp_user", "region", "domain")


def save_email_provider(tenant: ManagementClient) -> Saved:
    """
    `{"provider": None}` for a tenant that has none; else what may be read of it.

    Source: GET /api/v2/emails/provider answers without secrets, so this is not enough to make it again.
    """
    live = tenant.get_or_none("/emails/provider")
    if live is None:
        return {"provider": None}
    credentials = live.get("credentials") or {}
    return {
        "provider": {
            **{key: live[key] for key in PROVIDER_FIELDS if live.get(key) is not None},
            "credentials": {key: credentials[key] for key in PUBLIC_CREDENTIALS if credentials.get(key) is not None},
        }
    }


def restore_email_provider(tenant: ManagementClient, saved: Saved) -> None:
    """Ours goes. One that was there before is kept if it is still the same, and cannot come back if it was replaced."""
    if saved["provider"] is not None and save_email_provider(tenant) == saved:
        return
    try:
        tenant.delete("/emails/provider")
    except ManagementError as error:
        if error.status != 404:
            raise


def lost_of_email_provider(saved: Saved) -> list[str]:
    """Source: GET /api/v2/emails/provider answers without secrets."""
    if saved["provider"] is None:
        return []
    sentence = (
        f"email-provider: the tenant sent through {saved['provider'].get('name', 'another one')} before, and Auth0 never shows its "
        "credentials: once replaced it cannot be put back, and the tenant is left without a provider."
    )
    return [sentence]


def save_reset_email(tenant: ManagementClient) -> Saved:
    """`{"template": None}` for a tenant that never customized it."""
    live = tenant.get_or_none("/email-templates/reset_email")
    return {"template": None if live is None else {key: live[key] for key in TEMPLATE_FIELDS if key in live}}


def restore_reset_email(tenant: ManagementClient, saved: Saved) -> None:
    """One PATCH of what differs. A template cannot be deleted: one that was not there before is disabled, as the provider does."""
    live = tenant.get_or_none("/email-templates/reset_email")
    if live is None:  # never written: the first `up` ended before it
        return
    before = {"enabled": False} if saved["template"] is None else saved["template"]
    absent = {"enabled": None} if saved["template"] is None else TEMPLATE_FIELDS_WHEN_ABSENT
    body = {key: before.get(key, nothing) for key, nothing in absent.items() if live.get(key) != before.get(key)}
    if body:
        tenant.patch("/email-templates/reset_email", body)


def lost_of_reset_email(saved: Saved) -> list[str]:
    """Source: the Management API has no DELETE for email templates."""
    if saved["template"] is not None:
        return []
    return ["reset-email: the template did not exist and cannot be deleted; it stays behind, disabled."]


# In the order in which they are restored: a template before the provider that it needs.
TENANT_WIDE_THINGS: Mapping[str, TenantWideThing] = {
    thing.name: thing
    for thing in (
        TenantWideThing(name="guardian", save=save_guardian, restore=restore_guardian, cannot_restore=_nothing_lost),
        TenantWideThing(
            name="reset-email", save=save_reset_email, restore=restore_reset_email, cannot_restore=lost_of_reset_email
        ),
        TenantWideThing(
            name="email-provider",
            save=save_email_provider,
            restore=restore_email_provider,
            cannot_restore=lost_of_email_provider,
        ),
        TenantWideThing(
            name="tenant-settings",
            save=save_tenant_settings,
            restore=restore_tenant_settings,
            cannot_restore=_nothing_lost,
        ),
    )
}
