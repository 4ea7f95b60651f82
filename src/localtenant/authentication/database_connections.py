"""
`/dbconnections/change_password` and `/dbconnections/signup`: what anybody may ask of a database without a token.

A known and an unknown address get the same answer, in both. A sign-up that the connection does not take is refused by name.

Not here: the pages of both (`universal_login/`), the mail with the link and what it leads to (`password_change.py`); the limit of one such mail a minute.
Source: https://auth0.com/docs/api/authentication/change-password/change-password and …/signup/create-a-new-user; docs/local-tenant-differences.md
says which words were seen and which are ours.
"""

import json
from typing import Any

from localtenant.actions.deployed import bound_actions
from localtenant.authentication.password_change import send_change_mail
from localtenant.authentication.visit import NO_STORE, Visit, parse_body
from localtenant.errors import ManagementError
from localtenant.http import Response, json_response
from localtenant.management import connections, users
from localtenant.management.connection_clients import is_enabled
from localtenant.management.tickets import make_ticket
from localtenant.store import Document
from localtenant.universal_login.languages import accepted

SENT = "We've just sent you an email to reset your password."
POST_CHALLENGE = "password-reset-post-challenge"
PROFILE = ("given_name", "family_name", "name", "nickname", "picture", "phone_number", "username")
SIGNED_UP = ("ss", "Successful signup")
MOST_METADATA, LONGEST_NAME, LONGEST_VALUE = 10, 100, 500
POLICY_ERRORS = ("PasswordStrengthError", "PasswordDictionaryError", "PasswordNoUserInfoError", "PasswordHistoryError")


class Refused(Exception):  # noqa: N818 - becomes an answer
    """What was asked is refused; `body` is that of the 400."""

    def __init__(self, body: dict[str, Any]) -> None:
        super().__init__(str(body.get("description") or body.get("error")))
        self.body = body


async def change_password(visit: Visit) -> Response:
    """POST /dbconnections/change_password"""
    try:
        email, name = _field(visit, "email"), _field(visit, "connection")
        client = _client(visit, needed=bool(bound_actions(visit.tenant, POST_CHALLENGE)))
        connection = _database(visit, name, client)
    except Refused as refused:
        return json_response(400, refused.body, NO_STORE)
    send_change_mail(visit, connection, email, client=client)
    return Response(200, SENT.encode(), {"content-type": "text/html; charset=utf-8", **NO_STORE})


async def signup(visit: Visit) -> Response:
    """POST /dbconnections/signup"""
    try:
        client = _client(visit, needed=True) or {}
        connection = _database(visit, _field(visit, "connection"), client)
        fields = _profile(visit)
    except Refused as refused:
        _log_refusal(visit, refused)
        return json_response(400, refused.body, NO_STORE)
    try:
        user = await sign_up(visit, client, connection, fields)
    except Refused as refused:
        return json_response(400, refused.body, NO_STORE)
    names = ("email_verified", "email", *PROFILE, "user_metadata")
    given = {name: user[name] for name in names if name in fields or name in {"email_verified", "email"}}
    return json_response(200, {"_id": user["user_id"].partition("|")[2], **given}, NO_STORE)


async def sign_up(
    visit: Visit, client: Document, connection: Document, fields: Document, *, language: str | None = None
) -> Document:
    """
    Make the user, and ask by mail that the address be confirmed. Call it outside of store transactions.

    Raises: Refused, which is logged.
    """
    try:
        with visit.tenant.store.transaction():
            user = _sign_up(visit, connection, fields)
            _log(visit, SIGNED_UP, client, connection, user["email"], user_id=user["user_id"])
            link = make_ticket(
                visit.tenant,
                "email_verification",
                user["user_id"],
                host=visit.host,
                client_id=client.get("client_id"),
            )
    except Refused as refused:
        _log(visit, ("fs", str(refused)), client, connection, str(fields["email"]))
        raise
    wanted = language or next(iter(accepted(visit.request.headers.get("accept-language", ""))), "")
    await visit.services.messenger.mail("verify_email", user, link, client=client, language=wanted)
    return user


