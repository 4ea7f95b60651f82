"""What no check can see is said for what an environment declares, and for nothing else."""

from __future__ import annotations

import json
from typing import Any

import pytest

from guestlist.drift.unseen import unseen
from guestlist.state import SIGNATURE, Resource, State

OPTIONS = {"sid": "AC1", "authToken": "t"}


def said_of(kind: str, **inputs: Any) -> str:
    resource = Resource(urn=f"urn:{kind}", type=f"auth0:index/x:{kind}", id="1", inputs=inputs)
    return "; ".join(unseen(State(resources=(resource,))))


def test_only_what_is_declared_is_spoken_of() -> None:
    assert "secrets" not in said_of("Tenant")
    assert "email provider" in said_of("EmailProvider")
    assert "rotated by hand" in said_of("ClientSecrets")


@pytest.mark.parametrize("options", [OPTIONS, {SIGNATURE: "1b", "plaintext": json.dumps(OPTIONS)}])
def test_a_token_that_guardian_holds_is_a_phone_providers(options: dict[str, str]) -> None:
    assert "phone provider" in said_of("Guardian", phone={"enabled": True, "options": options})
    assert "phone provider" not in said_of("Guardian", phone={"enabled": True})
