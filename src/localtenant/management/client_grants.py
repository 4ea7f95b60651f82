"""
Which application may call which API with which scopes: `/client-grants`.

A client has one grant per API and subject type (`client` for its own tokens, `user` for its users'); the provider adopts an existing one.

Not here: what a token request gets out of a grant (`authentication/`).
Source: https://auth0.com/docs/api/management/v2/client-grants and the recordings of the provider (v1.54.1).
"""

from localtenant.errors import ManagementError, bad_request, conflict, invalid_body, not_found
from localtenant.management import resource_servers
from localtenant.management.endpoint import JSON, Call, endpoint
from localtenant.management.merging import changed, without_nulls
from localtenant.management.paging import flag, listing
from localtenant.store import Document
from localtenant.tenant import Tenant

KIND = "client_grants"
FILTERS = ("audience", "client_id", "subject_type", "default_for")


@endpoint("GET", "/client-grants")
def list_client_grants(call: Call) -> JSON:
    grants = [
        grant
        for grant in call.tenant.store.all(KIND)
        if all(grant.get(name) == call.query[name] for name in FILTERS if name in call.query)
        and (
            "allow_any_organization" not in call.query
            or grant.get("allow_any_organization", False) == flag(call, "allow_any_organization")
        )
    ]
    return listing(call, grants, KIND)


@endpoint("POST", "/client-grants", status=201)
def create_client_grant(call: Call) -> JSON:
    return make_client_grant(call.tenant, call.body)


def make_client_grant(tenant: Tenant, fields: Document) -> Document:
    """Create a grant, `fields` being the body of POST /client-grants: it needs `audience` and `client_id` or `default_for`."""
    fields = without_nulls(fields)
    if ("client_id" in fields) == ("default_for" in fields):
        raise invalid_body("'Exactly one of client_id and default_for must be provided'.")
    client_id: str | None = fields.get("client_id")
    if client_id is not None and tenant.store.get("clients", client_id) is None:
        raise not_found(f"Client {client_id} does not exist", "inexistent_client")
    server = resource_servers.by_identifier(tenant, fields["audience"])
    if server is None:
        # The words are quoted in https://github.com/auth0/auth0-deploy-cli/issues/29.
        raise not_found(f"No resource with identifier {fields['audience']}", "inexistent_resource_server")
    subject_type = fields.get("subject_type", "client")
    grant: Document = {"id": tenant.new_id("cgr_", 16), **fields, "subject_type": subject_type}
    if not grant.get("allow_all_scopes"):
        grant.setdefault("scope", [])
    _check(fields, server)
    for other in tenant.store.all(KIND):
        if _place(other) == _place(grant):
            holder = client_id or fields["default_for"]
            # The words are quoted in https://github.com/alexkappa/terraform-provider-auth0/issues/404.
            raise conflict(f"A client grant already exists between {holder} and {fields['audience']}")
    tenant.store.put(KIND, grant["id"], grant)
    return grant


@endpoint("GET", "/client-grants/{id}")
def get_client_grant(call: Call) -> JSON:
    return _find(call)


@endpoint("PATCH", "/client-grants/{id}")
def update_client_grant(call: Call) -> JSON:
    """`allow_all_scopes` takes the place of `scope`, and the reverse."""
    old = _find(call)
    grant = changed(old, call.body)
    if grant.get("allow_all_scopes"):
        grant.pop("scope", None)
    server = resource_servers.find(call.tenant, grant["audience"])
    _check(call.body, server)
    call.tenant.store.put(KIND, grant["id"], grant)
    return grant


@endpoint("DELETE", "/client-grants/{id}", status=204)
def delete_client_grant(call: Call) -> JSON:
    call.tenant.store.delete(KIND, call.path["id"])
    return None


def granted_scopes(tenant: Tenant, client_id: str, audience: str) -> list[str] | None:
    """The scopes that the client may ask for on its own behalf, or `None` without a grant."""
    grant = tenant.store.first(KIND, client_id=client_id, audience=audience, subject_type="client")
    server = resource_servers.by_identifier(tenant, audience)
    if grant is None or server is None:
        return None
    if grant.get("allow_all_scopes"):
        return resource_servers.scopes_of(server)
    return list(grant["scope"])


def _check(body: Document, server: Document) -> None:
    if server.get("is_system") and "allow_all_scopes" in body:
        # The words are quoted in https://github.com/pulumi/pulumi-auth0/issues/1069.
        raise bad_request("`allow_all_scopes` cannot be provided when `audience` is a system API")
    if body.get("allow_all_scopes") and body.get("scope"):
        raise bad_request("`scope` cannot be provided when `allow_all_scopes` is true")
    # Of an API of one's own a grant may name scopes that it does not have (recorded: POST 201 for an API without any); of the
    # Management API it may not (the refusal is quoted in public code, read 2026-11-23).
    known = set(resource_servers.scopes_of(server))
    if server.get("is_system") and not known.issuperset(body.get("scope") or []):
        raise ManagementError(400, "scope must be a subset of resource server scopes", "invalid_body")


def _place(grant: Document) -> tuple[str | None, ...]:
    return grant.get("client_id"), grant.get("default_for"), grant["audience"], grant["subject_type"]


def _find(call: Call) -> Document:
    grant = call.tenant.store.get(KIND, call.path["id"])
    if grant is None:
        raise not_found("The client grant does not exist", "inexistent_client_grant")
    return grant
