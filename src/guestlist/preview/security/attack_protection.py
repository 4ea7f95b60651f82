"""
How the tenant defends itself against guessing, flooding, stolen passwords and bots.

Source: https://auth0.com/docs/secure/attack-protection
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from guestlist.preview.picture import PENDING
from guestlist.preview.security.finding import Severity
from guestlist.preview.security.rule import Look, Worse, added, at, listed, raised, rule, switched, texts

PARTS: Mapping[str, str] = {
    "bruteForceProtection": "Brute force protection",
    "suspiciousIpThrottling": "Suspicious IP throttling",
    "breachedPasswordDetection": "Breached password detection",
}
SHIELDS = (
    *(f"{part}.shields" for part in PARTS),
    "breachedPasswordDetection.preChangePassword.shields",
    "breachedPasswordDetection.preUserRegistration.shields",
)
CHALLENGES = ("never", "when_risky", "always")
LEVELS = ("low", "medium", "high")
ALLOWLISTS = tuple(f"{part}.allowlists" for part in ("bruteForceProtection", "suspiciousIpThrottling", "botDetection"))
GUESSING = "Passwords can be guessed, or tried out from lists of stolen ones, faster or without anybody noticing."


@rule(
    "attack-protection-removed",
    Severity.ERROR,
    why=GUESSING,
    remedy="Keep guestlist:attackProtection, or let somebody else hold it and allow this once.",
)
def attack_protection_removed(look: Look) -> Iterator[Worse]:
    """The whole resource leaves the program."""
    before, after = look.single("AttackProtection")
    if before is not None and after is None:
        yield Worse(resource=before, what="The program no longer holds any defence of the tenant.")


@rule(
    "attack-protection-off",
    Severity.ERROR,
    why=GUESSING,
    remedy="Leave it switched on.",
)
def attack_protection_off(look: Look) -> Iterator[Worse]:
    """A defence is switched off, for the tenant or for one connection."""
    before, after = look.single("AttackProtection")
    if after is not None:
        for part, words in PARTS.items():
            if switched(before, after, f"{part}.enabled", to=False):
                yield Worse(resource=after, what=f"{words} is off.")
    for was, connection in look.pairs("Connection"):
        if switched(was, connection, "options.bruteForceProtection", to=False):
            yield Worse(
                resource=connection, what=f"Brute force protection is off for the connection {at(connection, 'name')}."
            )


@rule(
    "attack-protection-weakened",
    Severity.WARNING,
    why=GUESSING,
    remedy="Leave shields, attempts and challenges as strict as they were.",
)
def attack_protection_weakened(look: Look) -> Iterator[Worse]:
    """A shield goes, more attempts are let pass, bots are challenged less."""
    before, after = look.single("AttackProtection")
    if before is None or after is None:
        return
    said = [
        f"{path} loses {listed(gone)}"
        for path in SHIELDS
        if at(after, path) != PENDING
        and (gone := [one for one in texts(before, path) if one not in texts(after, path)])
    ]
    if change := raised(before, after, "bruteForceProtection.maxAttempts", usual=10):
        said.append(f"bruteForceProtection.maxAttempts goes {change}")
    for name in ("challengePasswordPolicy", "challengePasswordResetPolicy", "challengePasswordlessPolicy"):
        said += _lower(
            CHALLENGES, f"botDetection.{name}", at(before, f"botDetection.{name}"), at(after, f"botDetection.{name}")
        )
    said += _lower(
        LEVELS,
        "botDetection.botDetectionLevel",
        *(at(one, "botDetection.botDetectionLevel") for one in (before, after)),
    )
    if said:
        yield Worse(resource=after, what=f"The tenant defends itself less: {listed(said)}.")


def _lower(order: tuple[str, ...], path: str, old: object, new: object) -> list[str]:
    is_lower = old in order and new in order and order.index(str(new)) < order.index(str(old))
    return [f"{path} is {new} (it was {old})"] if is_lower else []


@rule(
    "attack-protection-allowlist",
    Severity.WARNING,
    why="From these addresses passwords may be tried without limit.",
    remedy="List as few addresses as possible, and none that others share.",
)
def attack_protection_allowlist(look: Look) -> Iterator[Worse]:
    """An address that is not held up any more."""
    before, after = look.single("AttackProtection")
    if after is None:
        return
    addresses = sorted({one for path in ALLOWLISTS for one in added(before, after, path)})
    if addresses:
        yield Worse(resource=after, what=f"{listed(addresses)} is let through.")


RULES = (attack_protection_removed, attack_protection_off, attack_protection_weakened, attack_protection_allowlist)
