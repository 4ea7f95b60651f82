"""
`/authorize`: the authorization code flow, with or without PKCE.

Whatever is wrong before the callback is known to be the application's is shown on a page; everything after it goes to the callback.

Not here: the pages (`universal_login/`), the answer's form (`authorization_response.py`), the implicit and hybrid flows, organizations.
Source: https://auth0.com/docs/api/authentication/authorization-code-flow/authorize-application and the error texts that public
issues quote (docs/local-tenant-differences.md).
"""

from collections.abc import Mapping

from localtenant.authentication.api_scopes import audience_asked_for
from localtenant.authentication.authorization_response import RESPONSE_MODES, AuthorizeError, refuse
from localtenant.authentication.callbacks import is_allowed
from localtenant.authentication.oauth_errors import OAuthError
from localtenant.authentication.sessions import current_session, save
from localtenant.authentication.visit import Visit, redirect, with_query
from localtenant.http import Response
from localtenant.management.connection_clients import is_enabled
from localtenant.store import Document
from localtenant.universal_login import flow, transactions
from localtenant.universal_login.error_page import ErrorPage
from localtenant.universal_login.languages import language_of
from localtenant.universal_login.login_page import open_to_strangers

CHALLENGE_METHOD = (
    "S256"  # the only one, says the page on PKCE (read 2026-11-26), which also says that it must be named
)
REQUEST_OBJECTS = ("request", "request_uri")


async def authorize(visit: Visit) -> Response:
    """Answer GET or POST /authorize."""
    parameters = visit.parameters
    client = _client(visit, parameters)
    _check_callback(client, parameters)
    try:
        return await _authorize(visit, client, parameters)
    except AuthorizeError as error:
        silent = "none" in parameters.get("prompt", "").split()
        return refuse(visit, client, _answerable(parameters), error, log_type="fsa" if silent else "f")


async def _authorize(visit: Visit, client: Document, parameters: Mapping[str, str]) -> Response:
    _check(visit, client, parameters)
    connections = usable_connections(visit, client, parameters.get("connection"))
    prompts = parameters.get("prompt", "").split()
    session = _usable_session(visit, parameters, connections)
    if session is None and "none" in prompts:
        raise AuthorizeError("login_required", "Login required")
    locale = language_of(visit, parameters.get("ui_locales"))
    with visit.tenant.store.transaction():
        transaction, cookies = transactions.begin(
            visit, client, parameters, connections=[connection["name"] for connection in connections], locale=locale
        )
        if session is not None:
            save(visit.tenant, session)
            transaction |= {"session": session["key"], "sso": True}
            transactions.save(visit, transaction)
    if session is None:
        wants_signup = parameters.get("screen_hint") == "signup" and open_to_strangers(connections) is not None
        screen = "signup" if wants_signup else "login"
        return redirect(with_query(f"https://{visit.host}/u/{screen}", state=transaction["state"]), cookies=cookies)
    return await flow.run_actions(visit, transaction, cookies=cookies)


def usable_connections(visit: Visit, client: Document, wanted: str | None) -> list[Document]:
    """
    The databases that people of this application may sign in with.

    Raises:
        AuthorizeError: there is none, or the one that was asked for is not among them.

    """
    found = [one for one in visit.tenant.store.all("connections") if is_enabled(one, client["client_id"])]
    if wanted:
        found = [one for one in found if one["name"] == wanted]
        if not found:
            known = visit.tenant.store.first("connections", name=wanted) is not None
            words = "the connection is not enabled" if known else "the connection was not found"
            raise AuthorizeError("unauthorized" if known else "invalid_request", words)
    databases = [one for one in found if one["strategy"] == "auth0"]
    if wanted and not databases:
        if "none" in visit.parameters.get("prompt", "").split():
            raise AuthorizeError("login_required", "Login required")
        raise ErrorPage(501, "not_emulated", f"The local tenant does not emulate logins by {found[0]['strategy']}.")
    if not databases:
        raise AuthorizeError("invalid_request", "no connections enabled for the client")
    return databases


def _client(visit: Visit, parameters: Mapping[str, str]) -> Document:
    client_id = parameters.get("client_id")
    if not client_id:
        raise ErrorPage(400, "invalid_request", "Missing required parameter: client_id")
    client = visit.tenant.store.get("clients", client_id)
    if client is None or client.get("global"):
        raise ErrorPage(400, "invalid_request", f"Unknown client: {client_id}")
    return client