def _sign_up(visit: Visit, connection: Document, fields: Document) -> Document:
    if connection["options"].get("disable_signup"):
        raise Refused({"error": "public signup is disabled"})
    try:
        return users.make_user(visit.tenant, connection, fields)
    except ManagementError as error:
        raise Refused(_explained(visit, connection, error)) from None


def _explained(visit: Visit, connection: Document, error: ManagementError) -> dict[str, Any]:
    """The Management API's refusal in the words of this endpoint."""
    name, _, words = error.message.partition(": ")
    if name in POLICY_ERRORS:
        policy = connection["options"].get("passwordPolicy") or "none"
        named = {"name": name, "message": words, "code": "invalid_password"}
        return {**named, "description": words, "policy": policy, "statusCode": 400}
    if error.status != 409:
        return _bad_request("invalid_signup", error.message)
    flags: Any = visit.settings().get("flags") or {}
    if flags.get("enable_public_signup_user_exists_error"):
        return _bad_request("user_exists", "The user already exists.")
    return _bad_request("invalid_signup", "Invalid sign up")


def _bad_request(code: str, description: str) -> dict[str, Any]:
    return {"name": "BadRequestError", "code": code, "description": description, "statusCode": 400}


def _profile(visit: Visit) -> Document:
    fields: Document = {"email": _field(visit, "email"), "password": _field(visit, "password")}
    fields |= {name: visit.body[name] for name in PROFILE if visit.body.get(name)}
    metadata = _metadata(visit)
    return {**fields, "user_metadata": metadata} if metadata else fields


def _metadata(visit: Visit) -> Document:
    """At most ten strings; only JSON can bring them."""
    if not visit.request.headers.get("content-type", "").startswith("application/json"):
        return {}
    metadata = json.loads(visit.request.body).get("user_metadata") or {}
    if not isinstance(metadata, dict) or len(metadata) > MOST_METADATA:
        raise Refused(_bad_request("invalid_signup", "user_metadata must be an object of ten properties at most"))
    for name, value in metadata.items():
        if len(name) > LONGEST_NAME or not isinstance(value, str) or len(value) > LONGEST_VALUE:
            raise Refused(_bad_request("invalid_signup", f"user_metadata.{name[:LONGEST_NAME]} is not a short string"))
    return metadata


def _field(visit: Visit, name: str) -> str:
    if parse_body(visit.request) is None:
        raise Refused({"error": "Invalid request payload JSON format"})
    value = visit.body.get(name, "")
    if not value.strip():
        raise Refused({"error": f"{name} is required"})
    return value


def _client(visit: Visit, *, needed: bool) -> Document | None:
    client_id = _field(visit, "client_id") if needed else visit.body.get("client_id")
    if not client_id:
        return None
    client = visit.tenant.store.get("clients", client_id)
    if client is None or client.get("global"):
        raise Refused({"error": "client_id is not valid"})
    return client


def _database(visit: Visit, name: str, client: Document | None) -> Document:
    connection = connections.by_name(visit.tenant, name)
    if connection is None:
        raise Refused({"error": "connection does not exist"})
    if connection["strategy"] != "auth0":
        raise Refused({"error": "connection is not a database"})
    if client is not None and not is_enabled(connection, client["client_id"]):
        raise Refused({"error": f"connection is disabled (client_id: {client['client_id']} - connection: {name})"})
    return connection


def _log_refusal(visit: Visit, refused: Refused) -> None:
    client = visit.tenant.store.get("clients", visit.body.get("client_id", ""))
    connection = connections.by_name(visit.tenant, visit.body.get("connection", ""))
    _log(visit, ("fs", str(refused)), client, connection, visit.body.get("email", ""))


def _log(
    visit: Visit,
    event: tuple[str, str],
    client: Document | None,
    connection: Document | None,
    email: str,
    **more: str,
) -> None:
    log_type, description = event
    visit.tenant.log(
        log_type,
        description,
        **visit.logged_about(client, connection),
        user_name=email.strip().lower(),
        **more,
    )
