"""
Whether a password may be set on a database connection, by the older policy (`passwordPolicy` and its four neighbours) or the flexible one
(`password_options`).

The Management API names the kind of fault and no more: `PasswordStrengthError: Password is too weak`.
Smaller than at Auth0: the dictionary of common passwords holds the commonest hundred, not 10,000 or 100,000.

Not here: how a password is kept (`passwords.py`), the words of the reset page (`universal_login/`).
Source: https://auth0.com/docs/authenticate/database-connections/password-options and
https://auth0.com/docs/authenticate/database-connections/password-strength; the error texts are quoted in
https://community.auth0.com/t/passwordstrengtherror-on-management-api-doesnt-include/79241 and in public code (read 2026-11-23).
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from localtenant.errors import ManagementError
from localtenant.management.passwords import LONGEST, is_password
from localtenant.store import Document

CHARACTER_TYPES = {
    "lowercase": re.compile(r"[a-z]"),
    "uppercase": re.compile(r"[A-Z]"),
    "number": re.compile(r"[0-9]"),
    "special": re.compile(r"[^A-Za-z0-9]"),
}
LEGACY_FIELDS = (
    "name",
    "username",
    "nickname",
    "email",
    "user_metadata.name",
    "user_metadata.first",
    "user_metadata.last",
)
SHORTEST_PERSONAL_TEXT = 3  # shorter names are in every second word
RUN = 3
COMMON = """
000000 111111 112233 121212 123123 123321 12345 123456 1234567 12345678 123456789 1234567890 123abc 123qwe 131313
159753 1q2w3e 1q2w3e4r 1q2w3e4r5t 1qaz2wsx 222222 333333 555555 654321 666666 696969 777777 7777777 88888888 987654321
aa123456 abc123 abcd1234 access admin admin123 andrea ashley asdfgh asdfghjkl azerty baseball basketball batman biteme
buster changeme charlie chelsea cheese computer cookie daniel donald dragon football freedom george ginger hannah
harley hello hockey hunter iloveyou internet jennifer jessica jordan joshua killer letmein lovely maggie master matrix
matthew merlin michael michelle monkey mustang nicole p@ssw0rd pass passw0rd password password1 password123 pepper
pokemon princess qazwsx qwerty qwerty123 qwertyuiop ranger robert secret shadow snoopy soccer starwars summer sunshine
superman taylor thomas tigger trustno1 welcome welcome1 whatever william zaq12wsx zxcvbnm
"""
COMMON_PASSWORDS = frozenset(COMMON.split())


@dataclass(frozen=True, kw_only=True)
class Policy:
    """What a connection asks of a password, whichever way it was written down."""

    min_length: int = 1
    types: frozenset[str] = frozenset()  # every one of them, unless `types_needed` asks for fewer
    types_needed: int = 0
    longest_run: int | None = None  # of one character, e.g. 2: `aa` passes, `aaa` does not
    allows_sequences: bool = True
    refuses_long: bool = False  # over 72 bytes; otherwise the rest is ignored
    dictionary: frozenset[str] | None = None
    history: int = 0  # former passwords that may not come back
    blocked_fields: tuple[str, ...] = ()


def policy_of(options: Document) -> Policy:
    """The policy in a connection's options. With neither kind there is none to speak of: one character is enough."""
    if options.get("password_options"):
        return _flexible(options["password_options"])
    return _legacy(options)


def check_password(options: Document, password: str, user: Document, former: Sequence[str] = ()) -> None:
    """
    400 with Auth0's words unless the password may be set on the profile `user`.

    `options` are the connection's; `former` are hashes of earlier passwords, newest first, the current one included.
    """
    policy = policy_of(options)
    if not is_strong(policy, password):
        raise _refused("PasswordStrengthError: Password is too weak")
    if policy.dictionary is not None and password.lower() in policy.dictionary:
        raise _refused("PasswordDictionaryError: Password is too common")
    if names_the_user(policy, password, user):
        raise _refused("PasswordNoUserInfoError: Password contains user information")
    if any(is_password(password, hashed) for hashed in former[: policy.history]):
        raise _refused("PasswordHistoryError: Password has previously been used")


