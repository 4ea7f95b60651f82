"""A place to invite to; cheap passwords, since nobody attacks them here."""

from collections.abc import Callable

import pytest

from localtenant.management import passwords
from tests.localtenant.conftest import LocalTenant, a_tenant
from tests.unit.invites.place import Place, a_place

__all__ = ["a_tenant"]  # the fixture


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "DEFAULT_COST", passwords.Cost(n=2, r=1))


@pytest.fixture
def place(a_tenant: Callable[..., LocalTenant]) -> Place:
    return a_place(a_tenant())
