"""
Stand-ins for the secrets of post-login Actions: settings as they are, public keys in place of real ones, ids of a tenant that does not exist.

Pictures hold `[secret]`. What an Action is told follows from the settings of an environment, or, as it was last applied, from the state; a key or a
credential of either never leaves here.

Not here: what the Actions do with them (`rehearsal.py`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from guestlist.state import SIGNATURE, Exported
from stacks.post_login_secrets import Keys, Told, post_login_secrets
from stacks.settings import Settings, local_secret
from stacks.settings_types import OUR_ACTIONS

StandIns = Mapping[str, Mapping[str, str]]  # by the Action's name, by the secret's

ACTION = "auth0:index/action:Action"
CLIENT_ID = "the-application"
TENANT = "tenant.invalid"  # RFC 2606: never a host
ANYTHING = "a-stand-in-for-this-secret"
KEYS = Keys(
    client_ids=CLIENT_ID,
    to_page=local_secret("toPageSecret"),
    from_page=local_secret("fromPageSecret"),
    profile_writer=(ANYTHING, ANYTHING),
)
# Of a state: no secrets in truth, though they travel as such.
SETTINGS = frozenset({"CONNECTION_NAME", "FACTORS", "PROFILE_APPLIES_TO", "PROFILE_PAGE_URL", "PROFILE_STORE"})
PASSING = frozenset({"PREVIOUS_FROM_PAGE_SECRET"})  # there while keys change; the stand-ins do not


def stand_ins(settings: Settings) -> StandIns:
    """What our Actions would be told with these settings."""
    told = replace(Told.of(settings), tenant_domain=TENANT)
    keys = KEYS if settings.profile.store == "root" else replace(KEYS, profile_writer=None)
    return {action: post_login_secrets(action, told, keys) for action in OUR_ACTIONS}


def stand_ins_of_state(exported: Exported) -> StandIns:
    """
    What Actions are told as they were last applied.

    Args:
        exported: with its secrets in the clear. Settings alone are kept of them.

    """
    found: dict[str, Mapping[str, str]] = {}
    for resource in (exported.get("deployment") or {}).get("resources") or []:
        if resource.get("type") == ACTION and not resource.get("delete"):
            inputs = resource.get("inputs") or {}
            found[str(inputs.get("name"))] = _told(_plain(inputs.get("secrets")))
    return found


def _told(secrets: Any) -> Mapping[str, str]:
    named = {str(one["name"]): str(_plain(one.get("value"))) for one in secrets or () if "name" in one}
    return {
        name: value if name in SETTINGS else _KNOWN.get(name, ANYTHING)
        for name, value in named.items()
        if name not in PASSING
    }


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping) and SIGNATURE in value:
        return json.loads(value.get("plaintext") or "null")
    return value


_KNOWN: Mapping[str, str] = {
    "CLIENT_IDS": CLIENT_ID,
    "TO_PAGE_SECRET": KEYS.to_page,
    "FROM_PAGE_SECRET": KEYS.from_page,
    "TENANT_DOMAIN": TENANT,
}
