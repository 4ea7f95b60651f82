"""
The paths of the pages of sign-up, second factors and password links. `*` stands for any last segment.

Not here: `/u/login`, `/u/resume` and everything that is no page (`login_side.py`).
"""

from collections.abc import Awaitable, Callable

from localtenant.authentication.visit import Visit
from localtenant.http import Response
from localtenant.universal_login import mfa_choice, mfa_otp, mfa_phone
from localtenant.universal_login.email_verification import show_verification, submit_verification
from localtenant.universal_login.reset_page import show_reset, submit_reset
from localtenant.universal_login.reset_request import show_request, submit_request
from localtenant.universal_login.signup_page import identifier_first, show_signup, submit_signup

MORE_PAGES: dict[tuple[str, str], Callable[[Visit], Awaitable[Response]]] = {
    ("GET", "u/email-verification"): show_verification,
    ("POST", "u/email-verification"): submit_verification,
    ("GET", "u/login/*"): identifier_first,
    ("GET", "u/mfa-begin-enroll-options"): mfa_choice.show_enroll_options,
    ("POST", "u/mfa-begin-enroll-options"): mfa_choice.submit_enroll_options,
    ("GET", "u/mfa-login-options"): mfa_choice.show_login_options,
    ("POST", "u/mfa-login-options"): mfa_choice.submit_login_options,
    ("GET", "u/mfa-otp-challenge"): mfa_otp.show_challenge,
    ("POST", "u/mfa-otp-challenge"): mfa_otp.submit_challenge,
    ("GET", "u/mfa-otp-enrollment-qr"): mfa_otp.show_enrollment,
    ("POST", "u/mfa-otp-enrollment-qr"): mfa_otp.submit_enrollment,
    ("GET", "u/mfa-sms-challenge"): mfa_phone.show_challenge,
    ("POST", "u/mfa-sms-challenge"): mfa_phone.submit_challenge,
    ("GET", "u/mfa-sms-enrollment"): mfa_phone.show_enrollment,
    ("POST", "u/mfa-sms-enrollment"): mfa_phone.submit_enrollment,
    ("GET", "u/reset-password/request/*"): show_request,
    ("POST", "u/reset-password/request/*"): submit_request,
    ("GET", "u/reset-verify"): show_reset,
    ("POST", "u/reset-verify"): submit_reset,
    ("GET", "u/signup"): show_signup,
    ("POST", "u/signup"): submit_signup,
    ("GET", "u/signup/*"): identifier_first,
}
