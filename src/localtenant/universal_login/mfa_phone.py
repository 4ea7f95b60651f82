"""
The phone as a second factor: `/u/mfa-sms-enrollment` takes the number, `/u/mfa-sms-challenge` the code that was sent to it.

The first text goes out when the page of the code is first asked for; looking at it again sends nothing. A number belongs to the user when
the code was right, and not before.

Not here: sending (`messages/phone.py`), calls instead of texts, a list of countries.
Source: https://auth0.com/docs/secure/multi-factor-authentication/multi-factor-authentication-factors/configure-sms-voice-notifications-mfa
"""

import re

from localtenant.authentication import mfa_limits
from localtenant.authentication.one_time_codes import fault_of, new_code, sealed, typed_code
from localtenant.authentication.visit import Visit, redirect
from localtenant.http import Response
from localtenant.universal_login import mfa_pages
from localtenant.universal_login.mfa_pages import Place, factor_page, place_of

ENROLLMENT = ("mfa-sms", "mfa-sms-enrollment")
CHALLENGE = ("mfa-sms", "mfa-sms-challenge")
E164 = re.compile(r"\+[1-9][0-9]{6,14}")
SHOWN_DIGITS = 3
TOO_MANY = "too-many-sms"
LEFT_TO_RIGHT, END = "\u2066", "\u2069"  # isolates: a number reads the same way in every script


async def show_enrollment(visit: Visit) -> Response:
    """GET /u/mfa-sms-enrollment"""
    place = place_of(visit, kind="enroll", factor="phone")
    return factor_page(place, "mfa-sms-enrollment", ENROLLMENT, field="phone", phone=place.asked.get("phone", ""))


async def submit_enrollment(visit: Visit) -> Response:
    """POST /u/mfa-sms-enrollment"""
    place = place_of(visit, kind="enroll", factor="phone")
    typed = visit.body.get("phone", "").strip()
    number = number_of(typed)
    fault = _fault_of_number(typed, number) or await _send(place, number or "")
    if fault:
        return factor_page(place, "mfa-sms-enrollment", ENROLLMENT, fault=fault, field="phone", phone=typed)
    return redirect(place.address("mfa-sms-challenge"), status=303)


async def show_challenge(visit: Visit) -> Response:
    """GET /u/mfa-sms-challenge"""
    place = place_of(visit, factor="phone")
    fault = None
    if "phone" not in place.asked:
        if place.enrolls:
            return redirect(place.address("mfa-sms-enrollment"), status=303)
        if visit.request.method != "HEAD":
            fault = await _send(place, _enrolled_number(place))
    return _code_page(place, fault=fault, resent="resent" in visit.query)


async def submit_challenge(visit: Visit) -> Response:
    """POST /u/mfa-sms-challenge"""
    place = place_of(visit, factor="phone")
    if "phone" not in place.asked:
        return redirect(place.address("mfa-sms-enrollment" if place.enrolls else "mfa-sms-challenge"), status=303)
    if visit.body.get("action") == "resend":
        fault = await _send(place, place.asked["phone"])
        if fault:
            return _code_page(place, fault=fault)
        return redirect(place.address("mfa-sms-challenge", resent="1"), status=303)
    with visit.tenant.store.transaction():
        fault = _check(place)
    return _code_page(place, fault=fault) if fault else await mfa_pages.go_on(place)


def number_of(text: str) -> str | None:
    """The number as E.164: `+49 (151) 234-5678` and `0049 151 2345678` are one; without the country's code it is none."""
    number = typed_code(re.sub(r"[().\u200e\u200f/]", "", text))
    number = "+" + number[2:] if number.startswith("00") else number
    return number if E164.fullmatch(number) else None


def _fault_of_number(typed: str, number: str | None) -> str | None:
    if not typed:
        return "no-phone"
    return "invalid-phone-format" if number is None else None


async def _send(place: Place, number: str) -> str | None:
    """A new code in place of the old one, noted before it is on its way: a second tab sends none."""
    tenant = place.visit.tenant
    if mfa_limits.is_used_up(tenant, place.user["user_id"], "text"):
        return TOO_MANY
    code = new_code(tenant)
    is_first = "phone" not in place.asked
    with tenant.store.transaction():
        mfa_limits.count(tenant, place.user["user_id"], "text")
        place.asked.update(phone=number, code=sealed(tenant, code, place.transaction["state"]))
        place.save()
        if is_first:
            kind = (
                ("gd_start_enroll", "Enrollment started") if place.enrolls else ("gd_start_auth", "Challenge started")
            )
            place.log(*kind)
    await place.visit.services.messenger.text(
        {**place.user, "phone_number": number},
        code,
        kind="otp_enroll" if place.enrolls else "otp_verify",
        locale=place.transaction["locale"],
        client=place.client,
        request=place.visit.facts().as_document(),
    )
    return None


def _check(place: Place) -> str | None:
    """What is wrong with the code; if nothing is, the factor counts."""
    tenant, asked = place.visit.tenant, place.asked
    if mfa_pages.is_locked(place):
        return mfa_pages.TOO_MANY_FAILURES
    code = typed_code(place.visit.body.get("code", ""))
    fault = fault_of(tenant, asked.get("code"), code, place.transaction["state"])
    if fault is None:
        asked.pop("code")
        if place.enrolls:
            fields = {"type": "phone", "phone_number": asked["phone"], "preferred_authentication_method": "sms"}
            mfa_pages.enroll(place, fields)
        else:
            mfa_pages.confirm(place, mfa_pages.method_of(place, "phone"))
    elif fault not in {"no-code", "expired-code"}:
        mfa_pages.note_wrong_code(place)
    place.save()
    return fault


def _enrolled_number(place: Place) -> str:
    return str(mfa_pages.method_of(place, "phone")["phone_number"])


def _code_page(place: Place, *, fault: str | None = None, resent: bool = False) -> Response:
    number = str(place.asked.get("phone") or _enrolled_number(place))
    shown = number if place.enrolls else f"{number[:3]} ••• {number[-SHOWN_DIGITS:]}"
    words = {"phone": f"{LEFT_TO_RIGHT}{shown}{END}"}
    return factor_page(
        place,
        "mfa-code",
        CHALLENGE,
        fault=fault,
        words=words,
        action="mfa-sms-challenge",
        notice=place.words(CHALLENGE, words)["resent"] if resent and not fault else None,
        by_text=True,
        button="continueButtonText",
    )
