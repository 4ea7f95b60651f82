"""
The second factor by text message: a number and its first code, or a code to the number that is known.

A code has six digits and lives five minutes.

Not here: how many there may be (`authentication/mfa_limits.py`), sending (`messages/phone.py`), which factor is asked for (`mfa.py`).
Source: https://auth0.com/docs/secure/multi-factor-authentication/authenticate-using-ropg-flow-with-mfa, …/configure-sms-voice-notifications-mfa
"""

import re
from dataclasses import asdict

from localtenant.authentication import mfa_limits
from localtenant.authentication.sessions import hashed
from localtenant.authentication.visit import Visit, redirect, with_query
from localtenant.errors import ManagementError
from localtenant.http import Response
from localtenant.management.authentication_methods import make_method, methods_of
from localtenant.messages.texts import TextKind
from localtenant.store import Document
from localtenant.universal_login import flow, transactions
from localtenant.universal_login.error_page import StalePage
from localtenant.universal_login.mfa_step import (
    DIGITS,
    asking,
    factor_page,
    failed,
    is_same,
    passed,
    typed_code,
)

ENROLLMENT = ("mfa-sms", "mfa-sms-enrollment")
CHALLENGE = ("mfa-sms", "mfa-sms-challenge")
NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")  # E.164
CODE_LIFETIME_SEC = 300


async def show_phone_enrollment(visit: Visit) -> Response:
    """GET /u/mfa-sms-enrollment"""
    transaction, _ = asking(visit, kind="enroll")
    return _enrollment(visit, transaction, number="")


async def submit_phone_enrollment(visit: Visit) -> Response:
    """POST /u/mfa-sms-enrollment"""
    transaction, user = asking(visit, kind="enroll")
    typed = visit.body.get("phone", "").strip()
    number = re.sub(r"[\s().\-/]", "", typed)
    number = f"+{number[2:]}" if number.startswith("00") else number
    if not NUMBER.fullmatch(number):
        return _enrollment(visit, transaction, number=typed, fault="invalid-phone-format" if typed else "no-phone")
    if not await _send(visit, transaction, user, number, kind="otp_enroll"):
        return _enrollment(visit, transaction, number=typed, fault="too-many-sms")
    return redirect(with_query("/u/mfa-sms-challenge", state=transaction["state"]), status=303)


async def show_phone_challenge(visit: Visit) -> Response:
    """GET /u/mfa-sms-challenge; the first one sends the code."""
    transaction, user = asking(visit)
    if "code" not in transaction["mfa"]:
        if transaction["mfa"]["kind"] == "enroll":
            raise StalePage
        await _send(visit, transaction, user, _known_number(visit, user), kind="otp_verify")
    return _challenge(visit, transaction)


async def submit_phone_challenge(visit: Visit) -> Response:
    """POST /u/mfa-sms-challenge"""
    transaction, user = asking(visit)
    asked = transaction["mfa"]
    sent = asked.get("code")
    if sent is None:
        raise StalePage
    is_enrollment = asked["kind"] == "enroll"
    if visit.body.get("action") == "resend":
        kind: TextKind = "otp_enroll" if is_enrollment else "otp_verify"
        is_sent = await _send(visit, transaction, user, sent["number"], kind=kind)
        return _challenge(visit, transaction, fault=None if is_sent else "too-many-sms", resent=is_sent)
    fault = _fault_of(visit, transaction, user, typed_code(visit))
    if fault:
        return _challenge(visit, transaction, fault=fault)
    if is_enrollment:
        _enroll(visit, user, sent["number"])
    return await passed(visit, transaction, user, "phone", enrolled=is_enrollment)


def _fault_of(visit: Visit, transaction: Document, user: Document, typed: str) -> str | None:
    sent = transaction["mfa"]["code"]
    if not typed:
        return "no-code"
    if mfa_limits.is_used_up(visit.tenant, user["user_id"], "failure"):
        return "too-many-attempts"
    if sent["expires"] <= visit.tenant.clock.seconds():
        return "expired-code"
    if is_same(typed, sent["hash"]):
        return None
    failed(visit, transaction, user)
    return "invalid-code"


def _enroll(visit: Visit, user: Document, number: str) -> None:
    fields = {"type": "phone", "phone_number": number, "preferred_authentication_method": "sms"}
    with visit.tenant.store.transaction():
        try:
            make_method(visit.tenant, user["user_id"], fields)
        except ManagementError as error:
            if error.status != 409:  # enrolled in another tab meanwhile
                raise


async def _send(visit: Visit, transaction: Document, user: Document, number: str, *, kind: TextKind) -> bool:
    """A new code to a number; `False` if enough were sent."""
    if mfa_limits.is_used_up(visit.tenant, user["user_id"], "text"):
        return False
    code = visit.tenant.new_digits(DIGITS)
    transaction["mfa"]["code"] = {
        "hash": hashed(code),
        "number": number,
        "expires": visit.tenant.clock.seconds() + CODE_LIFETIME_SEC,
    }
    with visit.tenant.store.transaction():
        mfa_limits.count(visit.tenant, user["user_id"], "text")
        transactions.save(visit, transaction)
    await visit.services.messenger.text(
        {**user, "phone_number": number},
        code,
        kind=kind,
        locale=transaction["locale"],
        client=flow.client_of(visit, transaction),
        request=asdict(visit.facts()),
    )
    return True


def _known_number(visit: Visit, user: Document) -> str:
    for method in methods_of(visit.tenant, user["user_id"]):
        if method["type"] == "phone" and method.get("confirmed", True):
            return str(method["phone_number"])
    raise StalePage


def _enrollment(visit: Visit, transaction: Document, *, number: str, fault: str | None = None) -> Response:
    return factor_page(visit, transaction, "mfa-sms-enrollment", screen=ENROLLMENT, fault=fault, number=number)


def _challenge(visit: Visit, transaction: Document, *, fault: str | None = None, resent: bool = False) -> Response:
    number = transaction["mfa"]["code"]["number"]
    is_enrollment = transaction["mfa"]["kind"] == "enroll"
    other = with_query("/u/mfa-sms-enrollment", state=transaction["state"]) if is_enrollment else None
    return factor_page(
        visit,
        transaction,
        "mfa-sms-challenge",
        screen=CHALLENGE,
        fault=fault,
        words={"phone": f"••••{number[-4:]}"},
        other_number=other,
        resent=resent,
    )
