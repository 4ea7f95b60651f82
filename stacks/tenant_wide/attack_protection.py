"""
Attack protection, in parts: brute force, suspicious addresses, breached passwords, bots.

Source: https://auth0.com/docs/api/management/v2/attack-protection; a fresh tenant's values by https://auth0.com/docs/secure/attack-protection
"""

from collections.abc import Mapping
from typing import Any

from ..ownership import Values
from .thing import Reader, Saved, TenantWideThing, Writer, changed_from, flat, nested

# By thing: the last word of its path, and what of it a fresh tenant has.
_PARTS: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "brute-force": (
        "brute-force-protection",
        {
            "enabled": True,
            "shields": ["block", "user_notification"],
            "mode": "count_per_identifier_and_ip",
            "allowlist": [],
            "max_attempts": 10,
        },
    ),
    "suspicious-ips": (
        "suspicious-ip-throttling",
        {"enabled": True, "shields": ["admin_notification", "block"], "allowlist": []},
    ),
    "breached-passwords": (
        "breached-password-detection",
        {
            "enabled": False,
            "shields": [],
            "method": "standard",
            "stage.pre-user-registration.shields": [],
            "stage.pre-change-password.shields": [],
        },
    ),
    "bots": (
        "bot-detection",
        {
            "challenge_password_policy": "never",
            "challenge_passwordless_policy": "never",
            "challenge_password_reset_policy": "never",
            "bot_detection_level": "medium",
            "monitoring_mode_enabled": False,
            "allowlist": [],
        },
    ),
}


def _part(name: str) -> TenantWideThing:
    path, fresh = f"/attack-protection/{_PARTS[name][0]}", _PARTS[name][1]

    def save(tenant: Reader) -> Saved:
        return dict(tenant.get(path))

    def restore(tenant: Writer, saved: Saved) -> None:
        if tenant.get(path) != saved:
            tenant.patch(path, saved)

    def write(tenant: Writer, wanted: Values) -> None:
        tenant.patch(path, nested(wanted))

    return TenantWideThing(
        name=name,
        setting="attackProtection",
        save=save,
        restore=restore,
        write=write,
        # Auth0 shows lists of shields in no fixed order.
        values=lambda saved: {
            key: sorted(value) if isinstance(value, list) else value for key, value in flat(saved).items()
        },
        others=changed_from(fresh),
        reads=("read:attack_protection",),
        writes=("update:attack_protection",),
    )


THINGS = tuple(_part(name) for name in _PARTS)
