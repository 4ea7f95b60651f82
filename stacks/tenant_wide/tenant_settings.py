"""
Settings of the tenant itself, in four parts, because an environment may want one without the others.

    tenant-settings    names people read, the default login route, MFA commanded by Actions, what a new application is enabled on;
                       and six that the provider nulls when it creates `auth0.Tenant`
    languages          which languages the tenant's pages speak
    sessions           how long sessions live
    phone-experience   whether text messages belong to the tenant or to Guardian

Source: https://auth0.com/docs/api/management/v2/tenants/patch-settings
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..ownership import FLAG, Difference, Values
from .thing import Reader, Saved, TenantWideThing, Writer, body_to_restore, changed_from

PATH = "/tenants/settings"

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
# Of a fresh tenant. Source: https://auth0.com/docs/manage-users/sessions/session-lifecycle (7 and 3 days)
FRESH_SESSIONS: Mapping[str, Any] = {"session_lifetime": 168, "idle_session_lifetime": 72}
FRESH_LANGUAGES: Mapping[str, Any] = {"enabled_locales": ["en"]}
FRESH_EXPERIENCE: Mapping[str, Any] = {"phone_consolidated_experience": True}
READS, WRITES = ("read:tenant_settings",), ("update:tenant_settings",)


def save_tenant_settings(tenant: Reader) -> Saved:
    """`{"settings": …, "flags": …}`; a key that the tenant does not show is absent."""
    live = tenant.get(PATH)
    flags = live.get("flags") or {}
    keys = (*SETTINGS_WE_SET, *SETTINGS_NULLED_BY_PROVIDER)
    return {
        "settings": {key: live[key] for key in keys if live.get(key) is not None},
        "flags": {key: flags[key] for key in FLAGS_WE_SET if flags.get(key) is not None},
    }


def restore_tenant_settings(tenant: Writer, saved: Saved) -> None:
    """One PATCH of those keys above that differ, and no other."""
    live = tenant.get(PATH)
    empty = {**SETTINGS_WE_SET, **dict.fromkeys(SETTINGS_NULLED_BY_PROVIDER)}
    body = body_to_restore(live, saved["settings"], empty)
    flags = body_to_restore(live.get("flags") or {}, saved["flags"], FLAGS_WE_SET)
    if flags:
        body["flags"] = flags
    if body:
        tenant.patch(PATH, body)


def values_of_tenant_settings(saved: Saved) -> Values:
    """Flags with their prefix; Auth0's default, where a tenant does not show one."""
    flags = {**FLAGS_WE_SET, **saved["flags"]}
    return {**saved["settings"], **{FLAG + flag: value for flag, value in flags.items()}}


def texts_of_others(found: Sequence[Difference], _live: Values) -> list[Difference]:
    """Switches have a fresh tenant's value or ours, there is no third."""
    return [one for one in found if isinstance(one.desired, str) and one.live]


def languages_of_others(found: Sequence[Difference], _live: Values) -> list[Difference]:
    """A language more is nobody's loss; one that would be dropped is, unless it is a fresh tenant's."""
    fresh = set(FRESH_LANGUAGES["enabled_locales"])
    return [one for one in found if set(one.live or ()) - set(one.desired) - fresh]


def write_settings(tenant: Writer, wanted: Values) -> None:
    """One PATCH; settings that are not named stay."""
    tenant.patch(PATH, dict(wanted))


def _some_settings(fresh: Mapping[str, Any]) -> tuple[Callable[[Reader], Saved], Callable[[Writer, Saved], None]]:
    """How to save and restore settings that Auth0 cannot unset, only write their default."""

    def save(tenant: Reader) -> Saved:
        live = tenant.get(PATH)
        return {key: live[key] for key in fresh if live.get(key) is not None}

    def restore(tenant: Writer, saved: Saved) -> None:
        live = tenant.get(PATH)
        body = {
            key: saved.get(key, default)
            for key, default in fresh.items()
            if live.get(key, default) != saved.get(key, default)
        }
        if body:
            tenant.patch(PATH, body)

    return save, restore


def _part(name: str, setting: str, fresh: Mapping[str, Any], others: Any) -> TenantWideThing:
    save, restore = _some_settings(fresh)
    return TenantWideThing(
        name=name,
        setting=setting,
        save=save,
        restore=restore,
        write=write_settings,
        values=lambda saved: {**fresh, **saved},
        others=others,
        reads=READS,
        writes=WRITES,
    )


THINGS = (
    TenantWideThing(
        name="tenant-settings",
        setting="tenantSettings",
        save=save_tenant_settings,
        restore=restore_tenant_settings,
        values=values_of_tenant_settings,
        others=texts_of_others,
        reads=READS,
        writes=WRITES,
    ),
    _part("languages", "tenantSettings", FRESH_LANGUAGES, languages_of_others),
    _part("sessions", "tenantSettings", FRESH_SESSIONS, changed_from(FRESH_SESSIONS)),
    _part("phone-experience", "phone", FRESH_EXPERIENCE, changed_from(FRESH_EXPERIENCE)),
)
