"""Ana, an application and a browser, as in the tests of the login side; and what a page says."""

from collections.abc import Callable
from typing import Any

import pytest

from localtenant.management import passwords
from tests.localtenant.authentication.world import CHEAP, World, a_world


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "DEFAULT_COST", CHEAP)


@pytest.fixture
def world(a_tenant: Callable[..., Any]) -> World:
    return a_world(a_tenant())
