"""
What the deployer's machine-to-machine application must be allowed to do on the Management API.

Every call of `up`, `refresh` and `destroy` of the program, and the scopes that Auth0 demands for it; the end-to-end tests compare the
list with the calls that are really made. Scopes ending in `_options` and `_keys` open fields of an answer, not an operation.
Source: https://auth0.com/docs/api/management/v2 (scopes of each operation)
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable

from stacks.demands import demands
from stacks.settings import Settings
from stacks.tenant_wide import TENANT_WIDE_THINGS

# What every environment needs.
_ALWAYS = (
    "create:actions",
    "create:client_grants",
    "create:clients",
    "create:connections",
    "delete:actions",
    "delete:client_grants",
    "delete:clients",
    "delete:connections",
    "read:actions",
    "read:client_grants",
    "read:client_keys",
    "read:clients",
    "read:connections",
    "read:connections_options",
    "update:actions",
    "update:client_grants",
    "update:clients",
    "update:connections",
    "update:connections_options",
)


def deployer_scopes(settings: Settings) -> tuple[str, ...]:
    """Name the scopes that an environment's deployer needs, sorted: of tenant-wide things only those that it declares."""
    wanted = demands(settings)
    scopes = set(_ALWAYS)
    for name in wanted.own:
        scopes.update(TENANT_WIDE_THINGS[name].reads, TENANT_WIDE_THINGS[name].writes)
    for name in wanted.require:
        scopes.update(TENANT_WIDE_THINGS[name].reads)
    return tuple(sorted(scopes))


def scopes_of(access_token: str) -> frozenset[str] | None:
    """Read the scopes out of an access token, unverified: it is only shown. `None` if it is no JSON web token."""
    parts = access_token.split(".")
    if len(parts) != 3:
        return None
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
        return frozenset(str(claims["scope"]).split())
    except (ValueError, KeyError, TypeError, binascii.Error):
        return None


def missing(granted: Iterable[str], settings: Settings) -> tuple[str, ...]:
    """Name the scopes that the deployer lacks, sorted."""
    return tuple(sorted(set(deployer_scopes(settings)) - set(granted)))
