"""
The MFA commands of an Action (`enrollWith`, `challengeWith` and their kin): what is asked of the person, or why the login fails.

Auth0's words: a factor that is off in the tenant is ignored; so is one that is enrolled already (enrolling) or is not (challenging). If nothing is
left the transaction fails, with `mfar` in the log. What the person did earlier in this login is not asked again. Whoever has a factor must
show one before enrolling another. Four commands a login.
Source: https://auth0.com/docs/secure/multi-factor-authentication/customize-mfa/customize-mfa-enrollments-universal-login and
…/customize-mfa-selection-universal-login; https://auth0.com/docs/customize/actions/reference/post-login/post-login-api-object
"""

from typing import Any

from localtenant.actions.commands import Command
from localtenant.actions.event import enrolled_factors
from localtenant.actions.flow import Flow, Question
from localtenant.actions.login import Kind
from localtenant.management.guardian import is_enabled, policies
from localtenant.management.tenants import SETTINGS
from localtenant.store import Document
from localtenant.tenant import Tenant

MAX_COMMANDS = 4
SWITCHES = {"phone": "sms", "push": "push-notification"}  # the factor's name in /guardian/factors, where it is another
WANTED = {"challenge": "enabled and enrolled", "enroll": "enabled and not yet enrolled"}
ALWAYS = "all-applications"


class CannotAsk(Exception):  # noqa: N818 - the sentence that the tenant's log shows
    """An MFA command that cannot be fulfilled: the transaction fails."""


def questions_of(commands: tuple[Command, ...]) -> list[Question]:
    """The MFA commands among an Action's commands, in order."""
    return [_question(command) for command in commands if command.name in COMMANDS]


def check_commands(tenant: Tenant, flow: Flow) -> None:
    """Whether the tenant allows MFA commands, and this flow so many."""
    if not (tenant.singleton(SETTINGS) or {}).get("customize_mfa_in_postlogin_action"):
        raise CannotAsk("MFA commands of Actions need the tenant setting customize_mfa_in_postlogin_action.")
    if flow.commands > MAX_COMMANDS:
        raise CannotAsk(f"More than {MAX_COMMANDS} MFA commands in one login.")


def open_question(tenant: Tenant, flow: Flow) -> Question | None:
    """
    The next question of the flow, reduced to the factors that can be used now; `None` if there is none. What is settled already is left out.

    Raises:
        CannotAsk: nothing is left of a question.

    """
    while flow.questions:
        question = flow.questions[0]
        enrolled = enrolled_factors(tenant, flow.user_id)
        if _is_settled(question, flow):
            flow.questions.pop(0)
            continue
        usable = [
            factor
            for factor in question.factors
            if is_on(tenant, factor["type"]) and (factor["type"] in enrolled) == (question.kind == "challenge")
        ]
        if not usable:
            names = ", ".join(factor["type"] for factor in question.factors)
            raise CannotAsk(f"None of the requested factors ({names}) is {WANTED[question.kind]}.")
        if question.kind == "enroll" and enrolled and not (flow.challenged or flow.enrolled):
            raise CannotAsk("The user has a factor, and must be challenged for it before enrolling another.")
        return Question(kind=question.kind, choose_first=question.choose_first and len(usable) > 1, factors=usable)
    return None


def passed_over(kind: Kind, factor: str) -> str:
    """The warning for a factor that an Action asked for in vain, while others are left."""
    return f"An Action asked for the factor {factor}, which is passed over because it is not {WANTED[kind]}."


def is_on(tenant: Tenant, factor: str) -> bool:
    """Whether the tenant offers the factor, named as Actions name it."""
    return is_enabled(tenant, SWITCHES.get(factor, factor))


def asked_at_the_end(tenant: Tenant, flow: Flow) -> tuple[str | None, str | None]:
    """
    Whether a second factor is due after all Actions, and by which provider: `("any", "guardian")`, `("none", None)`, `(None, None)`.

    MFA commands settle it, whatever the policy and `multifactor.enable` say. Adaptive MFA (`confidence-score`) never asks here: nothing
    assesses risks.
    """
    if flow.commands:
        return "none", None
    if flow.multifactor == "none":
        return "none", None
    if flow.multifactor is not None:
        return "any", flow.multifactor
    return ("any", "any") if ALWAYS in policies(tenant) else (None, None)


def _is_settled(question: Question, flow: Flow) -> bool:
    """Shown or enrolled earlier in this transaction: Auth0 ignores it. A factor just enrolled was proved by its code."""
    done = {*flow.challenged, *flow.enrolled}
    return question.kind == "challenge" and any(factor["type"] in done for factor in question.factors)


def _question(command: Command) -> Question:
    first, *rest = command.arguments
    kind, lists = COMMANDS[command.name]
    options: Any = rest[0] if rest else None
    factors = list(first) if lists else [first, *((options or {}).get("additionalFactors") or [])]
    return Question(
        kind="enroll" if kind == "enroll" else "challenge",
        choose_first=lists,
        factors=[_selector(factor) for factor in factors],
    )


def _selector(factor: Document) -> Document:
    kind = "push-notification" if factor["type"] == "push" else factor["type"]
    return {"type": kind} | ({"options": factor["options"]} if factor.get("options") else {})


COMMANDS = {  # name -> kind, and whether it takes a list
    "authentication.challengeWith": ("challenge", False),
    "authentication.challengeWithAny": ("challenge", True),
    "authentication.enrollWith": ("enroll", False),
    "authentication.enrollWithAny": ("enroll", True),
}
