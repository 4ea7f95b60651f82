"""
Custom domains.

The list is bare without `take` and an object with it. Nobody proves a domain to this tenant by DNS: `verify` makes a domain below
`localhost` ready and leaves every other pending.
Source: https://auth0.com/docs/api/management/v2/custom-domains and the recordings of the provider (v1.54.1) and its SDK (v1.46.0).
"""

from localtenant.errors import bad_request, conflict, not_found
from localtenant.management.endpoint import JSON, Call, endpoint
from localtenant.management.merging import changed
from localtenant.management.paging import listing
from localtenant.management.tenants import tenant_name
from localtenant.store import Document
from localtenant.tenant import Tenant

DOMAINS = "custom_domains"
DEFAULT = "default_custom_domain"


@endpoint("GET", "/custom-domains")
def list_domains(call: Call) -> JSON:
    domains = [_shown(call.tenant, domain) for domain in call.tenant.store.all(DOMAINS)]
    wanted = call.query.get("q", "")
    if wanted.startswith("domain:"):
        name = wanted.removeprefix("domain:")
        prefix = name.removesuffix("*")
        domains = [d for d in domains if d["domain"] == name or (name.endswith("*") and d["domain"].startswith(prefix))]
    return listing(call, domains, "custom_domains")


@endpoint("POST", "/custom-domains", status=201)
def create_domain(call: Call) -> JSON:
    tenant, body = call.tenant, call.body
    if tenant.store.first(DOMAINS, domain=body["domain"]) is not None:
        raise conflict("The specified custom domain already exists", "custom_domain_already_exists")
    domain: Document = {
        "custom_domain_id": tenant.new_id("cd_", 16),
        "domain": body["domain"],
        "primary": not tenant.store.all(DOMAINS),
        "is_default": False,
        "status": "pending_verification",
        "type": body["type"],
    }
    if body["type"] == "auth0_managed_certs":
        record = f"{tenant_name(tenant)}-{domain['custom_domain_id'].lower().replace('_', '-')}.edge.tenants.localhost"
        method = {"name": "CNAME", "record": record, "domain": body["domain"]}
        domain["tls_policy"] = body.get("tls_policy", "recommended")
    else:
        method = {"name": "TXT", "record": tenant.new_uuid(), "domain": f"_cf-custom-hostname.{body['domain']}"}
        domain["custom_client_ip_header"] = body.get("custom_client_ip_header")
    domain["verification"] = {"methods": [method]}
    if "domain_metadata" in body:
        domain["domain_metadata"] = {key: value for key, value in body["domain_metadata"].items() if value is not None}
    domain["created_at"] = tenant.clock.timestamp()
    if "relying_party_identifier" in body:
        domain["relying_party_identifier"] = body["relying_party_identifier"]
    tenant.store.put(DOMAINS, domain["custom_domain_id"], domain)
    return domain


@endpoint("GET", "/custom-domains/default")
def read_default(call: Call) -> JSON:
    chosen = call.tenant.singleton(DEFAULT)
    domain = call.tenant.store.get(DOMAINS, chosen["custom_domain_id"]) if chosen else None
    return {"domain": call.tenant.domain} if domain is None else _shown(call.tenant, domain)


@endpoint("PATCH", "/custom-domains/default")
def update_default(call: Call) -> JSON:
    name = call.body["domain"]
    if name == call.tenant.domain:
        call.tenant.delete_singleton(DEFAULT)
        return {"domain": name}
    domain = call.tenant.store.first(DOMAINS, domain=name)
    if domain is None or domain["status"] != "ready":
        raise bad_request("The domain must be verified before it can be set as default.", "invalid_body")
    call.tenant.set_singleton(DEFAULT, {"custom_domain_id": domain["custom_domain_id"]})
    return _shown(call.tenant, domain)


@endpoint("GET", "/custom-domains/{id}")
def read_domain(call: Call) -> JSON:
    return _shown(call.tenant, _domain(call))


@endpoint("PATCH", "/custom-domains/{id}")
def update_domain(call: Call) -> JSON:
    domain = changed(_domain(call), call.body, merge=("domain_metadata",))
    if "custom_client_ip_header" in call.body:
        domain["custom_client_ip_header"] = call.body["custom_client_ip_header"]  # null is shown
    call.tenant.store.put(DOMAINS, domain["custom_domain_id"], domain)
    return _shown(call.tenant, domain)


@endpoint("DELETE", "/custom-domains/{id}", status=204)
def delete_domain(call: Call) -> JSON:
    call.tenant.store.delete(DOMAINS, call.path["id"])
    return None


@endpoint("POST", "/custom-domains/{id}/verify", status=200)
def verify_domain(call: Call) -> JSON:
    domain = _domain(call)
    if domain["domain"] == "localhost" or domain["domain"].endswith(".localhost"):
        domain["status"] = "ready"
        domain["verification"] |= {"status": "verified", "last_verified_at": call.tenant.clock.timestamp()}
        call.tenant.store.put(DOMAINS, domain["custom_domain_id"], domain)
    return {name: value for name, value in domain.items() if name != "is_default"}  # as recorded


def _domain(call: Call) -> Document:
    domain = call.tenant.store.get(DOMAINS, call.path["id"])
    if domain is None:
        raise not_found(f"The custom domain {call.path['id']} does not exist", "inexistent_custom_domain")
    return domain


def _shown(tenant: Tenant, domain: Document) -> Document:
    chosen = tenant.singleton(DEFAULT) or {}
    return {**domain, "is_default": domain["custom_domain_id"] == chosen.get("custom_domain_id")}
