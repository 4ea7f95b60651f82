"""
Grants `password` and `password-realm`: email and password for tokens, without a page. The post-login Actions run.

A second factor that the policy or an Action asks for at the end holds the tokens back (`mfa_tokens.py`); what an Action would show a person
(a redirect, an MFA command of its own) fails the login. There is no session.

Source: https://auth0.com/docs/api/authentication/resource-owner-password-flow/get-token,
https://auth0.com/docs/get-started/authentication-and-authorization-flow/resource-owner-password-flow and, for
`auth0-forwarded-for`, …/avoid-common-issues-with-resource-owner-password-flow-and-attack-protection
"""

from dataclasses import replace
from typing import Any

from localtenant.actions.login import LoginFacts
from localtenant.actions.steps import Finished
from localtenant.authentication import mfa_tokens, passwords
from localtenant.authentication.api_scopes import audience_asked_for, granted_scopes, scopes_of_api
from localtenant.authentication.client_authentication import is_public
from localtenant.authentication.oauth_errors import OAuthError, invalid_grant, missing
from localtenant.authentication.user_tokens import Grant, answer_with_tokens
from localtenant.authentication.visit import Visit
from localtenant.authentication.without_pages import finished_or_refused
from localtenant.management import connections
from localtenant.management.connection_clients import is_enabled
from localtenant.store import Document
from localtenant.universal_login import mfa

PASSWORD = "password"  # noqa: S105 - the name of a grant
REALM = "http://auth0.com/oauth/grant-type/password-realm"
PROTOCOL = "oauth2-password"
SUCCESS = ("sepft", "Password for Access Token")


async def password(visit: Visit, client: Document) -> dict[str, Any]:
    """The body of the answer; both grants."""
    visit = _on_behalf_of(visit, client)
    for parameter in ("username", "password"):
        if not visit.body.get(parameter):
            raise missing(parameter)
    connection = _connection(visit, client)
    audience = audience_asked_for(visit, visit.body.get("audience"))
    user = _user(visit, client, connection)
    methods: tuple[Document, ...] = ({"name": "pwd", "timestamp": visit.tenant.clock.timestamp()},)
    step = await visit.services.post_login.start(
        LoginFacts(
            client=client,
            connection=connection,
            user_id=user["user_id"],
            protocol=PROTOCOL,
            request=visit.facts(),
            requested_scopes=tuple(visit.body.get("scope", "").split()),
            authentication_methods=methods,
            audience=audience,
            interactive=False,
        )
    )
    finished = finished_or_refused(step)
    with visit.tenant.store.transaction():
        user = visit.tenant.store.get("users", user["user_id"]) or user
        grant = Grant(
            client=client,
            user=user,
            connection=connection["name"],
            scopes=_scopes(visit, client, user, audience, finished),
            audience=audience,
            methods=(*methods, *finished.recorded_methods),
            id_token_claims=finished.id_token_claims,
            access_token_claims=finished.access_token_claims,
        )
        if not mfa.is_due(visit.tenant, finished, methods):
            return _tokens(visit, grant, finished)
        refusal = mfa_tokens.mfa_required(visit, grant, finished)
    raise refusal  # outside of the transaction, which would take the token back


def _on_behalf_of(visit: Visit, client: Document) -> Visit:
    """A server may say for whom it asks, so that failures are counted by the person's address and not by its own."""
    forwarded = visit.request.headers.get("auth0-forwarded-for", "").partition(",")[0].strip()
    if not forwarded or is_public(client) or not client.get("is_token_endpoint_ip_header_trusted"):
        return visit
    return Visit(visit.tenant, visit.services, replace(visit.request, client=forwarded))


def _connection(visit: Visit, client: Document) -> Document:
    """By its name, the realm; or the tenant's default one."""
    if visit.body["grant_type"] == REALM:
        name = visit.body.get("realm")
        if not name:
            raise missing("realm")
    else:
        name = str(visit.settings().get("default_directory") or "")
        if not name:
            words = "Authorization server not configured with default connection."
            raise OAuthError(500, "server_error", words)
    connection = connections.by_name(visit.tenant, name)
    if connection is None or connection["strategy"] != "auth0":
        raise OAuthError(400, "invalid_request", "the connection was not found")
    if not is_enabled(connection, client["client_id"]):
        raise OAuthError(403, "unauthorized_client", "the connection is not enabled")
    return connection


def _user(visit: Visit, client: Document, connection: Document) -> Document:
    with visit.tenant.store.transaction():
        verdict = passwords.check(visit, client, [connection], visit.body["username"], visit.body["password"])
        user = passwords.count_login(visit, verdict.user) if verdict.user is not None else None
    if verdict.fault == "user-blocked":
        raise OAuthError(429, "too_many_attempts", passwords.LOCKED)
    if user is None:
        raise invalid_grant(passwords.WRONG)
    if user.get("blocked"):
        raise OAuthError(403, "unauthorized", "user is blocked")
    return user


def _scopes(
    visit: Visit, client: Document, user: Document, audience: str | None, finished: Finished
) -> tuple[str, ...]:
    """Whoever asks for no scope gets all that the API has for the user: the application is trusted with the password."""
    asked = visit.body.get("scope") or " ".join(scopes_of_api(visit.tenant, user, audience))
    granted = granted_scopes(visit.tenant, client, user, audience, asked)
    added = [scope for scope in finished.added_scopes if scope not in granted]
    return tuple(scope for scope in [*granted, *added] if scope not in finished.removed_scopes)


def _tokens(visit: Visit, grant: Grant, finished: Finished) -> dict[str, Any]:
    log_type, description = SUCCESS
    visit.tenant.log(
        log_type,
        description,
        **visit.logged(),
        client_id=grant.client["client_id"],
        client_name=grant.client.get("name", ""),
        connection=grant.connection,
        user_id=grant.user["user_id"],
        user_name=grant.user.get("email", ""),
        scope=" ".join(grant.scopes) or None,
        audience=grant.audience,
        details=dict(finished.log_details),
    )
    return answer_with_tokens(visit, grant)
