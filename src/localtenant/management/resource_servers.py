"""
APIs: `/resource-servers`, found by id or by URL-encoded identifier.

A fresh tenant has one, the Management API itself: `is_system`, with every scope, hardly changeable and undeletable.

Not here: who may call them (`client_grants.py`), role permissions (`roles.py`).
Source: https://auth0.com/docs/api/management/v2/resource-servers and the recordings of the provider (v1.54.1).
"""

from urllib.parse import unquote

from localtenant.errors import bad_request, conflict, invalid_body, not_found
from localtenant.management.endpoint import JSON, Call, endpoint
from localtenant.management.merging import changed, without_nulls
from localtenant.management.operations import operations
from localtenant.management.paging import listing
from localtenant.management.public_keys import jwk_thumbprint, load_public_key
from localtenant.store import Document
from localtenant.tenant import Tenant, on_fresh_tenant

KIND = "resource_servers"
DEFAULT_LIFETIME = 86400
DEFAULT_LIFETIME_FOR_WEB = 7200
DEFAULT_AUTHORIZATION = {"client": {"policy": "require_client_grant"}, "user": {"policy": "allow_all"}}
# The published reference leaves these out, yet the API enforces them
# (https://auth0.com/docs/troubleshoot/product-lifecycle/deprecations-and-migrations/migrate-connection-options-scope).
UNPUBLISHED_SCOPES = ("read:connections_options", "update:connections_options")
CHANGEABLE_ON_SYSTEM = (
    "token_lifetime",
    "token_lifetime_for_web",
    "skip_consent_for_verifiable_first_party_clients",
    "subject_type_authorization",
    "authorization_policy",
)


@endpoint("GET", "/resource-servers")
def list_resource_servers(call: Call) -> JSON:
    wanted = call.repeated.get("identifiers", ())
    servers = [server for server in call.tenant.store.all(KIND) if not wanted or server["identifier"] in wanted]
    return listing(call, [shown(call.tenant, server) for server in servers], KIND, checkpoint=False)


@endpoint("POST", "/resource-servers", status=201)
def create_resource_server(call: Call) -> JSON:
    """Without scopes it has no `scopes` at all, not an empty list (recorded)."""
    fields = without_nulls(call.body)
    if by_identifier(call.tenant, fields["identifier"]) is not None:
        raise conflict("A resource server with the same identifier already exists", "resource_server_conflict")
    lifetime = fields.get("token_lifetime", DEFAULT_LIFETIME)
    server: Document = {
        "id": call.tenant.new_hex(24),
        "allow_offline_access": False,
        "skip_consent_for_verifiable_first_party_clients": False,
        "subject_type_authorization": DEFAULT_AUTHORIZATION,
        "token_lifetime": lifetime,
        "token_lifetime_for_web": min(lifetime, DEFAULT_LIFETIME_FOR_WEB),
        "signing_alg": "RS256",
        **fields,
    }
    if server["signing_alg"] == "HS256":
        server.setdefault("signing_secret", call.tenant.new_secret(32))
    _check(server)
    _seal_encryption_key(server)
    call.tenant.store.put(KIND, server["id"], server)
    return shown(call.tenant, server)


@endpoint("GET", "/resource-servers/{id}")
def get_resource_server(call: Call) -> JSON:
    return shown(call.tenant, find(call.tenant, call.path["id"]))


@endpoint("PATCH", "/resource-servers/{id}")  # the published's 201 is recorded as 200
def update_resource_server(call: Call) -> JSON:
    """`scopes` is replaced whole, null deletes. Of a system API only lifetimes, consent and access policies change."""
    body: Document = call.body
    old = find(call.tenant, call.path["id"])
    if old.get("is_system"):
        extra = [name for name in body if name not in CHANGEABLE_ON_SYSTEM]
        if extra:
            raise invalid_body(f"'Additional properties not allowed: {','.join(extra)}'.")
    server = changed(old, body, merge=("subject_type_authorization",))
    _check(server)
    _seal_encryption_key(server)
    call.tenant.store.put(KIND, server["id"], server)
    return shown(call.tenant, server)


