"""
Tenant settings: GET and PATCH /tenants/settings.

A PATCH merges objects member by member (`flags`, the custom pages, …), replaces lists and deletes what is null. Two flags show in a
PATCH's answer only, the sandbox versions in a GET's only. An unset `default_redirection_uri` is absent, other empty strings stay.
Source: https://auth0.com/docs/api/management/v2/tenants and the recordings of the provider's own tests (v1.54.1); the defaults of a
fresh tenant are those recorded on the SDK's youngest tenant (TestAccTenant_CountryCodes), with the Unified Phone Experience on, as
Auth0 gives it to every new tenant (https://auth0.com/docs/customize/phone-messages/unified-phone).
"""

from typing import Any

from localtenant.errors import NotEmulated
from localtenant.management.endpoint import JSON, Call, endpoint
from localtenant.management.fields import asked
from localtenant.management.merging import merged
from localtenant.store import Document
from localtenant.tenant import Tenant, on_fresh_tenant

SETTINGS = "tenant_settings"
SANDBOX_VERSIONS = ["22", "18"]
MINUTES = "_in_minutes"
FLAGS_OF_A_PATCH = (
    "cannot_change_enforce_client_authentication_on_passwordless_start",
    "enforce_client_authentication_on_passwordless_start",
)
FRESH: Document = {
    "enabled_locales": ["en"],
    "flags": {
        "allow_changing_enable_sso": False,
        "cannot_change_enforce_client_authentication_on_passwordless_start": True,
        "disable_impersonation": True,
        "enable_sso": True,
        "enforce_client_authentication_on_passwordless_start": True,
        "new_universal_login_experience_enabled": True,
        "universal_login": True,
        "revoke_refresh_token_grant": False,
        "disable_clickjack_protection_headers": False,
    },
    "sandbox_version": SANDBOX_VERSIONS[0],
    "oidc_logout": {"rp_logout_end_session_endpoint_discovery": True},
    "resource_parameter_profile": "audience",
    "phone_consolidated_experience": True,
    "client_id_metadata_document_supported": False,
}


@on_fresh_tenant(order=10)
def seed(tenant: Tenant) -> None:
    tenant.set_singleton(SETTINGS, FRESH)


@endpoint("GET", "/tenants/settings")
def read_settings(call: Call) -> JSON:
    settings = _settings(call.tenant)
    flags = {name: value for name, value in settings["flags"].items() if name not in FLAGS_OF_A_PATCH}
    document = {
        **settings,
        "flags": flags,
        "universal_login": _universal_login(call.tenant),
        "sandbox_versions_available": SANDBOX_VERSIONS,
    }
    return asked(call, document)


@endpoint("PATCH", "/tenants/settings")
def update_settings(call: Call) -> JSON:
    body = {name: value for name, value in call.body.items() if name != "universal_login"}
    _mirror_colours(call.tenant, call.body.get("universal_login") or {})
    settings = merged(_settings(call.tenant), _in_hours(body))
    if not settings.get("default_redirection_uri"):
        settings.pop("default_redirection_uri", None)
    settings.setdefault("flags", {})  # `flags: null` empties it and leaves an object
    call.tenant.set_singleton(SETTINGS, settings)
    return {**settings, "universal_login": {**_universal_login(call.tenant), **_customized(call.tenant)}}


def has_unified_phone_experience(tenant: Tenant) -> bool:
    """Whether phone providers are the tenant's (`/branding/phone`) and no longer Guardian's. On unless switched off."""
    return bool(_settings(tenant).get("phone_consolidated_experience", True))


def tenant_name(tenant: Tenant) -> str:
    """The name that documents carry in `tenant`: the first label of the domain."""
    return tenant.domain.partition(":")[0].partition(".")[0]


def _in_hours(body: Document) -> Document:
    """Lifetimes sent in minutes are kept and shown in hours (recorded: TestTenantManager of the SDK v1.46.0)."""
    in_hours = {
        name.removesuffix(MINUTES): value / 60 for name, value in body.items() if name.endswith(MINUTES) and value
    }
    return {**{name: value for name, value in body.items() if not name.endswith(MINUTES)}, **in_hours}


def _settings(tenant: Tenant) -> Document:
    return tenant.singleton(SETTINGS) or FRESH


def _mirror_colours(tenant: Tenant, universal_login: Document) -> None:
    """The colours are the branding's, whichever operation sets them (https://github.com/go-auth0/auth0/pull/177)."""
    if more := universal_login.keys() - {"colors"}:
        raise NotEmulated("PATCH", f"/tenants/settings with universal_login.{min(more)}")
    if colours := universal_login.get("colors"):
        tenant.set_singleton("branding", merged(tenant.singleton("branding") or {}, {"colors": colours}))


def _universal_login(tenant: Tenant) -> dict[str, Any]:
    """The branding's colours are shown here too (recorded: TestAccBranding beside TestAccTenantDefaults)."""
    colours = (tenant.singleton("branding") or {}).get("colors")
    return {"colors": colours} if colours else {}


def _customized(tenant: Tenant) -> dict[str, bool]:
    """What a PATCH, and only that, tells about the look of the login pages (recorded: TestAccTenant_EnableSSO, TestAccTenant_CountryCodes)."""
    return {
        "is_custom_theme_set": bool(tenant.store.all("branding_themes")),
        **({"is_custom_template_set": True} if tenant.singleton("universal_login_template") else {}),
    }
