"""
`/v2/logout` and `/oidc/logout`: end the browser's session, then send it to an address that the application or the tenant has allowed.

An address that is not allowed ends nothing and is shown as an error. `/oidc/logout` asks the person first if nothing shows that the request is
theirs: neither an ID token nor a session id of this session came along (the tenant may switch the question off). What the request says twice must agree.

Not documented, and decided here: without a session nobody is asked; without an address `/v2/logout` says OK and `/oidc/logout` shows a page.
`federated` does nothing: a database has no identity provider behind it. Not here: back-channel logout, refresh tokens (they outlive the session).
Source: https://auth0.com/docs/authenticate/login/logout/log-users-out-of-auth0 and …/redirect-users-after-logout
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from localtenant.authentication.callbacks import is_allowed
from localtenant.authentication.hosts import known_issuers
from localtenant.authentication.sessions import browser, current_session, end_session, is_same_browser
from localtenant.authentication.signing import signing_key
from localtenant.authentication.visit import NO_STORE, Visit, redirect, with_query
from localtenant.http import Response
from localtenant.store import Document
from localtenant.universal_login.error_page import ErrorPage, StalePage
from localtenant.universal_login.logout_page import aborted_page, complete_page, confirmation_page

KIND = "logout_requests"
LIFETIME_SEC = 3600


@dataclass(frozen=True, kw_only=True)
class _Hint:
    """What an ID token that was issued here says."""

    client_id: str
    session_id: str | None


async def logout(visit: Visit) -> Response:
    """GET /v2/logout"""
    client = _client(visit, visit.query.get("client_id"))
    target = visit.query.get("returnTo")
    allowed = _allowed(visit, client)
    if target and not is_allowed(_comparable(target), map(_comparable, allowed)):
        raise _not_allowed(visit, client, "returnTo", target)
    if not target:
        target = next((url for url in allowed if client is not None), None)
    cookie = _end(visit, client)
    if target is None:
        return Response(200, b"OK", {"content-type": "text/plain; charset=utf-8", **NO_STORE}, (cookie,))
    return redirect(target, cookies=(cookie,))


async def oidc_logout(visit: Visit) -> Response:
    """GET or POST /oidc/logout"""
    if visit.request.method == "POST":  # a form on another site brings no cookies, the page that it leads to gets them
        return redirect(with_query(f"https://{visit.host}/oidc/logout", **visit.parameters), status=303)
    asked = visit.query
    hint = _read_hint(visit, asked["id_token_hint"]) if asked.get("id_token_hint") else None
    client = _client(visit, asked.get("client_id") or (hint.client_id if hint else None))
    if hint and client and hint.client_id != client["client_id"]:
        raise _failed(visit, client, "The client_id is not the one that the id_token_hint was issued for.")
    session_id = asked.get("logout_hint")
    if hint and session_id and session_id != hint.session_id:
        raise _failed(visit, client, "The logout_hint is not the session of the id_token_hint.")
    target = asked.get("post_logout_redirect_uri")
    allowed = _allowed(visit, client)
    if target and not is_allowed(target, allowed):
        raise _not_allowed(visit, client, "post_logout_redirect_uri", target)
    if not target:
        target = next((url for url in allowed if client is not None), None)
    document: Document = {
        "client_id": client["client_id"] if client else None,
        "target": with_query(target, state=asked.get("state")) if target else None,
        "ui_locales": asked.get("ui_locales"),
    }
    session = current_session(visit)
    is_known = session is not None and session["id"] == (hint.session_id if hint else session_id)
    if session is None or is_known or not _asks(visit):
        return _done(visit, document)
    return _ask(visit, document)


async def show_confirmation(visit: Visit) -> Response:
    """GET /u/logout?state="""
    document = _pending(visit)
    return confirmation_page(visit, _client_of(visit, document), document)


async def confirm(visit: Visit) -> Response:
    """POST /u/logout?state="""
    document = _pending(visit)
    with visit.tenant.store.transaction():
        visit.tenant.store.delete(KIND, document["state"])
    if visit.body.get("action") != "accept":
        return aborted_page(visit, _client_of(visit, document), document["ui_locales"])
    return _done(visit, document)


def _ask(visit: Visit, document: Document) -> Response:
    """The question is for this browser only, so that no other site can answer it."""
    key, cookies = browser(visit)
    state = visit.tenant.new_secret(48)
    now = visit.tenant.clock.seconds()
    with visit.tenant.store.transaction():
        for old, request in visit.tenant.store.items(KIND):
            if request["expires"] <= now:
                visit.tenant.store.delete(KIND, old)
        kept = {**document, "state": state, "browser": key, "host": visit.host, "expires": now + LIFETIME_SEC}
        visit.tenant.store.put(KIND, state, kept)
    return redirect(with_query(f"https://{visit.host}/u/logout", state=state), cookies=cookies)


def _pending(visit: Visit) -> Document:
    document = visit.tenant.store.get(KIND, visit.query.get("state", ""))
    if document is None or document["expires"] <= visit.tenant.clock.seconds() or document["host"] != visit.host:
        raise StalePage
    if not is_same_browser(visit, document["browser"]):
        raise StalePage
    return document


def _done(visit: Visit, document: Document) -> Response:
    client = _client_of(visit, document)
    cookie = _end(visit, client)
    if document["target"]:
        return redirect(document["target"], cookies=(cookie,))
    return complete_page(visit, client, document["ui_locales"], cookies=(cookie,))


def _end(visit: Visit, client: Document | None) -> str:
    """End the session and log it; answers the cookie that takes the browser's away."""
    with visit.tenant.store.transaction():
        session, cookie = end_session(visit)
        if session is not None:
            user = visit.tenant.store.get("users", session["user_id"]) or {}
            visit.tenant.log(
                "slo",
                "User successfully logged out",
                **visit.logged(),
                **_named(client),
                user_id=session["user_id"],
                user_name=user.get("email", ""),
                session_id=session["id"],
            )
    return cookie


