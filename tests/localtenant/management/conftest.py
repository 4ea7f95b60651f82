"""What the tests of the resources share: passwords that are cheap to hash."""

import pytest

from localtenant.management import passwords


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch):
    monkeypatch.setattr(passwords, "DEFAULT_COST", passwords.Cost(n=2, r=1))
