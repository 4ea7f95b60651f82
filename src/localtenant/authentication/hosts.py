"""
Under which name the tenant was called: its own, or a custom domain that is ready.

Cookies, issuer, links and `/continue` use the name that the browser uses. A custom domain of the local tenant has the tenant's port.

Not here: the domains themselves (`management/custom_domains.py`).
Source: https://auth0.com/docs/customize/custom-domains
"""

from localtenant.tenant import Tenant


def login_host(tenant: Tenant, host_header: str) -> str:
    """The host of this request, port included; any name that is not ours means the tenant's own."""
    name = host_header.partition(":")[0].lower()
    ready = {domain["domain"] for domain in tenant.store.all("custom_domains") if domain["status"] == "ready"}
    return with_port(tenant, name) if name in ready else tenant.domain


def with_port(tenant: Tenant, name: str) -> str:
    """A custom domain as an address, `login.localhost:8443`: the local tenant has one port."""
    _, _, port = tenant.domain.partition(":")
    return f"{name}:{port}" if port and name.endswith(".localhost") else name


def issuer_of(host: str) -> str:
    """`https://HOST/`, as in `iss`."""
    return f"https://{host}/"


def known_issuers(tenant: Tenant) -> list[str]:
    """Every issuer that tokens of this tenant may name."""
    ready = [domain["domain"] for domain in tenant.store.all("custom_domains") if domain["status"] == "ready"]
    return [tenant.issuer, *(issuer_of(with_port(tenant, name)) for name in ready)]