def _asks(visit: Visit) -> bool:
    sessions: Any = visit.settings().get("sessions")
    return bool((sessions or {}).get("oidc_logout_prompt_enabled", True))


def _read_hint(visit: Visit, token: str) -> _Hint:
    """An ID token of this tenant; it may have expired, as OpenID Connect wants it."""
    import jwt

    options: Any = {"verify_exp": False, "verify_iat": False, "verify_nbf": False, "verify_aud": False}
    try:
        algorithm = jwt.get_unverified_header(token).get("alg")
        key: Any = signing_key(visit.tenant).public_key
        if algorithm == "HS256":
            audience = jwt.decode(token, options={"verify_signature": False}).get("aud")
            client = visit.tenant.store.get("clients", str(audience)) or {}
            key = str(client.get("client_secret") or visit.tenant.new_secret())
        said = jwt.decode(token, key, algorithms=["HS256" if algorithm == "HS256" else "RS256"], options=options)
    except jwt.InvalidTokenError:
        raise _failed(visit, None, "The id_token_hint is no ID token of this tenant.") from None
    if said.get("iss") not in known_issuers(visit.tenant) or not isinstance(said.get("aud"), str):
        raise _failed(visit, None, "The id_token_hint is no ID token of this tenant.")
    return _Hint(client_id=said["aud"], session_id=said.get("sid"))


def _client(visit: Visit, client_id: str | None) -> Document | None:
    """`None` if none is named: then the tenant's own list counts."""
    if not client_id:
        return None
    client = visit.tenant.store.get("clients", client_id)
    if client is None or client.get("global"):
        raise _failed(visit, None, f"Unknown client: {client_id}")
    return client


def _client_of(visit: Visit, document: Document) -> Document | None:
    return visit.tenant.store.get("clients", document["client_id"]) if document["client_id"] else None


def _allowed(visit: Visit, client: Document | None) -> list[str]:
    listed: Any = (client if client is not None else visit.settings()).get("allowed_logout_urls")
    return list(listed or [])


def _comparable(url: str) -> str:
    """`/v2/logout` passes over query and fragment, and over capitals in scheme and host."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme.lower(), parts.netloc.lower(), parts.path, "", ""))


def _not_allowed(visit: Visit, client: Document | None, parameter: str, target: str) -> ErrorPage:
    words = (
        f'The "{parameter}" querystring parameter "{target}" is not defined as a valid URL in "Allowed Logout URLs".'
    )
    return _failed(visit, client, words)


def _failed(visit: Visit, client: Document | None, words: str) -> ErrorPage:
    visit.tenant.log("flo", words, **visit.logged(), **_named(client))
    return ErrorPage(400, "invalid_request", words, client=client, log_type=None)


def _named(client: Document | None) -> dict[str, str]:
    return {} if client is None else {"client_id": client["client_id"], "client_name": client.get("name", "")}
