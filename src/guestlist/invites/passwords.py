"""
A password that nobody will ever know. Not here: the one that the person chooses.

Auth0 wants a database user to have one from the start.
"""

from __future__ import annotations

import secrets
import string
from itertools import pairwise
from random import Random

PASSWORD_LENGTH = 64  # of the 72 bytes that bcrypt takes
SPECIAL = "!#$%*+-.:=?@_~"
CLASSES = (string.ascii_lowercase, string.ascii_uppercase, string.digits, SPECIAL)


def random_password(user_words: tuple[str, ...] = (), *, rng: Random | None = None) -> str:
    """
    A password that every policy takes: all kinds of characters, nothing of the person, no runs, 64 bytes.

    Args:
        user_words: what the policy may call personal: the address's local part, a name.
        rng: for tests; the system's randomness unless given.

    """
    source = rng or secrets.SystemRandom()
    personal = {word.lower() for word in user_words if word}
    while True:
        characters = [source.choice(kind) for kind in CLASSES]
        characters += source.choices("".join(CLASSES), k=PASSWORD_LENGTH - len(characters))
        source.shuffle(characters)
        password = "".join(characters)
        named = any(len(word) > 1 and word in password.lower() for word in personal)
        if not named and not _has_run(password):
            return password


def _has_run(password: str) -> bool:
    """`aaa`, `abc`, `321`: three of the same, or three neighbours."""
    steps = [ord(second) - ord(first) for first, second in pairwise(password.lower())]
    return any(first == second and first in {-1, 0, 1} for first, second in pairwise(steps))
