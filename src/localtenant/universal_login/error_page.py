"""
The page for errors that no application can be told: an unknown one, a callback that is not its own, a page out of date.

A tenant may have a page of its own for them (`error_page.url` of its settings), which is then called with what happened.
Source: https://auth0.com/docs/authenticate/login/auth0-universal-login/error-pages
"""

from localtenant.authentication.visit import Visit, redirect, with_query
from localtenant.http import Response
from localtenant.store import Document
from localtenant.universal_login import transactions
from localtenant.universal_login.languages import language_of
from localtenant.universal_login.login_route import login_route
from localtenant.universal_login.pages import page

SCREEN = ("error", "error")


class ErrorPage(Exception):  # noqa: N818 - it becomes a page
    """Show this instead of what was asked for. `log_type`: of its entry in the log, `None` if whoever raises it has written one."""

    def __init__(
        self, status: int, error: str, description: str, *, client: Document | None = None, log_type: str | None = "f"
    ) -> None:
        super().__init__(description)
        self.status = status
        self.error = error
        self.description = description
        self.client = client
        self.log_type = log_type


class StalePage(Exception):  # noqa: N818 - it becomes a page
    """The `state` of the address belongs to no login that is under way in this browser, or to one that is further on."""


class Elsewhere(Exception):  # noqa: N818 - it becomes a redirect
    """The login is at another page now."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address


def error_page(visit: Visit, error: ErrorPage) -> Response:
    """The tenant's own page, or ours."""
    tracking = visit.tenant.new_id("", 20)
    if error.log_type is not None:
        visit.tenant.log(
            error.log_type,
            error.description,
            **visit.logged(),
            client_id=(error.client or {}).get("client_id"),
            details={"error": {"message": error.description, "oauthError": error.error, "tracking": tracking}},
        )
    language = language_of(visit, visit.query.get("ui_locales"))
    settings = visit.settings().get("error_page")
    if isinstance(settings, dict) and settings.get("url"):
        return redirect(
            with_query(
                str(settings["url"]),
                client_id=(error.client or {}).get("client_id"),
                connection=visit.query.get("connection"),
                lang=language,
                error=error.error,
                error_description=error.description,
                tracking=tracking,
            )
        )
    return page(
        visit,
        "error",
        screen=SCREEN,
        language=language,
        client=error.client,
        status=error.status,
        kind="",
        facts=[error.error, error.description, tracking],
        link=login_route(visit, error.client),
    )


def stale_page(visit: Visit) -> Response:
    """
    Say what became of the login, and lead back to the application.

    Of a `state` that says nothing (a bookmark, a login of yesterday) only the tenant is known: then the person goes to its default login route.
    """
    lost = transactions.lost(visit)
    client = visit.tenant.store.get("clients", lost.client_id) if lost.client_id else None
    route = login_route(visit, client)
    if lost.reason == "unknown" and route is not None:
        return redirect(route)
    return page(
        visit,
        "error",
        screen=SCREEN,
        language=lost.locale or language_of(visit),
        client=client,
        status=400,
        kind=f"{lost.reason}-",
        facts=[],
        link=route,
    )
