"""
One-time codes of an authenticator app: RFC 6238 with what every app knows, SHA-1, six digits, thirty seconds.

A code counts in its own half minute and in the neighbouring ones, since clocks differ; and once.
"""

import base64
import hmac
from urllib.parse import quote, urlencode

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from localtenant.tenant import Tenant

KIND = "totp_steps"  # the half minute that was used last, by the method's id
STEP_SEC = 30
DIGITS = 6
SECRET_BYTES = 20


def new_secret(tenant: Tenant) -> str:
    """In base 32, as people type it into the app."""
    return base64.b32encode(bytes(tenant.random.randrange(256) for _ in range(SECRET_BYTES))).decode()


def code_of(secret: str, step: int) -> str:
    """The code of one half minute."""
    key = base64.b32decode(secret.upper() + "=" * (-len(secret) % 8))
    app = TOTP(key, DIGITS, SHA1(), STEP_SEC, enforce_key_length=False)  # noqa: S303 - what every app knows
    return app.generate(step * STEP_SEC).decode()


def use_code(tenant: Tenant, method_id: str, secret: str, code: str) -> bool:
    """Whether the code counts now, which it does not do again. Call it inside a store transaction."""
    used = int((tenant.store.get(KIND, method_id) or {"step": 0})["step"])
    current = int(tenant.clock.seconds() // STEP_SEC)
    for step in (current, current - 1, current + 1):
        if step > used and hmac.compare_digest(code_of(secret, step).encode(), code.encode()):
            tenant.store.put(KIND, method_id, {"step": step})
            return True
    return False


def address(secret: str, *, issuer: str, account: str) -> str:
    """What the QR code says."""
    more = {"secret": secret, "issuer": issuer, "algorithm": "SHA1", "digits": DIGITS, "period": STEP_SEC}
    return f"otpauth://totp/{quote(issuer)}:{quote(account)}?{urlencode(more)}"
