"""
What the pages of second factors share: the login that asks, codes and how often they may be wrong, the pages' common parts.

Not here: which factor is asked for (`mfa.py`).
"""

import hmac
from typing import Any

from localtenant.authentication import mfa_limits
from localtenant.authentication.sessions import find_session, hashed
from localtenant.authentication.visit import Visit, redirect, with_query
from localtenant.http import Response
from localtenant.management.users import KIND as USERS
from localtenant.store import Document
from localtenant.universal_login import flow, transactions
from localtenant.universal_login.error_page import StalePage
from localtenant.universal_login.mfa import CHOICES, page_of
from localtenant.universal_login.pages import page, texts_for

DIGITS = 6


def asking(visit: Visit, *, kind: str | None = None) -> tuple[Document, Document]:
    """The login that asks for a factor, and its user. Raises: StalePage."""
    transaction = transactions.current(visit)
    if transaction is None or transaction["stage"] != "mfa" or (kind and transaction["mfa"]["kind"] != kind):
        raise StalePage
    session = find_session(visit.tenant, transaction["session"])
    user = visit.tenant.store.get(USERS, session["user_id"]) if session else None
    if user is None:
        raise StalePage
    return transaction, user


def keep(visit: Visit, transaction: Document) -> None:
    """Save what changed."""
    with visit.tenant.store.transaction():
        transactions.save(visit, transaction)


def typed_code(visit: Visit) -> str:
    """What the person typed, without spaces."""
    return "".join(visit.body.get("code", "").split())


def is_same(typed: str, kept: str) -> bool:
    """Whether a code is the one whose hash was kept."""
    return hmac.compare_digest(hashed(typed), kept)


def to_page_of(visit: Visit, transaction: Document) -> Response:
    """On to the page of what is asked now."""
    return redirect(page_of(visit, transaction), status=303)


def factor_page(
    visit: Visit,
    transaction: Document,
    template: str,
    *,
    screen: tuple[str, str],
    fault: str | None = None,
    words: dict[str, str] | None = None,
    **values: Any,
) -> Response:
    """A page of a factor, with the way to another one where there is a choice."""
    client, asked = flow.client_of(visit, transaction), transaction["mfa"]
    texts = texts_for(visit, screen, transaction["locale"], client, words)
    others = f"/u/{CHOICES[asked['kind']]}" if len(asked["factors"]) > 1 else None
    return page(
        visit,
        template,
        screen=screen,
        language=transaction["locale"],
        client=client,
        callback=transaction["parameters"]["redirect_uri"],
        status=400 if fault else 200,
        words=words,
        alert=texts[fault] if fault else None,
        state=transaction["state"],
        others=with_query(others, state=transaction["state"]) if others else None,
        **values,
    )


async def passed(visit: Visit, transaction: Document, user: Document, kind: str, *, enrolled: bool) -> Response:
    """The factor was given: log it and go on with the login."""
    if enrolled:
        log(visit, transaction, user, "gd_enrollment_complete", "Guardian - Enrollment complete")
    with visit.tenant.store.transaction():
        mfa_limits.forget_failures(visit.tenant, user["user_id"])
    log(visit, transaction, user, "gd_auth_succeed", "Guardian - Second factor authentication succeeded")
    method = {"name": "mfa", "type": kind, "timestamp": visit.tenant.clock.timestamp()}
    return await flow.second_factor_given(visit, transaction, method, enrolled=enrolled)


def failed(visit: Visit, transaction: Document, user: Document) -> None:
    """A wrong code: count and log it."""
    with visit.tenant.store.transaction():
        mfa_limits.count(visit.tenant, user["user_id"], "failure")
    log(visit, transaction, user, "gd_auth_failed", "Guardian - Second factor authentication failed")


def log(visit: Visit, transaction: Document, user: Document, event: str, description: str) -> None:
    """An entry about a factor; never the code."""
    client = flow.client_of(visit, transaction) or {}
    visit.tenant.log(
        event,
        description,
        **visit.logged(),
        client_id=client.get("client_id"),
        client_name=client.get("name", ""),
        user_id=user["user_id"],
        user_name=user.get("email", ""),
    )
