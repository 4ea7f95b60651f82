"""
Which recorded operations belong to what the program declares or owns in a tenant.

The others are replayed too; their figures stand apart in the coverage table.
"""

import re

OURS = (
    "actions",
    "attack-protection",
    "branding",
    "client-grants",
    "clients",
    "connections",
    "custom-domains",
    "email-templates",
    "emails",
    "guardian",
    "prompts",
    "resource-servers",
    "roles",
    "tenants",
    "tickets",
    "users",
)
# Below these families, yet resources of their own that the program has nothing to do with.
NOT_OURS = re.compile(
    r"/actions/modules|/clients/cimd|/connections/[^/]+/(keys|scim-configuration|directory-provisioning)"
    r"|/users/[^/]+/(organizations|connected-accounts|federated-connections-tokensets)"
)


def is_ours(operation: str) -> bool:
    """Whether the operation (`GET /clients/{id}`) is one of a resource that the program declares or owns."""
    path = operation.partition(" ")[2]
    return path.split("/")[1] in OURS and not NOT_OURS.match(path)
