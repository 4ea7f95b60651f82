"""
What an application may ask Auth0 for, and how it shows that it is itself.

Not here: where its logins lead (`urls.py`), how long its tokens live (`tokens.py`), what machines may do (`grants.py`).
Source: https://auth0.com/docs/get-started/applications/application-grant-types,
https://auth0.com/docs/authenticate/login/cross-origin-authentication
"""

from __future__ import annotations

from collections.abc import Iterator

from guestlist.preview.picture import PENDING, Resource
from guestlist.preview.security.finding import Severity
from guestlist.preview.security.rule import Look, Worse, at, listed, lost, rule, switched, texts

# What Auth0 gives an application whose list is left out.
DEFAULT_GRANTS = ("authorization_code", "implicit", "refresh_token", "client_credentials")
PEOPLE = frozenset({"authorization_code", "refresh_token"})
MACHINES = frozenset({"client_credentials"})
# A password is typed into the application, past MFA and Actions; or a token travels in a URL.
DANGEROUS = frozenset(
    {
        "implicit",
        "password",
        "http://auth0.com/oauth/grant-type/password-realm",
        "http://auth0.com/oauth/legacy/grant-type/ro",
        "http://auth0.com/oauth/legacy/grant-type/ro/jwt-bearer",
        "http://auth0.com/oauth/legacy/grant-type/delegation/refresh_token",
        "http://auth0.com/oauth/legacy/grant-type/delegation/id_token",
        "http://auth0.com/oauth/legacy/grant-type/access_token",
    }
)


def _grants(client: Resource | None) -> tuple[str, ...]:
    if client is None or at(client, "grantTypes") == PENDING:
        return ()
    return DEFAULT_GRANTS if at(client, "grantTypes") is None else texts(client, "grantTypes")


def _new_grants(before: Resource | None, after: Resource) -> list[str]:
    old = _grants(before)
    return sorted(one for one in _grants(after) if one not in old)


def _usual(client: Resource) -> frozenset[str]:
    return MACHINES if at(client, "appType") == "non_interactive" else PEOPLE


@rule(
    "grant-type-dangerous",
    Severity.ERROR,
    why="Passwords go through the application itself, without MFA page and redirects; or tokens travel in URLs, where they are logged.",
    remedy="Use authorization_code with PKCE, and name the grant types: left out, Auth0 gives implicit too.",
)
def grant_type_dangerous(look: Look) -> Iterator[Worse]:
    """Implicit, password and the legacy ones."""
    for before, after in look.pairs("Client"):
        if found := [one for one in _new_grants(before, after) if one in DANGEROUS]:
            yield Worse(resource=after, what=f"{at(after, 'name')} may use {listed(found)}.")


@rule(
    "grant-type-added",
    Severity.WARNING,
    why="Each way to get a token is one more to steal one.",
    remedy="Leave it out unless the application uses it.",
)
def grant_type_added(look: Look) -> Iterator[Worse]:
    """Any other that an application of its kind does not need."""
    for before, after in look.pairs("Client"):
        if found := [one for one in _new_grants(before, after) if one not in DANGEROUS | _usual(after)]:
            yield Worse(resource=after, what=f"{at(after, 'name')} may use {listed(found)}.")


@rule(
    "cross-origin-login",
    Severity.ERROR,
    why="Passwords are typed into pages of other origins, which Universal Login's protections do not reach.",
    remedy="Leave crossOriginAuth false.",
)
def cross_origin_login(look: Look) -> Iterator[Worse]:
    """Embedded login."""
    for before, after in look.pairs("Client"):
        if switched(before, after, "crossOriginAuth", to=True):
            yield Worse(resource=after, what=f"{at(after, 'name')} may log people in from its own pages.")


@rule(
    "client-without-secret",
    Severity.ERROR,
    why="Whoever knows its client id, which is no secret, can redeem what is meant for it.",
    remedy="Leave the way it authenticates as it was.",
)
def client_without_secret(look: Look) -> Iterator[Worse]:
    """A client that showed a secret, or signed, and does neither."""
    for before, after in look.pairs("ClientCredentials"):
        if before is not None and _is_given_up(before, after, "authenticationMethod"):
            yield Worse(resource=after, what="The client no longer shows a secret.")
    public = ("spa", "native")
    for before, after in look.pairs("Client"):
        if before is not None and at(before, "appType") not in public and at(after, "appType") in public:
            yield Worse(resource=after, what=f"{at(after, 'name')} is a {at(after, 'appType')}, which has no secret.")


def _is_given_up(before: Resource, after: Resource, path: str) -> bool:
    """Whether a method of authentication becomes `none`."""
    return bool(at(after, path) == "none" and at(before, path) != "none")


@rule(
    "client-protection-lowered",
    Severity.WARNING,
    why="Requests and tokens of the application are taken from whoever copies them, or limits are counted for addresses that it invents.",
    remedy="Leave these properties as they were.",
)
def client_protection_lowered(look: Look) -> Iterator[Worse]:
    """Signed or pushed requests, proof of possession, OIDC conformance; trust in addresses that the client sends."""
    for before, after in look.pairs("Client"):
        said = [f"{one} is off" for one in _KEPT_ON if before is not None and lost(before, after, one, safe=True)]
        said += [f"{one} is on" for one in _KEPT_OFF if switched(before, after, one, to=True)]
        if said:
            yield Worse(resource=after, what=f"{at(after, 'name')} is protected less: {listed(said)}.")


_KEPT_ON = ("oidcConformant", "requirePushedAuthorizationRequests", "requireProofOfPossession")
_KEPT_OFF = ("isTokenEndpointIpHeaderTrusted",)

RULES = (grant_type_dangerous, grant_type_added, cross_origin_login, client_without_secret, client_protection_lowered)
