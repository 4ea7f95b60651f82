"""
The secrets of an environment: which there are, what makes one weak, and the public ones of the local tenant.

A secret's value is looked at here and nowhere shown: a fault tells its length.

Not here: decrypting them (the engine's business: `guestlist.environments`), settings that are no secrets (`settings.py`).
Source: RFC 7518 section 3.2 (a key as long as the hash: 32 bytes), RFC 8725 section 3.5 (enough entropy),
https://auth0.com/docs/customize/actions/redirect-with-actions (a shared secret signs the token).
"""

from __future__ import annotations

import base64
import hashlib
import itertools
import math
import string
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from .settings_faults import Fault
from .settings_types import LOCAL_ENVIRONMENT

LOCAL_PASSPHRASE = "local"  # noqa: S105 - public on purpose: it opens nothing but the public keys of the local tenant
LEAST_BITS = 256
NEW_SECRET = "make one: python3 -c 'import secrets; print(secrets.token_urlsafe(64))'"  # noqa: S105 - a command

_EXAMPLE_WORDS = (
    "changeme",
    "change-me",
    "change_me",
    "example",
    "secret",
    "password",
    "placeholder",
    "replace",
    "your-",
    "insert",
    "dummy",
)
_DOCUMENTED = frozenset(
    # RFC 7515 appendix A.1: random enough to pass every other rule, and printed in every implementation's tests.
    {"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"}
)
_ALPHABETS = (
    (frozenset(string.digits), 10),
    (frozenset(string.hexdigits.lower()), 16),
    (frozenset(string.hexdigits.upper()), 16),
    (frozenset(string.ascii_lowercase), 26),
    (frozenset(string.ascii_lowercase + string.digits), 36),
    (frozenset(string.ascii_letters + string.digits + "+/-_="), 64),
)


@dataclass(frozen=True, kw_only=True)
class SecretKey:
    """One secret of the configuration: a key of its own, so that its neighbours stay readable in a review."""

    name: str
    description: str
    required: bool
    signs: bool  # an HS256 key, with the strength that this needs


SECRETS = (
    SecretKey(
        name="toPageSecret", description="HS256 key of what Auth0 sends to the profile page", required=True, signs=True
    ),
    SecretKey(
        name="fromPageSecret", description="HS256 key of what the profile page sends back", required=True, signs=True
    ),
    SecretKey(
        name="previousToPageSecret", description="The toPageSecret before the last rotation", required=False, signs=True
    ),
    SecretKey(
        name="previousFromPageSecret",
        description="The fromPageSecret before the last rotation",
        required=False,
        signs=True,
    ),
    SecretKey(name="smtpPassword", description="Password of email.smtpUser", required=False, signs=False),
    SecretKey(
        name="emailSecret",
        description="API key, secret access key, connection string or client secret of email.service",
        required=False,
        signs=False,
    ),
    SecretKey(name="twilioAuthToken", description="Token of phone.twilioSid", required=False, signs=False),
    SecretKey(
        name="phoneWebhookSecret",
        description="HMAC key of what is posted to phone.webhookUrl",
        required=False,
        signs=True,
    ),
)
SECRETS_BY_NAME: Mapping[str, SecretKey] = {secret.name: secret for secret in SECRETS}


class Sealed:
    """Stands for a secret that is encrypted, where nobody has decrypted it: its value is not checked."""


SEALED = Sealed()


def local_secret(name: str) -> str:
    """Give the public key of the local tenant for a secret: the same on every machine, and recognised everywhere else."""
    digest = hashlib.sha512(f"guestlist: public key of the local tenant: {name}".encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


LOCAL_SECRETS = frozenset(local_secret(secret.name) for secret in SECRETS)


def check_secrets(values: Mapping[str, str], *, environment: str, file: str) -> list[Fault]:
    """Check decrypted secrets by name; those that are not there, or not decrypted, are not looked at."""
    faults = [
        Fault(file=file, key=f"guestlist:{name}", problem=found[0], shown=length(value), remedy=found[1])
        for name, value in values.items()
        if (found := _weakness(SECRETS_BY_NAME[name], value, environment))
    ]
    names = [name for name in values if SECRETS_BY_NAME[name].signs]
    for index, name in enumerate(names):
        for earlier in names[:index]:
            if values[name] == values[earlier]:
                remedy = "each direction and each rotation needs its own; " + NEW_SECRET
                faults.append(
                    Fault(file=file, key=f"guestlist:{name}", problem=f"must differ from {earlier}", remedy=remedy)
                )
    return faults


def length(value: str) -> str:
    """Show a secret: by its length."""
    return "1 character" if len(value) == 1 else f"{len(value)} characters"


def _weakness(secret: SecretKey, value: str, environment: str) -> tuple[str, str] | None:
    """Say what is wrong with a secret and what to do, or None."""
    if not value:
        return (
            "must not be empty",
            NEW_SECRET if secret.signs else "take the key out where the server needs no password",
        )
    if not (value.isascii() and value.isprintable()) or " " in value:
        return "must be printable ASCII without spaces", "a line break at its end comes from a file or a pipe"
    if value in LOCAL_SECRETS:
        return (
            None if environment == LOCAL_ENVIRONMENT else ("is a key of the local tenant, which is public", NEW_SECRET)
        )
    if secret.signs:
        return _key_weakness(value)
    return ("is an example, not a secret", "write the real one") if value.lower().startswith(_EXAMPLE_WORDS) else None


def _key_weakness(value: str) -> tuple[str, str] | None:
    if value in _DOCUMENTED or any(word in value.lower() for word in _EXAMPLE_WORDS):
        return "is an example, not a secret", NEW_SECRET
    if _most_bits(value) < LEAST_BITS:
        return "must have 32 random bytes or more", NEW_SECRET
    return ("must be random", f"it repeats itself; {NEW_SECRET}") if _is_patterned(value) else None


def _most_bits(value: str) -> float:
    """How many bits a text of these characters can hold at most, had each been drawn at random."""
    letters = frozenset(value)
    size = next((size for alphabet, size in _ALPHABETS if letters <= alphabet), 94)
    return len(value) * math.log2(size)


def _is_patterned(value: str) -> bool:
    """
    Whether a long text is far from random: few characters, the same pieces again, or a run such as abcdef.

    The bounds are far out: none of 10^5 random keys, hexadecimal or base64, 32 bytes or 64, is refused (tried 2026-11-23).
    """
    counts = Counter(value)
    shannon = -sum(count / len(value) * math.log2(count / len(value)) for count in counts.values())
    if shannon * len(value) < 0.6 * LEAST_BITS:
        return True
    pieces = {value[at : at + 3] for at in range(len(value) - 2)}
    if len(pieces) < 0.6 * (len(value) - 2):
        return True
    neighbours = sum(abs(ord(one) - ord(other)) <= 1 for one, other in itertools.pairwise(value))
    return neighbours > 0.5 * (len(value) - 1)
