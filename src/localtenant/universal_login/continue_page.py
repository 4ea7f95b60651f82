"""
`/continue`: the way back from where an Action sent the person.

A form on another site does not bring our cookies along (`SameSite=Lax`). So the request is only noted, and the browser is sent on to a page
of ours, which it asks for with its cookies: only the browser that began the login can end it.

Source: https://auth0.com/docs/customize/actions/explore-triggers/signup-and-login-triggers/login-trigger/redirect-with-actions
"""

from dataclasses import asdict

from localtenant.actions.login import RedirectAnswer, RequestFacts
from localtenant.authentication.visit import Visit, redirect
from localtenant.http import Response
from localtenant.universal_login import flow, transactions
from localtenant.universal_login.error_page import ErrorPage, StalePage

LOST = "The state of /continue belongs to no login that waits for it."


async def note_return(visit: Visit) -> Response:
    """GET or POST /continue?state="""
    transaction = transactions.current(visit, any_browser=True)
    if transaction is None or transaction["stage"] != "redirect":
        raise ErrorPage(400, "invalid_request", LOST)
    transaction["returned"] = asdict(visit.facts())
    with visit.tenant.store.transaction():
        transactions.save(visit, transaction)
    return redirect(flow.resume_address(visit, transaction), status=303)


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
