"""
The header `auth0-custom-domain`, which says under which of a tenant's domains users, tickets and enrolments live.

Not here: the domains themselves (`custom_domains.py`).
Source: https://auth0.com/docs/customize/custom-domains/multiple-custom-domains and the recordings of the provider (v1.54.1).
"""

from localtenant.errors import bad_request, conflict
from localtenant.management.endpoint import Call

VERIFIED = "ready"


def host_asked_for(call: Call) -> str:
    """The named domain, if it is a verified one; the only one there is; or the tenant's own."""
    verified = [domain["domain"] for domain in call.tenant.store.all("custom_domains") if domain["status"] == VERIFIED]
    wanted = call.headers.get("auth0-custom-domain")
    if wanted is not None:
        if wanted not in (*verified, call.tenant.domain):
            raise bad_request(
                f"The custom domain {wanted} is not a verified domain of this tenant.", "invalid_custom_domain"
            )
        return wanted
    if len(verified) > 1:
        raise conflict("The tenant has multiple verified custom domains.", "custom_domain_conflict")
    return verified[0] if verified else call.tenant.domain
