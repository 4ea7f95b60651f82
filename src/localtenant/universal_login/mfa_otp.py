"""
One-time codes of an authenticator app as a second factor: `/u/mfa-otp-enrollment-qr` hands over the key, `/u/mfa-otp-challenge` asks for a code.

The key lies in the login that is under way, and belongs to the user when a code made with it was right. It is there as a picture to scan, as a
link that opens the app, and as text.

Source: https://auth0.com/docs/secure/multi-factor-authentication/multi-factor-authentication-factors/configure-otp-notifications-for-mfa
"""

import segno

from localtenant.authentication import totp
from localtenant.authentication.one_time_codes import typed_code
from localtenant.authentication.visit import Visit
from localtenant.http import Response
from localtenant.store import Document
from localtenant.universal_login import mfa_pages
from localtenant.universal_login.mfa_pages import Place, factor_page, place_of
from localtenant.universal_login.pages import company_name

ENROLLMENT = ("mfa-otp", "mfa-otp-enrollment-qr")
CHALLENGE = ("mfa-otp", "mfa-otp-challenge")
GROUP = 4


async def show_enrollment(visit: Visit) -> Response:
    """GET /u/mfa-otp-enrollment-qr"""
    return _enrollment_page(_enrolling(visit))


async def submit_enrollment(visit: Visit) -> Response:
    """POST /u/mfa-otp-enrollment-qr"""
    place = _enrolling(visit)
    with visit.tenant.store.transaction():
        fault = _check_enrollment(place)
    return _enrollment_page(place, fault=fault) if fault else await mfa_pages.go_on(place)


async def show_challenge(visit: Visit) -> Response:
    """GET /u/mfa-otp-challenge"""
    place = place_of(visit, kind="challenge", factor="otp")
    mfa_pages.method_of(place, "totp")
    if not place.asked.get("started"):
        with visit.tenant.store.transaction():
            place.asked["started"] = True
            place.save()
            place.log("gd_start_auth", "Challenge started")
    return _code_page(place)


async def submit_challenge(visit: Visit) -> Response:
    """POST /u/mfa-otp-challenge"""
    place = place_of(visit, kind="challenge", factor="otp")
    with visit.tenant.store.transaction():
        fault = _check_challenge(place)
    return _code_page(place, fault=fault) if fault else await mfa_pages.go_on(place)


def _enrolling(visit: Visit) -> Place:
    """The login, with a key for it: the same as long as it lasts."""
    place = place_of(visit, kind="enroll", factor="otp")
    if "secret" not in place.asked:
        with visit.tenant.store.transaction():
            place.asked["secret"] = totp.new_secret(visit.tenant)
            place.save()
            place.log("gd_start_enroll", "Enrollment started")
    return place


def _check_enrollment(place: Place) -> str | None:
    tenant, secret = place.visit.tenant, place.asked["secret"]
    code = typed_code(place.visit.body.get("code", ""))
    fault = _fault_before(place, code)
    if fault:
        return fault
    if not totp.use_code(tenant, place.transaction["state"], secret, code):
        mfa_pages.note_wrong_code(place)
        return "invalid-code"
    mfa_pages.enroll(place, {"type": "totp", "totp_secret": secret})
    totp.use_code(tenant, mfa_pages.method_of(place, "totp")["id"], secret, code)  # a challenge does not take it again
    return None


def _check_challenge(place: Place) -> str | None:
    code = typed_code(place.visit.body.get("code", ""))
    fault = _fault_before(place, code)
    if fault:
        return fault
    method = mfa_pages.method_of(place, "totp")
    if not _is_right(place, method, code):
        mfa_pages.note_wrong_code(place)
        return "invalid-code"
    mfa_pages.confirm(place, method)
    return None


def _is_right(place: Place, method: Document, code: str) -> bool:
    try:
        return totp.use_code(place.visit.tenant, method["id"], method["totp_secret"], code)
    except ValueError:
        return False  # no key: the Management API takes any text for one


def _fault_before(place: Place, code: str) -> str | None:
    if mfa_pages.is_locked(place):
        return mfa_pages.TOO_MANY_FAILURES
    return None if code else "no-code"


def _enrollment_page(place: Place, *, fault: str | None = None) -> Response:
    secret = place.asked["secret"]
    account = str(place.user.get("email") or place.user.get("name") or place.user["user_id"])
    address = totp.address(secret, issuer=company_name(place.visit), account=account)
    return factor_page(
        place,
        "mfa-otp-enrollment",
        ENROLLMENT,
        fault=fault,
        secret=" ".join(secret[start : start + GROUP] for start in range(0, len(secret), GROUP)),
        app_address=address,
        picture_data=segno.make(address, error="m").svg_data_uri(scale=4, border=4),
    )


def _code_page(place: Place, *, fault: str | None = None) -> Response:
    return factor_page(
        place,
        "mfa-code",
        CHALLENGE,
        fault=fault,
        action="mfa-otp-challenge",
        by_text=False,
        button="buttonText",
    )