@endpoint("DELETE", "/resource-servers/{id}", status=204)
def delete_resource_server(call: Call) -> JSON:
    """Takes the client grants for it along; silent if there is none."""
    server = _lookup(call.tenant, call.path["id"])
    if server is None:
        return None
    if server.get("is_system"):
        raise bad_request("System resource servers cannot be deleted.", "operation_not_supported")
    call.tenant.store.delete(KIND, server["id"])
    for grant in call.tenant.store.all("client_grants"):
        if grant["audience"] == server["identifier"]:
            call.tenant.store.delete("client_grants", grant["id"])
    return None


def find(tenant: Tenant, id_or_identifier: str) -> Document:
    """The resource server, or 404."""
    server = _lookup(tenant, id_or_identifier)
    if server is None:
        raise not_found("The resource server does not exist", "inexistent_resource_server")
    return server


def by_identifier(tenant: Tenant, identifier: str) -> Document | None:
    """The resource server with this audience."""
    return tenant.store.first(KIND, identifier=identifier)


def shown(tenant: Tenant, server: Document) -> Document:
    """With the `client_id` of the application that stands for the API (`app_type: resource_server`), if there is one."""
    client = tenant.store.first("clients", resource_server_identifier=server["identifier"])
    return server if client is None else {**server, "client_id": client["client_id"]}


def scopes_of(server: Document) -> list[str]:
    """The names of its scopes."""
    return [scope["value"] for scope in server.get("scopes", [])]


def management_api_scopes() -> list[str]:
    """Every scope that an operation of the Management API asks for, sorted."""
    published = {scope for operation in operations().values() for scope in operation.scopes}
    return sorted(published | set(UNPUBLISHED_SCOPES))


def _lookup(tenant: Tenant, id_or_identifier: str) -> Document | None:
    # The provider's data source encodes an identifier twice, and Auth0 finds it all the same (recorded).
    return (
        tenant.store.get(KIND, id_or_identifier)
        or by_identifier(tenant, id_or_identifier)
        or by_identifier(tenant, unquote(id_or_identifier))
    )


def _seal_encryption_key(server: Document) -> None:
    """Of the key that tokens are encrypted with only the thumbprint is ever answered (recorded)."""
    key: Document = (server.get("token_encryption") or {}).get("encryption_key") or {}
    if "pem" in key:
        public_key, _ = load_public_key(key.pop("pem"))
        key["thumbprint_sha256"] = jwk_thumbprint(public_key)


def _check(server: Document) -> None:
    names = scopes_of(server)
    if len(names) != len(set(names)):
        raise bad_request("Duplicate scopes found", "invalid_body")
    if server["token_lifetime_for_web"] > server["token_lifetime"]:
        raise bad_request("token_lifetime_for_web must be less than or equal to token_lifetime", "invalid_body")


@on_fresh_tenant(order=10)
def seed(tenant: Tenant) -> None:
    """The Management API, as every tenant has it."""
    server: Document = {
        "id": tenant.new_hex(24),
        "name": "Auth0 Management API",
        "identifier": tenant.audience,
        "allow_offline_access": False,
        "skip_consent_for_verifiable_first_party_clients": False,
        "subject_type_authorization": DEFAULT_AUTHORIZATION,
        "token_lifetime": DEFAULT_LIFETIME,
        "token_lifetime_for_web": DEFAULT_LIFETIME_FOR_WEB,
        "signing_alg": "RS256",
        "is_system": True,
        "scopes": [{"value": name, "description": _description(name)} for name in management_api_scopes()],
    }
    tenant.store.put(KIND, server["id"], server)


def _description(scope: str) -> str:
    verb, _, noun = scope.partition(":")
    return f"{verb} {noun.replace('_', ' ')}".capitalize()
