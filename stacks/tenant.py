"""The tenant settings that the flow needs, and none beside them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import pulumi
import pulumi_auth0 as auth0

from .demands import owns
from .settings import Settings
from .tenant_backup import TenantBackup
from .wanted import asks_by_action

# Kept as they were when the provider creates the resource, and nobody's business of ours afterwards.
KEPT = (
    "acrValuesSupporteds",
    "countryCodes",
    "defaultTokenQuota",
    "errorPage",
    "mtls",
    "skipNonVerifiableCallbackUriConfirmationPrompt",
)


@dataclass(frozen=True, kw_only=True)
class TenantSettingsArgs:
    """Inputs of `TenantSettings`."""

    friendly_name: str
    support_email: str | None
    support_url: str | None
    default_redirection_uri: str  # https; where people go whom no application sent, e.g. from a password reset
    mfa_in_actions: bool  # an Action commands MFA
    languages: Sequence[str]  # empty: as the tenant has it; so are the next three
    session_lifetime_hours: int | None
    idle_session_lifetime_hours: int | None
    unified_phone_experience: bool | None
    backup: TenantBackup

    @classmethod
    def of(cls, settings: Settings, backup: TenantBackup) -> Self:
        """From the settings of an environment."""
        return cls(
            friendly_name=settings.tenant.friendly_name,
            support_email=settings.tenant.support_email,
            support_url=settings.tenant.support_url,
            default_redirection_uri=settings.application.initiate_login_uri,
            mfa_in_actions=asks_by_action(settings),
            languages=settings.languages if owns(settings, "languages") else (),
            session_lifetime_hours=settings.sessions.lifetime_hours if owns(settings, "sessions") else None,
            idle_session_lifetime_hours=settings.sessions.idle_lifetime_hours if owns(settings, "sessions") else None,
            unified_phone_experience=(
                settings.phone.experience == "unified" if owns(settings, "phone-experience") else None
            ),
            backup=backup,
        )


class TenantSettings(pulumi.ComponentResource):
    """
    Tenant settings: names people read, the default login route, MFA commanded by Actions, no new application on every connection.

    The provider nulls six nullable settings when it creates `auth0.Tenant` (v1.54.1, `fetchNullableFields`). They are given what the
    backup read, so that nothing of theirs is lost, and ignored afterwards.

    Not here: branding and texts (`branding.py`). Deleting this resource does nothing; `tenant_backup.py` restores.
    Source: https://auth0.com/docs/api/management/v2/tenants/patch-settings
    """

    tenant: auth0.Tenant

    def __init__(self, name: str, args: TenantSettingsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("guestlist:auth0:TenantSettings", name, None, opts)
        before = _settings_before(args.backup)
        self.tenant = auth0.Tenant(
            "tenant",
            friendly_name=args.friendly_name,
            support_email=args.support_email,
            support_url=args.support_url,
            default_redirection_uri=args.default_redirection_uri,
            # Without it enrollWith and challengeWith do not work: https://auth0.com/docs/secure/multi-factor-authentication/
            # customize-mfa/customize-mfa-selection-universal-login
            customize_mfa_in_postlogin_action=True if args.mfa_in_actions else _mfa_in_actions_before(args.backup),
            flags=auth0.TenantFlagsArgs(enable_client_connections=False),
            enabled_locales=list(args.languages) or None,
            session_lifetime=args.session_lifetime_hours,
            idle_session_lifetime=args.idle_session_lifetime_hours,
            phone_consolidated_experience=args.unified_phone_experience,
            acr_values_supporteds=before.apply(lambda settings: _list(settings, "acr_values_supported")),
            country_codes=before.apply(lambda settings: _one(settings, "country_codes")),
            default_token_quota=before.apply(lambda settings: _one(settings, "default_token_quota")),
            error_page=before.apply(lambda settings: _one(settings, "error_page")),
            mtls=before.apply(lambda settings: _one(settings, "mtls")),
            skip_non_verifiable_callback_uri_confirmation_prompt=before.apply(_skip_prompt),
            opts=pulumi.ResourceOptions(parent=self, retain_on_delete=True, ignore_changes=list(KEPT)),
        )
        self.register_outputs({"id": self.tenant.id})


def _settings_before(backup: TenantBackup) -> pulumi.Output[dict[str, Any]]:
    """
    What the backup read; nothing in a preview.

    The first preview does not know it yet, and the provider panics on an unknown `mtls` (v1.54.1, `validateTenant`). Later previews
    ignore these settings anyway.
    """
    if pulumi.runtime.is_dry_run():
        return pulumi.Output.from_input({})
    return backup.saved.apply(lambda saved: dict(json.loads(saved["tenant-settings"])["settings"]))


def _mfa_in_actions_before(backup: TenantBackup) -> pulumi.Output[bool]:
    """Not left out: an Action of ours that is switched off would leave it on."""
    return backup.saved.apply(
        lambda saved: bool(json.loads(saved["tenant-settings"])["settings"].get("customize_mfa_in_postlogin_action"))
    )


def _one(settings: dict[str, Any], key: str) -> Any:
    return settings.get(key)


def _list(settings: dict[str, Any], key: str) -> Sequence[str] | None:
    return settings.get(key)


def _skip_prompt(settings: dict[str, Any]) -> str | None:
    value = settings.get("skip_non_verifiable_callback_uri_confirmation_prompt")
    return None if value is None else str(value).lower()
