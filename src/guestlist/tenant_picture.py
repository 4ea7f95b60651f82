"""
What a tenant looks like, to tell whether taking a deployment down put everything back. Only GETs.

Not here: the backup that puts things back (`stacks/tenant_backup.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from stacks.management import ManagementClient
from stacks.tenant_wide.tenant_settings import FLAGS_WE_SET, SETTINGS_WE_SET

Picture = Mapping[str, Any]

# Objects that come and go, by what people call them: where they are listed, and what identifies one.
_LISTS = (
    ("application", "/clients", "clients", "client_id"),
    ("connection", "/connections", "connections", "id"),
    ("client grant", "/client-grants", "client_grants", "id"),
)
# What every tenant has exactly once.
_SINGLE = {
    "tenant settings": "/tenants/settings",
    "MFA factors": "/guardian/factors",
    "MFA policies": "/guardian/policies",
    "post-login bindings": "/actions/triggers/post-login/bindings",
    "email provider": "/emails/provider",
    "reset email": "/email-templates/reset_email",
}


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One thing that is not as it was."""

    name: str
    said: str


def take(tenant: ManagementClient) -> Picture:
    """Read everything that the program could change: `{name: content}`."""
    picture: dict[str, Any] = {}
    for name, path, items, identity in _LISTS:
        for found in tenant.pages(path, items):
            picture[f"{name} {found.get('name') or found[identity]} ({found[identity]})"] = found
    for action in tenant.get("/actions/actions", per_page=100)["actions"]:
        picture[f"Action {action['name']} ({action['id']})"] = action
    for name, path in _SINGLE.items():
        picture[name] = tenant.get_or_none(path)
    picture["tenant settings"] = _with_defaults(picture["tenant settings"])
    return picture


def _with_defaults(settings: Mapping[str, Any]) -> Mapping[str, Any]:
    """Fill in what a fresh tenant does not show: Auth0 has no way to unset a setting, only to write its default."""
    flags = {**FLAGS_WE_SET, **(settings.get("flags") or {})}
    return {**SETTINGS_WE_SET, **settings, "flags": flags}


def differences(before: Picture, after: Picture) -> tuple[Difference, ...]:
    """Compare two pictures; contents are compared whole and never shown."""
    found = []
    for name in dict.fromkeys([*before, *after]):
        if before.get(name) == after.get(name):
            continue
        if after.get(name) is None:
            said = "is gone"
        elif before.get(name) is None:
            said = "was not there before"
        else:
            said = "is not as it was"
        found.append(Difference(name=name, said=said))
    return tuple(found)


def only_the_template(found: tuple[Difference, ...], after: Picture) -> bool:
    """Whether all that is left is what Auth0 has no delete for: a template that was not there, and is disabled now."""
    return all(
        difference.name == "reset email" and not (after.get("reset email") or {}).get("enabled", True)
        for difference in found
    )
