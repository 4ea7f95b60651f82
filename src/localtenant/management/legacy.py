"""
Rules and Hooks, which Auth0 has retired: empty lists, so that tools that still ask go on.

Making one is a 501: this tenant runs Actions only.
Source: https://auth0.com/docs/troubleshoot/product-lifecycle/deprecations-and-migrations (Rules and Hooks) and the recordings of the
provider's SDK (v1.46.0) for the shapes of the lists.
"""

from localtenant.management.endpoint import JSON, Call, endpoint
from localtenant.management.paging import listing


@endpoint("GET", "/rules")
def list_rules(call: Call) -> JSON:
    return listing(call, [], "rules", checkpoint=False)


@endpoint("GET", "/rules-configs")
def list_rules_configs(_call: Call) -> JSON:
    return []


@endpoint("GET", "/hooks")
def list_hooks(call: Call) -> JSON:
    return listing(call, [], "hooks", checkpoint=False)
