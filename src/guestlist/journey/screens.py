"""
Which of the flow's pages somebody is on, by its address alone: words change with the language, and with custom texts.

Not here: what a person does there (`journey.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

APPLICATION, NAMES, ELSEWHERE = "application", "profile", "elsewhere"


@dataclass(frozen=True, kw_only=True)
class Site:
    """Where the flow's three parts are."""

    application: str  # origins: https://app.localhost:8443
    profile_page: str
    login: str  # the tenant, or its login domain

    def screen(self, url: str) -> str:
        """`application`, `profile`, a page of Universal Login by its name (`login`, `mfa-sms-enrollment`, …), or `elsewhere`."""
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin == self.application:
            return APPLICATION
        if origin == self.profile_page:
            return NAMES
        if origin == self.login and parts.path.startswith("/u/"):
            return parts.path.removeprefix("/u/").partition("/")[0]
        return ELSEWHERE
