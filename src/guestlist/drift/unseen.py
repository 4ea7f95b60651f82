"""
What no check can see, because Auth0 never shows it or nobody asks: said in every report, so that silence is not taken for proof.

Not here: kinds of objects that could not be listed this time (`unmanaged.py`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from guestlist.drift.unmanaged import NOT_LISTED
from guestlist.state import Resource, State

# By kind of resource. Source: facts of each operation's answer at https://auth0.com/docs/api/management/v2 (read 2026-11-23)
BY_KIND: Mapping[str, str] = {
    "Action": "the values of Actions' secrets: Auth0 shows their names only",
    "EmailProvider": "the email provider's credentials",
    "PhoneProvider": "the phone provider's credentials",
}
ROTATED = "a client's secret that was rotated by hand: no check compares them, and the drift reader must not have read:client_keys"


def unseen(state: State) -> tuple[str, ...]:
    """Sentences' parts, by what an environment declares."""
    kinds = {resource.type.rpartition(":")[2] for resource in state.managed()}
    if any(_sends_by_twilio(resource) for resource in state.managed()):
        kinds.add("PhoneProvider")  # of a tenant from before 2025: Guardian's own
    found = [said for kind, said in BY_KIND.items() if kind in kinds]
    if "ClientSecrets" in kinds:
        found.append(ROTATED)
    return (*found, f"kinds of objects that are not listed: {', '.join(NOT_LISTED)}")


def _sends_by_twilio(resource: Resource) -> bool:
    """Whether Guardian holds a token, however the state wraps it."""
    return resource.type.endswith(":Guardian") and "authToken" in json.dumps(resource.inputs.get("phone"))
