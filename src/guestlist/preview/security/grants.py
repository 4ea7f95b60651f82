"""
What machine-to-machine clients may do with an API.

Not here: how they authenticate (`applications.py`).
Source: https://auth0.com/docs/get-started/applications/application-access-to-apis-client-grants; `create:client_grants` lets a client give
itself anything (https://auth0.com/docs/secure/tokens/access-tokens/management-api-access-tokens)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from guestlist.preview.picture import Resource
from guestlist.preview.security.finding import Severity
from guestlist.preview.security.rule import Look, Worse, added, at, listed, rule, switched

MANAGEMENT = "/api/v2/"  # the end of the Management API's audience
READ = "read:"
# Reading these is as good as writing: they are keys.
KEYS = frozenset({"read:client_keys", "read:client_credentials", "read:user_idp_tokens", "read:signing_keys"})
# What the program's own clients are there for, by the name of the grant: as they begin it is no news. A test holds it to the program.
NEEDED: Mapping[str, frozenset[str]] = {
    "inviter-grant": frozenset(
        {"create:user_tickets", "create:users", "read:users", "update:users"}
        # by what the settings ask for; `invite.revoke: delete` is news all the same: that client can delete users
        | {"read:logs", "create:authentication_methods", "read:authentication_methods"}
    ),
    "profile-writer-grant": frozenset({"update:users"}),
}


def _new_scopes(before: Resource | None, after: Resource) -> list[str]:
    needed = NEEDED.get(after.name, frozenset()) if before is None else frozenset()
    return [one for one in added(before, after, "scopes") if one not in needed]


def _is_powerful(grant: Resource, scope: str) -> bool:
    is_management = str(at(grant, "audience") or "").endswith(MANAGEMENT)
    return is_management and (not scope.startswith(READ) or scope in KEYS)


@rule(
    "grant-powerful",
    Severity.ERROR,
    why="Whoever gets hold of the client's secret can change the tenant or its users.",
    remedy="Give a client the scopes that it uses, and no other.",
)
def grant_powerful(look: Look) -> Iterator[Worse]:
    """Scopes of the Management API that write, or show keys."""
    for before, after in look.pairs("ClientGrant"):
        if found := [one for one in _new_scopes(before, after) if _is_powerful(after, one)]:
            yield Worse(resource=after, what=f"The client of {after.name} gets {listed(found)}.")


@rule(
    "grant-widened",
    Severity.WARNING,
    why="Whoever gets hold of the client's secret can read, or do, more.",
    remedy="Give a client the scopes that it uses, and no other.",
)
def grant_widened(look: Look) -> Iterator[Worse]:
    """Other scopes, of a grant that was there; or of a new one for an API of somebody's own."""
    for before, after in look.pairs("ClientGrant"):
        found = [one for one in _new_scopes(before, after) if not _is_powerful(after, one)]
        is_new_reader = before is None and str(at(after, "audience") or "").endswith(MANAGEMENT)
        if found and not is_new_reader:
            yield Worse(resource=after, what=f"The client of {after.name} gets {listed(found)}.")


@rule(
    "grant-of-everything",
    Severity.ERROR,
    why="Whatever the API can ever do, this client may.",
    remedy="List scopes, and leave allowAllScopes false.",
)
def grant_of_everything(look: Look) -> Iterator[Worse]:
    """All scopes, those that are yet to come too."""
    for before, after in look.pairs("ClientGrant"):
        if switched(before, after, "allowAllScopes", to=True):
            yield Worse(resource=after, what=f"The client of {after.name} gets every scope.")


RULES = (grant_powerful, grant_widened, grant_of_everything)
