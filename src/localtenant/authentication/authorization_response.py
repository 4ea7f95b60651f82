"""
How `/authorize` answers the application: by a redirect to its callback, or by a form that the browser posts there.

Source: https://auth0.com/docs/api/authentication/authorization-code-flow/authorize-application
"""

import base64
import hashlib
from collections.abc import Mapping
from html import escape

from localtenant.authentication.visit import NO_STORE, Visit, redirect, with_query
from localtenant.http import Response
from localtenant.store import Document

RESPONSE_MODES = ("query", "form_post")
POST_IT = "document.forms[0].submit()"
CODES = "authorization_codes"
CODE_LIFETIME_SEC = 600


class AuthorizeError(Exception):
    """The application gets `error` and `error_description` at its callback."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(description)
        self.error = error
        self.description = description


def respond(parameters: Mapping[str, str], answer: Mapping[str, str], *, cookies: tuple[str, ...] = ()) -> Response:
    """Hand the answer to the application, with its `state`."""
    target = parameters["redirect_uri"]
    fields = {**answer, **({"state": parameters["state"]} if "state" in parameters else {})}
    if parameters.get("response_mode") == "form_post":
        return _form_post(target, fields, cookies)
    return redirect(with_query(target, **fields), cookies=cookies)


def refuse(
    visit: Visit, client: Document, parameters: Mapping[str, str], error: AuthorizeError, *, log_type: str = "f"
) -> Response:
    """Hand an error to the application, and leave an entry in the tenant's log."""
    visit.tenant.log(
        log_type,
        error.description,
        **visit.logged(),
        client_id=client["client_id"],
        client_name=client.get("name", ""),
        details={"error": {"message": error.description, "oauthError": error.error}},
    )
    return respond(parameters, {"error": error.error, "error_description": error.description})


def _form_post(target: str, fields: Mapping[str, str], cookies: tuple[str, ...]) -> Response:
    """A form; where scripts are off, its button is there."""
    inputs = "".join(f'<input type="hidden" name="{escape(name)}" value="{escape(fields[name])}">' for name in fields)
    page = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Signing in</title></head>'
        f'<body><form method="post" action="{escape(target)}">{inputs}<noscript><button>Continue</button></noscript></form>'
        f"<script>{POST_IT}</script></body></html>"
    )
    digest = base64.b64encode(hashlib.sha256(POST_IT.encode()).digest()).decode()
    policy = f"default-src 'none'; script-src 'sha256-{digest}'; frame-ancestors 'none'; base-uri 'none'"
    headers = {
        "content-type": "text/html; charset=utf-8",
        "content-security-policy": policy,
        "referrer-policy": "no-referrer",
        **NO_STORE,
    }
    return Response(200, page.encode(), headers, cookies)
