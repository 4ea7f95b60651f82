"""
What the engine refuses to delete.

Source: https://www.pulumi.com/docs/iac/concepts/resources/options/protect/
"""

from __future__ import annotations

from collections.abc import Iterator

from guestlist.preview.security.finding import Severity
from guestlist.preview.security.rule import Look, Worse, rule

HOLDS_PEOPLE = ("Connection",)


@rule(
    "users-unprotected",
    Severity.ERROR,
    why="The next change that deletes or replaces the connection deletes all its users, and nobody is asked.",
    remedy="Leave guestlist:protect true.",
)
def users_unprotected(look: Look) -> Iterator[Worse]:
    """A connection that was protected and is not."""
    for before, after in look.pairs(*HOLDS_PEOPLE):
        if before is not None and before.protect and not after.protect:
            yield Worse(resource=after, what="The engine would delete it without asking.")


@rule(
    "unprotected",
    Severity.WARNING,
    why="The next change may delete it, and nobody is asked.",
    remedy="Leave guestlist:protect true.",
)
def unprotected(look: Look) -> Iterator[Worse]:
    """Anything else that was protected and is not."""
    for urn, after in look.pictures.after.items():
        before = look.pictures.before.get(urn)
        if before is not None and before.protect and not after.protect and after.kind not in HOLDS_PEOPLE:
            yield Worse(resource=after, what="The engine would delete it without asking.")


RULES = (users_unprotected, unprotected)
