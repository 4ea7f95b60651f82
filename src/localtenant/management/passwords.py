"""
How a password is kept: salted and stretched, never in the clear and never answered.

Not here: whether it is good enough (`password_policy.py`).
"""

import base64
import hashlib
import hmac
import os
from dataclasses import dataclass

LONGEST = 72  # bytes that bcrypt looks at, which is what Auth0 stores passwords with


@dataclass(frozen=True, kw_only=True)
class Cost:
    """The parameters of scrypt."""

    n: int = 2**14
    r: int = 8
    p: int = 1


DEFAULT_COST = Cost()


def hash_password(password: str, *, cost: Cost | None = None) -> str:
    """`scrypt$n$r$p$salt$key`; the cost is the default one unless a test wants it cheaper."""
    cost = cost or DEFAULT_COST
    salt = os.urandom(16)
    return "$".join(["scrypt", str(cost.n), str(cost.r), str(cost.p), _text(salt), _text(_key(password, salt, cost))])


def is_password(password: str, hashed: str) -> bool:
    """Whether this is the password that was hashed."""
    _, n, r, p, salt, key = hashed.split("$")
    cost = Cost(n=int(n), r=int(r), p=int(p))
    return hmac.compare_digest(_key(password, base64.b64decode(salt), cost), base64.b64decode(key))


def _key(password: str, salt: bytes, cost: Cost) -> bytes:
    memory = 2**20 + 256 * cost.n * cost.r  # OpenSSL wants 128·n·r and a little more
    return hashlib.scrypt(password.encode()[:LONGEST], salt=salt, n=cost.n, r=cost.r, p=cost.p, maxmem=memory, dklen=32)


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
