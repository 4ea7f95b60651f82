"""
Grant `authorization_code`: the code of a login for its tokens, once, within ten minutes, by whoever began it.

A code that comes back was stolen, now or the first time: the tokens that it brought are taken back, as far as they can be (RFC 6749, 4.1.2).
An access token for an API is a JWT, which lives until it expires.

Source: https://auth0.com/docs/api/authentication/authorization-code-flow/get-token and …/authorization-code-flow-with-pkce/get-token-pkce
"""

import base64
import hashlib
import hmac
from typing import Any

from localtenant.authentication import refresh_tokens
from localtenant.authentication.authorization_response import CODES
from localtenant.authentication.client_authentication import is_public
from localtenant.authentication.oauth_errors import OAuthError, invalid_grant, missing
from localtenant.authentication.sessions import hashed
from localtenant.authentication.user_tokens import OPAQUE, Grant, answer_with_tokens
from localtenant.authentication.visit import Visit
from localtenant.management.users import KIND as USERS
from localtenant.store import Document

SUCCESS = "seacft"


async def authorization_code(visit: Visit, client: Document) -> dict[str, Any]:
    """The body of the answer."""
    if not visit.body.get("code"):
        raise missing("code")
    key = hashed(visit.body["code"])
    code = visit.tenant.store.get(CODES, key)
    if code is None or code["client_id"] != client["client_id"]:
        raise invalid_grant("Invalid authorization code")
    if "brought" in code:
        _take_back(visit, key, code["brought"])
        raise invalid_grant("Invalid authorization code")
    if code["expires"] <= visit.tenant.clock.seconds():
        raise invalid_grant("Invalid authorization code")
    with visit.tenant.store.transaction():
        answer = _exchange(visit, client, code)
        brought = _brought(visit, answer)
        spent = {"client_id": client["client_id"], "expires": code["expires"], "brought": brought}
        visit.tenant.store.put(CODES, key, spent)
        _forget_old_ones(visit)
    return answer


def _brought(visit: Visit, answer: dict[str, Any]) -> Document:
    """What a code that comes back takes away."""
    refresh_token = visit.tenant.store.get(refresh_tokens.KIND, hashed(answer.get("refresh_token", "")))
    return {"access_token": hashed(answer["access_token"]), "family": (refresh_token or {}).get("family")}


def _take_back(visit: Visit, key: str, brought: Document) -> None:
    with visit.tenant.store.transaction():
        visit.tenant.store.delete(CODES, key)
        visit.tenant.store.delete(OPAQUE, brought["access_token"])
        if brought["family"]:
            refresh_tokens.revoke_family(visit.tenant, brought["family"])


def _forget_old_ones(visit: Visit) -> None:
    """A spent code is remembered for as long as it would have counted."""
    now = visit.tenant.clock.seconds()
    for key, code in visit.tenant.store.items(CODES):
        if code["expires"] <= now:
            visit.tenant.store.delete(CODES, key)


def _exchange(visit: Visit, client: Document, code: Document) -> dict[str, Any]:
    _check_redirect_uri(visit, code)
    _check_proof(visit, client, code)
    user = visit.tenant.store.get(USERS, code["user_id"])
    if user is None:
        raise invalid_grant("Invalid authorization code")
    grant = Grant(
        client=client,
        user=user,
        connection=code["connection"],
        scopes=tuple(code["scopes"]),
        audience=code["audience"],
        methods=tuple(code["methods"]),
        session_id=code["session_id"],
        nonce=code["nonce"],
        auth_time=code["auth_time"],
        acr_values=tuple(code["acr_values"]),
        id_token_claims=code["finished"]["id_token_claims"],
        access_token_claims=code["finished"]["access_token_claims"],
    )
    answer = answer_with_tokens(visit, grant)
    visit.tenant.log(
        SUCCESS,
        "Authorization Code for Access Token",
        **visit.logged(),
        client_id=client["client_id"],
        client_name=client.get("name", ""),
        connection=code["connection"],
        user_id=user["user_id"],
        user_name=user.get("email", ""),
        scope=" ".join(code["scopes"]) or None,
        audience=code["audience"],
    )
    return answer


def _check_redirect_uri(visit: Visit, code: Document) -> None:
    """If it is sent it must be the one of the request; without PKCE it must be sent."""
    sent = visit.body.get("redirect_uri")
    if sent is None and code["code_challenge"] is None:
        raise missing("redirect_uri")
    if sent is not None and sent != code["redirect_uri"]:
        words = f"The redirect URI is wrong. You sent {sent}, and we expected {code['redirect_uri']}"
        raise OAuthError(403, "unauthorized_client", words)


def _check_proof(visit: Visit, client: Document, code: Document) -> None:
    """PKCE where the request had a challenge; an application without a secret has nothing else to show."""
    verifier = visit.body.get("code_verifier")
    challenge = code["code_challenge"]
    if challenge is None:
        if is_public(client):
            raise OAuthError(401, "access_denied", "Unauthorized")
        return
    if not verifier:
        raise missing("code_verifier")
    if not hmac.compare_digest(_challenge(verifier).encode(), challenge.encode()):
        raise invalid_grant("Failed to verify code verifier")


def _challenge(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
