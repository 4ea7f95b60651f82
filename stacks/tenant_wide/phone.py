"""
Text messages: who sends them and what they say, in the tenant (Unified Phone Experience) and in Guardian (tenants from before 2025).

Auth0 never shows the provider's credentials, so one that was replaced cannot be put back.
Source: https://auth0.com/docs/customize/phone-messages/unified-phone, https://auth0.com/docs/api/management/v2/guardian
"""

from collections.abc import Mapping, Sequence
from typing import Any

from ..management import ManagementError
from ..ownership import Difference, Values
from .thing import NOT_ENTITLED, Reader, Saved, TenantWideThing, Writer, changed_from, flat

PROVIDERS = "/branding/phone/providers"
TEMPLATES = "/branding/phone/templates"
GUARDIAN = "/guardian/factors/sms"
SELECTED_SENDER = f"{GUARDIAN}/selected-provider"
PROVIDER_FIELDS = ("name", "disabled", "configuration")
CODE = "{{code}} is your verification code for {{tenant.friendly_name}}"
FRESH_IN_GUARDIAN: Mapping[str, Any] = {
    "provider": "auth0",
    "enrollment_message": f"{CODE}. Please enter this code to verify your enrollment.",
    "verification_message": CODE,
}


def _writes(what: str) -> tuple[str, ...]:
    return (f"create:{what}", f"delete:{what}", f"update:{what}")


def live_provider(tenant: Reader) -> Mapping[str, Any] | None:
    """A tenant has one at most."""
    providers = tenant.get(PROVIDERS).get("providers") or []
    return providers[0] if providers else None


def save_provider(tenant: Reader) -> Saved:
    """`{"provider": None}` for a tenant that has none; else what may be read of it."""
    live = live_provider(tenant)
    return {"provider": None if live is None else {key: live[key] for key in PROVIDER_FIELDS if key in live}}


def restore_provider(tenant: Writer, saved: Saved) -> None:
    """Ours goes. One that was there before is kept if it is still the same, and cannot come back if it was replaced."""
    live = live_provider(tenant)
    if live is None or (saved["provider"] is not None and save_provider(tenant) == saved):
        return
    tenant.delete(f"{PROVIDERS}/{live['id']}")


def lost_of_provider(saved: Saved) -> list[str]:
    """A provider that was there."""
    if saved["provider"] is None:
        return []
    sentence = (
        f"phone-provider: the tenant sent text messages through {saved['provider'].get('name', 'another one')} before, and Auth0 never "
        "shows its credentials: once replaced it cannot be put back, and the tenant is left without a provider."
    )
    return [sentence]


def live_template(tenant: Reader, kind: str) -> Mapping[str, Any] | None:
    """The template of one kind of message."""
    found = (one for one in tenant.get(TEMPLATES).get("templates") or [] if one["type"] == kind)
    return next(found, None)


def _text(name: str, kind: str) -> TenantWideThing:
    def save(tenant: Reader) -> Saved:
        live = live_template(tenant, kind)
        return {
            "template": None if live is None else {key: live[key] for key in ("content", "disabled") if key in live}
        }

    def restore(tenant: Writer, saved: Saved) -> None:
        live = live_template(tenant, kind)
        if live is None or (saved["template"] is not None and save(tenant) == saved):
            return
        path = f"{TEMPLATES}/{live['id']}"
        if saved["template"] is None:
            tenant.delete(path)
        else:
            tenant.patch(path, saved["template"])

    return TenantWideThing(
        name=name,
        setting="phone",
        save=save,
        restore=restore,
        values=lambda saved: flat(saved["template"] or {}),
        reads=("read:phone_templates",),
        writes=_writes("phone_templates"),
    )


def save_in_guardian(tenant: Reader) -> Saved:
    """`{"provider", "twilio", "templates"}`, a token is never kept; `{"unified": True}` where these are not Guardian's."""
    try:
        twilio = tenant.get(f"{GUARDIAN}/providers/twilio")
    except ManagementError as error:
        if error.status != 403 or error.error_code == NOT_ENTITLED:
            raise
        return {"unified": True}
    return {
        "provider": tenant.get(SELECTED_SENDER)["provider"],
        "twilio": {key: twilio.get(key) for key in ("sid", "from", "messaging_service_sid")},
        "templates": tenant.get(f"{GUARDIAN}/templates"),
    }


def restore_in_guardian(tenant: Writer, saved: Saved) -> None:
    """The texts and who sends them; Twilio's account only if none was there, because its token was never kept."""
    if "unified" in saved or save_in_guardian(tenant) in (saved, {"unified": True}):
        return
    if not any(saved["twilio"].values()):
        tenant.put(f"{GUARDIAN}/providers/twilio", {**saved["twilio"], "auth_token": None})
    tenant.put(f"{GUARDIAN}/templates", saved["templates"])
    tenant.put(SELECTED_SENDER, {"provider": saved["provider"]})


def values_in_guardian(saved: Saved) -> Values:
    """Flat: provider, Twilio's public part, both texts."""
    return {} if "unified" in saved else {"provider": saved["provider"], **saved["twilio"], **saved["templates"]}


def lost_in_guardian(saved: Saved) -> list[str]:
    """Twilio's token."""
    if "unified" in saved or not any(saved["twilio"].values()):
        return []
    return [
        "phone-in-guardian: the tenant had an account at Twilio, and Auth0 never shows its token: once replaced it cannot be put back."
    ]


def any_provider(found: Sequence[Difference], live: Values) -> list[Difference]:
    """One that is there is somebody's, whatever differs."""
    return list(found) if live else []


THINGS = (
    TenantWideThing(
        name="phone-provider",
        setting="phone",
        save=save_provider,
        restore=restore_provider,
        values=lambda saved: flat(saved["provider"] or {}),
        others=any_provider,
        cannot_restore=lost_of_provider,
        replaced="for good (Auth0 never shows its credentials, so destroy cannot put it back)",
        reads=("read:phone_providers",),
        writes=_writes("phone_providers"),
    ),
    _text("phone-enrollment-text", "otp_enroll"),
    _text("phone-verification-text", "otp_verify"),
    TenantWideThing(
        name="phone-in-guardian",
        setting="phone",
        save=save_in_guardian,
        restore=restore_in_guardian,
        values=values_in_guardian,
        others=changed_from(FRESH_IN_GUARDIAN),
        cannot_restore=lost_in_guardian,
        reads=("read:guardian_factors",),
        writes=("update:guardian_factors",),
    ),
)
