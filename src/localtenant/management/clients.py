"""
Applications: `/clients`, as the Management API keeps them.

A secret is shown only to who may read it, and never for a client that authenticates by key. The client that stands for all of them
(`All Applications`, the only one with `global: true`) carries the Classic login page and cannot be deleted.

Not here: what Auth0 fills in (`client_defaults.py`), their keys (`client_credentials.py`), the connections they may use
(`connection_clients.py`), the APIs they may call (`client_grants.py`).
Source: https://auth0.com/docs/api/management/v2/clients/get-clients and the recordings of the provider (v1.54.1).
"""

from typing import Any

from localtenant.errors import ManagementError, NotEmulated, bad_request, not_found
from localtenant.management.client_credentials import keep_inline_credentials
from localtenant.management.client_defaults import is_strict_third_party, session_transfer, with_defaults
from localtenant.management.client_signing_keys import signing_keys
from localtenant.management.connection_clients import enable_everywhere, forget_client
from localtenant.management.endpoint import JSON, Call, endpoint
from localtenant.management.fields import asked
from localtenant.management.merging import changed, without_nulls
from localtenant.management.paging import flag, listing
from localtenant.management.scopes import demand
from localtenant.management.tenants import tenant_name
from localtenant.store import Document
from localtenant.tenant import Tenant, on_fresh_tenant

KIND = "clients"
SUMMARY = ("client_id", "name", "app_type", "description")
KEY_MATERIAL = ("client_secret", "encryption_key", "signing_keys", "client_authentication_methods")
MERGED = (
    "jwt_configuration",
    "refresh_token",
    "mobile",
    "native_social_login",
    "client_metadata",
    "session_transfer",
    "signed_request_object",
)  # objects that a PATCH completes; the others (addons, client_authentication_methods, …) it replaces


@endpoint("GET", "/clients")
def list_clients(call: Call) -> JSON:
    """The clients in the order of their creation, the global one last as recorded."""
    if "q" in call.query:
        raise NotEmulated("GET", "/clients?q=")
    clients = [client for client in call.tenant.store.all(KIND) if _is_asked_for(call, client)]
    clients.sort(key=lambda client: bool(client.get("global")))
    shown = []
    for client in clients:
        view = visible(call, client)
        chosen = asked(call, view)
        if call.query.get("fields") and flag(call, "include_fields", default=True) and "tenant" in view:
            chosen = {"tenant": view["tenant"], **chosen}  # recorded: lists name the tenant whatever `fields` says
        shown.append(chosen)
    return listing(call, shown, KIND)


def _is_asked_for(call: Call, client: Document) -> bool:
    query = call.query
    if "is_global" in query and bool(client.get("global")) != flag(call, "is_global"):
        return False
    if "is_first_party" in query and client.get("is_first_party", True) != flag(call, "is_first_party"):
        return False
    if "external_client_id" in query and client.get("external_client_id") != query["external_client_id"]:
        return False
    app_types = [name.strip() for name in query.get("app_type", "").split(",") if name.strip()]
    return not app_types or client.get("app_type") in app_types


@endpoint("POST", "/clients", status=201)
def create_client(call: Call) -> JSON:
    """The answer shows the secret to whoever may create: there would be no other way to hand it out."""
    client = make_client(call.tenant, call.body)
    return shown_whole(call.tenant, client)


def make_client(tenant: Tenant, fields: Document) -> Document:
    """
    Create a client and enable it on the existing connections unless the tenant's flag says no.

    `fields` is the body of POST /clients; unlike there `client_id` and `client_secret` may be given.
    """
    fields = without_nulls(fields)
    client_id = fields.pop("client_id", None) or _new_client_id(tenant, fields)
    secret = fields.pop("client_secret", None) or tenant.new_secret()
    client = with_defaults(fields)
    client = {
        "tenant": tenant_name(tenant),
        "global": False,
        "name": client.pop("name"),
        "client_id": client_id,
        "client_secret": secret,
        **client,
    }
    _tie_logout_urls(client, fields)
    check(client)
    keep_inline_credentials(tenant, client)
    tenant.store.put(KIND, client_id, client)
    settings = tenant.singleton("tenant_settings") or {}
    # "Whether all current connections shall be enabled when a new client is created. Default: true" (tenant flags reference).
    if settings.get("flags", {}).get("enable_client_connections") is not False:
        enable_everywhere(tenant, client_id)
    return client


@endpoint("GET", "/clients/{id}")
def get_client(call: Call) -> JSON:
    return asked(call, visible(call, find(call.tenant, call.path["id"])))


