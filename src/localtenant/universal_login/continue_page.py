"""
`/continue`: the way back from where an Action sent the person.

A form on another site does not bring our cookies along (`SameSite=Lax`). So the request is only noted, and the browser is sent on to a page
of ours, which it asks for with its cookies: only the browser that began the login can end it.

Source: https://auth0.com/docs/customize/actions/explore-triggers/signup-and-login-triggers/login-trigger/redirect-with-actions
"""

from dataclasses import asdict

from localtenant.actions.login import RedirectAnswer, RequestFacts
from localtenant.authentication.visit import Visit, redirect, with_query
from localtenant.http import Response
from localtenant.universal_login import flow, transactions
from localtenant.universal_login.error_page import ErrorPage, StalePage

LOST = "The state of /continue belongs to no login that waits for it."


async def note_return(visit: Visit) -> Response:
    """GET or POST /continue?state="""
    transaction = transactions.current(visit, any_browser=True)
    if transaction is None or transaction["stage"] != "redirect":
        if transactions.lost(visit).reason == "unknown":
            raise ErrorPage(400, "invalid_request", LOST)
        return redirect(_with_cookies(visit), status=303)  # to be told why it does not go on
    transaction["returned"] = asdict(visit.facts())
    with visit.tenant.store.transaction():
        transactions.save(visit, transaction)
    return redirect(_with_cookies(visit), status=303)


async def resume(visit: Visit) -> Response:
    """GET /u/resume?state="""
    transaction = transactions.current(visit)
    if transaction is None or transaction["stage"] != "redirect" or "returned" not in transaction:
        raise StalePage
    request = RequestFacts(**transaction.pop("returned"))
    transaction["stage"] = "actions"
    with visit.tenant.store.transaction():
        transactions.save(visit, transaction)  # once: a second tab finds nothing to resume
    answer = RedirectAnswer(query=request.query, body=request.body, state=transaction["state"], request=request)
    return await flow.go_on(visit, transaction, answer)


def _with_cookies(visit: Visit) -> str:
    """Where the browser goes on after a request that could not bring its cookies."""
    return with_query(f"https://{visit.host}/u/resume", state=visit.query.get("state") or visit.body["state"])
