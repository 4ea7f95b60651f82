"""
A one-time code on its way to a phone, and the words around it: the deployed ones, or those of a fresh tenant.

A tenant with the Unified Phone Experience has its texts in the branding; without it, Guardian has them.
Not here: who sends it (`phone.py`).
Source: https://auth0.com/docs/customize/phone-messages/phone-templates/supported-liquid-syntax
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from localtenant.management.guardian_phone import SETTINGS as GUARDIAN
from localtenant.management.phone_providers import PROVIDERS
from localtenant.management.phone_templates import DEFAULT_BODIES, TEMPLATES
from localtenant.management.tenants import has_unified_phone_experience
from localtenant.messages.liquid import render
from localtenant.messages.variables import guardian_variables, text_variables
from localtenant.store import Document
from localtenant.tenant import Tenant

TextKind = Literal["otp_enroll", "otp_verify"]


@dataclass(frozen=True, kw_only=True)
class Order:
    """What is to be sent, and for whom. The number is the user's `phone_number`."""

    code: str
    kind: TextKind
    locale: str
    user: Document
    client: Document | None
    request: Mapping[str, Any]

    @property
    def recipient(self) -> str:
        """E.164."""
        return str(self.user.get("phone_number") or "")


@dataclass(frozen=True, kw_only=True)
class Words:
    """The message, filled in."""

    text: str
    voice: str
    sender: str  # a number, or empty


def words_of(tenant: Tenant, order: Order) -> Words:
    """Fill the text in. Raises: LiquidFailed."""
    return (_unified if has_unified_phone_experience(tenant) else _guardian)(tenant, order)


def provider_of(tenant: Tenant) -> Document | None:
    """The provider of the Unified Phone Experience that is in force."""
    return next((found for found in tenant.store.all(PROVIDERS) if not found.get("disabled")), None)


def guardian_setting(tenant: Tenant, path: str) -> Document:
    """Guardian's own: `selected-provider`, `providers/twilio`, `templates`."""
    return tenant.singleton(f"guardian_phone/{path}") or GUARDIAN[path]


def _unified(tenant: Tenant, order: Order) -> Words:
    template = tenant.store.first(TEMPLATES, type=order.kind)
    content = template["content"] if template is not None and not template.get("disabled") else {}
    given = {name: body for name, body in (content.get("body") or {}).items() if body}
    bodies = {**DEFAULT_BODIES["otp_verify"], **given}  # the default of other types is recorded nowhere
    variables = text_variables(tenant, order.user, order.code, client=order.client, locale=order.locale)
    configuration = (provider_of(tenant) or {}).get("configuration") or {}
    return Words(
        text=render(bodies["text"], variables),
        voice=render(bodies["voice"], variables),
        sender=str(content.get("from") or configuration.get("default_from") or ""),
    )


def _guardian(tenant: Tenant, order: Order) -> Words:
    name = "enrollment_message" if order.kind == "otp_enroll" else "verification_message"
    template = guardian_setting(tenant, "templates")[name]
    text = render(template, guardian_variables(tenant, order.code, locale=order.locale))
    uses_twilio = guardian_setting(tenant, "selected-provider")["provider"] == "twilio"
    sender = guardian_setting(tenant, "providers/twilio").get("from") if uses_twilio else None
    return Words(text=text, voice=text, sender=str(sender or ""))
