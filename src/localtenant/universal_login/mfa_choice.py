"""
Where there are several second factors: which one.

Not here: the pages of each (`mfa_phone.py`, `mfa_otp.py`).
"""

from localtenant.authentication.visit import Visit
from localtenant.http import Response
from localtenant.universal_login.mfa import CHOICES
from localtenant.universal_login.mfa_step import asking, factor_page, keep, to_page_of

NAMES = {"phone": "authenticatorNamesSMS", "otp": "authenticatorNamesOTP"}


async def show_factors(visit: Visit) -> Response:
    """GET /u/mfa-begin-enroll-options, /u/mfa-login-options"""
    transaction, _ = asking(visit)
    name = CHOICES[transaction["mfa"]["kind"]]
    choices = [(factor, NAMES[factor]) for factor in transaction["mfa"]["factors"]]
    return factor_page(visit, transaction, "mfa-choice", screen=("mfa", name), address=f"/u/{name}", choices=choices)


async def choose_factor(visit: Visit) -> Response:
    """POST of the same."""
    transaction, _ = asking(visit)
    asked, chosen = transaction["mfa"], visit.body.get("factor", "")
    if chosen in asked["factors"]:
        asked["factor"] = chosen
        keep(visit, transaction)
    return to_page_of(visit, transaction)
