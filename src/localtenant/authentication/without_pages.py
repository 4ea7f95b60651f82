"""
Logins without pages: what is left of the post-login Actions' answer where nobody can be shown anything.

Not here: the grants (`password_grant.py`, `refresh_exchange.py`), a second factor at the end (`mfa_tokens.py`), logins with pages (`universal_login/flow.py`).
"""

from localtenant.actions.steps import AskFactor, Denied, Failed, Finished, Redirect, Step
from localtenant.authentication.oauth_errors import OAuthError
from localtenant.universal_login import mfa


def finished_or_refused(step: Step) -> Finished:
    """
    The step, if it is the last one.

    Raises: OAuthError, for a denial, a failure, and what a person would have to be shown.
    """
    match step:
        case Finished():
            return step
        case Denied(reason=reason):
            raise OAuthError(403, "access_denied", reason)
        case Failed(error=error, description=description):
            raise OAuthError(403, error, description)
        case AskFactor():
            raise OAuthError(403, "mfa_required", mfa.REQUIRED)
        case Redirect():
            raise OAuthError(403, "interaction_required", "External interaction required")
