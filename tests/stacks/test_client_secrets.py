"""The secrets of our clients: read in one list, kept where they may not be seen, and each client keeps having one."""

from typing import Any

import pytest

from stacks.client_secrets import ClientSecretsProvider
from stacks.management import ManagementError
from tests.stacks.fake_tenant import DOMAIN, FakeTenant

INPUT = {"tenant": DOMAIN, "client_ids": {"application": "app", "inviter": "inv"}}
SECRETS = {"application": "the-secret-of-app", "inviter": "the-secret-of-inv"}
RECORDED = {**INPUT, "secrets": SECRETS, "public": []}


def a_tenant() -> FakeTenant:
    tenant = FakeTenant()
    tenant.clients = {"app": SECRETS["application"], "inv": SECRETS["inviter"], "somebody-elses": "not-ours"}
    return tenant


def secrets_of(tenant: FakeTenant) -> ClientSecretsProvider:
    return ClientSecretsProvider(lambda _domain: tenant.connect())


def read(tenant: FakeTenant) -> dict[str, Any]:
    outs = secrets_of(tenant).read("client-secrets", dict(RECORDED)).outs
    assert outs is not None
    return outs


def test_one_list_reads_all_secrets_and_no_others() -> None:
    tenant = a_tenant()

    assert secrets_of(tenant).create(dict(INPUT)).outs == RECORDED
    assert tenant.calls.count("GET /clients") == 1
    assert tenant.writes == []


def test_a_diff_asks_the_tenant_nothing() -> None:
    tenant = a_tenant()

    assert secrets_of(tenant).diff("client-secrets", RECORDED, dict(INPUT)).changes is False
    assert tenant.calls == []


def test_a_reader_who_may_not_see_secrets_sees_no_change() -> None:
    tenant = a_tenant()
    tenant.shows_secrets = False

    assert read(tenant) == RECORDED


def test_a_rotated_secret_is_picked_up_by_who_may_see_it() -> None:
    tenant = a_tenant()
    tenant.clients["app"] = "rotated"

    assert read(tenant)["secrets"] == {**SECRETS, "application": "rotated"}


def test_a_deployer_who_may_not_see_secrets_is_told_the_scope() -> None:
    tenant = a_tenant()
    tenant.shows_secrets = False

    with pytest.raises(ManagementError, match="read:client_keys"):
        secrets_of(tenant).create(dict(INPUT))


def test_no_secret_is_in_that_message() -> None:
    tenant = a_tenant()
    del tenant.clients["inv"]

    with pytest.raises(ManagementError, match="of client inv") as error:
        secrets_of(tenant).create(dict(INPUT))

    assert SECRETS["application"] not in str(error.value)


def test_a_client_that_somebody_made_public_is_drift() -> None:
    tenant = a_tenant()
    tenant.public = {"inv", "somebody-elses"}

    seen = read(tenant)

    assert seen == {**RECORDED, "public": ["inviter"]}
    assert secrets_of(tenant).diff("client-secrets", seen, dict(INPUT)).changes is True


def test_a_client_that_somebody_made_public_is_turned_back_and_no_other() -> None:
    tenant = a_tenant()
    tenant.public = {"inv", "somebody-elses"}

    result = secrets_of(tenant).update("client-secrets", read(tenant), dict(INPUT))

    assert result.outs == RECORDED
    assert tenant.public == {"somebody-elses"}
    assert tenant.writes == ["PATCH /clients/inv"]


def test_a_client_that_is_gone_keeps_its_place() -> None:
    tenant = a_tenant()
    del tenant.clients["inv"]

    assert read(tenant) == RECORDED


def test_a_client_that_was_made_anew_has_its_new_secret() -> None:
    tenant = a_tenant()
    del tenant.clients["inv"]
    tenant.clients["inv2"] = "new"
    anew = {**INPUT, "client_ids": {"application": "app", "inviter": "inv2"}}

    assert secrets_of(tenant).diff("client-secrets", RECORDED, anew).changes is True
    outs = secrets_of(tenant).update("client-secrets", dict(RECORDED), anew).outs
    assert outs is not None
    assert outs["secrets"] == {**SECRETS, "inviter": "new"}


def test_a_client_that_was_made_anew_never_has_its_predecessors_secret() -> None:
    tenant = a_tenant()
    tenant.shows_secrets = False
    tenant.clients["inv2"] = "new"

    with pytest.raises(ManagementError, match="of client inv2"):
        secrets_of(tenant).update(
            "client-secrets", dict(RECORDED), {**INPUT, "client_ids": {"application": "app", "inviter": "inv2"}}
        )


def test_a_client_that_leaves_the_program_takes_its_secret_along() -> None:
    outs = (
        secrets_of(a_tenant())
        .update("client-secrets", dict(RECORDED), {**INPUT, "client_ids": {"application": "app"}})
        .outs
    )

    assert outs is not None
    assert outs["secrets"] == {"application": SECRETS["application"]}
