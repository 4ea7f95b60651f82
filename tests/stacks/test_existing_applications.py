"""Applications that are in the tenant already: found by name, or said what is wrong; nothing of them is written."""

from typing import Any

import pytest

from stacks.existing_applications import ExistingApplicationsProvider
from stacks.management import ManagementError
from tests.stacks.fake_tenant import DOMAIN, FakeTenant

INPUT: dict[str, Any] = {"tenant": DOMAIN, "names": {"application": "Shop", "application-admin": "Back office"}}
FOUND = {"application": "app", "application-admin": "admin"}
RECORDED = {**INPUT, "client_ids": FOUND}


def a_tenant(**names: str) -> FakeTenant:
    """With one application of each name, unless told otherwise: client id and name."""
    tenant = FakeTenant()
    tenant.names = {"app": "Shop", "admin": "Back office", "other": "Shop too", **names}
    tenant.clients = dict.fromkeys(tenant.names, "a-secret")
    return tenant


def existing(tenant: FakeTenant) -> ExistingApplicationsProvider:
    return ExistingApplicationsProvider(lambda _domain: tenant.connect())


def read(tenant: FakeTenant) -> dict[str, Any]:
    outs = existing(tenant).read("existing-applications", dict(RECORDED)).outs
    assert outs is not None
    return outs


def test_one_list_finds_all_names() -> None:
    tenant = a_tenant()

    assert existing(tenant).create(dict(INPUT)).outs == RECORDED
    assert tenant.calls.count("GET /clients") == 1


def test_nothing_is_written_to_them() -> None:
    tenant = a_tenant()
    provider = existing(tenant)

    provider.create(dict(INPUT))
    provider.update("existing-applications", dict(RECORDED), dict(INPUT))
    provider.delete("existing-applications", dict(RECORDED))

    assert tenant.writes == []


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ({"app": "Another"}, "has no application named Shop. Correct the name"),
        ({"twin": "Shop"}, "has 2 applications named Shop. Correct the name"),
        ({"app": "shop", "twin": "Back office"}, "no application named Shop; 2 applications named Back office"),
    ],
)
def test_a_name_that_is_not_one_applications_is_refused(names: dict[str, str], said: str) -> None:
    with pytest.raises(ManagementError, match=said):
        existing(a_tenant(**names)).create(dict(INPUT))


def test_while_it_is_there_it_is_no_change() -> None:
    assert read(a_tenant()) == RECORDED
    assert existing(a_tenant()).diff("existing-applications", RECORDED, dict(INPUT)).changes is False


@pytest.mark.parametrize("names", [{"app": "Renamed"}, {"twin": "Shop"}])
def test_one_that_is_gone_or_has_a_twin_is_drift(names: dict[str, str]) -> None:
    tenant = a_tenant(**names)

    seen = read(tenant)

    assert seen["client_ids"] == {"application-admin": "admin"}
    assert existing(tenant).diff("existing-applications", seen, dict(INPUT)).changes is True
    with pytest.raises(ManagementError, match="named Shop"):
        existing(tenant).update("existing-applications", seen, dict(INPUT))


def test_one_that_was_made_anew_is_found_again() -> None:
    tenant = a_tenant(app="Old shop", anew="Shop")

    assert read(tenant)["client_ids"] == {**FOUND, "application": "anew"}


def test_another_name_is_a_change() -> None:
    other = {**INPUT, "names": {**INPUT["names"], "application": "Shop too"}}

    assert existing(a_tenant()).diff("existing-applications", RECORDED, other).changes is True
