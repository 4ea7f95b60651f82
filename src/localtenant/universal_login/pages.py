"""
How a page is made: template, words, look, and the headers that keep it safe.

There is no script on any page. Styles come from the page itself, under a nonce; pictures and fonts from where the branding says.

Not here: the words (`texts.py`), the look (`branding.py`), the templates (`templates/`).
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import jinja2

from localtenant.authentication.visit import NO_STORE, Visit
from localtenant.http import Response
from localtenant.store import Document
from localtenant.universal_login.branding import Look, look_of, origin
from localtenant.universal_login.languages import direction
from localtenant.universal_login.texts import Texts, texts_of

DIRECTORY = Path(__file__).parent / "templates"
SAFE_FORM_TARGETS = ("http", "https")


def page(
    visit: Visit,
    template: str,
    *,
    screen: tuple[str, str],
    language: str,
    client: Document | None = None,
    status: int = 200,
    cookies: tuple[str, ...] = (),
    callback: str | None = None,
    words: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    alert: str | None = None,
    notice: str | None = None,
    **values: Any,
) -> Response:
    """
    An answer with a page.

    Args:
        visit: the request.
        template: of `templates/`, without its ending.
        screen: prompt and screen, which name the words.
        language: one of the tenant's.
        client: the application, for its name.
        status: of the answer.
        cookies: to set.
        callback: where the form may lead in the end; browsers check `form-action` for redirects too.
        words: further variables of the texts.
        errors: what is wrong, by the name of the field.
        alert: what is wrong and belongs to no field, or to all of them.
        notice: what went well.
        values: what the template shows.

    """
    look = look_of(visit.tenant)
    nonce = visit.tenant.new_secret(22)
    texts = texts_for(visit, screen, language, client, words)
    html = (
        _environment()
        .get_template(f"{template}.html")
        .render(
            t=texts,
            look=look,
            nonce=nonce,
            language=language,
            direction=direction(language),
            company=company_name(visit),
            support=_support(visit),
            errors=errors or {},
            alert=alert,
            notice=notice,
            **values,
        )
    )
    headers = {
        "content-type": "text/html; charset=utf-8",
        "content-language": language,
        "content-security-policy": _policy(look, nonce, callback, has_picture="picture_data" in values),
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "x-robots-tag": "noindex, nofollow",
        **NO_STORE,
    }
    return Response(status, html.encode(), headers, cookies)


def texts_for(
    visit: Visit,
    screen: tuple[str, str],
    language: str,
    client: Document | None,
    words: Mapping[str, str] | None = None,
) -> Texts:
    """The words of a screen, with the names that belong in them."""
    company = company_name(visit)
    variables = {"companyName": company, "clientName": str((client or {}).get("name") or company), **(words or {})}
    return texts_of(visit.tenant, *screen, language, variables)


def company_name(visit: Visit) -> str:
    """The tenant's friendly name."""
    return str(visit.settings().get("friendly_name") or visit.host.partition(":")[0])


def _support(visit: Visit) -> str | None:
    """Where the tenant says that help is."""
    url, email = visit.settings().get("support_url"), visit.settings().get("support_email")
    if url and urlsplit(str(url)).scheme in SAFE_FORM_TARGETS:
        return str(url)
    return f"mailto:{email}" if email else None


def _policy(look: Look, nonce: str, callback: str | None, *, has_picture: bool) -> str:
    pictures = {origin(url) for url in (look.logo_url, look.favicon_url, look.background_image_url) if url}
    fonts = {origin(look.font_url)} if look.font_url else set()
    targets = ["'self'", "https:"]  # an Action may send the person anywhere
    scheme = urlsplit(callback or "").scheme
    if scheme == "http":
        targets.append(origin(str(callback)))
    elif scheme and scheme not in SAFE_FORM_TARGETS:
        targets.append(f"{scheme}:")
    parts = {
        "default-src": ["'none'"],
        "style-src": [f"'nonce-{nonce}'"],
        "img-src": [*sorted(pictures), *(["data:"] if has_picture or not look.favicon_url else [])] or ["'none'"],
        "font-src": sorted(fonts) or ["'none'"],
        "form-action": targets,
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
    }
    return "; ".join(f"{name} {' '.join(sources)}" for name, sources in parts.items())


@cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(DIRECTORY), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True
    )
