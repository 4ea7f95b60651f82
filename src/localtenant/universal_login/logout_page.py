"""
The pages of signing out: the question whether the person wants it, and what became of it.

Not here: what signing out does (`authentication/logout.py`).
Source: https://auth0.com/docs/authenticate/login/logout/log-users-out-of-auth0 ("Logout consent prompt")
"""

from localtenant.authentication.visit import Visit
from localtenant.http import Response
from localtenant.store import Document
from localtenant.universal_login.languages import language_of
from localtenant.universal_login.pages import page


def confirmation_page(visit: Visit, client: Document | None, asked: Document) -> Response:
    """Yes or no. `asked`: the request, with its `state`, `target` and `ui_locales`."""
    return page(
        visit,
        "logout",
        screen=("logout", "logout"),
        language=language_of(visit, asked["ui_locales"]),
        client=client,
        callback=asked["target"],
        state=asked["state"],
    )


def complete_page(
    visit: Visit, client: Document | None, ui_locales: str | None, *, cookies: tuple[str, ...]
) -> Response:
    """Signed out, and nowhere to go."""
    return _result(visit, "logout-complete", client, ui_locales, cookies)


def aborted_page(visit: Visit, client: Document | None, ui_locales: str | None) -> Response:
    """The answer was no."""
    return _result(visit, "logout-aborted", client, ui_locales, ())


def _result(
    visit: Visit, screen: str, client: Document | None, ui_locales: str | None, cookies: tuple[str, ...]
) -> Response:
    language = language_of(visit, ui_locales)
    return page(visit, "logout_result", screen=("logout", screen), language=language, client=client, cookies=cookies)
