"""
The keys of the two directions: what makes one too weak to serve with.

The rules are those of an environment's settings (`stacks.settings_secrets`), once more: the page runs alone in its container, and a
key may reach it by another way than the configuration. A test holds both to the same cases.

Source: RFC 7518 section 3.2 (a key as long as the hash: 32 bytes), RFC 8725 section 3.5 (enough entropy).
"""

from __future__ import annotations

import base64
import hashlib
import itertools
import math
import string
from collections import Counter

LEAST_BITS = 256

_EXAMPLE_WORDS = (
    "changeme", "change-me", "change_me", "example", "secret", "password", "placeholder", "replace", "your-", "insert", "dummy",
)  # fmt: skip
# RFC 7515 appendix A.1: random enough to pass every other rule, and printed in every implementation's tests.
_DOCUMENTED = frozenset({"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"})
_ALPHABETS = (
    (frozenset(string.digits), 10),
    (frozenset(string.hexdigits.lower()), 16),
    (frozenset(string.hexdigits.upper()), 16),
    (frozenset(string.ascii_lowercase), 26),
    (frozenset(string.ascii_lowercase + string.digits), 36),
    (frozenset(string.ascii_letters + string.digits + "+/-_="), 64),
)
_NAMES = (
    "toPageSecret", "fromPageSecret", "previousToPageSecret", "previousFromPageSecret",
    "smtpPassword", "emailSecret", "twilioAuthToken", "phoneWebhookSecret",
)  # fmt: skip


def local_key(name: str) -> str:
    """Give the local tenant's public key of that name: the same on every machine."""
    digest = hashlib.sha512(f"guestlist: public key of the local tenant: {name}".encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


_LOCAL = frozenset(map(local_key, _NAMES))


def weakness(key: str, *, local: bool) -> str | None:
    """Say what is wrong with a key, without any of it; None if nothing is."""
    if not key:
        return "is missing"
    if not (key.isascii() and key.isprintable()) or " " in key:
        return "must be printable ASCII without spaces"
    if key in _LOCAL:
        return None if local else "is a key of the local tenant, which is public"
    if key in _DOCUMENTED or any(word in key.lower() for word in _EXAMPLE_WORDS):
        return "is an example, not a secret"
    if _most_bits(key) < LEAST_BITS:
        return f"must have 32 random bytes or more, has {len(key)} characters"
    return "must be random: it repeats itself" if _is_patterned(key) else None


def _most_bits(key: str) -> float:
    letters = frozenset(key)
    size = next((size for alphabet, size in _ALPHABETS if letters <= alphabet), 94)
    return len(key) * math.log2(size)


def _is_patterned(key: str) -> bool:
    counts = Counter(key)
    shannon = -sum(count / len(key) * math.log2(count / len(key)) for count in counts.values())
    if shannon * len(key) < 0.6 * LEAST_BITS:
        return True
    if len({key[at : at + 3] for at in range(len(key) - 2)}) < 0.6 * (len(key) - 2):
        return True
    neighbours = sum(abs(ord(one) - ord(other)) <= 1 for one, other in itertools.pairwise(key))
    return neighbours > 0.5 * (len(key) - 1)
