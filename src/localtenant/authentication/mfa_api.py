"""
The MFA API: `/mfa/authenticators`, `/mfa/associate`, `/mfa/challenge`, for applications with pages of their own. The `mfa_token` opens it.

There are one-time codes of an app (`otp`) and codes by text message (`oob`, channel `sms`). Whoever has a factor cannot enrol another with an
`mfa_token`. Not here: voice, mail, push, recovery codes, access tokens with the audience `https://DOMAIN/mfa/` and what only they may do (delete).
Source: https://auth0.com/docs/secure/multi-factor-authentication/authenticate-using-ropg-flow-with-mfa and its pages on each factor; error
texts from Auth0's own list of MFA errors, which a public repository quotes (docs/local-tenant-differences.md).
"""

import json
import re
from collections.abc import Awaitable, Callable
from typing import Any

from localtenant.authentication import mfa_limits, mfa_tokens, totp
from localtenant.authentication.client_authentication import authenticated_client
from localtenant.authentication.oauth_errors import OAuthError, missing, not_emulated
from localtenant.authentication.sessions import hashed
from localtenant.authentication.visit import NO_STORE, Visit
from localtenant.http import Response, json_response
from localtenant.management.authentication_methods import methods_of
from localtenant.store import Document
from localtenant.universal_login import mfa
from localtenant.universal_login.languages import language_of

E164 = re.compile(r"\+[1-9]\d{6,14}")
SHOWN_DIGITS = 5
TOO_MANY_TEXTS = "Too many SMS sent by the user. Wait for some minutes before retrying."
CHALLENGES = {"phone": "oob", "otp": "otp"}


def answered(endpoint: Callable[[Visit], Awaitable[Any]]) -> Callable[[Visit], Awaitable[Response]]:
    """The endpoint's answer, or its error, as JSON."""

    async def answer(visit: Visit) -> Response:
        try:
            return json_response(200, await endpoint(visit), NO_STORE)
        except OAuthError as error:
            return json_response(error.status, error.body(), NO_STORE)

    return answer


@answered
async def authenticators(visit: Visit) -> list[Document]:
    """GET /mfa/authenticators"""
    waiting, user = mfa_tokens.find(visit, _bearer(visit), None)
    found = [_shown(method) for method in methods_of(visit.tenant, user["user_id"]) if method["type"] in KINDS]
    pending = waiting.get("enrollment")
    return [*found, _shown({**pending, "confirmed": False})] if pending else found


@answered
async def delete_authenticator(_visit: Visit) -> None:
    """DELETE /mfa/authenticators/{id}"""
    raise not_emulated("DELETE /mfa/authenticators/{id}")


@answered
async def associate(visit: Visit) -> Document:
    """POST /mfa/associate"""
    waiting, user = mfa_tokens.find(visit, _bearer(visit), None)
    asked = _json(visit)
    types, channels = asked.get("authenticator_types") or [], asked.get("oob_channels") or []
    mfa_tokens.demand_no_factor(visit, user)
    if types == ["otp"]:
        _demand_factor(waiting, "otp")
        return _associate_app(visit, waiting, user)
    if types != ["oob"]:
        raise OAuthError(400, "invalid_request", "authenticator_types must be one of: otp, oob")
    if channels != ["sms"]:
        raise not_emulated(f"MFA by {', '.join(map(str, channels)) or 'no channel'}")
    _demand_factor(waiting, "phone")
    number = asked.get("phone_number")
    if not isinstance(number, str) or E164.fullmatch(number) is None:
        raise OAuthError(400, "invalid_request", "phone_number must be a number in E.164 format")
    waiting["enrollment"] = {"type": "phone", "id": visit.tenant.new_id("sms|dev_", 16), "phone_number": number}
    oob_code = await _send_code(visit, waiting, user, number, enrolls=True)
    return {"authenticator_type": "oob", "binding_method": "prompt", "oob_channel": "sms", "oob_code": oob_code}


@answered
async def challenge(visit: Visit) -> Document:
    """POST /mfa/challenge"""
    client = authenticated_client(visit, public=True)
    if not visit.body.get("mfa_token"):
        raise missing("mfa_token")
    waiting, user = mfa_tokens.find(visit, visit.body["mfa_token"], client)
    method = _chosen(visit, waiting, user)
    if method["type"] == "totp":
        return {"challenge_type": "otp"}
    waiting.pop("enrollment", None)
    oob_code = await _send_code(visit, waiting, user, method["phone_number"], enrolls=False)
    return {"challenge_type": "oob", "oob_code": oob_code, "binding_method": "prompt"}


