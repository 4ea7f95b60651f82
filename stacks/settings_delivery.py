"""
How mails and text messages are sent.

Not here: the secrets of either (`settings_secrets.py`), what has to be given together (`settings_together.py`).
Source: https://auth0.com/docs/customize/email/smtp-email-providers, https://auth0.com/docs/customize/phone-messages/unified-phone
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from .settings_part import Part
from .settings_types import (
    EmailAddress,
    HttpsUrl,
    Kind,
    MailHost,
    MessageText,
    PhoneNumber,
    PlainText,
    WhenGiven,
    Whole,
)

EmailService = Literal["smtp", "azure", "mailgun", "mandrill", "ms365", "sendgrid", "ses", "sparkpost"]
_Word = Annotated[PlainText, Field(min_length=1)]


class Email(Part):
    """The service that mails are sent through."""

    from_address: EmailAddress = Field(description="The sender of invitations", examples=["invitations@example.com"])
    service: Annotated[
        EmailService, Kind("`smtp`, `azure`, `mailgun`, `mandrill`, `ms365`, `sendgrid`, `ses` or `sparkpost`")
    ] = Field(
        default="smtp",
        description="Who delivers them; Postmark, Mailtrap and everything else that speaks SMTP is `smtp`",
        examples=["smtp"],
    )
    smtp_host: Annotated[MailHost | None, WhenGiven] = Field(
        default=None, description="`smtp`: the mail server; needed", examples=["smtp.example.com"]
    )
    smtp_port: Annotated[Whole, Field(ge=1, le=65535)] = Field(
        default=587, description="`smtp`: its port", examples=[587]
    )
    smtp_user: Annotated[_Word | None, WhenGiven] = Field(
        default=None, description="`smtp`: the user at the mail server", examples=["guestlist"]
    )
    region: Annotated[_Word | None, WhenGiven] = Field(
        default=None,
        description="`ses`: the region, needed; `mailgun`, `sparkpost`: `eu` for their European service",
        examples=["eu-central-1"],
    )
    domain: Annotated[MailHost | None, WhenGiven] = Field(
        default=None, description="`mailgun`: the sending domain; needed", examples=["mg.example.com"]
    )
    access_key_id: Annotated[_Word | None, WhenGiven] = Field(
        default=None,
        description="`ses`: the access key that `emailSecret` belongs to; needed",
        examples=["AKIAIOSFODNN7EXAMPLE"],
    )
    tenant_id: Annotated[_Word | None, WhenGiven] = Field(
        default=None, description="`ms365`: the directory; needed", examples=["6f2c1b1e-0d5c-4d86-9d2c-2f4f0c0a7b11"]
    )
    client_id: Annotated[_Word | None, WhenGiven] = Field(
        default=None, description="`ms365`: the application; needed", examples=["0c9be4f2-3f0c-4f0e-8f6e-5b9f5f1f2a3d"]
    )


class Phone(Part):
    """Text messages; what is left out stays as it is in the tenant."""

    experience: Annotated[Literal["unified", "legacy"], Kind("`unified` or `legacy`")] = Field(
        default="unified",
        description="Whether messages belong to the tenant (new tenants) or to Guardian (tenants from before 2025)",
        examples=["unified"],
    )
    provider: Annotated[
        Annotated[Literal["auth0", "twilio", "custom"], Kind("`auth0`, `twilio` or `custom`")] | None, WhenGiven
    ] = Field(
        default=None,
        description="Who sends them: `auth0` for a hundred messages in a tenant's lifetime, `twilio`, or `custom` for a web hook of yours",
        examples=["twilio"],
    )
    twilio_sid: Annotated[
        Annotated[PlainText, Kind("`AC` and 32 hexadecimal digits"), Field(pattern="^AC[0-9a-fA-F]{32}$")] | None,
        WhenGiven,
    ] = Field(
        default=None, description="`twilio`: the account; needed", examples=["AC00000000000000000000000000000000"]
    )
    from_number: Annotated[PhoneNumber | None, WhenGiven] = Field(
        default=None,
        description="`twilio`: the sender; this or the messaging service is needed",
        examples=["+4915123456789"],
    )
    messaging_service_sid: Annotated[
        Annotated[PlainText, Kind("`MG` and 32 hexadecimal digits"), Field(pattern="^MG[0-9a-fA-F]{32}$")] | None,
        WhenGiven,
    ] = Field(
        default=None, description="`twilio`: the messaging service", examples=["MG00000000000000000000000000000000"]
    )
    webhook_url: Annotated[HttpsUrl | None, WhenGiven] = Field(
        default=None,
        description="`custom`: where the Action posts each message, signed with `phoneWebhookSecret`; needed",
        examples=["https://sms.example.com/guestlist"],
    )
    enrollment_text: Annotated[MessageText | None, WhenGiven] = Field(
        default=None,
        description="What somebody reads who enrols a phone; with the code",
        examples=["{{code}} is your code to join {{tenant.friendly_name}}"],
    )
    verification_text: Annotated[MessageText | None, WhenGiven] = Field(
        default=None,
        description="What somebody reads who logs in; with the code",
        examples=["{{code}} is your code for {{tenant.friendly_name}}"],
    )
