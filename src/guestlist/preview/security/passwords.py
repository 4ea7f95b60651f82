"""
What a password has to be.

Source: https://auth0.com/docs/authenticate/database-connections/password-options (`password_policy` and its options; the flexible
policy, `password_options`, is the same in other words)
"""

from __future__ import annotations

from collections.abc import Iterator

from guestlist.preview.picture import PENDING
from guestlist.preview.security.finding import Severity
from guestlist.preview.security.rule import Look, Worse, at, listed, lowered, rule
from guestlist.preview.security.sign_up import DATABASE

LEVELS = ("none", "low", "fair", "good", "excellent")
USUAL = "good"  # Auth0's own for a new connection
USUAL_LENGTH = 8
SWITCHES = {
    "options.passwordDictionary.enable": "words of the dictionary are taken",
    "options.passwordNoPersonalInfo.enable": "a person's own name or address is taken",
    "options.passwordHistories.enable": "an old password is taken again",
    "options.passwordOptions.dictionary.active": "words of the dictionary are taken",
    "options.passwordOptions.profileData.active": "a person's own name or address is taken",
    "options.passwordOptions.history.active": "an old password is taken again",
}
NUMBERS = {
    "options.passwordComplexityOptions.minLength": USUAL_LENGTH,
    "options.passwordOptions.complexity.minLength": USUAL_LENGTH,
    "options.passwordHistories.size": 0,
    "options.passwordOptions.history.size": 0,
}


@rule(
    "password-policy-lowered",
    Severity.ERROR,
    why="Passwords that are easier to guess, or known from elsewhere, are taken from then on.",
    remedy="Leave the policy, its length, its history and its dictionary as strong as they were.",
)
def password_policy_lowered(look: Look) -> Iterator[Worse]:
    """Any part of it, of a database."""
    for before, after in look.pairs("Connection"):
        if at(after, "strategy") != DATABASE:
            continue
        said = []
        old, new = (at(one, "options.passwordPolicy") or USUAL for one in (before, after))
        least = USUAL if before is None else old
        if new != PENDING and new in LEVELS and least in LEVELS and LEVELS.index(new) < LEVELS.index(least):
            said.append(f"its policy is {new} (it was {old})" if before else f"its policy is {new}")
        for path, words in SWITCHES.items():
            if before is not None and at(before, path) is True and at(after, path) not in (True, PENDING):
                said.append(words)
        for path, usual in NUMBERS.items():
            if change := lowered(before, after, path, usual=usual):
                said.append(f"{path.removeprefix('options.')} goes {change}")
        if said:
            yield Worse(resource=after, what=f"Passwords of {at(after, 'name')} may be weaker: {listed(said)}.")


RULES = (password_policy_lowered,)
