"""
Attack protection: bot detection, breached passwords, brute force, captcha, suspicious IPs, phone messages.

Each is a singleton with defaults; a PATCH merges objects and replaces lists. Captcha keys that are secret are kept and never shown.
Auth0 answers lists of shields in no fixed order; here they keep the caller's.
Source: https://auth0.com/docs/api/management/v2/attack-protection and the recordings of the provider's own tests (v1.54.1).
"""

from collections.abc import Callable

from localtenant.management.endpoint import JSON, Call, endpoint
from localtenant.management.merging import merged
from localtenant.store import Document
from localtenant.tenant import Tenant

SECRET_KEYS = ("secret", "api_key")
DEFAULTS: dict[str, Document] = {
    "bot-detection": {
        "challenge_password_policy": "never",
        "challenge_passwordless_policy": "never",
        "challenge_password_reset_policy": "never",
        "allowlist": [],
        "bot_detection_level": "medium",
        "monitoring_mode_enabled": False,
    },
    "breached-password-detection": {
        "enabled": False,
        "shields": [],
        "admin_notification_frequency": [],
        "method": "standard",
        "stage": {"pre-user-registration": {"shields": []}, "pre-change-password": {"shields": []}},
    },
    "brute-force-protection": {
        "enabled": True,
        "shields": ["block", "user_notification"],
        "mode": "count_per_identifier_and_ip",
        "allowlist": [],
        "max_attempts": 10,
    },
    "captcha": {
        "active_provider_id": "auth_challenge",
        "simple_captcha": {},
        "auth_challenge": {"fail_open": True},
    },
    "phone-provider-protection": {"type": "exponential"},
    "suspicious-ip-throttling": {
        "enabled": True,
        "shields": ["admin_notification", "block"],
        "allowlist": [],
        "stage": {
            "pre-login": {"max_attempts": 100, "rate": 864000},
            "pre-user-registration": {"max_attempts": 50, "rate": 1200},
            "pre-custom-token-exchange": {"max_attempts": 10, "rate": 600000},
        },
    },
}


def settings_of(tenant: Tenant, protection: str) -> Document:
    """The settings of one protection, secrets included; `protection` as in the path, e.g. `brute-force-protection`."""
    return tenant.singleton(_key(protection)) or DEFAULTS[protection]


def _key(protection: str) -> str:
    return f"attack_protection/{protection}"


def _reader(protection: str) -> Callable[[Call], JSON]:
    def read(call: Call) -> JSON:
        return _shown(settings_of(call.tenant, protection))

    return read


def _writer(protection: str) -> Callable[[Call], JSON]:
    def update(call: Call) -> JSON:
        settings = merged(settings_of(call.tenant, protection), call.body)
        return _shown(call.tenant.set_singleton(_key(protection), settings))

    return update


def _shown(settings: Document) -> Document:
    return {
        name: {key: value for key, value in member.items() if key not in SECRET_KEYS}
        if isinstance(member, dict)
        else member
        for name, member in settings.items()
    }


for _protection in DEFAULTS:
    endpoint("GET", f"/attack-protection/{_protection}")(_reader(_protection))
    endpoint("PATCH", f"/attack-protection/{_protection}")(_writer(_protection))