def is_strong(policy: Policy, password: str) -> bool:
    """Whether length and characters are as the policy wants them."""
    if len(password) < policy.min_length or (policy.refuses_long and len(password.encode()) > LONGEST):
        return False
    if sum(bool(CHARACTER_TYPES[name].search(password)) for name in policy.types) < policy.types_needed:
        return False
    if policy.longest_run is not None and re.search(rf"(.)\1{{{policy.longest_run}}}", password):
        return False
    return policy.allows_sequences or not _has_sequence(password)


def _legacy(options: Document) -> Policy:
    level = options.get("passwordPolicy") or "none"
    shapes: dict[str, dict[str, Any]] = {
        "none": {"min_length": 1},
        "low": {"min_length": 6},
        "fair": {"min_length": 8, **_all_of("lowercase", "uppercase", "number")},
        "good": {"min_length": 8, **_three_of_four()},
        "excellent": {"min_length": 10, "longest_run": 2, **_three_of_four()},
    }
    shape = shapes[level]
    wanted = (options.get("password_complexity_options") or {}).get("min_length")
    if wanted is not None:
        shape["min_length"] = wanted
    dictionary = options.get("password_dictionary") or {}
    history = options.get("password_history") or {}
    personal = options.get("password_no_personal_info") or {}
    return Policy(
        **shape,
        dictionary=_dictionary(dictionary.get("dictionary", [])) if dictionary.get("enable") else None,
        history=history.get("size", 5) if history.get("enable") else 0,
        blocked_fields=LEGACY_FIELDS if personal.get("enable") else (),
    )


def _flexible(given: Document) -> Policy:
    complexity = given.get("complexity", {})
    types = complexity.get("character_types", [])
    shape = _three_of_four() if complexity.get("character_type_rule") == "three_of_four" else _all_of(*types)
    dictionary = given.get("dictionary", {})
    history = given.get("history", {})
    profile = given.get("profile_data", {})
    return Policy(
        **shape,
        min_length=complexity.get("min_length", 1),
        longest_run=2 if complexity.get("identical_characters") == "block" else None,
        allows_sequences=complexity.get("sequential_characters") != "block",
        refuses_long=complexity.get("max_length_exceeded", "error") == "error",
        dictionary=_dictionary(dictionary.get("custom", [])) if dictionary.get("active") else None,
        history=history.get("size", 3) if history.get("active") else 0,
        blocked_fields=tuple(profile.get("blocked_fields", ())) if profile.get("active") else (),
    )


def _all_of(*types: str) -> dict[str, Any]:
    return {"types": frozenset(types), "types_needed": len(set(types))}


def _three_of_four() -> dict[str, Any]:
    return {"types": frozenset(CHARACTER_TYPES), "types_needed": 3}


def _dictionary(custom: Iterable[str]) -> frozenset[str]:
    return COMMON_PASSWORDS | {word.lower() for word in custom}


def _has_sequence(password: str) -> bool:
    """Three neighbours of the alphabet or of the digits, upwards or downwards: `abc`, `321`."""
    for start in range(len(password) - RUN + 1):
        part = password[start : start + RUN].lower()
        steps = {ord(second) - ord(first) for first, second in pairwise(part)}
        if part.isalnum() and part.isascii() and steps in ({1}, {-1}):
            return True
    return False


def names_the_user(policy: Policy, password: str, user: Document) -> bool:
    """Whether the password holds something of the profile that the policy blocks."""
    lowered = password.lower()
    for name in policy.blocked_fields:
        value: Any = user
        for step in name.split("."):
            value = value.get(step) if isinstance(value, dict) else None
        if not isinstance(value, str):
            continue
        text = value.lower().partition("@")[0] if name in ("email", "name", "nickname") else value.lower()
        if len(text) >= SHORTEST_PERSONAL_TEXT and text in lowered:
            return True
    return False


def _refused(message: str) -> ManagementError:
    return ManagementError(400, message)  # recorded by others without an `errorCode`
