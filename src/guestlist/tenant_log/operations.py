"""
Which objects a write on the Management API touches, by the kinds of the provider.

Three answers: objects that a check has to read again; nothing that anybody declares or lists (users, tickets, sessions, …); or not known, and then everything has
to be read. A test holds the table to every operation that the API's description has.

Not here: the entry of the log (`entries.py`). Source: https://auth0.com/docs/api/management/v2 (the description of 2026-06-25)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from guestlist.tenant_log.entries import Entry


@dataclass(frozen=True, kw_only=True, order=True)
class Touched:
    """One object of a kind; all of the kind if it has no `id`."""

    kind: str  # Client, Action, TriggerActions, …
    id: str = ""


# Kinds by path. `Kind:NAME` is the object whose id stands in the path there; a kind alone means all of it. A POST on a list is about what its answer names.
WATCHED: Mapping[str, tuple[str, ...]] = {
    "/actions/actions": ("Action",),
    "/actions/actions/{id}": ("Action:id",),
    "/actions/actions/{id}/deploy": ("Action:id",),
    "/actions/actions/{id}/versions/{version}/deploy": ("Action:id",),
    "/actions/triggers/{trigger}/bindings": ("TriggerActions", "TriggerAction"),
    "/attack-protection/{part}": ("AttackProtection",),
    "/branding": ("Branding",),
    "/branding/templates/universal-login": ("Branding",),
    "/branding/themes": ("BrandingTheme",),
    "/branding/themes/{id}": ("BrandingTheme:id",),
    "/branding/phone/providers": ("PhoneProvider",),
    "/branding/phone/providers/{id}": ("PhoneProvider",),
    "/branding/phone/templates": ("PhoneNotificationTemplate",),
    "/branding/phone/templates/{id}": ("PhoneNotificationTemplate:id",),
    "/branding/phone/templates/{id}/reset": ("PhoneNotificationTemplate:id",),
    "/client-grants": ("ClientGrant",),
    "/client-grants/{id}": ("ClientGrant:id",),
    # A new client may be enabled on connections by itself.
    "/clients": ("Client", "ClientSecrets", "ExistingApplications", "ConnectionClients", "ApplicationConnections"),
    "/clients/cimd/register": ("Client", "ConnectionClients", "ApplicationConnections"),
    "/clients/{id}": ("Client:id", "ClientSecrets", "ExistingApplications", "ClientCredentials"),
    "/clients/{id}/credentials": ("Client:id", "ClientCredentials"),
    "/clients/{id}/credentials/{credential}": ("Client:id", "ClientCredentials"),
    "/clients/{id}/rotate-secret": ("Client:id", "ClientSecrets"),
    "/connections": ("Connection", "ApplicationConnections"),
    "/connections/{id}": ("Connection:id", "ConnectionClients:id", "ApplicationConnections"),
    "/connections/{id}/clients": ("ConnectionClients:id", "ApplicationConnections"),
    "/connections/{id}/keys": ("Connection:id",),
    "/connections/{id}/keys/rotate": ("Connection:id",),
    "/custom-domains": ("CustomDomain", "CustomDomainVerification"),
    "/custom-domains/default": ("CustomDomain",),
    "/custom-domains/{id}": ("CustomDomain:id", "CustomDomainVerification:id"),
    "/custom-domains/{id}/verify": ("CustomDomain:id", "CustomDomainVerification:id"),
    "/email-templates": ("EmailTemplate",),
    "/email-templates/{id}": ("EmailTemplate:id",),
    "/emails/provider": ("EmailProvider",),
    "/log-streams": ("LogStream",),
    "/log-streams/{id}": ("LogStream:id",),
    "/organizations": ("Organization",),
    "/organizations/{id}": ("Organization:id",),
    "/prompts": ("Prompt", "Tenant"),
    "/prompts/{prompt}/custom-text/{language}": ("PromptCustomText",),
    "/resource-servers": ("ResourceServer",),
    "/resource-servers/{id}": ("ResourceServer:id",),
    "/roles": ("Role",),
    "/roles/{id}": ("Role:id",),
    "/tenants/settings": ("Tenant",),
}
# What else goes with a delete.
WITH_A_DELETE: Mapping[str, tuple[str, ...]] = {
    "/clients/{id}": ("ClientGrant", "ConnectionClients", "ApplicationConnections"),
    "/connections/{id}": ("ConnectionClients", "ApplicationConnections"),
    "/resource-servers/{id}": ("ClientGrant",),
    "/actions/actions/{id}": ("TriggerActions",),
}
# Whole families, by their first parts.
FAMILIES: Mapping[str, tuple[str, ...]] = {
    "/guardian": ("Guardian", "PhoneNotificationTemplate", "PhoneProvider"),
}
# Written by people who log in, by support or by tools, and neither declared by the program nor listed by a check.
NOT_WATCHED = (
    "/anomaly",
    "/blacklists",
    "/branding/phone/providers/{id}/try",
    "/branding/phone/templates/{id}/try",
    "/clients/cimd/preview",
    "/connections/{id}/directory-provisioning",
    "/connections/{id}/scim-configuration",
    "/connections/{id}/users",
    "/connections-directory-provisionings",
    "/connections-scim-configurations",
    "/connection-profiles",
    "/custom-domains/{id}/test",
    "/device-credentials",
    "/event-streams",
    "/flows",
    "/forms",
    "/grants",
    "/groups",
    "/guardian/enrollments",
    "/hooks",
    "/jobs",
    "/keys",
    "/network-acls",
    "/organizations/{id}/",
    "/prompts/{prompt}/partials",
    "/prompts/{prompt}/screen",
    "/prompts/rendering",
    "/rate-limit-policies",
    "/refresh-tokens",
    "/risk-assessments",
    "/roles/{id}/",
    "/rules",
    "/rules-configs",
    "/self-service-profiles",
    "/sessions",
    "/supplemental-signals",
    "/tickets",
    "/token-exchange-profiles",
    "/user-attribute-profiles",
    "/user-blocks",
    "/users",
    "/users-by-email",
    "/verifiable-credentials",
    "/actions/actions/{id}/test",
    "/actions/modules",
    "/emails/provider/test",
    "/tenants/settings/test",
)


def touched(entry: Entry) -> frozenset[Touched] | None:
    """What a write touches, nothing among it; `None` where nobody knows."""
    if not entry.readable:
        return None
    parts = tuple(unquote(part) for part in entry.path.strip("/").split("/"))
    for template, kinds in WATCHED.items():
        names = _match(template, parts)
        if names is not None:
            more = WITH_A_DELETE.get(template, ()) if entry.method == "DELETE" else ()
            return frozenset({*(_touched(kind, names) for kind in kinds), *(Touched(kind=kind) for kind in more)})
    if any(_begins(prefix, parts) for prefix in NOT_WATCHED):
        return frozenset()
    for prefix, kinds in FAMILIES.items():
        if _begins(prefix, parts):
            return frozenset(Touched(kind=kind) for kind in kinds)
    return None


def _touched(kind: str, names: Mapping[str, str]) -> Touched:
    name, _, place = kind.partition(":")
    if place:
        return Touched(kind=name, id=names[place])
    return Touched(kind=name)


def _match(template: str, parts: tuple[str, ...]) -> dict[str, str] | None:
    wanted = template.strip("/").split("/")
    if len(wanted) != len(parts):
        return None
    names = {}
    for one, part in zip(wanted, parts, strict=True):
        if one.startswith("{"):
            names[one.strip("{}")] = part
        elif one != part:
            return None
    return names


def _begins(prefix: str, parts: tuple[str, ...]) -> bool:
    """Whether a path is this one or below it; below it only, if the prefix ends with a slash."""
    wanted = prefix.strip("/").split("/")
    longer = len(parts) > len(wanted) if prefix.endswith("/") else len(parts) >= len(wanted)
    return longer and _match("/".join(wanted), parts[: len(wanted)]) is not None
