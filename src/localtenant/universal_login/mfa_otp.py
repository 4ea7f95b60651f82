"""
The second factor by an authenticator app: a picture to scan and the app's first code, or a code.

A code counts for its half minute and the ones beside it, and once.

Not here: which factor is asked for (`mfa.py`).
Source: RFC 6238, https://auth0.com/docs/secure/multi-factor-authentication/configure-otp-notifications-for-mfa
"""

import segno

from localtenant.authentication import mfa_limits, totp
from localtenant.authentication.visit import Visit
from localtenant.errors import ManagementError
from localtenant.http import Response
from localtenant.management.authentication_methods import make_method, methods_of
from localtenant.store import Document
from localtenant.universal_login.error_page import StalePage
from localtenant.universal_login.mfa_step import (
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


async def show_app_enrollment(visit: Visit) -> Response:
    """GET /u/mfa-otp-enrollment-qr"""
    transaction, user = asking(visit, kind="enroll")
    if "key" not in transaction["mfa"]:
        transaction["mfa"]["key"] = totp.new_secret(visit.tenant)
        keep(visit, transaction)
    return _enrollment(visit, transaction, user)


async def submit_app_enrollment(visit: Visit) -> Response:
    """POST /u/mfa-otp-enrollment-qr"""
    transaction, user = asking(visit, kind="enroll")
    key = transaction["mfa"].get("key")
    if key is None:
        raise StalePage
    typed = typed_code(visit)
    with visit.tenant.store.transaction():
        is_right = totp.use_code(visit.tenant, transaction["state"], key, typed)
    fault = _fault_of(visit, transaction, user, typed, is_right=is_right)
    if fault:
        return _enrollment(visit, transaction, user, fault=fault)
    with visit.tenant.store.transaction():
        try:
            method = make_method(visit.tenant, user["user_id"], {"type": "totp", "totp_secret": key})
            totp.use_code(visit.tenant, method["id"], key, typed)  # the code that enrolled it counts no more
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
    apps = [one for one in methods_of(visit.tenant, user["user_id"]) if one["type"] == "totp"]
    with visit.tenant.store.transaction():
        return any(totp.use_code(visit.tenant, one["id"], one["totp_secret"], typed) for one in apps)


def _fault_of(visit: Visit, transaction: Document, user: Document, typed: str, *, is_right: bool) -> str | None:
    if not typed:
        return "no-code"
    if mfa_limits.is_used_up(visit.tenant, user["user_id"], "failure"):
        return "too-many-attempts"
    if is_right:
        return None
    failed(visit, transaction, user)
    return "invalid-code"


def _enrollment(visit: Visit, transaction: Document, user: Document, *, fault: str | None = None) -> Response:
    key, company = transaction["mfa"]["key"], company_name(visit)
    address = totp.address(key, issuer=company, account=user.get("email", ""))
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
