"""The fixtures of the login side: see `world.py`."""

from collections.abc import Callable
from typing import Any

import pytest

from localtenant.management import passwords

from .world import CHEAP, World, a_world


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "DEFAULT_COST", CHEAP)


@pytest.fixture
def world(a_tenant: Callable[..., Any]) -> World:
    return a_world(a_tenant())
