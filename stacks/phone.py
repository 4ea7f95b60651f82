"""Text messages in tenants with the Unified Phone Experience: who sends them, what they say."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import pulumi
import pulumi_auth0 as auth0

from .actions import ACTIONS, RUNTIME
from .configuration import Secrets
from .demands import owns
from .settings import Settings

WEBHOOK = "phone-webhook"
TEMPLATE_OF = {"phone-enrollment-text": "otp_enroll", "phone-verification-text": "otp_verify"}


@dataclass(frozen=True, kw_only=True)
class PhoneArgs:
    """Inputs of `Phone`."""

    provider: str | None  # twilio or custom; None: not declared
    in_guardian: bool  # an older tenant: Guardian sends, and only the Action of a web hook is declared here
    twilio_sid: str | None
    from_number: str | None
    messaging_service_sid: str | None
    twilio_auth_token: pulumi.Input[str] | None
    webhook: Mapping[str, pulumi.Input[str]]  # the Action's secrets, where there is a web hook
    texts: Mapping[str, str]  # by thing
    after: pulumi.Resource

    @classmethod
    def of(cls, settings: Settings, secrets: Secrets, *, after: pulumi.Resource) -> Self | None:
        """From the settings and secrets of an environment; `None` if it declares nothing of this."""
        phone = settings.phone
        in_guardian = phone.experience == "legacy"
        declared = owns(settings, "phone-in-guardian" if in_guardian else "phone-provider")
        texts = {"phone-enrollment-text": phone.enrollment_text, "phone-verification-text": phone.verification_text}
        texts = {thing: text for thing, text in texts.items() if owns(settings, thing)}
        provider = phone.provider if declared and phone.provider != "auth0" else None
        if not texts and (provider is None or (in_guardian and provider != "custom")):
            return None
        return cls(
            provider=provider,
            in_guardian=in_guardian,
            twilio_sid=phone.twilio_sid,
            from_number=phone.from_number,
            messaging_service_sid=phone.messaging_service_sid,
            twilio_auth_token=secrets.twilio_auth_token,
            webhook=_webhook_secrets(settings, secrets),
            texts={thing: text for thing, text in texts.items() if text is not None},
            after=after,
        )


class Phone(pulumi.ComponentResource):
    """
    The phone provider and the texts of its messages.

    A web hook is an Action of its own, which has to be deployed before the provider that calls it. All but the Action are retained on
    delete; `tenant_backup.py` puts back what was there.

    Not here: Guardian's own provider of older tenants (`mfa.py`).
    Source: https://auth0.com/docs/customize/phone-messages/configure-phone-messaging-providers/configure-a-custom-phone-provider
    """

    resources: tuple[pulumi.Resource, ...]

    def __init__(self, name: str, args: PhoneArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("guestlist:auth0:Phone", name, None, opts)
        made: list[pulumi.Resource] = []
        if args.provider == "custom":
            made += _webhook(self, args)
        retained = pulumi.ResourceOptions(parent=self, retain_on_delete=True, depends_on=[args.after, *made])
        if args.provider is not None and not args.in_guardian:
            made.append(_provider(args, retained))
        made += [
            auth0.PhoneNotificationTemplate(
                thing,
                type=TEMPLATE_OF[thing],
                disabled=False,
                content=auth0.PhoneNotificationTemplateContentArgs(
                    syntax="liquid", body=auth0.PhoneNotificationTemplateContentBodyArgs(text=text)
                ),
                opts=retained,
            )
            for thing, text in args.texts.items()
        ]
        self.resources = tuple(made)
        self.register_outputs({})


def _webhook_secrets(settings: Settings, secrets: Secrets) -> Mapping[str, pulumi.Input[str]]:
    url, key = settings.phone.webhook_url, secrets.phone_webhook_secret
    return {"WEBHOOK_URL": url, "WEBHOOK_SECRET": key} if url is not None and key is not None else {}


def _webhook(parent: Phone, args: PhoneArgs) -> list[pulumi.Resource]:
    trigger, version = ("send-phone-message", "v2") if args.in_guardian else ("custom-phone-provider", "v1")
    action = auth0.Action(
        WEBHOOK,
        name=WEBHOOK,
        code=(ACTIONS / trigger / f"{WEBHOOK}.js").read_text(encoding="utf-8"),
        runtime=RUNTIME,
        deploy=True,
        supported_triggers=auth0.ActionSupportedTriggersArgs(id=trigger, version=version),
        secrets=[auth0.ActionSecretArgs(name=key, value=value) for key, value in args.webhook.items()],
        opts=pulumi.ResourceOptions(parent=parent, depends_on=[args.after]),
    )
    if not args.in_guardian:
        return [action]
    bound = auth0.TriggerAction(
        f"{WEBHOOK}-binding",
        trigger=trigger,
        action_id=action.id,
        display_name=WEBHOOK,
        opts=pulumi.ResourceOptions(parent=parent),
    )
    return [action, bound]


def _provider(args: PhoneArgs, opts: pulumi.ResourceOptions) -> auth0.PhoneProvider:
    is_twilio = args.provider == "twilio"
    return auth0.PhoneProvider(
        "phone-provider",
        name=args.provider,
        disabled=False,
        configuration=auth0.PhoneProviderConfigurationArgs(
            delivery_methods=["text"],
            sid=args.twilio_sid,
            default_from=args.from_number,
            mssid=args.messaging_service_sid,
        ),
        credentials=auth0.PhoneProviderCredentialsArgs(auth_token=args.twilio_auth_token if is_twilio else None),
        opts=opts,
    )
