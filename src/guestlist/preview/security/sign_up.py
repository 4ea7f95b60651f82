"""
Whether strangers can make themselves an account.

Not here: which connections an application has (`connections.py`).
Source: https://auth0.com/docs/authenticate/database-connections (`disable_signup`)
"""

from __future__ import annotations

from collections.abc import Iterator

from guestlist.preview.picture import PENDING, Resource
from guestlist.preview.security.finding import Severity
from guestlist.preview.security.rule import Look, Worse, at, rule, switched

DATABASE = "auth0"  # the strategy


def is_closed(connection: Resource) -> bool:
    """Whether nobody can sign up to it: a database that says so. Everybody with an account elsewhere is let in by any other strategy."""
    return at(connection, "strategy") == DATABASE and at(connection, "options.disableSignup") is True


@rule(
    "sign-up-opened",
    Severity.ERROR,
    why="Anybody could make an account without an invitation, by the sign-up page or POST /dbconnections/signup.",
    remedy="Leave options.disableSignup true.",
)
def sign_up_opened(look: Look) -> Iterator[Worse]:
    """A database that was closed, or is new."""
    for before, after in look.pairs("Connection"):
        is_database = at(after, "strategy") == DATABASE
        if (
            is_database
            and at(after, "options.disableSignup") not in (True, PENDING)
            and (before is None or is_closed(before))
        ):
            yield Worse(resource=after, what=f"Sign-up to the connection {at(after, 'name')} is open.")


@rule(
    "imports-users",
    Severity.WARNING,
    why="Scripts of the connection see every password that is typed, and take people in from another database.",
    remedy="Leave options.importMode and options.enabledDatabaseCustomization false.",
)
def imports_users(look: Look) -> Iterator[Worse]:
    """Users that nobody invited, by a script."""
    for before, after in look.pairs("Connection"):
        for name in ("importMode", "enabledDatabaseCustomization"):
            if switched(before, after, f"options.{name}", to=True):
                yield Worse(resource=after, what=f"options.{name} of the connection {at(after, 'name')} is on.")


RULES = (sign_up_opened, imports_users)
