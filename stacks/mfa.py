"""The second factor of everybody, whatever an Action forgets."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import pulumi
import pulumi_auth0 as auth0

from .configuration import Secrets
from .demands import owns
from .ownership import ALWAYS
from .settings import Settings
from .tenant_backup import TenantBackup
from .tenant_wide.phone import FRESH_IN_GUARDIAN
from .wanted import WEBHOOK_IN_GUARDIAN

# The resource holds every factor of the tenant. What those that are not asked for are is not declared, seen as drift, or written.
OTHER_FACTORS = ("duo", "email", "push", "recoveryCode", "webauthnPlatform")
PROPERTY_OF = {"sms": "phone", "otp": "otp", "webauthn": "webauthnRoaming"}


@dataclass(frozen=True, kw_only=True)
class MfaArgs:
    """Inputs of `Mfa`."""

    protect: bool
    factors: tuple[str, ...]  # of sms, otp, webauthn
    policy: pulumi.Input[str]  # all-applications, confidence-score or never
    keeps_policy: bool  # the policy is somebody else's
    keeps_phone: bool  # so is who sends text messages, in tenants from before 2025: `phone` is what they chose
    phone: Mapping[str, pulumi.Input[str]] | None  # tenants from before 2025: provider, and its options
    depends_on: tuple[pulumi.Resource, ...]  # the phone experience, the provider

    @classmethod
    def of(
        cls, settings: Settings, secrets: Secrets, backup: TenantBackup, *, depends_on: tuple[pulumi.Resource, ...]
    ) -> Self | None:
        """From the settings and secrets of an environment; `None` if MFA is off, or not ours to set."""
        if not settings.mfa.enabled or settings.ownership.mfa != "own":
            return None
        keeps_policy = not owns(settings, "mfa-policy")
        keeps_phone = settings.phone.experience == "legacy" and not owns(settings, "phone-in-guardian")
        phone = _phone_in_guardian(settings, secrets, backup) if owns(settings, "phone-in-guardian") else None
        return cls(
            protect=settings.protect,
            factors=settings.mfa.factors,
            policy=_policy_before(backup) if keeps_policy else ALWAYS,
            keeps_policy=keeps_policy,
            keeps_phone=keeps_phone,
            phone={"provider": _sender_before(backup)} if keeps_phone else phone,
            depends_on=depends_on,
        )


class Mfa(pulumi.ComponentResource):
    """
    The tenant's MFA policy and the factors that we ask for.

    The policy "always" runs after every Action, so it is the backstop: `require-mfa` (`actions.py`) asks first. Where the policy is left as
    it was (`mfa.appliesTo: clients`), the Action alone asks. Who sends text messages belongs to the Unified Phone Experience, which new
    tenants have (`phone.py`); to Guardian in older ones.

    Deleting the resource would switch every factor of the tenant off; it is retained, and `tenant_backup.py` puts back what was there.
    Source: https://auth0.com/docs/secure/multi-factor-authentication/enable-mfa,
    https://auth0.com/docs/customize/phone-messages/unified-phone/migrate-to-unified-phone-experience-with-terraform
    """

    guardian: auth0.Guardian

    def __init__(self, name: str, args: MfaArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("guestlist:auth0:Mfa", name, None, opts)
        ignored = [*OTHER_FACTORS, *(PROPERTY_OF[factor] for factor in PROPERTY_OF if factor not in args.factors)]
        if args.keeps_policy:
            ignored.append("policy")
        if args.keeps_phone and "sms" in args.factors:
            ignored += ["phone.provider", "phone.options"]
        self.guardian = auth0.Guardian(
            "guardian",
            policy=args.policy,
            phone=_phone(args.phone) if "sms" in args.factors else None,
            otp=True if "otp" in args.factors else None,
            webauthn_roaming=auth0.GuardianWebauthnRoamingArgs(enabled=True) if "webauthn" in args.factors else None,
            opts=pulumi.ResourceOptions(
                parent=self,
                protect=args.protect,
                retain_on_delete=True,
                ignore_changes=ignored,
                depends_on=list(args.depends_on),
            ),
        )
        self.register_outputs({"policy": self.guardian.policy})


def _policy_before(backup: TenantBackup) -> pulumi.Output[str]:
    """What the tenant asks for by itself. A first preview does not know it yet; later ones ignore it."""
    if pulumi.runtime.is_dry_run():
        return pulumi.Output.from_input("never")
    return backup.policy_before.apply(lambda policies: (json.loads(policies) or ["never"])[0])


def _sender_before(backup: TenantBackup) -> pulumi.Output[str]:
    """Who sends text messages in a tenant from before 2025: the provider cannot leave it out when it begins. As `_policy_before`."""
    if pulumi.runtime.is_dry_run():
        return pulumi.Output.from_input("auth0")
    return backup.sender_before.apply(lambda sender: sender or "auth0")


def _phone(in_guardian: Mapping[str, pulumi.Input[str]] | None) -> auth0.GuardianPhoneArgs:
    if in_guardian is None:
        return auth0.GuardianPhoneArgs(enabled=True, message_types=["sms"])
    options = {key: value for key, value in in_guardian.items() if key != "provider"}
    return auth0.GuardianPhoneArgs(
        enabled=True,
        message_types=["sms"],
        provider=in_guardian["provider"],
        options=auth0.GuardianPhoneOptionsArgs(**options) if options else None,
    )


def _phone_in_guardian(settings: Settings, secrets: Secrets, backup: TenantBackup) -> Mapping[str, pulumi.Input[str]]:
    phone = settings.phone
    fields = {
        "provider": {"custom": WEBHOOK_IN_GUARDIAN}.get(phone.provider or "", phone.provider or "auth0"),
        "sid": phone.twilio_sid,
        "auth_token": secrets.twilio_auth_token if phone.provider == "twilio" else None,
        "from_": phone.from_number,
        "messaging_service_sid": phone.messaging_service_sid,
        "enrollment_message": phone.enrollment_text or _text_before(backup, "enrollment_message"),
        "verification_message": phone.verification_text or _text_before(backup, "verification_message"),
    }
    return {key: value for key, value in fields.items() if value is not None}


def _text_before(backup: TenantBackup, name: str) -> pulumi.Output[str]:
    """What Guardian said; a fresh tenant's where nobody may read it yet. Auth0 takes both texts or none (PUT …/sms/templates)."""

    def text(saved: Mapping[str, str]) -> str:
        before = json.loads(saved.get("phone-in-guardian", "{}")).get("templates", FRESH_IN_GUARDIAN)
        return str(before[name])

    return backup.saved.apply(text)
