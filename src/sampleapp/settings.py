"""
The settings, from the environment.

    SAMPLEAPP_ISSUER          https://my-tenant.eu.auth0.com/   the stack's output `issuer`
    SAMPLEAPP_CLIENT_ID       the stack's output `applicationClientId`
    SAMPLEAPP_CLIENT_SECRET   the stack's output `applicationClientSecret`
    SAMPLEAPP_BASE_URL        https://app.example.com           where browsers find it; its /callback is an allowed callback URL
    SAMPLEAPP_SESSION_SECRET  signs the cookies; 32 characters or more. Without it a fresh one, and a restart logs everybody out
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import urlsplit

MIN_SECRET_LENGTH = 32


class BadSettings(Exception):  # noqa: N818 - reads as a sentence where it is raised
    """Every fault, one line each; never a secret."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = tuple(faults)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What the application is started with."""

    issuer: str  # with the slash at its end, as in `iss`
    client_id: str
    client_secret: str = field(repr=False)
    base_url: str  # without a slash at its end
    session_secret: str = field(repr=False)

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Self:
        """Raises: BadSettings."""
        found = {name: environ.get(f"SAMPLEAPP_{name}", "").strip() for name in ("ISSUER", "CLIENT_ID", "BASE_URL")}
        faults = [f"SAMPLEAPP_{name} is not set" for name, value in found.items() if not value]
        secret = environ.get("SAMPLEAPP_CLIENT_SECRET", "")
        if not secret:
            faults.append("SAMPLEAPP_CLIENT_SECRET is not set")
        session_secret = environ.get("SAMPLEAPP_SESSION_SECRET") or secrets.token_urlsafe(48)
        if len(session_secret) < MIN_SECRET_LENGTH:
            faults.append(f"SAMPLEAPP_SESSION_SECRET must have {MIN_SECRET_LENGTH} characters or more")
        faults += [
            f"SAMPLEAPP_{name} must be an https address without a path, got {found[name]}"
            for name in ("ISSUER", "BASE_URL")
            if found[name] and not _is_origin(found[name])
        ]
        if faults:
            raise BadSettings(faults)
        return cls(
            issuer=found["ISSUER"].rstrip("/") + "/",
            client_id=found["CLIENT_ID"],
            client_secret=secret,
            base_url=found["BASE_URL"].rstrip("/"),
            session_secret=session_secret,
        )


def _is_origin(url: str) -> bool:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return False
    return parts.scheme == "https" and bool(parts.hostname) and parts.path in {"", "/"} and not parts.query