def _check_callback(client: Document, parameters: Mapping[str, str]) -> None:
    callback = parameters.get("redirect_uri")
    if not callback:
        raise ErrorPage(400, "invalid_request", "Missing required parameter: redirect_uri", client=client)
    if not is_allowed(callback, client.get("callbacks") or [], native=client.get("app_type") == "native"):
        words = (
            f"Callback URL mismatch. {callback} is not in the list of allowed callback URLs of the application. "
            "(Its list is `callbacks` of the client.)"
        )
        raise ErrorPage(403, "unauthorized_client", words, client=client)


def _answerable(parameters: Mapping[str, str]) -> dict[str, str]:
    """An error of a wrong response mode goes to the callback by the usual way."""
    wrong = parameters.get("response_mode", "query") not in RESPONSE_MODES
    return {name: value for name, value in parameters.items() if not (wrong and name == "response_mode")}


def _check_proof_key(parameters: Mapping[str, str]) -> None:
    if "code_challenge" not in parameters:
        return
    method = parameters.get("code_challenge_method")
    if not method:
        raise AuthorizeError("invalid_request", "Missing required parameter: code_challenge_method")
    if method != CHALLENGE_METHOD:
        raise AuthorizeError("invalid_request", f"Unsupported code_challenge_method: {method}")


def _check_emulated(client: Document, parameters: Mapping[str, str]) -> None:
    for name in REQUEST_OBJECTS:
        if name in parameters:
            raise AuthorizeError(f"{name}_not_supported", f"The local tenant does not emulate the parameter {name}")
    if "organization" in parameters or "invitation" in parameters:
        if client.get("organization_usage", "deny") == "deny":
            words = "parameter organization is not allowed for this client"  # quoted in public issues
            raise AuthorizeError("invalid_request", words)
        raise AuthorizeError("invalid_request", "The local tenant does not emulate organizations")


def _refuse_response_type(client: Document, response_type: str) -> None:
    """Tokens from `/authorize` itself: the implicit and the hybrid flow."""
    if not set(response_type.split()) <= {"code", "id_token", "token"}:
        raise AuthorizeError("unsupported_response_type", f"Unsupported response type: {response_type}")
    if "implicit" not in client.get("grant_types", []):
        raise AuthorizeError("unauthorized_client", "Grant type 'implicit' not allowed for the client.")
    raise ErrorPage(501, "not_emulated", "The local tenant does not emulate the implicit and the hybrid flow.")


def _check(visit: Visit, client: Document, parameters: Mapping[str, str]) -> None:
    _check_emulated(client, parameters)
    response_type = parameters.get("response_type")
    if not response_type:
        raise AuthorizeError("invalid_request", "Missing required parameter: response_type")
    if response_type != "code":
        _refuse_response_type(client, response_type)
    if parameters.get("response_mode", "query") not in RESPONSE_MODES:
        raise AuthorizeError("invalid_request", f"Unsupported response mode: {parameters['response_mode']}")
    if "authorization_code" not in client.get("grant_types", []):
        raise AuthorizeError("unauthorized_client", "Grant type 'authorization_code' not allowed for the client.")
    prompts = parameters.get("prompt", "").split()
    if "none" in prompts and len(prompts) > 1:
        raise AuthorizeError("invalid_request", "prompt=none cannot be combined with other values")
    _check_proof_key(parameters)
    if not parameters.get("max_age", "0").isdecimal():
        raise AuthorizeError("invalid_request", "max_age must be a number of seconds")
    try:
        audience_asked_for(visit, parameters.get("audience"))
    except OAuthError as error:
        raise AuthorizeError(error.error, error.description) from None


def _usable_session(visit: Visit, parameters: Mapping[str, str], connections: list[Document]) -> Document | None:
    session = current_session(visit)
    if session is None or "login" in parameters.get("prompt", "").split():
        return None
    if session["connection"] not in {connection["name"] for connection in connections}:
        return None
    if "max_age" in parameters and not _is_young_enough(visit, session, int(parameters["max_age"])):
        return None
    return session


def _is_young_enough(visit: Visit, session: Document, max_age: int) -> bool:
    """Nothing is younger than 0 seconds: it means the same as `prompt=login`."""
    return max_age > 0 and bool(visit.tenant.clock.seconds() - session["authenticated"] <= max_age)
