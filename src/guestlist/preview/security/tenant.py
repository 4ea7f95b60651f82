"""
The tenant's own switches.

Not here: sessions (`tokens.py`), MFA in Actions (`mfa.py`).
Source: https://auth0.com/docs/api/management/v2/tenants/patch-settings (`flags`)
"""

from __future__ import annotations

from collections.abc import Iterator

from guestlist.preview.security.finding import Severity
from guestlist.preview.security.rule import Look, Worse, at, listed, lost, rule, switched


@rule(
    "clients-on-every-connection",
    Severity.ERROR,
    why="Each new application is a door to every connection: people sign up through the one that is open.",
    remedy="Leave flags.enableClientConnections false.",
)
def clients_on_every_connection(look: Look) -> Iterator[Worse]:
    """New applications are enabled everywhere."""
    before, after = look.single("Tenant")
    if after is not None and switched(before, after, "flags.enableClientConnections", to=True):
        yield Worse(resource=after, what="Every new application may use every connection.")


@rule(
    "clients-register-themselves",
    Severity.ERROR,
    why="Anybody can make an application in the tenant, and have people log in to it.",
    remedy="Leave flags.enableDynamicClientRegistration and clientIdMetadataDocumentSupported false.",
)
def clients_register_themselves(look: Look) -> Iterator[Worse]:
    """Dynamic client registration."""
    before, after = look.single("Tenant")
    paths = ("flags.enableDynamicClientRegistration", "clientIdMetadataDocumentSupported")
    if after is not None and (found := [one for one in paths if switched(before, after, one, to=True)]):
        yield Worse(resource=after, what=f"Applications may register themselves: {listed(found)} is on.")


@rule(
    "users-can-be-found",
    Severity.WARNING,
    why="Whoever asks learns which addresses have an account.",
    remedy="Leave flags.enablePublicSignupUserExistsError false.",
)
def users_can_be_found(look: Look) -> Iterator[Worse]:
    """An answer that tells one address from another."""
    before, after = look.single("Tenant")
    if after is None:
        return
    said = [
        f"flags.{name} is {state}"
        for name, to, state in (
            ("enablePublicSignupUserExistsError", True, "on"),
            ("noDiscloseEnterpriseConnections", False, "off"),
        )
        if switched(before, after, f"flags.{name}", to=to) and (to or before is not None)
    ]
    if said:
        yield Worse(resource=after, what=f"The tenant tells strangers who has an account: {listed(said)}.")


@rule(
    "tenant-protection-lowered",
    Severity.WARNING,
    why="Pages can be framed, or ways of logging in are open that Auth0 has retired for their weakness.",
    remedy="Leave these flags as they were.",
)
def tenant_protection_lowered(look: Look) -> Iterator[Worse]:
    """Clickjacking headers, legacy grants and endpoints, pushed requests, a database that the password grant falls back to."""
    before, after = look.single("Tenant")
    if after is None:
        return
    said = [f"flags.{one} is on" for one in _KEPT_OFF if switched(before, after, f"flags.{one}", to=True)]
    if before is not None:
        said += [f"flags.{one} is off" for one in _KEPT_ON if lost(before, after, f"flags.{one}", safe=True)]
    if at(after, "defaultDirectory") and at(after, "defaultDirectory") != at(before, "defaultDirectory"):
        said.append(f"defaultDirectory is {at(after, 'defaultDirectory')}")
    if said:
        yield Worse(resource=after, what=f"The tenant is protected less: {listed(said)}.")


_KEPT_OFF = (
    "disableClickjackProtectionHeaders",
    "allowLegacyDelegationGrantTypes",
    "allowLegacyRoGrantTypes",
    "allowLegacyTokeninfoEndpoint",
    "enableLegacyProfile",
    "enableIdtokenApi2",
    "disableManagementApiSmsObfuscation",
)
_KEPT_ON = ("requirePushedAuthorizationRequests", "removeAlgFromJwks")

RULES = (clients_on_every_connection, clients_register_themselves, users_can_be_found, tenant_protection_lowered)