@endpoint("PATCH", "/clients/{id}")
def update_client(call: Call) -> JSON:
    """Replaces what is named, deletes what is null, and completes the objects of `MERGED`."""
    body: Document = call.body
    old = find(call.tenant, call.path["id"])
    if "client_secret" in body:
        demand(call, "update:client_keys")
    client = changed(old, body, merge=MERGED)
    if client.get("initiate_login_uri") == "":
        del client["initiate_login_uri"]  # recorded: the empty text deletes
    if "session_transfer" in body and "session_transfer" in client:
        client["session_transfer"] = session_transfer(client["session_transfer"])
    _tie_logout_urls(client, body)
    check(client)
    keep_inline_credentials(call.tenant, client)
    call.tenant.store.put(KIND, client["client_id"], client)
    return visible(call, client)


@endpoint("DELETE", "/clients/{id}", status=204)
def delete_client(call: Call) -> JSON:
    """Takes its grants, its credentials and its place on connections along; silent if there is none."""
    client = call.tenant.store.get(KIND, call.path["id"])
    if client is None:
        return None
    if client.get("global"):
        raise bad_request("The global client cannot be deleted.", "operation_not_supported")
    call.tenant.store.delete(KIND, client["client_id"])
    for kind in ("client_grants", "client_credentials"):
        for document in call.tenant.store.all(kind):
            if document.get("client_id") == client["client_id"]:
                call.tenant.store.delete(kind, document["id"])
    forget_client(call.tenant, client["client_id"])
    return None


@endpoint("POST", "/clients/{id}/rotate-secret")
def rotate_secret(call: Call) -> JSON:
    """The old secret stops working at once."""
    client = find(call.tenant, call.path["id"])
    client["client_secret"] = call.tenant.new_secret()
    call.tenant.store.put(KIND, client["client_id"], client)
    return shown_whole(call.tenant, client)


def find(tenant: Tenant, client_id: str) -> Document:
    """The client's document, or 404."""
    client = tenant.store.get(KIND, client_id)
    if client is None:
        raise not_found("The client does not exist", "inexistent_client")
    return client


def visible(call: Call, client: Document) -> Document:
    """
    What this caller sees of a client.

    Source: the scope notes of https://auth0.com/docs/api/management/v2/clients/get-clients-by-id (read 2026-11-23).
    """
    view = shown_whole(call.tenant, client)
    if not (call.may("read:client_keys") or call.may("read:client_credentials")):
        view = {name: value for name, value in view.items() if name not in KEY_MATERIAL}
    if not (call.may("read:clients") or call.may("read:client_keys")):
        view = {name: value for name, value in view.items() if name in SUMMARY or name in KEY_MATERIAL}
    return view


def shown_whole(tenant: Tenant, client: Document) -> Document:
    """The client as its creator sees it: with the secret, unless it authenticates by key."""
    view = {**client, "signing_keys": signing_keys(tenant)}
    if client.get("client_authentication_methods"):
        view.pop("client_secret", None)
    return view


def check(client: Document) -> None:
    """What Auth0 refuses beyond the schema."""
    grant_types = client.get("grant_types") or []
    if client.get("token_endpoint_auth_method") == "none" and "client_credentials" in grant_types:
        raise bad_request("Invalid grant types: client_credentials", "invalid_body")
    if client.get("token_endpoint_auth_method") and client.get("client_authentication_methods"):
        raise ManagementError(
            400,
            "'token_endpoint_auth_method' and 'client_authentication_methods' properties are mutually exclusive.",
            "invalid_body",
        )


def _new_client_id(tenant: Tenant, fields: Document) -> str:
    if is_strict_third_party(fields):
        return tenant.new_id("tpc_", 22)
    return tenant.new_id("", 32)


def _tie_logout_urls(client: Document, body: dict[str, Any]) -> None:
    """`oidc_backchannel_logout` is the older name of a part of `oidc_logout`: deleting it deletes both (recorded)."""
    if "oidc_backchannel_logout" in body and body["oidc_backchannel_logout"] is None:
        client.pop("oidc_logout", None)
    urls = (client.get("oidc_logout") or {}).get("backchannel_logout_urls")
    if "oidc_logout" in body and urls is not None:
        client["oidc_backchannel_logout"] = {"backchannel_logout_urls": urls}


@on_fresh_tenant(order=20)
def seed(tenant: Tenant) -> None:
    """A fresh tenant's two clients: the global one, and the application that the sign-up assistant leaves."""
    global_client = make_client(tenant, {"name": "All Applications", "callbacks": [], "oidc_conformant": True})
    global_client = {
        name: value
        for name, value in {
            **global_client,
            "global": True,
            "sso": False,
            "jwt_configuration": {"alg": "RS256"},
        }.items()
        if name not in ("grant_types", "cross_origin_authentication", "custom_login_page_on", "app_type")
    }
    tenant.store.put(KIND, global_client["client_id"], global_client)
    make_client(
        tenant,
        {
            "name": "Default App",
            "callbacks": [],
            "oidc_conformant": True,
            "jwt_configuration": {"alg": "RS256", "lifetime_in_seconds": 36000},
        },
    )
