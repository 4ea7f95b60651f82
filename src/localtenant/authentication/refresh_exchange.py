"""
Grant `refresh_token`: new tokens without the person. The post-login Actions run, and whatever they ask of a person fails the exchange;
a second factor at the end (`multifactor.enable`) can be shown by the MFA API.

Not here: the life of a refresh token (`refresh_tokens.py`).
Source: https://auth0.com/docs/secure/tokens/refresh-tokens/use-refresh-tokens
"""

from typing import Any

from localtenant.actions.login import LoginFacts
from localtenant.actions.steps import Finished
from localtenant.authentication import mfa_tokens, refresh_tokens
from localtenant.authentication.oauth_errors import OAuthError, invalid_grant, missing
from localtenant.authentication.user_tokens import Grant, answer_with_tokens
from localtenant.authentication.visit import Visit
from localtenant.authentication.without_pages import finished_or_refused
from localtenant.management.guardian import policies
from localtenant.management.users import KIND as USERS
from localtenant.store import Document
from localtenant.universal_login.mfa import ALWAYS

PROTOCOL = "oauth2-refresh-token"


async def refresh_token(visit: Visit, client: Document) -> dict[str, Any]:
    """The body of the answer."""
    secret = visit.body.get("refresh_token")
    if not secret:
        raise missing("refresh_token")
    token, user = _checked(visit, client, secret)
    scopes = _scopes(visit, token)
    finished = await _run_actions(visit, client, token, user, scopes)
    token, user = _checked(visit, client, secret)  # again: others may have used it while the Actions ran
    with visit.tenant.store.transaction():
        grant = Grant(
            client=client,
            user=user,
            connection=token["connection"],
            scopes=scopes,
            audience=token["audience"],
            methods=tuple(token["methods"]),
            session_id=token["session_id"],
            id_token_claims=finished.id_token_claims,
            access_token_claims=finished.access_token_claims,
        )
        # The policy asks in logins. An Action that asks by `multifactor.enable` does so here too.
        if finished.ask_factor_at_the_end != "any" or ALWAYS in policies(visit.tenant):
            return _tokens(visit, grant, secret, token)
        refusal = mfa_tokens.mfa_required(visit, grant, finished)
    raise refusal  # outside of the transaction, which would take the mfa_token back


def _tokens(visit: Visit, grant: Grant, secret: str, token: Document) -> dict[str, Any]:
    successor = refresh_tokens.successor(visit.tenant, grant.client, secret, token)
    answer = answer_with_tokens(visit, grant, refresh_token=successor or secret)
    if successor is None:
        del answer["refresh_token"]  # it goes on, and is not repeated
    visit.tenant.log(
        "sertft",
        "Refresh Token for Access Token",
        **visit.logged(),
        client_id=grant.client["client_id"],
        client_name=grant.client.get("name", ""),
        connection=grant.connection,
        user_id=grant.user["user_id"],
        user_name=grant.user.get("email", ""),
        scope=" ".join(grant.scopes) or None,
    )
    return answer


def _checked(visit: Visit, client: Document, secret: str) -> tuple[Document, Document]:
    """The token and its user. Call it outside of transactions: what it does about theft must last."""
    try:
        token = refresh_tokens.take(visit.tenant, client, secret)
    except refresh_tokens.ReusedToken as reused:
        with visit.tenant.store.transaction():
            refresh_tokens.revoke_family(visit.tenant, reused.token["family"])
            visit.tenant.log(
                "ferrt",
                "Unsuccessful Refresh Token exchange, reused refresh token detected",
                **visit.logged(),
                client_id=client["client_id"],
                client_name=client.get("name", ""),
                user_id=reused.token["user_id"],
            )
        raise invalid_grant("Unknown or invalid refresh token.") from None
    user = visit.tenant.store.get(USERS, token["user_id"])
    if user is None:
        raise invalid_grant("Unknown or invalid refresh token.")
    if user.get("blocked"):
        raise OAuthError(403, "unauthorized", "user is blocked")
    return token, user


def _scopes(visit: Visit, token: Document) -> tuple[str, ...]:
    """Fewer than granted may be asked for; more are passed over."""
    asked = visit.body.get("scope")
    if not asked:
        return tuple(token["scopes"])
    return tuple(scope for scope in token["scopes"] if scope in asked.split())


async def _run_actions(
    visit: Visit, client: Document, token: Document, user: Document, scopes: tuple[str, ...]
) -> Finished:
    step = await visit.services.post_login.start(
        LoginFacts(
            client=client,
            connection=visit.tenant.store.first("connections", name=token["connection"]) or {},
            user_id=user["user_id"],
            protocol=PROTOCOL,
            request=visit.facts(),
            requested_scopes=scopes,
            authentication_methods=tuple(token["methods"]),
            session_id=token["session_id"],
            audience=token["audience"],
            interactive=False,
        )
    )
    return finished_or_refused(step)
