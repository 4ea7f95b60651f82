"""
The pages, and the JSON beside them: one address for both, HTML for whoever asks for `text/html`.

    /_local/                 what there is            /_local/users        /_local/users/{id}
    /_local/mail             /_local/mail/{id}        /_local/logs         /_local/logs/{id}
    /_local/texts            /_local/texts/{id}

`DELETE /_local/mail` and `/_local/texts` empty them; a page does it by `POST /_local/mail/empty`, since forms cannot delete.
A mail's own HTML is a document of its own, in a sandbox without scripts, pictures from elsewhere or forms.

Not here: who may look (`control.py`), what there is to see (`views.py`).
"""

import json
import re
from collections.abc import Callable, Mapping
from functools import cache
from importlib import resources
from typing import Any

from jinja2 import Environment, PackageLoader

from localtenant.http import Request, Response, json_response
from localtenant.inbox import views
from localtenant.messages import mailbox, phone
from localtenant.runtime import Runtime
from localtenant.store import Document
from localtenant.tenant import Tenant

POLICY = "default-src 'none'; style-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
MAIL_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation; default-src 'none'; "
    "style-src 'unsafe-inline'; img-src data:; form-action 'none'; frame-ancestors 'self'"
)
COMMON = {
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    # `no-referrer` would make browsers send `Origin: null` with the pages' own forms
    "referrer-policy": "same-origin",
}
LISTS = {"mail": views.mails, "texts": views.texts, "users": views.users, "logs": views.logs}
ONE: Mapping[str, Callable[[Tenant, str], Document | None]] = {
    "mail": views.mail,
    "texts": views.text,
    "users": views.user,
    "logs": views.log,
}
EMPTIED = {"mail": mailbox.empty, "texts": phone.empty}
HEAD = re.compile(r"<head(\s[^>]*)?>", re.IGNORECASE)


class Inbox:
    """Answers the pages' addresses."""

    def __init__(self, tenant: Tenant, runtime: Runtime) -> None:
        self._tenant = tenant
        self._runtime = runtime

    def answer(self, request: Request) -> Response | None:
        """The answer, or `None` for what is no page."""
        path = tuple(segment for segment in request.segments[1:] if segment)
        if request.method == "GET":
            return self._shown(path, html=wants_html(request))
        match (request.method, *path):
            case ("DELETE", kind) if kind in EMPTIED:
                self._empty(kind)
                return json_response(200, {kind: []})
            case ("POST", kind, "empty") if kind in EMPTIED:
                self._empty(kind)
                return Response(303, b"", {"location": f"/_local/{kind}", **COMMON})
            case _:
                return None

    def _shown(self, path: tuple[str, ...], *, html: bool) -> Response | None:
        found: Response | None = None
        match path:
            case ():
                found = self._overview(html=html)
            case ("style.css",):
                found = _style()
            case (kind,) if kind in LISTS:
                found = self._list(kind, html=html)
            case ("mail", mail_id, "html" | "source" as form):
                found = self._mail_itself(mail_id, form)
            case (kind, one) if kind in ONE:
                found = self._one(kind, one, html=html)
        return found

    def _overview(self, *, html: bool) -> Response:
        hosts = {f"https://{host}{self._port()}": upstream for host, upstream in self._runtime.upstreams.items()}
        counts = {kind: len(found(self._tenant)) for kind, found in LISTS.items()}
        if not html:
            return json_response(200, {**counts, "hosts": hosts}, COMMON)
        return self._page(
            "overview.html",
            hosts=hosts,
            newest_mail=next(iter(views.mails(self._tenant)), None),
            newest_text=next(iter(views.texts(self._tenant)), None),
            settings={
                "Tier": self._runtime.tier.value,
                "Plan": self._runtime.plan.value,
                "SMTP": f"localhost:{self._tenant.mail_port}" if self._tenant.mail_port else "not served",
                "Clock": f"{_when(self._tenant.clock.timestamp())} UTC",
            },
        )

    def _list(self, kind: str, *, html: bool) -> Response:
        found = LISTS[kind](self._tenant)
        if not html:
            return json_response(200, {kind: found}, COMMON)
        return self._page(f"{kind}.html", items=found, phones=views.conversations(self._tenant))

    def _one(self, kind: str, one: str, *, html: bool) -> Response | None:
        found = ONE[kind](self._tenant, one)
        if found is None:
            return None
        if not html or kind == "texts":
            return json_response(200, found, COMMON)
        return self._page(f"{kind}-one.html", item=found)

    def _mail_itself(self, mail_id: str, form: str) -> Response | None:
        found = views.mail(self._tenant, mail_id)
        if found is None or found[form] is None:
            return None
        if form == "source":
            return Response(200, found["source"].encode(), {"content-type": "text/plain; charset=utf-8", **COMMON})
        headers = {"content-security-policy": MAIL_POLICY, "content-type": "text/html; charset=utf-8", **COMMON}
        return Response(200, in_whole_window(found["html"]).encode(), {**headers, "referrer-policy": "no-referrer"})

    def _empty(self, kind: str) -> None:
        with self._tenant.store.transaction():
            EMPTIED[kind](self._tenant)

    def _port(self) -> str:
        _, colon, port = self._tenant.domain.partition(":")
        return colon + port

    def _page(self, template: str, **context: Any) -> Response:
        counts = {kind: len(LISTS[kind](self._tenant)) for kind in ("mail", "texts", "users")}
        text = _templates().get_template(template).render(domain=self._tenant.domain, counts=counts, **context)
        return html_response(200, text)


def html_response(status: int, text: str) -> Response:
    """A page of ours."""
    headers = {"content-type": "text/html; charset=utf-8", "content-security-policy": POLICY, **COMMON}
    return Response(status, text.encode(), headers)


def refusal_page(status: int, sentence: str) -> Response:
    """For a browser that asked for what is not there, or not for it."""
    return html_response(status, _templates().get_template("refusal.html").render(sentence=sentence))


def wants_html(request: Request) -> bool:
    """Whether a browser asks; everything else gets JSON."""
    return "text/html" in request.headers.get("accept", "")


def in_whole_window(html: str) -> str:
    """The mail's HTML, its links to be opened in place of the page around it."""
    base = '<base target="_top">'
    found = HEAD.search(html)
    return f"{html[: found.end()]}{base}{html[found.end() :]}" if found else base + html


def _style() -> Response:
    css = resources.files("localtenant.inbox").joinpath("templates", "style.css").read_bytes()
    return Response(200, css, {"content-type": "text/css; charset=utf-8", **COMMON})


@cache
def _templates() -> Environment:
    environment = Environment(loader=PackageLoader("localtenant.inbox"), autoescape=True, trim_blocks=True)
    environment.filters["when"] = _when
    environment.filters["pretty"] = lambda value: json.dumps(value, indent=2, ensure_ascii=False, default=str)
    environment.globals["said"] = views.SAID
    environment.tests["failure"] = views.is_failure
    environment.filters["standing"] = views.standing
    return environment


def _when(timestamp: str) -> str:
    """`2026-11-23T12:00:00.000Z` for people: date and time to the second, as the tenant's clock has it (UTC)."""
    return timestamp[:19].replace("T", " ")
