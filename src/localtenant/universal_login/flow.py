"""
The way of one login after the first factor: the Actions, what they ask for, the tenant's MFA policy, the code.

Policy MFA comes after every Action, and no Action runs after it. What an Action says about MFA goes before the policy.

Not here: the pages of second factors (`mfa_….py`), how Actions run (`localtenant/actions/`).
Source: https://auth0.com/docs/secure/multi-factor-authentication/customize-mfa and
https://auth0.com/docs/customize/actions/explore-triggers/signup-and-login-triggers/login-trigger
"""

from dataclasses import asdict

from localtenant.actions.login import Answer, FactorAnswer, LoginFacts
from localtenant.actions.steps import AskFactor, Denied, Failed, Finished, Redirect, Step, Suspended
from localtenant.authentication.api_scopes import audience_asked_for, granted_scopes
from localtenant.authentication.authorization_response import (
    CODE_LIFETIME_SEC,
    CODES,
    AuthorizeError,
    refuse,
    respond,
)
from localtenant.authentication.sessions import find_session, hashed, save
from localtenant.authentication.visit import Visit, redirect
from localtenant.http import Response
from localtenant.management.users import KIND as USERS
from localtenant.store import Document
from localtenant.universal_login import mfa, transactions

INTERACTION_REQUIRED = "interaction_required"
FAILED = "access_denied"


async def run_actions(visit: Visit, transaction: Document, *, cookies: tuple[str, ...] = ()) -> Response:
    """Start the Actions of a login whose first factor is there, in the session."""
    session = find_session(visit.tenant, transaction["session"])
    user = visit.tenant.store.get(USERS, session["user_id"]) if session else None
    client = client_of(visit, transaction)
    if session is None or user is None or client is None:
        return _give_up(visit, transaction, "login_required", "Login required", cookies)
    if user.get("blocked"):
        return _give_up(visit, transaction, "unauthorized", "user is blocked", cookies)
    step = await visit.services.post_login.start(_facts(visit, transaction, session, client))
    return _follow(visit, transaction, step, cookies)


async def go_on(visit: Visit, transaction: Document, answer: Answer, *, cookies: tuple[str, ...] = ()) -> Response:
    """Resume the Actions with what the person brought."""
    if find_session(visit.tenant, transaction["session"]) is None:
        return _give_up(visit, transaction, "login_required", "Login required", cookies)
    step = await visit.services.post_login.resume(Suspended(transaction["suspended"]), answer)
    return _follow(visit, transaction, step, cookies)


async def second_factor_given(visit: Visit, transaction: Document, method: Document, *, enrolled: bool) -> Response:
    """The person gave a second factor on a page: note it in the session, and go on."""
    asked = transaction.pop("mfa")
    session = find_session(visit.tenant, transaction["session"])
    if session is None:
        return _give_up(visit, transaction, "login_required", "Login required", ())
    others = [one for one in session["methods"] if (one["name"], one.get("type")) != ("mfa", method["type"])]
    session["methods"] = [*others, method]
    transaction["stage"] = "actions"
    with visit.tenant.store.transaction():
        save(visit.tenant, session)
        transactions.save(visit, transaction)
    if asked["at_the_end"]:
        return _issue_code(visit, transaction)
    return await go_on(visit, transaction, FactorAnswer(method=method, enrolled=enrolled, request=visit.facts()))


def client_of(visit: Visit, transaction: Document) -> Document | None:
    """The application that the login is for."""
    return visit.tenant.store.get("clients", transaction["client_id"])


def _facts(visit: Visit, transaction: Document, session: Document, client: Document) -> LoginFacts:
    parameters = transaction["parameters"]
    connection = visit.tenant.store.first("connections", name=session["connection"]) or {}
    return LoginFacts(
        client=client,
        connection=connection,
        user_id=session["user_id"],
        protocol="oidc-basic-profile",
        request=visit.facts(),
        prompt=tuple(parameters.get("prompt", "").split()),
        locale=transaction["locale"],
        redirect_uri=parameters["redirect_uri"],
        requested_scopes=tuple(parameters.get("scope", "").split()),
        authentication_methods=tuple(session["methods"]),
        session_id=session["id"],
        state=transaction["state"],
        audience=audience_asked_for(visit, parameters.get("audience")),
        interactive=transaction["interactive"],
    )


def _follow(visit: Visit, transaction: Document, step: Step, cookies: tuple[str, ...]) -> Response:
    match step:
        case Denied(reason=reason):
            return _give_up(visit, transaction, "access_denied", reason, cookies)
        case Failed(error=error, description=description):
            return _give_up(visit, transaction, error, description, cookies)
        case Finished():
            return _finish(visit, transaction, step, cookies)
    if not transaction["interactive"]:
        words = "External interaction required" if isinstance(step, Redirect) else mfa.REQUIRED
        return _give_up(visit, transaction, INTERACTION_REQUIRED, words, cookies)
    transaction["suspended"] = step.suspended.as_document()
    if isinstance(step, Redirect):
        transaction["stage"] = "redirect"
        with visit.tenant.store.transaction():
            transactions.save(visit, transaction)
        return redirect(step.url, cookies=cookies)
    return _ask_factor(visit, transaction, step, cookies)


