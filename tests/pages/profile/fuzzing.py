"""
Bent tokens, by the thousand, from a seed.

`fuzz_tokens(count, seed)` is for the tests with some thousand and for `make soak` with a hundred thousand or ten million: every hundredth goes
through the whole application, each through the check.
"""

from __future__ import annotations

import json
import random
import string
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from typing import Any

from pages.profile.tokens import TokenRefused, read_token
from tests.pages.profile.people import (
    FOREIGN,
    FROM_PAGE,
    LOGIN_HOST,
    NOW,
    PREVIOUS_TO_PAGE,
    TO_PAGE,
    Browser,
    a_token,
)

CHARACTERS = string.ascii_letters + string.digits + "-_.=+/ %\x00\n\u00e9\U0001f600\ud800"
WHOLE = 100  # every so many go through the application
_BENT_CLAIMS: list[dict[str, Any]] = [
    {"sub": "auth0|eve"}, {"exp": NOW + 10**6}, {"aud": "x"}, {"iss": "evil.example"}, {"purpose": "names-given"}, {"iat": 0}, {"admin": True},
]  # fmt: skip
_BENT_HEADERS: list[dict[str, Any]] = [
    {"alg": "none"}, {"alg": "None"}, {"alg": "HS384"}, {"alg": "RS256"}, {"alg": ""}, {"alg": None}, {"kid": "../../dev/null"},
    {"jku": "https://evil.example/keys"}, {"jwk": {"kty": "oct", "k": "AA"}}, {"crit": ["b64"], "b64": False}, {"typ": "none"},
]  # fmt: skip


def _encode(value: object) -> str:
    return urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def _decode(part: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return found


def _replace(token: str, chance: random.Random) -> str:
    at = chance.randrange(len(token))
    return token[:at] + chance.choice(CHARACTERS) + token[at + 1 :]


def _insert(token: str, chance: random.Random) -> str:
    at = chance.randrange(len(token) + 1)
    return token[:at] + chance.choice(CHARACTERS) + token[at:]


def _remove(token: str, chance: random.Random) -> str:
    at = chance.randrange(len(token))
    return token[:at] + token[at + chance.randint(1, 8) :]


def _cut(token: str, chance: random.Random) -> str:
    return token[: chance.randrange(len(token))]


def _flip(token: str, chance: random.Random) -> str:
    parts = token.split(".")
    which = chance.randrange(3)
    raw = bytearray(urlsafe_b64decode(parts[which] + "=" * (-len(parts[which]) % 4)))
    raw[chance.randrange(len(raw))] ^= 1 << chance.randrange(8)
    parts[which] = urlsafe_b64encode(raw).decode().rstrip("=")
    return ".".join(parts)


def _bend_claims(token: str, chance: random.Random) -> str:
    header, body, signature = token.split(".")
    return ".".join([header, _encode(_decode(body) | chance.choice(_BENT_CLAIMS)), signature])


def _bend_header(token: str, chance: random.Random) -> str:
    header, body, signature = token.split(".")
    return ".".join([_encode(_decode(header) | chance.choice(_BENT_HEADERS)), body, chance.choice([signature, ""])])


def _mix(token: str, chance: random.Random) -> str:
    mine, other = token.split("."), a_token(sub=f"auth0|{chance.randrange(1000)}", iat=NOW - 1).split(".")
    return ".".join(chance.choice(pair) for pair in zip(mine, other, strict=True))


def _pad(token: str, chance: random.Random) -> str:
    return chance.choice(["", " ", "="]) + token + chance.choice(["=", "==", ".", "\n", ".e30", " "])


def _wrong_key(_token: str, chance: random.Random) -> str:
    at = chance.randrange(len(TO_PAGE))
    near = TO_PAGE[:at] + "#" + TO_PAGE[at + 1 :]
    return a_token(chance.choice([FROM_PAGE, FOREIGN, near]))


def _last_character(token: str, chance: random.Random) -> str:
    """Decoders that ignore the last two bits take three other characters for the same signature."""
    return token[:-1] + chance.choice(string.ascii_letters + string.digits + "-_")


MUTATIONS: list[Callable[[str, random.Random], str]] = [
    _replace, _insert, _remove, _cut, _flip, _bend_claims, _bend_header, _mix, _pad, _wrong_key, _last_character,
]  # fmt: skip


def fuzz_tokens(count: int, seed: int) -> tuple[list[str], list[str]]:
    """Give the mutants that were taken, and those that were answered with a 5xx or ended in another error; none of either is the promise."""
    chance = random.Random(seed)
    browser = Browser()
    good = [a_token(), a_token(sub="auth0|bo", locale="de"), a_token(iat=..., exp=NOW + 60)]
    genuine = {*good, *(a_token(sub=f"auth0|{number}", iat=NOW - 1) for number in range(1000))}
    accepted, broken = list[str](), list[str]()
    tried = 0
    while tried < count:
        mutant = MUTATIONS[tried % len(MUTATIONS)](chance.choice(good), chance)
        if mutant in genuine:  # nothing was bent
            mutant = _cut(mutant, chance)
        tried += 1
        try:
            read_token(mutant, keys=(TO_PAGE, PREVIOUS_TO_PAGE), hosts=(LOGIN_HOST,), now=NOW)
            accepted.append(mutant)
        except TokenRefused:
            pass
        except Exception as error:  # noqa: BLE001 - this is what is looked for
            broken.append(f"{type(error).__name__}: {mutant!r}")
        if tried % WHOLE == 0:
            status = browser.open(mutant.encode("utf-8", "replace").decode()).status_code
            if status != 400:
                (accepted if status < 400 else broken).append(f"{status}: {mutant!r}")
    browser.close()
    return accepted, broken
