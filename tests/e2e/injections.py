"""
Every change by hand that a drift check is tried with, and the environments that declare what is changed.

Two rounds: in the first nothing disturbs anything else; in the second, objects are deleted and made anew.

Not here: how a change is made (`by_hand.py`), what is asked of a check (`test_drift_check.py`).
"""

from collections.abc import Mapping
from typing import Any

from tests.configurations import phone
from tests.e2e.injections_applications import CLIENTS, CONNECTION, DOORS, PORTAL
from tests.e2e.injections_objects import DELETIONS, INVISIBLE, UNMANAGED
from tests.e2e.injections_tenant import ACTIONS, DOMAIN, LOOKS, MESSAGES, MFA, PROTECTIONS, SETTINGS
from tests.e2e.test_scopes import EVERYTHING

_MORE = "https://more.localhost:8443"
_APPLICATIONS: Mapping[str, Any] = {
    "more": {
        "name": "More",
        "kind": "spa",
        "webOrigins": [_MORE],
        "callbackUrls": [f"{_MORE}/callback"],
        "logoutUrls": [_MORE],
    },
    "portal": {"name": PORTAL, "existing": True},
}
# Groups of the environment's file, and the secrets that they need.
FIRST: Mapping[str, Any] = {
    **EVERYTHING,
    "tenant": {"supportEmail": "help@guestlist.localhost", "supportUrl": "https://guestlist.localhost/help"},
    "branding": {
        "logoUrl": "https://guestlist.localhost/logo.svg",
        "faviconUrl": "https://guestlist.localhost/favicon.ico",
        "fontUrl": "https://guestlist.localhost/font.woff2",
        "primaryColor": "#112233",
        "backgroundColor": "#ffffff",
    },
    "sessions": {"lifetimeHours": 100, "idleLifetimeHours": 24},
    "email": {"smtpUser": "guestlist"},
    "otherApplications": _APPLICATIONS,
    "phone": {**EVERYTHING["phone"], **phone("unified", "twilio")["phone"]},
}
SECOND: Mapping[str, Any] = {
    "otherApplications": _APPLICATIONS,
    "phone": phone("legacy", "custom")["phone"],
    "loginDomain": {"name": "login.localhost", "inUse": True},
}
LANGUAGES = ["en", "de"]
SECRETS_OF_FIRST = ("twilioAuthToken", "smtpPassword")
SECRETS_OF_SECOND = ("phoneWebhookSecret",)
# What the program would change after the deployment: so that some of what is changed by hand is changed by both.
PENDING: Mapping[str, Mapping[str, object]] = {
    "branding": {"primaryColor": "#445566"},
    "invite": {"linkTtlSec": 3600},
}
ROUND_1 = (
    *UNMANAGED,
    *CLIENTS,
    *CONNECTION,
    *DOORS,
    *SETTINGS,
    *MFA,
    *ACTIONS,
    *MESSAGES,
    *LOOKS,
    *PROTECTIONS,
    *DOMAIN,
    *INVISIBLE,
)
ROUND_2 = DELETIONS
INJECTIONS = (*ROUND_1, *ROUND_2)
