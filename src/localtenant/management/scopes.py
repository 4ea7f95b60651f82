"""
Scopes that an operation demands for a part of its payload, beyond those that let the caller in.

Not here: the scopes of the operation itself (`operations.json`, checked before the endpoint runs).
"""

from localtenant.errors import ManagementError
from localtenant.management.endpoint import Call


def demand(call: Call, *scopes: str) -> None:
    """403 unless the caller holds one of them."""
    if not any(call.may(scope) for scope in scopes):
        raise insufficient_scope(f"Insufficient scope, expected any of: {','.join(scopes)}")


def insufficient_scope(message: str) -> ManagementError:
    """403 in the words of the case at hand."""
    return ManagementError(403, message, "insufficient_scope")
