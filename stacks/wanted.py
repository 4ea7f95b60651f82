"""
What an environment wants of each tenant-wide thing: the settings on one side, the tenant's own words on the other.

Not here: whose they are (`demands.py`), declaring them (`tenant.py`, `mfa.py`, `emails.py`, …), comparing with a tenant (`tenant_wide/`).
Imports neither pulumi nor pulumi_auth0.
"""

from collections.abc import Iterator, Mapping

from .ownership import ALWAYS, FLAG, Values
from .reset_email import MailLook, reset_email_body, reset_email_subject, sender
from .reset_texts import reset_texts
from .settings_model import Settings
from .tenant_wide.branding import texts_digest
from .tenant_wide.emails import digest
from .tenant_wide.mfa import FACTOR_OF

PHONE_EXPERIENCE = "phone-experience"
WEBHOOK_IN_GUARDIAN = "phone-message-hook"
PROVIDER_OF: Mapping[str, str] = {"azure": "azure_cs"}  # email services that Auth0 spells otherwise


def written(settings: Settings) -> Mapping[str, Values]:
    """By thing: what the program would write. A thing that is missing here is not declared, whoever owns it."""
    return {thing: values for part in _PARTS for thing, values in part(settings)}


def needed(settings: Settings) -> Mapping[str, Values]:
    """By thing: what the flow cannot do without, where the environment wants it there; everything else is a matter of taste."""
    taste = {
        "tenant-settings": {"customize_mfa_in_postlogin_action": True} if asks_by_action(settings) else {},
        "email-provider": {"enabled": True},
        "reset-email": {"enabled": True},
    }
    wanted = {**written(settings), **taste}
    if settings.login_domain.name is not None:
        wanted["login-domain"] = {settings.login_domain.name: "ready"}
    if "experience" in settings.phone.model_fields_set:
        wanted[PHONE_EXPERIENCE] = _experience(settings)
    return wanted


def asks_by_action(settings: Settings) -> bool:
    """Whether an Action asks for the second factor, before the page."""
    return settings.mfa.enabled and settings.mfa.order == "beforeProfile"


def policy_is_ours(settings: Settings) -> bool:
    """Whether the tenant's policy is to ask everybody."""
    return settings.mfa.enabled and settings.mfa.applies_to == "tenant"


_Wanted = Iterator[tuple[str, Values]]


def _tenant(settings: Settings) -> _Wanted:
    tenant = settings.tenant
    texts = {
        "friendly_name": tenant.friendly_name,
        "support_email": tenant.support_email,
        "support_url": tenant.support_url,
        "default_redirection_uri": settings.application.initiate_login_uri,
    }
    yield (
        "tenant-settings",
        {
            **_given(texts),
            **({"customize_mfa_in_postlogin_action": True} if asks_by_action(settings) else {}),
            FLAG + "enable_client_connections": False,
        },
    )
    sessions = {
        "session_lifetime": settings.sessions.lifetime_hours,
        "idle_session_lifetime": settings.sessions.idle_lifetime_hours,
    }
    if any(sessions.values()):
        yield "sessions", _given(sessions)
    if settings.login_domain.name is not None:
        yield "login-domain", {}  # made and deleted by the engine: nothing of it is replaced
    if "experience" in settings.phone.model_fields_set and settings.ownership.tenant_settings == "own":
        yield PHONE_EXPERIENCE, _experience(settings)


def _experience(settings: Settings) -> Values:
    return {"phone_consolidated_experience": settings.phone.experience == "unified"}


def _mfa(settings: Settings) -> _Wanted:
    if not settings.mfa.enabled:
        return
    if policy_is_ours(settings):
        yield "mfa-policy", {"policy": [ALWAYS]}
    for factor in settings.mfa.factors:
        messages = {"messageTypes": ["sms"]} if factor == "sms" else {}
        yield f"factor-{FACTOR_OF[factor]}", {"enabled": True, **messages}


