"""
Which second factor a login asks for: by an Action, or by the tenant's policy at the end.

The pages ask for a phone (by SMS) and for one-time codes of an app. A factor counts if it is switched on in the tenant.

Not here: the pages (`mfa_phone.py`, `mfa_otp.py`, `mfa_choice.py`).
Source: https://auth0.com/docs/secure/multi-factor-authentication/customize-mfa/customize-mfa-selection-universal-login
"""

from collections.abc import Iterable

from localtenant.actions.steps import AskFactor, Finished
from localtenant.authentication.visit import Visit, with_query
from localtenant.management.authentication_methods import methods_of
from localtenant.management.guardian import is_enabled, policies
from localtenant.store import Document
from localtenant.tenant import Tenant

FACTORS = {"phone": "sms", "otp": "otp"}  # as Actions call them -> as Guardian does; those that the pages can ask for
STORED_AS = {"phone": "phone", "otp": "totp"}
PAGES = {
    ("enroll", "phone"): "mfa-sms-enrollment",
    ("challenge", "phone"): "mfa-sms-challenge",
    ("enroll", "otp"): "mfa-otp-enrollment-qr",
    ("challenge", "otp"): "mfa-otp-challenge",
}
CHOICES = {"enroll": "mfa-begin-enroll-options", "challenge": "mfa-login-options"}
REQUIRED = "Multifactor authentication required"
NO_FACTOR = "No second factor is available for this login"
ALWAYS = "all-applications"
BY_PROVIDER: dict[str, tuple[str, ...]] = {"google-authenticator": ("otp",), "duo": ()}


def is_due(tenant: Tenant, finished: Finished, methods: Iterable[Document]) -> bool:
    """
    Whether MFA comes at the end.

    The policy asks once in a session, and again after a new password. An Action's `multifactor.enable` asks in every login that it is said in.
    """
    if finished.ask_factor_at_the_end != "any":
        return False
    return ALWAYS not in policies(tenant) or not has_second_factor(methods)


def has_second_factor(methods: Iterable[Document]) -> bool:
    """Whether there is a second factor that is not older than the password."""
    listed = list(methods)
    first = max((method["timestamp"] for method in listed if method["name"] == "pwd"), default="")
    return any(method["name"] == "mfa" and method["timestamp"] >= first for method in listed)


def enrolled_factors(tenant: Tenant, user_id: str) -> list[str]:
    """The user's factors that the pages can challenge, each once."""
    stored = {method["type"] for method in methods_of(tenant, user_id) if method.get("confirmed", True)}
    return [name for name in FACTORS if STORED_AS[name] in stored]


def available_factors(tenant: Tenant) -> list[str]:
    """Those that are switched on."""
    return [name for name, guardian in FACTORS.items() if is_enabled(tenant, guardian)]


def question(step: AskFactor) -> Document | None:
    """What an Action's command asks for; `None` if the pages can ask for none of it."""
    left = [name for name in step.factors if name in FACTORS]
    return _asked(step.kind, left, at_the_end=False, chosen=not step.choose_first)


def question_at_the_end(tenant: Tenant, user_id: str, provider: str | None) -> Document | None:
    """A factor that the user has, or the enrolment of one."""
    on = [name for name in available_factors(tenant) if name in BY_PROVIDER.get(provider or "any", FACTORS)]
    enrolled = [name for name in enrolled_factors(tenant, user_id) if name in on]
    if enrolled:
        return _asked("challenge", enrolled, at_the_end=True, chosen=True)
    flags = (tenant.singleton("tenant_settings") or {}).get("flags") or {}
    shows_list = bool(flags.get("mfa_show_factor_list_on_enrollment"))
    return _asked("enroll", on, at_the_end=True, chosen=not shows_list)


def page_of(visit: Visit, transaction: Document) -> str:
    """The page for what is asked: the choice if there is one and nothing was chosen yet."""
    asked = transaction["mfa"]
    name = PAGES[asked["kind"], asked["factor"]] if asked["factor"] else CHOICES[asked["kind"]]
    return with_query(f"https://{visit.host}/u/{name}", state=transaction["state"])


def _asked(kind: str, factors: list[str], *, at_the_end: bool, chosen: bool) -> Document | None:
    """`chosen`: the first factor is shown, the others are a link away; otherwise the person chooses first."""
    if not factors:
        return None
    only = factors[0] if chosen or len(factors) == 1 else None
    return {"kind": kind, "factors": factors, "factor": only, "at_the_end": at_the_end}
