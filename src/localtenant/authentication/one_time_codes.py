"""
Codes of six digits that are sent to a person: they live for a short time, and for a few tries.

Only a hash of a code is kept, with the transaction that it was made for.

Not here: sending them (`services.py`), codes of an authenticator app (`totp.py`), limits for a person (`mfa_limits.py`).
"""

import unicodedata
from typing import Literal

from localtenant.authentication.sessions import hashed
from localtenant.store import Document
from localtenant.tenant import Tenant

DIGITS = 6
LIFETIME_SEC = 300
MOST_TRIES = 5

CodeFault = Literal["no-code", "invalid-code", "expired-code", "too-many-attempts"]


def new_code(tenant: Tenant) -> str:
    """Six digits."""
    return "".join(tenant.random.choices("0123456789", k=DIGITS))


def sealed(tenant: Tenant, code: str, purpose: str) -> Document:
    """What is kept of it; `purpose` is a secret of the transaction, without which nobody can try all codes."""
    return {"hash": hashed(f"{purpose}|{code}"), "expires": tenant.clock.seconds() + LIFETIME_SEC, "tries": 0}


def fault_of(tenant: Tenant, seal: Document | None, code: str, purpose: str) -> CodeFault | None:
    """What is wrong with a code that was typed. A wrong one is counted in the seal, which the caller then stores."""
    if not code:
        return "no-code"
    if seal is None or tenant.clock.seconds() >= seal["expires"]:
        return "expired-code"
    if seal["tries"] >= MOST_TRIES:
        return "too-many-attempts"
    if hashed(f"{purpose}|{code}") == seal["hash"]:
        return None
    seal["tries"] += 1
    return "too-many-attempts" if seal["tries"] >= MOST_TRIES else "invalid-code"


def typed_code(text: str) -> str:
    """A code as people type it: with spaces and hyphens, in the digits of their script."""
    wanted = (character for character in text if not character.isspace() and character not in "-\u2010\u2011\u2013")
    return "".join(str(unicodedata.digit(character, character)) for character in wanted)
