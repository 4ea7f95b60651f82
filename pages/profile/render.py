"""
The pages as answers: templates with their texts, colours and policies.

The policy of the form allows forms to ourselves alone. That of the hand-off page says nothing about forms: Chrome and Safari hold every
redirect that follows a form to it, and behind `/continue` come hosts that are not ours to know
(https://github.com/w3c/webappsec-csp/issues/8).

Not here: when which page is shown (`app.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from .form import Fault, Field
from .languages import Language, choose, load_all
from .languages import mark as _
from .look import make_look
from .settings import Settings

TEMPLATES = Path(__file__).parent / "templates"

# page -> heading, text, whether the way out is a new login
MESSAGES: Mapping[str, tuple[str, str, bool]] = {
    "expired": (
        _("This page is no longer valid"),
        _(
            "It can be opened for a short time only, and only while signing in. Please sign in again: you will come back here."
        ),
        True,
    ),
    "busy": (_("Too many attempts"), _("Please wait a minute, then try again."), False),
    "overloaded": (
        _("Many people are here at the moment"),
        _("Nothing was saved. Please try again in a minute."),
        False,
    ),
    "wrong": (_("We could not read that"), _("Please sign in again and fill in the form once more."), True),
    "nothing_here": (_("There is nothing here"), _("Please go back to where you came from."), True),
    "broken": (_("Something went wrong on our side"), _("Nothing was saved. Please try again in a minute."), True),
}


class Pages:
    """Renders the pages of one environment."""

    def __init__(self, settings: Settings) -> None:
        self._path = settings.path
        self._look = make_look(settings.primary_color, settings.background_color)
        self._languages = load_all(settings.languages)
        logo = "/logo" if settings.logo else settings.logo_url
        self._images = "'self'" if settings.logo else settings.logo_url
        self._service = {
            "name": settings.name,
            "initial": settings.name[:1].upper(),
            "logo": logo,
            "login_url": settings.login_url,
            "support_email": settings.support_email,
            "support_url": settings.support_url,
        }
        self._jinja = Environment(
            loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, auto_reload=False
        )
        self._jinja.globals["css"] = Markup(self._look.css)  # noqa: S704 - ours, colours checked
        self._menus = {code: self._menu(language) for code, language in self._languages.items()}

    def language(self, request: Request, *wishes: str) -> Language:
        """Choose the language of an answer: what was asked for, then the browser's."""
        return choose(self._languages, wishes, request.headers.get("accept-language", ""))

    def form(
        self, language: Language, status: int, *, fields: tuple[Field, ...], faults: tuple[Fault, ...], **hidden: str
    ) -> Response:
        """The form."""
        menu = self._menus[language.code]
        values = {"fields": fields, "faults": faults, "path": self._path, "menu": menu, **hidden}
        return self._answer("form.html", language, status, "form-action 'self'", values)

    def hand_off(self, language: Language, *, nonce: str, continue_url: str, session_token: str) -> Response:
        """The page that carries the token to Auth0."""
        values = {"nonce": nonce, "continue_url": continue_url, "session_token": session_token}
        return self._answer("hand_off.html", language, 200, f"script-src 'nonce-{nonce}'", values)

    def message(self, language: Language, page: str, status: int) -> Response:
        """A page that says what happened, and what to do next."""
        title, text, begin_again = MESSAGES[page]
        values = {"title": title, "text": text, "begin_again": begin_again}
        return self._answer("message.html", language, status, "form-action 'none'", values)

    def _menu(self, language: Language) -> Markup:
        """The languages to choose from, the same on every form in a language."""
        languages = tuple(self._languages.values())
        html = self._jinja.get_template("languages.html").render(
            language=language, languages=languages, _=language.text
        )
        return Markup(html)  # noqa: S704 - the template has escaped what is in it

    def _answer(
        self, template: str, language: Language, status: int, policy: str, values: Mapping[str, object]
    ) -> Response:
        html = self._jinja.get_template(template).render(
            language=language,
            service=self._service,
            _=language.text,
            **values,
        )
        policies = [
            "default-src 'none'",
            f"style-src '{self._look.hash}'",
            *([f"img-src {self._images}"] if self._images else []),
            "base-uri 'none'",
            "object-src 'none'",
            "frame-ancestors 'none'",
            policy,
        ]
        headers = {"Content-Security-Policy": "; ".join(policies), "Content-Language": language.code}
        return HTMLResponse(html, status_code=status, headers=headers)
