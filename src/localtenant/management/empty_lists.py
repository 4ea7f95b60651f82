"""
Families of the Management API of which this tenant can hold no member: their lists are empty, so that tools that read a whole tenant go on.

Making a member is a 501. A list that only a newer description has declares its scope here.
Source: https://auth0.com/docs/api/management/v2; the names inside the envelopes are those that node-auth0 6.4.0 and auth0-python 6.8.0 parse.
"""

from collections.abc import Callable

from localtenant.management.endpoint import JSON, Call, endpoint
from localtenant.management.paging import checkpoint_page, listing

# Bare, an envelope with `include_totals`, or a checkpoint page when `take` or `from` is given.
PAGED = {
    "/flows": ("flows", None),
    "/flows/vault/connections": ("connections", None),
    "/forms": ("forms", None),
    "/network-acls": ("network_acls", "read:network_acls"),
    "/organizations": ("organizations", None),
    "/self-service-profiles": ("self_service_profiles", "read:self_service_profiles"),
}
# Always an object.
BY_CHECKPOINT = {
    "/connection-profiles": ("connection_profiles", "read:connection_profiles"),
    "/connections-directory-provisionings": ("directory_provisionings", None),
    "/connections-scim-configurations": ("scim_configurations", None),
    "/event-streams": ("event_streams", "read:event_streams"),
    "/rate-limit-policies": ("rate_limit_policies", "read:rate_limit_policies"),
    "/token-exchange-profiles": ("token_exchange_profiles", "read:token_exchange_profiles"),
    "/user-attribute-profiles": ("user_attribute_profiles", "read:user_attribute_profiles"),
}


@endpoint("GET", "/actions/modules", scopes=("read:actions",))
def list_action_modules(_call: Call) -> JSON:
    return {"modules": [], "total": 0, "page": 0, "per_page": 50}


@endpoint("GET", "/log-streams")
def list_log_streams(_call: Call) -> JSON:
    return []


def _paged(key: str) -> Callable[[Call], JSON]:
    return lambda call: listing(call, [], key)


def _by_checkpoint(key: str) -> Callable[[Call], JSON]:
    return lambda call: checkpoint_page(call, [], key)


for _path, (_key, _scope) in PAGED.items():
    endpoint("GET", _path, scopes=(_scope,) if _scope else None)(_paged(_key))
for _path, (_key, _scope) in BY_CHECKPOINT.items():
    endpoint("GET", _path, scopes=(_scope,) if _scope else None)(_by_checkpoint(_key))
