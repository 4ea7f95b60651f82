"""
Which Actions run after a login, in which order.

Not here: binding them (`actions.py`), who else is bound (`post_login_bindings.py`). Imports neither pulumi nor pulumi_auth0.
Source: https://auth0.com/docs/secure/multi-factor-authentication/customize-mfa/customize-mfa-selection-universal-login (the redirect last)
"""

from .ownership import OURS
from .settings_model import Settings
from .settings_types import COMPLETE_PROFILE, OUR_ACTIONS, REQUIRE_MFA
from .wanted import asks_by_action


def post_login_actions(settings: Settings) -> tuple[str, ...]:
    """The names of our Actions that an environment runs, in their order: the redirect has to come after MFA."""
    wanted = {REQUIRE_MFA: asks_by_action(settings), COMPLETE_PROFILE: settings.profile.enabled}
    return tuple(name for name in OUR_ACTIONS if wanted[name])


def post_login_order(settings: Settings) -> tuple[str, ...]:
    """The whole list, ours with `@`; ours alone unless the environment names others. What is switched off is left out."""
    ours = tuple(OURS + name for name in post_login_actions(settings))
    named = settings.actions.post_login
    if named is None:
        return ours
    return tuple(name for name in named if not name.startswith(OURS) or name in ours)
