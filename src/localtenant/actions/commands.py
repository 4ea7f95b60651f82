"""
What `api` can be told: the commands by name, and the form of their arguments. `worker/apis.js` checks them where an Action can learn of its
mistake; here they are checked because a process that runs other people's code is not believed.

Not here: what becomes of them (`effects.py`, `mfa.py`, and `messages/phone_action.py` for the phone triggers).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Check = Callable[[Any], bool]


@dataclass(frozen=True)
class Command:
    """What `api` was told: `redirect.sendUserTo` with `("https://…",)`. Arguments are JSON."""

    name: str
    arguments: tuple[Any, ...] = ()

    @property
    def is_well_formed(self) -> bool:
        """Whether there is such a command, with such arguments."""
        checks = FORMS.get(self.name)
        if checks is None or len(checks) != len(self.arguments):
            return False
        return all(check(argument) for check, argument in zip(checks, self.arguments, strict=True))


def _anything(_value: Any) -> bool:
    return True


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_plain(value: Any) -> bool:
    return value is None or isinstance(value, str | int | float)


def _is_provider(value: Any) -> bool:
    return value in ("any", "duo", "google-authenticator", "guardian", "none")


def _is_factor(value: Any) -> bool:
    return isinstance(value, dict) and _is_text(value.get("type")) and isinstance(value.get("options") or {}, dict)


def _are_factors(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(_is_factor(factor) for factor in value)


def _has_factors(value: Any) -> bool:
    if value is None:
        return True
    more = value.get("additionalFactors") if isinstance(value, dict) else value
    return not more or _are_factors(more)


FORMS: Mapping[str, tuple[Check, ...]] = {
    "access.deny": (_anything,),
    "accessToken.addScope": (_is_text,),
    "accessToken.removeScope": (_is_text,),
    "accessToken.setCustomClaim": (_is_text, _anything),
    "authentication.challengeWith": (_is_factor, _has_factors),
    "authentication.challengeWithAny": (_are_factors,),
    "authentication.enrollWith": (_is_factor, _has_factors),
    "authentication.enrollWithAny": (_are_factors,),
    "authentication.recordMethod": (_is_text,),
    "idToken.setCustomClaim": (_is_text, _anything),
    "multifactor.enable": (_is_provider, _anything),
    "notification.drop": (_anything,),
    "notification.retry": (_anything,),
    "redirect.sendUserTo": (_is_text,),
    "transaction.setMetadata": (_is_text, _is_plain),
    "user.setAppMetadata": (_is_text, _anything),
    "user.setUserMetadata": (_is_text, _anything),
}
