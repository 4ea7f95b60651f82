"""The tenant itself: what a fresh one has, what reset keeps, what ids and times look like."""

import random
import re

import pytest

from localtenant.clock import Clock
from localtenant.deployer import credentials_of
from localtenant.store import Store
from localtenant.tenant import Tenant


def test_a_fresh_tenant_has_a_deployer_who_may_do_everything(a_tenant):
    tenant = a_tenant()
    assert tenant.get("/clients").status_code == 200
    assert tenant.post("/roles", json={"name": "x"}).status_code == 200


def test_a_tenant_with_a_past_is_not_seeded_again(a_tenant):
    store = Store(None)
    first = a_tenant(store=store)
    first.post("/roles", json={"name": "mine"})
    second = a_tenant(store=store, seed=2)
    assert [role["name"] for role in second.get("/roles").json()] == ["mine"]
    assert credentials_of(second.tenant) == credentials_of(first.tenant)


def test_reset_empties_the_tenant_and_keeps_the_deployer_and_its_tokens(a_tenant):
    tenant = a_tenant()
    credentials, token = credentials_of(tenant.tenant), tenant.token
    tenant.post("/roles", json={"name": "mine"})
    tenant.tenant.reset()
    assert credentials_of(tenant.tenant) == credentials
    assert tenant.logs() == []
    headers = {"authorization": f"Bearer {token}"}
    assert tenant.http.get("/api/v2/roles", headers=headers).json() == []


def test_two_tenants_of_one_seed_are_alike(a_tenant):
    assert (
        a_tenant(seed=5).get("/clients").json()[0]["client_id"]
        == a_tenant(seed=5).get("/clients").json()[0]["client_id"]
    )


@pytest.fixture
def tenant():
    return Tenant(Store(None), clock=Clock(lambda: 1795435200.0), rng=random.Random(1))


def test_ids_have_their_prefix_and_length(tenant):
    assert re.fullmatch(r"con_[A-Za-z0-9]{16}", tenant.new_id("con_", 16))
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", tenant.new_uuid())


def test_times_are_written_as_auth0_writes_them(tenant):
    assert tenant.clock.timestamp() == "2026-11-23T12:00:00.000Z"
    tenant.clock.advance(0.25)
    assert tenant.clock.timestamp() == "2026-11-23T12:00:00.250Z"


def test_log_ids_sort_as_they_were_written(tenant):
    ids = [tenant.log("s", "")["log_id"] for _ in range(12)]
    assert ids == sorted(ids)
    assert re.fullmatch(r"90020261123120000000000\d{33}", ids[0])


def test_a_singleton_is_there_once_it_was_set(tenant):
    assert tenant.singleton("email_provider") is None
    tenant.set_singleton("email_provider", {"name": "smtp"})
    assert tenant.singleton("email_provider") == {"name": "smtp"}
    assert tenant.delete_singleton("email_provider")
    assert not tenant.delete_singleton("email_provider")


def test_a_transaction_that_fails_takes_all_of_it_back():
    store = Store(None)

    def fail():
        with store.transaction():
            store.put("things", "one", {})
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert store.all("things") == []


def test_a_replaced_document_keeps_its_place():
    store = Store(None)
    for name in ("one", "two"):
        store.put("things", name, {"id": name})
    store.put("things", "one", {"id": "one", "new": True})
    assert [document["id"] for document in store.all("things")] == ["one", "two"]
    assert store.first("things", new=True) == {"id": "one", "new": True}
