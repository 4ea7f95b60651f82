"""
The deployer: the machine-to-machine client with every scope that a fresh tenant starts with, as the first one of a real tenant is
made by hand in the dashboard. Its id and secret survive restarts and resets, so that running shells go on working.
"""

from localtenant.store import Document
from localtenant.tenant import Tenant, on_fresh_tenant

KIND = "identity"


@on_fresh_tenant(order=90)
def seed_deployer(tenant: Tenant) -> None:
    """Create the client and its grant."""
    from localtenant.management.clients import make_client

    credentials = credentials_of(tenant)
    make_client(
        tenant,
        {
            "name": "Deployer (local tenant)",
            "app_type": "non_interactive",
            "grant_types": ["client_credentials"],
            **credentials,
        },
    )
    grant_id = tenant.new_id("cgr_", 16)
    grant = {
        "id": grant_id,
        "client_id": credentials["client_id"],
        "audience": tenant.audience,
        "scope": all_scopes(),
        "subject_type": "client",
    }
    tenant.store.put("client_grants", grant_id, grant)


def credentials_of(tenant: Tenant) -> Document:
    """`{client_id, client_secret}`, made up on first use."""
    known = tenant.store.get(KIND, "deployer")
    if known is None:
        known = {"client_id": tenant.new_id("", 32), "client_secret": tenant.new_secret()}
        tenant.store.put(KIND, "deployer", known)
    return known


def all_scopes() -> list[str]:
    """Every scope of the Management API, those for a connection's options and those that only an endpoint here declares included."""
    from localtenant.management.dispatch import load_endpoints
    from localtenant.management.endpoint import ENDPOINTS
    from localtenant.management.resource_servers import management_api_scopes

    load_endpoints()
    declared = {scope for endpoint in ENDPOINTS.values() for scope in endpoint.scopes or ()}
    return sorted(declared.union(management_api_scopes()))