def _ask_factor(visit: Visit, transaction: Document, step: AskFactor, cookies: tuple[str, ...]) -> Response:
    asked = mfa.question(step)
    if asked is None:
        return _no_factor(visit, transaction, cookies)
    return _to_mfa(visit, transaction, asked, cookies)


def _finish(visit: Visit, transaction: Document, finished: Finished, cookies: tuple[str, ...]) -> Response:
    transaction["finished"] = asdict(finished)
    session = find_session(visit.tenant, transaction["session"])
    methods = session["methods"] if session else []
    if session is not None and finished.recorded_methods:
        session["methods"] += finished.recorded_methods
        with visit.tenant.store.transaction():
            save(visit.tenant, session)
    if not mfa.is_due(visit.tenant, finished, methods):
        return _issue_code(visit, transaction, cookies)
    if not transaction["interactive"]:
        return _give_up(visit, transaction, INTERACTION_REQUIRED, mfa.REQUIRED, cookies)
    asked = mfa.question_at_the_end(visit.tenant, _user_id(visit, transaction), finished.mfa_provider)
    if asked is None:
        return _no_factor(visit, transaction, cookies)
    return _to_mfa(visit, transaction, asked, cookies)


def _to_mfa(visit: Visit, transaction: Document, asked: Document, cookies: tuple[str, ...]) -> Response:
    transaction |= {"stage": "mfa", "mfa": asked}
    with visit.tenant.store.transaction():
        transactions.save(visit, transaction)
    return redirect(mfa.page_of(visit, transaction), cookies=cookies)


def _no_factor(visit: Visit, transaction: Document, cookies: tuple[str, ...]) -> Response:
    visit.tenant.log("mfar", mfa.NO_FACTOR, **visit.logged(), user_id=_user_id(visit, transaction))
    return _give_up(visit, transaction, FAILED, mfa.NO_FACTOR, cookies)


def _user_id(visit: Visit, transaction: Document) -> str:
    session = find_session(visit.tenant, transaction["session"])
    return str(session["user_id"]) if session else ""


def _issue_code(visit: Visit, transaction: Document, cookies: tuple[str, ...] = ()) -> Response:
    parameters = transaction["parameters"]
    session = find_session(visit.tenant, transaction["session"])
    user = visit.tenant.store.get(USERS, session["user_id"]) if session else None
    client = client_of(visit, transaction)
    if session is None or user is None or client is None:
        return _give_up(visit, transaction, "login_required", "Login required", cookies)
    audience = audience_asked_for(visit, parameters.get("audience"))
    code = visit.tenant.new_secret(43)
    document: Document = {
        "client_id": client["client_id"],
        "redirect_uri": parameters["redirect_uri"],
        "user_id": user["user_id"],
        "connection": session["connection"],
        "scopes": _scopes(visit, transaction, client, user, audience),
        "audience": audience,
        "nonce": parameters.get("nonce"),
        "code_challenge": parameters.get("code_challenge"),
        "code_challenge_method": parameters.get("code_challenge_method", "plain"),
        "session_id": session["id"],
        "methods": session["methods"],
        "auth_time": int(session["authenticated"]) if "max_age" in parameters else None,
        "acr_values": parameters.get("acr_values", "").split(),
        "finished": transaction["finished"],
        "expires": visit.tenant.clock.seconds() + CODE_LIFETIME_SEC,
    }
    if client["client_id"] not in session["clients"]:
        session["clients"].append(client["client_id"])
    with visit.tenant.store.transaction():
        visit.tenant.store.put(CODES, hashed(code), document)
        save(visit.tenant, session)
        transactions.end(visit, transaction)
        _log_success(visit, transaction, client, user, session)
    return respond(parameters, {"code": code}, cookies=cookies)


def _scopes(visit: Visit, transaction: Document, client: Document, user: Document, audience: str | None) -> list[str]:
    """What was asked for and may be given, with what Actions added and took away."""
    finished = transaction["finished"]
    granted = granted_scopes(visit.tenant, client, user, audience, transaction["parameters"].get("scope", ""))
    added = [scope for scope in finished["added_scopes"] if scope not in granted]
    return [scope for scope in [*granted, *added] if scope not in finished["removed_scopes"]]


def _log_success(visit: Visit, transaction: Document, client: Document, user: Document, session: Document) -> None:
    connection = visit.tenant.store.first("connections", name=session["connection"]) or {"name": session["connection"]}
    visit.tenant.log(
        "s" if transaction["interactive"] else "ssa",
        "Successful login" if transaction["interactive"] else "Successful silent authentication",
        **visit.logged_about(client, connection),
        user_id=user["user_id"],
        user_name=user.get("email", ""),
        session_id=session["id"],
        details={**transaction["finished"]["log_details"], "stats": {"loginsCount": user.get("logins_count", 0)}},
    )


def _give_up(visit: Visit, transaction: Document, error: str, description: str, cookies: tuple[str, ...]) -> Response:
    client = client_of(visit, transaction) or {"client_id": transaction["client_id"]}
    with visit.tenant.store.transaction():
        transactions.end(visit, transaction)
        answer = refuse(
            visit,
            client,
            transaction["parameters"],
            AuthorizeError(error, description),
            log_type="f" if transaction["interactive"] else "fsa",
        )
    return type(answer)(answer.status, answer.body, answer.headers, (*answer.cookies, *cookies))
