"""Mail: the service that it is sent through, and the template of the password link, which is also the invitation."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import pulumi
import pulumi_auth0 as auth0

from .configuration import Secrets
from .demands import owns
from .reset_email import MailLook, reset_email_body, reset_email_subject, sender
from .settings import Settings
from .wanted import PROVIDER_OF


@dataclass(frozen=True, kw_only=True)
class EmailsArgs:
    """Inputs of `Emails`."""

    from_address: str
    from_name: str
    service: str  # as the provider spells it
    credentials: Mapping[str, pulumi.Input[Any]]  # by the names of `auth0.EmailProviderCredentialsArgs`
    link_ttl_sec: int
    look: MailLook
    owns_provider: bool
    owns_template: bool

    @classmethod
    def of(cls, settings: Settings, secrets: Secrets) -> Self:
        """From the settings and secrets of an environment."""
        return cls(
            from_address=settings.email.from_address,
            from_name=settings.tenant.friendly_name,
            service=PROVIDER_OF.get(settings.email.service, settings.email.service),
            credentials=_credentials(settings, secrets),
            link_ttl_sec=settings.invite.link_ttl_sec,
            look=MailLook.of(settings.branding),
            owns_provider=owns(settings, "email-provider"),
            owns_template=owns(settings, "reset-email"),
        )


class Emails(pulumi.ComponentResource):
    """
    The email provider and the template `reset_email`, which needs it: Auth0's own mailer sends no customized mail.

    The template's body is Liquid when Auth0 sends it and Jinja2 here, so Jinja2 has other delimiters: `[[ ]]`, `[% %]`, `[# #]`.
    `result_url` is never set: Universal Login ignores it, and tenants made after 2026-05-05 refuse it.

    Each only where it is ours. Both are retained on delete; `tenant_backup.py` puts back what was there.
    Source: https://auth0.com/docs/customize/email/email-templates/customize-email-templates
    """

    def __init__(self, name: str, args: EmailsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("guestlist:auth0:Emails", name, None, opts)
        retained = pulumi.ResourceOptions(parent=self, retain_on_delete=True)
        provider = [_provider(args, retained)] if args.owns_provider else []
        if args.owns_template:
            _template(args, pulumi.ResourceOptions.merge(retained, pulumi.ResourceOptions(depends_on=provider)))
        self.register_outputs({})


def _provider(args: EmailsArgs, opts: pulumi.ResourceOptions) -> auth0.EmailProvider:
    return auth0.EmailProvider(
        "email-provider",
        name=args.service,
        enabled=True,
        default_from_address=args.from_address,
        credentials=auth0.EmailProviderCredentialsArgs(**args.credentials),
        opts=opts,
    )


def _credentials(settings: Settings, secrets: Secrets) -> Mapping[str, pulumi.Input[Any]]:
    """What the service asks for; the rest of its group is not there (`settings_together.py`)."""
    email, secret = settings.email, secrets.email_secret
    by_service: Mapping[str, Mapping[str, Any]] = {
        "smtp": {
            "smtp_host": email.smtp_host,
            "smtp_port": email.smtp_port,
            "smtp_user": email.smtp_user,
            "smtp_pass": secrets.smtp_password,
        },
        "azure": {"azure_cs_connection_string": secret},
        "mailgun": {"api_key": secret, "domain": email.domain, "region": email.region},
        "mandrill": {"api_key": secret},
        "ms365": {
            "ms365_tenant_id": email.tenant_id,
            "ms365_client_id": email.client_id,
            "ms365_client_secret": secret,
        },
        "sendgrid": {"api_key": secret},
        "ses": {"access_key_id": email.access_key_id, "secret_access_key": secret, "region": email.region},
        "sparkpost": {"api_key": secret, "region": email.region},
    }
    return {key: value for key, value in by_service[email.service].items() if value is not None}


def _template(args: EmailsArgs, opts: pulumi.ResourceOptions) -> auth0.EmailTemplate:
    return auth0.EmailTemplate(
        "reset-email",
        template="reset_email",
        syntax="liquid",
        subject=reset_email_subject(),
        body=reset_email_body(link_ttl_sec=args.link_ttl_sec, look=args.look),
        from_=sender(args.from_name, args.from_address),
        url_lifetime_in_seconds=args.link_ttl_sec,
        include_email_in_redirect=False,
        enabled=True,
        opts=opts,
    )