def _chosen(visit: Visit, waiting: Document, user: Document) -> Document:
    """The factor that is named, or the first of a kind that the application can handle."""
    listed = methods_of(visit.tenant, user["user_id"])
    usable = [one for one in listed if KINDS.get(one["type"]) in waiting["factors"] and one.get("confirmed", True)]
    if not usable:
        words = "User is not enrolled. You can use /mfa/associate endpoint to enroll the first authenticator."
        raise OAuthError(403, "association_required", words)
    wanted = visit.body.get("authenticator_id")
    if wanted:
        usable = [method for method in usable if wanted in {method["id"], _id_of(method)}]
        if not usable:
            raise OAuthError(400, "invalid_request", "Unknown authenticator_id")
    types = visit.body.get("challenge_type", "oob otp").split()
    able = [method for method in usable if CHALLENGES[KINDS[method["type"]]] in types]
    if not able:
        supported = ", ".join(CHALLENGES[KINDS[method["type"]]] for method in usable)
        words = (
            f"The user does not support the requested challenge type ({', '.join(types)}). Supported type: {supported}."
        )
        raise OAuthError(401, "unsupported_challenge_type", words)
    return able[0]


def _associate_app(visit: Visit, waiting: Document, user: Document) -> Document:
    secret = totp.new_secret(visit.tenant)
    waiting["enrollment"] = {"type": "totp", "id": visit.tenant.new_id("totp|dev_", 16), "totp_secret": secret}
    with visit.tenant.store.transaction():
        mfa_tokens.save(visit, waiting)
    issuer = str(visit.settings().get("friendly_name") or visit.host)
    address = totp.address(secret, issuer=issuer, account=str(user.get("email") or user["user_id"]))
    return {"authenticator_type": "otp", "secret": secret, "barcode_uri": address}


async def _send_code(visit: Visit, waiting: Document, user: Document, number: str, *, enrolls: bool) -> str:
    """Text a new code, which takes the place of an earlier one; answers the `oob_code` that belongs to it."""
    tenant = visit.tenant
    if mfa_limits.is_used_up(tenant, user["user_id"], "text"):
        raise OAuthError(400, "invalid_request", TOO_MANY_TEXTS)
    oob_code = tenant.new_secret(48)
    code = "".join(tenant.random.choices("0123456789", k=6))
    waiting["oob"] = {"oob_code": hashed(oob_code), "code": code}
    with tenant.store.transaction():
        mfa_limits.count(tenant, user["user_id"], "text")
        mfa_tokens.save(visit, waiting)
    await visit.services.messenger.text(
        {**user, "phone_number": number},
        code,
        kind="otp_enroll" if enrolls else "otp_verify",
        locale=language_of(visit),
        client=tenant.store.get("clients", waiting["client_id"]),
        request={**visit.facts().as_document(), "body": {}},  # it holds the mfa_token
    )
    return oob_code


def _demand_factor(waiting: Document, factor: str) -> None:
    if factor not in waiting["factors"]:
        raise OAuthError(403, "access_denied", f"The factor {factor} is not enabled.")


def _shown(method: Document) -> Document:
    shown: Document = {
        "id": _id_of(method),
        "authenticator_type": CHALLENGES[KINDS[method["type"]]],
        "active": bool(method.get("confirmed", True)),
    }
    if method["type"] == "phone":
        number = method["phone_number"]
        shown |= {"oob_channel": "sms", "name": number[:SHOWN_DIGITS] + "X" * (len(number) - SHOWN_DIGITS)}
    return shown


def _id_of(method: Document) -> str:
    """A phone's channels have ids of their own."""
    channels = method.get("authentication_methods") or [method]
    return str(channels[0]["id"])


def _bearer(visit: Visit) -> str:
    scheme, _, token = visit.request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise missing("mfa_token")
    return token.strip()


def _json(visit: Visit) -> Document:
    try:
        asked = json.loads(visit.request.body)
    except ValueError:
        asked = None
    if not isinstance(asked, dict):
        raise OAuthError(400, "invalid_request", "Invalid request payload JSON format")
    return asked


KINDS = {stored: name for name, stored in mfa.STORED_AS.items()}  # of the user's methods -> as Actions call them
