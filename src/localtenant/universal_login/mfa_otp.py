"""
The second factor by an authenticator app: a picture to scan and the app's first code, or a code.

A code counts for its half minute and the ones beside it, and once.

Not here: which factor is asked for (`mfa.py`).
Source: RFC 6238, https://auth0.com/docs/secure/multi-factor-authentication/configure-otp-notifications-for-mfa
"""

import base64
from urllib.parse import quote, urlencode

import segno
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from localtenant.authentication.visit import Visit
from localtenant.errors import ManagementError
from localtenant.http import Response
from localtenant.management.authentication_methods import KIND, make_method, methods_of
from localtenant.store import Document
from localtenant.universal_login.error_page import StalePage
from localtenant.universal_login.mfa_step import (
    DIGITS,
    MOST_WRONG,
    asking,
    factor_page,
    failed,
    keep,
    passed,
    typed_code,
)
from localtenant.universal_login.pages import company_name

ENROLLMENT = ("mfa-otp", "mfa-otp-enrollment-qr")
CHALLENGE = ("mfa-otp", "mfa-otp-challenge")
STEP_SEC = 30
KEY_BYTES = 20


async def show_app_enrollment(visit: Visit) -> Response:
    """GET /u/mfa-otp-enrollment-qr"""
    transaction, user = asking(visit, kind="enroll")
    if "key" not in transaction["mfa"]:
        transaction["mfa"]["key"] = base64.b32encode(bytes.fromhex(visit.tenant.new_hex(KEY_BYTES * 2))).decode()
        keep(visit, transaction)
    return _enrollment(visit, transaction, user)


async def submit_app_enrollment(visit: Visit) -> Response:
    """POST /u/mfa-otp-enrollment-qr"""
    transaction, user = asking(visit, kind="enroll")
    key = transaction["mfa"].get("key")
    if key is None:
        raise StalePage
    typed = typed_code(visit)
    step = step_of(key, typed, visit.tenant.clock.seconds())
    fault = _fault_of(visit, transaction, user, typed, is_right=step is not None)
    if fault:
        return _enrollment(visit, transaction, user, fault=fault)
    with visit.tenant.store.transaction():
        try:
            make_method(visit.tenant, user["user_id"], {"type": "totp", "totp_secret": key, "last_step": step})
        except ManagementError as error:
            if error.status != 409:  # enrolled in another tab meanwhile
                raise
    return await passed(visit, transaction, user, "otp", enrolled=True)


async def show_app_challenge(visit: Visit) -> Response:
    """GET /u/mfa-otp-challenge"""
    transaction, _ = asking(visit, kind="challenge")
    return factor_page(visit, transaction, "mfa-otp-challenge", screen=CHALLENGE)


async def submit_app_challenge(visit: Visit) -> Response:
    """POST /u/mfa-otp-challenge"""
    transaction, user = asking(visit, kind="challenge")
    typed = typed_code(visit)
    used = _use(visit, user, typed)
    fault = _fault_of(visit, transaction, user, typed, is_right=used)
    if fault:
        return factor_page(visit, transaction, "mfa-otp-challenge", screen=CHALLENGE, fault=fault)
    return await passed(visit, transaction, user, "otp", enrolled=False)


def _use(visit: Visit, user: Document, typed: str) -> bool:
    """Whether one of the user's apps shows this code, which then counts no more."""
    for method in methods_of(visit.tenant, user["user_id"]):
        if method["type"] != "totp":
            continue
        step = step_of(method["totp_secret"], typed, visit.tenant.clock.seconds())
        if step is not None and step > (method.get("last_step") or 0):
            with visit.tenant.store.transaction():
                visit.tenant.store.put(KIND, method["id"], {**method, "last_step": step})
            return True
    return False


def step_of(key: str, typed: str, now: float) -> int | None:
    """The half minute that a code is of, if it is now or the one before or after."""
    if len(typed) != DIGITS or not typed.isascii() or not typed.isdigit():
        return None
    app = TOTP(base64.b32decode(key + "=" * (-len(key) % 8)), DIGITS, SHA1(), STEP_SEC, enforce_key_length=False)  # noqa: S303 - what apps do
    current = int(now) // STEP_SEC
    for step in (current, current - 1, current + 1):
        if app.generate(step * STEP_SEC).decode() == typed:
            return step
    return None


def _fault_of(visit: Visit, transaction: Document, user: Document, typed: str, *, is_right: bool) -> str | None:
    asked = transaction["mfa"]
    if not typed:
        return "no-code"
    if asked.get("wrong", 0) >= MOST_WRONG:
        return "too-many-attempts"
    if is_right:
        return None
    asked["wrong"] = asked.get("wrong", 0) + 1
    keep(visit, transaction)
    failed(visit, transaction, user)
    return "invalid-code"


def _enrollment(visit: Visit, transaction: Document, user: Document, *, fault: str | None = None) -> Response:
    key, company = transaction["mfa"]["key"], company_name(visit)
    label = quote(f"{company}:{user.get('email', '')}")
    address = f"otpauth://totp/{label}?{urlencode({'secret': key, 'issuer': company})}"
    return factor_page(
        visit,
        transaction,
        "mfa-otp-enrollment-qr",
        screen=ENROLLMENT,
        fault=fault,
        picture_data=segno.make(address, error="m").svg_data_uri(scale=4, border=4),
        key=" ".join(key[at : at + 4] for at in range(0, len(key), 4)),
        app=address,
    )
