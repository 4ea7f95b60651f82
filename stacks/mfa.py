"""SMS as the second factor of everybody, whatever an Action forgets."""

from dataclasses import dataclass

import pulumi
import pulumi_auth0 as auth0

# The resource holds every factor of the tenant; ours is the phone. What the others are is not declared, seen as drift, or written.
OTHER_FACTORS = ("duo", "email", "otp", "push", "recoveryCode", "webauthnPlatform", "webauthnRoaming")


@dataclass(frozen=True, kw_only=True)
class SmsMfaArgs:
    """Inputs of `SmsMfa`."""

    protect: bool


class SmsMfa(pulumi.ComponentResource):
    """
    The policy "always" and the phone factor, by SMS.

    The policy runs after every Action, so it is the backstop: `require-mfa` (`actions.py`) asks first. Provider and texts of the messages
    belong to the Unified Phone Experience, which new tenants have; here only `enabled` and `message_types`.

    Deleting the resource would switch every factor of the tenant off; it is retained, and `tenant_backup.py` puts back what was there.
    Source: https://auth0.com/docs/secure/multi-factor-authentication/enable-mfa,
    https://auth0.com/docs/customize/phone-messages/unified-phone/migrate-to-unified-phone-experience-with-terraform
    """

    guardian: auth0.Guardian

    def __init__(self, name: str, args: SmsMfaArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("guestlist:auth0:SmsMfa", name, None, opts)
        self.guardian = auth0.Guardian(
            "guardian",
            policy="all-applications",
            phone=auth0.GuardianPhoneArgs(enabled=True, message_types=["sms"]),
            opts=pulumi.ResourceOptions(
                parent=self, protect=args.protect, retain_on_delete=True, ignore_changes=list(OTHER_FACTORS)
            ),
        )
        self.register_outputs({"policy": self.guardian.policy})