def _emails(settings: Settings) -> _Wanted:
    email = settings.email
    yield (
        "email-provider",
        _given(
            {
                "name": PROVIDER_OF.get(email.service, email.service),
                "enabled": True,
                "default_from_address": email.from_address,
                "smtp_host": email.smtp_host if email.service == "smtp" else None,
                "smtp_port": email.smtp_port if email.service == "smtp" else None,
                "smtp_user": email.smtp_user,
                "region": email.region,
                "domain": email.domain,
            }
        ),
    )
    yield (
        "reset-email",
        {
            "subject": reset_email_subject(),
            "body": digest(
                reset_email_body(link_ttl_sec=settings.invite.link_ttl_sec, look=MailLook.of(settings.branding))
            ),
            "from": sender(settings.tenant.friendly_name, email.from_address),
            "urlLifetimeInSeconds": settings.invite.link_ttl_sec,
            "enabled": True,
        },
    )


def _phone(settings: Settings) -> _Wanted:
    phone = settings.phone
    texts = {"phone-enrollment-text": phone.enrollment_text, "phone-verification-text": phone.verification_text}
    if phone.experience == "legacy":
        provider = {"custom": WEBHOOK_IN_GUARDIAN}.get(phone.provider or "", phone.provider)
        fields = {
            "provider": provider,
            "sid": phone.twilio_sid,
            "from": phone.from_number,
            "messaging_service_sid": phone.messaging_service_sid,
            "enrollment_message": phone.enrollment_text,
            "verification_message": phone.verification_text,
        }
        # Guardian keeps them with its phone factor: without it there is nowhere to write them.
        if any(fields.values()) and settings.mfa.enabled and "sms" in settings.mfa.factors:
            yield "phone-in-guardian", _given(fields)
        return
    if phone.provider in {"twilio", "custom"}:
        configuration = {
            "configuration.sid": phone.twilio_sid,
            "configuration.default_from": phone.from_number,
            "configuration.mssid": phone.messaging_service_sid,
            "configuration.delivery_methods": ["text"],
        }
        yield "phone-provider", {"name": phone.provider, **_given(configuration)}
    for thing, text in texts.items():
        if text is not None:
            yield thing, {"content.body.text": text}


def _looks(settings: Settings) -> _Wanted:
    branding = settings.branding
    fields = {
        "logo_url": branding.logo_url,
        "favicon_url": branding.favicon_url,
        "font.url": branding.font_url,
        "colors.primary": branding.primary_color,
        "colors.page_background": branding.background_color,
    }
    if branding.is_given:
        yield "branding", _given(fields)
    if settings.languages:
        yield "languages", {"enabled_locales": list(settings.languages)}
    for language in settings.languages:
        yield f"reset-texts-{language}", {"texts": texts_digest(reset_texts(language))}


def _protection(settings: Settings) -> _Wanted:
    wanted = settings.attack_protection
    allowed = {"allowlist": sorted(wanted.allowed_ips or ())}
    if wanted.brute_force_attempts is not None:
        yield "brute-force", {"enabled": True, "max_attempts": wanted.brute_force_attempts, **allowed}
    if wanted.suspicious_ip_throttling is not None:
        yield "suspicious-ips", {"enabled": wanted.suspicious_ip_throttling, **allowed}
    if wanted.breached_passwords is not None:
        shields = ["block"] if wanted.breached_passwords == "block" else []
        yield (
            "breached-passwords",
            {"enabled": bool(shields), "shields": shields, "stage.pre-change-password.shields": shields},
        )
    if wanted.bot_detection is not None:
        is_off = wanted.bot_detection == "off"
        policy = "never" if is_off else "when_risky"
        level = {} if is_off else {"bot_detection_level": wanted.bot_detection}
        yield (
            "bots",
            {"challenge_password_policy": policy, "challenge_password_reset_policy": policy, **level, **allowed},
        )


_PARTS = (_tenant, _mfa, _emails, _phone, _looks, _protection)


def _given(fields: Mapping[str, object]) -> dict[str, object]:
    return {key: value for key, value in fields.items() if value is not None}
