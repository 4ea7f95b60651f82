"""
How long tokens, sessions and links live, and whether a stolen refresh token is noticed.

Source: https://auth0.com/docs/secure/tokens/refresh-tokens/refresh-token-rotation,
https://auth0.com/docs/manage-users/sessions/session-lifecycle
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from guestlist.preview.picture import PENDING, Resource
from guestlist.preview.security.finding import Severity
from guestlist.preview.security.rule import Look, Worse, at, listed, raised, rule, switched, texts

HOUR, DAY = 3600, 24 * 3600
# By kind and property: what is usual, which a new resource may have without a word. In the units of the property.
LIFETIMES: Mapping[str, Mapping[str, float]] = {
    "Client": {
        "jwtConfiguration.lifetimeInSeconds": 10 * HOUR,
        "refreshToken.tokenLifetime": 30 * DAY,
        "refreshToken.idleTokenLifetime": 15 * DAY,
    },
    "ResourceServer": {"tokenLifetime": DAY, "tokenLifetimeForWeb": 2 * HOUR},
    "Tenant": {
        "sessionLifetime": 168,  # hours
        "idleSessionLifetime": 72,
        "ephemeralSessionLifetime": 168,
        "idleEphemeralSessionLifetime": 72,
    },
    "EmailTemplate": {"urlLifetimeInSeconds": 30 * DAY},
}
LEEWAY = 60  # seconds


@rule(
    "lifetime-raised",
    Severity.WARNING,
    why="A stolen token, session or link works for longer.",
    remedy="Keep it as short as people can bear.",
)
def lifetime_raised(look: Look) -> Iterator[Worse]:
    """A longer one than before; in a new resource, than usual."""
    for kind, paths in LIFETIMES.items():
        for before, after in look.pairs(kind):
            changes = {path: raised(before, after, path, usual=usual) for path, usual in paths.items()}
            said = [f"{path} goes {change}" for path, change in changes.items() if change]
            if said:
                yield Worse(resource=after, what=f"{listed(said)}.")


def _has_refresh_tokens(client: Resource) -> bool:
    return "refresh_token" in texts(client, "grantTypes")


@rule(
    "refresh-token-not-rotating",
    Severity.ERROR,
    why="A copied refresh token works beside the real one until it expires, and nobody notices.",
    remedy='Leave refreshToken.rotationType "rotating".',
)
def refresh_token_not_rotating(look: Look) -> Iterator[Worse]:
    """Rotation is switched off; a new application in a browser or a hand has none."""
    for before, after in look.pairs("Client"):
        new, old = at(after, "refreshToken.rotationType"), at(before, "refreshToken.rotationType")
        if not _has_refresh_tokens(after) or new in ("rotating", PENDING):
            continue
        if old == "rotating" or (before is None and at(after, "appType") in ("spa", "native")):
            yield Worse(resource=after, what=f"Refresh tokens of {at(after, 'name')} do not rotate.")


@rule(
    "refresh-token-endless",
    Severity.ERROR,
    why="A stolen refresh token works for ever.",
    remedy='Leave refreshToken.expirationType "expiring" and its infinite… properties false.',
)
def refresh_token_endless(look: Look) -> Iterator[Worse]:
    """No end, or none while it is used."""
    for before, after in look.pairs("Client"):
        said = [
            f"refreshToken.{name} is on"
            for name in ("infiniteTokenLifetime", "infiniteIdleTokenLifetime")
            if switched(before, after, f"refreshToken.{name}", to=True)
        ]
        new, old = (at(one, "refreshToken.expirationType") for one in (after, before))
        if new == "non-expiring" and old != "non-expiring":
            said.append("refreshToken.expirationType is non-expiring")
        if said:
            yield Worse(resource=after, what=f"Refresh tokens of {at(after, 'name')} do not end: {listed(said)}.")


@rule(
    "refresh-token-leeway",
    Severity.WARNING,
    why="That long a copied refresh token may be used again without ending the session of the real one.",
    remedy=f"Keep it at {LEEWAY} seconds or fewer: it is for two tabs that refresh at once.",
)
def refresh_token_leeway(look: Look) -> Iterator[Worse]:
    """A longer one than before."""
    for before, after in look.pairs("Client"):
        if change := raised(before, after, "refreshToken.leeway", usual=LEEWAY):
            yield Worse(resource=after, what=f"refreshToken.leeway of {at(after, 'name')} goes {change}.")


@rule(
    "signing-weakened",
    Severity.ERROR,
    why="With HS256 whoever can check a token can make one: the client's secret is the key.",
    remedy="Leave the algorithm RS256, PS256 or ES256.",
)
def signing_weakened(look: Look) -> Iterator[Worse]:
    """From two keys to one."""
    for kind, path in (("Client", "jwtConfiguration.alg"), ("ResourceServer", "signingAlg")):
        for before, after in look.pairs(kind):
            if at(after, path) == "HS256" and at(before, path) != "HS256":
                yield Worse(resource=after, what=f"Tokens of {at(after, 'name')} are signed with HS256.")


@rule(
    "session-cookie-persistent",
    Severity.WARNING,
    why="On a shared computer the next person is still logged in after the browser was closed.",
    remedy='Leave sessionCookie.mode "non-persistent".',
)
def session_cookie_persistent(look: Look) -> Iterator[Worse]:
    """A cookie that outlives the browser."""
    before, after = look.single("Tenant")
    was, is_now = at(before, "sessionCookie.mode"), at(after, "sessionCookie.mode")
    if after is not None and was == "non-persistent" and is_now not in (was, PENDING):
        yield Worse(resource=after, what="Sessions outlive the browser.")


RULES = (
    lifetime_raised,
    refresh_token_not_rotating,
    refresh_token_endless,
    refresh_token_leeway,
    signing_weakened,
    session_cookie_persistent,
)
