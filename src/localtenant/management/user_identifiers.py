"""
By what a new user is known in its connection: which of address, name and telephone number it must have, may have and may not have.

Not here: whether somebody else has them already (`users.py`).
Source: https://auth0.com/docs/authenticate/database-connections/activate-and-configure-attributes-for-flexible-identifiers; the words of
the refusals are quoted in public code (read 2026-11-23).
"""

import hashlib
from typing import Any
from urllib.parse import quote

from localtenant.errors import bad_request, invalid_body
from localtenant.store import Document


def check_identifiers(connection: Document, fields: Document) -> None:
    """400 unless `fields`, the body of POST /users, has what the connection wants, a password included."""
    if connection["strategy"] == "sms":
        _demand_field(fields, "phone_number")
        return
    if connection["strategy"] == "email":
        _demand_field(fields, "email")
        return
    options = connection["options"]
    attributes: dict[str, Any] = options.get("attributes") or {}
    if attributes:
        for name, attribute in attributes.items():
            if attribute.get("profile_required"):
                _demand_field(fields, name)
    else:
        _demand_field(fields, "email")
        if options.get("requires_username"):
            _demand_field(fields, "username")
        elif "username" in fields:
            raise bad_request("Cannot set username for connection without requires_username", "auth0_idp_error")
    if options["authentication_methods"]["password"].get("api_behavior", "required") == "required":
        _demand_field(fields, "password")


def _demand_field(fields: Document, name: str) -> None:
    if name not in fields:
        raise invalid_body(f"'Missing required property: {name}'.")


def picture(identifier: str) -> str:
    """The picture of a user who brought none: Gravatar, with the initials to fall back on (recorded)."""
    digest = hashlib.md5(identifier.encode(), usedforsecurity=False).hexdigest()
    default = quote(f"https://cdn.auth0.com/avatars/{identifier[:2].lower()}.png", safe="")
    return f"https://s.gravatar.com/avatar/{digest}?s=480&r=pg&d={default}"
