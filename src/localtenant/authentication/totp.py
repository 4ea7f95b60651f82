"""
One-time codes of an authenticator app: HMAC-SHA-1, six digits, thirty seconds.

A code counts for its own half minute and for the ones before and after it, and once only.

Source: RFC 6238 and https://github.com/google/google-authenticator/wiki/Key-Uri-Format
"""

import base64
import binascii
import hashlib
import hmac
from urllib.parse import quote, urlencode

from localtenant.store import Document
from localtenant.tenant import Tenant

PERIOD_SEC = 30
DIGITS = 6
SECRET_BYTES = 20
USED = "used_totp_steps"  # by the id of the authentication method


def new_secret(tenant: Tenant) -> str:
    """A key in base32, as apps take it."""
    return base64.b32encode(bytes(tenant.random.choices(range(256), k=SECRET_BYTES))).decode()


def address_of(secret: str, *, issuer: str, account: str) -> str:
    """The `otpauth:` address that hands the key to an app."""
    label = quote(f"{issuer}:{account}", safe="@:")
    query = {"secret": secret, "issuer": issuer, "algorithm": "SHA1", "digits": DIGITS, "period": PERIOD_SEC}
    return f"otpauth://totp/{label}?{urlencode(query, quote_via=quote)}"


def code_at(secret: str, seconds: float) -> str:
    """
    What an app shows at a time.

    Raises:
        ValueError: the key is not base32.

    """
    return _code(secret, int(seconds) // PERIOD_SEC)


def step_of(secret: str, code: str, seconds: float) -> int | None:
    """The half minute that a typed code belongs to, or `None` if it is none of this time."""
    now = int(seconds) // PERIOD_SEC
    return next((step for step in (now, now - 1, now + 1) if hmac.compare_digest(_code(secret, step), code)), None)


def use_code(tenant: Tenant, method: Document, code: str) -> bool:
    """Whether the code is right and was not used yet; then it is from now on. Call it inside a store transaction."""
    try:
        step = step_of(method["totp_secret"], code, tenant.clock.seconds()) if code.isascii() else None
    except ValueError:
        return False  # the Management API takes any text for a key
    used = tenant.store.get(USED, method["id"])
    if step is None or (used is not None and step <= used["step"]):
        return False
    tenant.store.put(USED, method["id"], {"step": step})
    return True


def _code(secret: str, step: int) -> str:
    padded = secret.replace(" ", "").upper()
    padded += "=" * (-len(padded) % 8)
    try:
        key = base64.b32decode(padded)
    except binascii.Error as error:
        raise ValueError(str(error)) from None
    digest = hmac.new(key, step.to_bytes(8, "big"), hashlib.sha1).digest()
    start = digest[-1] & 15
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFFFFFF
    return str(number % 10**DIGITS).zfill(DIGITS)
