"""
What an environment wants of the tenant-wide things, as plain data: the settings on one side, the tenant's words on the other.

Not here: declaring it (`tenant.py`, `mfa.py`, `emails.py`, `actions.py`), comparing it with a tenant (`ownership.py`).
Imports neither pulumi nor pulumi_auth0: `guestlist env check --live` asks the same questions as the program.
"""

from collections.abc import Mapping

from .ownership import ALWAYS, FLAG, SETTING_OF, Demands, Values, body_digest
from .post_login_order import post_login_order
from .reset_email import reset_email_body, reset_email_subject, sender
from .settings import Settings, config_file

# By thing: the name in `Ownership`.
_FIELD_OF = {
    "tenant-settings": "tenant_settings",
    "guardian": "mfa",
    "email-provider": "email_provider",
    "reset-email": "reset_email",
    "post-login": "post_login",
}


def owner(settings: Settings, thing: str) -> str:
    """`own`, `leave` or `require`."""
    return str(getattr(settings.ownership, _FIELD_OF[thing]))


def owns(settings: Settings, thing: str) -> bool:
    """Whether the program writes this thing."""
    return owner(settings, thing) == "own" and (thing != "guardian" or settings.mfa.enabled)


def is_decided(settings: Settings, thing: str) -> bool:
    """Whether the environment itself says whose it is."""
    return settings.ownership.is_decided(_FIELD_OF[thing])


def demands(settings: Settings) -> Demands:
    """Everything that the backup has to know."""
    things = [thing for thing in SETTING_OF if thing != "post-login"]
    written, needed = _written(settings), _needed(settings)
    return Demands(
        own={thing: written[thing] for thing in things if owns(settings, thing)},
        require={thing: needed[thing] for thing in things if owner(settings, thing) == "require"},
        decided=tuple(thing for thing in things if owns(settings, thing) and is_decided(settings, thing)),
        post_login=owner(settings, "post-login"),
        order=post_login_order(settings),
        file=config_file(settings.environment),
    )


def _written(settings: Settings) -> Mapping[str, Values]:
    tenant, email = settings.tenant, settings.email
    texts = {
        "friendly_name": tenant.friendly_name,
        "support_email": tenant.support_email,
        "support_url": tenant.support_url,
        "default_redirection_uri": settings.application.initiate_login_uri,
    }
    switches = {"customize_mfa_in_postlogin_action": True} if settings.mfa.enabled else {}
    provider = {
        "name": "smtp",
        "enabled": True,
        "default_from_address": email.from_address,
        "smtp_host": email.smtp_host,
        "smtp_port": email.smtp_port,
        "smtp_user": email.smtp_user,
    }
    return {
        "tenant-settings": {
            **{key: value for key, value in texts.items() if value is not None},
            **switches,
            FLAG + "enable_client_connections": False,
        },
        "guardian": {"policy": [ALWAYS], "phone": True, "messageTypes": ["sms"]},
        "email-provider": {key: value for key, value in provider.items() if value is not None},
        "reset-email": {
            "subject": reset_email_subject(),
            "body": body_digest(reset_email_body(link_ttl_sec=settings.invite.link_ttl_sec)),
            "from": sender(tenant.friendly_name, email.from_address),
            "urlLifetimeInSeconds": settings.invite.link_ttl_sec,
            "enabled": True,
        },
    }


def _needed(settings: Settings) -> Mapping[str, Values]:
    """What the flow cannot do without; everything else is a matter of taste."""
    return {
        "tenant-settings": {"customize_mfa_in_postlogin_action": True} if settings.mfa.enabled else {},
        "guardian": {"policy": [ALWAYS], "phone": True, "messageTypes": ["sms"]},
        "email-provider": {"enabled": True},
        "reset-email": {"enabled": True},
    }
