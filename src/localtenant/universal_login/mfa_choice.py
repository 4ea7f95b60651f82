"""
Which second factor it shall be: `/u/mfa-begin-enroll-options` for a new one, `/u/mfa-login-options` for one that the user has.

Looking at the list changes nothing: going back from it leads to the factor that was asked for before.

Source: https://auth0.com/docs/secure/multi-factor-authentication/customize-mfa/customize-mfa-selection-universal-login
"""

from localtenant.authentication.visit import Visit, redirect
from localtenant.http import Response
from localtenant.universal_login import mfa
from localtenant.universal_login.mfa_pages import Place, factor_page, place_of

NAMES = {"phone": "authenticatorNamesSMS", "otp": "authenticatorNamesOTP"}


async def show_enroll_options(visit: Visit) -> Response:
    """GET /u/mfa-begin-enroll-options"""
    return _list(place_of(visit, kind="enroll"))


async def submit_enroll_options(visit: Visit) -> Response:
    """POST /u/mfa-begin-enroll-options"""
    return _chosen(place_of(visit, kind="enroll"))


async def show_login_options(visit: Visit) -> Response:
    """GET /u/mfa-login-options"""
    return _list(place_of(visit, kind="challenge"))


async def submit_login_options(visit: Visit) -> Response:
    """POST /u/mfa-login-options"""
    return _chosen(place_of(visit, kind="challenge"))


def _list(place: Place) -> Response:
    name = mfa.CHOICES[place.asked["kind"]]
    options = {factor: NAMES[factor] for factor in place.asked["factors"]}
    return factor_page(place, "mfa-choice", ("mfa", name), action=name, options=options)


def _chosen(place: Place) -> Response:
    factor = place.visit.body.get("action", "")
    if factor not in place.asked["factors"]:
        return _list(place)
    with place.visit.tenant.store.transaction():
        place.asked["factor"] = factor
        place.save()
    return redirect(mfa.page_of(place.visit, place.transaction), status=303)
