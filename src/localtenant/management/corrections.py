"""
Where recorded answers of the real API contradict its published description: the recording wins.

Each line was seen accepted (status below 400) by Auth0 in the provider's recordings (v1.54.1), save where it names another source;
`tests/localtenant/test_recorded_requests.py` replays them all and fails when a correction is missing.
"""

import copy
from collections.abc import Mapping
from typing import Any

ANYTHING: Mapping[str, Any] = {}

# Properties that the description lacks: operation, where, their names.
MORE_PROPERTIES: tuple[tuple[str, str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("POST", "/resource-servers", (), ("token_lifetime_for_web",)),
    ("PATCH", "/resource-servers/{id}", (), ("token_lifetime_for_web",)),
    ("POST", "/clients", (), ("identity_assertion_authorization_grant",)),
    ("PATCH", "/clients/{id}", (), ("identity_assertion_authorization_grant",)),
    ("POST", "/connections", (), ("cross_app_access_resource_app",)),
    ("PATCH", "/connections/{id}", (), ("cross_app_access_resource_app",)),
    ("PATCH", "/organizations/{id}", (), ("third_party_client_access",)),
    ("PATCH", "/tenants/settings", ("flags",), ("use_scope_descriptions_for_consent",)),
    ("POST", "/branding/themes", (), ("identifiers",)),
    ("PATCH", "/branding/themes/{themeId}", (), ("identifiers",)),
    ("POST", "/connections", ("options", "attributes", "username", "identifier"), ("default_method",)),
    # auth0-deploy-cli 8.44.0 sends back what it read; https://github.com/go-auth0/auth0/pull/177
    ("PATCH", "/tenants/settings", (), ("universal_login",)),
    # auth0-python 6.8.0: the stage is in the answers and in what may be sent
    ("PATCH", "/attack-protection/suspicious-ip-throttling", ("stage",), ("pre-custom-token-exchange",)),
)
# Properties that take an explicit null, which the description denies: the provider sends it to take a value away.
NULLABLE: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("PATCH", "/clients/{id}", ("addons", "signed_request_object", "oidc_backchannel_logout")),
)
# Query parameters that the description lacks.
MORE_PARAMETERS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("GET", "/clients/{client_id}/credentials", ("include_totals", "per_page")),
    ("GET", "/rules-configs", ("include_totals", "per_page")),
    ("GET", "/roles", ("owner_id", "type")),  # auth0-python 6.8.0, node-auth0 6.4.0
    ("GET", "/logs", ("q",)),  # the documentation's own name for the search
)


def corrected_request(method: str, path: str, schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """The operation's request schema, put right."""
    properties = [entry for entry in MORE_PROPERTIES if entry[:2] == (method, path)]
    nullable = [entry for entry in NULLABLE if entry[:2] == (method, path)]
    if not properties and not nullable:
        return schema
    right = copy.deepcopy(dict(schema))
    for _, _, steps, names in properties:
        place = right
        for step in steps:
            place = place["properties"][step]
        place["properties"].update(dict.fromkeys(names, ANYTHING))
    for _, _, names in nullable:
        for name in names:
            kinds = right["properties"][name].get("type", [])
            right["properties"][name]["type"] = [*([kinds] if isinstance(kinds, str) else kinds), "null"]
    return right


def more_parameters(method: str, path: str) -> dict[str, Mapping[str, Any]]:
    """Further query parameters of the operation."""
    return {name: ANYTHING for entry in MORE_PARAMETERS if entry[:2] == (method, path) for name in entry[2]}
