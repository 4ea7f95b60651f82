"""Our dynamic resources: what the engine keeps of them, and what each does to a tenant."""

import base64
import pickletools

import pytest
from pulumi.dynamic.dynamic import serialize_provider

from stacks.application_connections import ApplicationConnectionsProvider
from stacks.client_secrets import ClientSecretsProvider
from stacks.existing_applications import ExistingApplicationsProvider
from stacks.management import ManagementError
from stacks.post_login_backup import PostLoginBackupProvider
from stacks.tenant_backup import TenantBackupProvider
from stacks.tenant_resource import TenantResourceProvider
from tests.stacks.fake_tenant import DOMAIN, FakeTenant

PROVIDERS = [
    TenantBackupProvider,
    PostLoginBackupProvider,
    ApplicationConnectionsProvider,
    ClientSecretsProvider,
    ExistingApplicationsProvider,
]


@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_state_holds_a_providers_name_and_nothing_else(provider: type[TenantResourceProvider]) -> None:
    tenant = FakeTenant()

    pickled = serialize_provider(provider(lambda _domain: tenant.connect()))

    texts = {argument for _, argument, _ in pickletools.genops(base64.b64decode(pickled)) if isinstance(argument, str)}
    assert texts == {provider.__module__, provider.__name__}
    assert provider.__module__.startswith("stacks.")
    assert pickled == serialize_provider(provider())
    assert provider.serialize_as_secret_always is False


def test_the_pickle_is_the_one_that_is_in_everybodys_state() -> None:
    # Pickle protocol 4 is the default of Python 3.8 to 3.13; another text here would be an update in every stack.
    assert serialize_provider(TenantBackupProvider()) == TENANT_BACKUP_PICKLE


TENANT_BACKUP_PICKLE = "gASVNAAAAAAAAACMFHN0YWNrcy50ZW5hbnRfYmFja3VwlIwUVGVuYW50QmFja3VwUHJvdmlkZXKUk5QpUpQu"


def post_login(tenant: FakeTenant) -> PostLoginBackupProvider:
    return PostLoginBackupProvider(lambda _domain: tenant.connect())


def test_taking_ours_out_of_the_trigger_leaves_everybody_elses_in_order() -> None:
    tenant = FakeTenant()
    tenant.bindings = [("x", "corp-risk"), ("a", "require-mfa"), ("y", "corp-claims"), ("b", "complete-profile")]
    ours = {"tenant": DOMAIN, "actions": {"require-mfa": "a", "complete-profile": "b"}}

    post_login(tenant).delete("post-login", ours)
    post_login(tenant).delete("post-login", ours)

    assert tenant.bindings == [("x", "corp-risk"), ("y", "corp-claims")]
    assert len(tenant.writes) == 1


def test_the_trigger_is_written_by_nobody_but_its_own_resource() -> None:
    tenant = FakeTenant()
    provider = post_login(tenant)
    old, new = {"tenant": DOMAIN, "actions": {"a": "1"}}, {"tenant": DOMAIN, "actions": {"a": "1", "b": "2"}}

    provider.create(old)
    provider.update("post-login", old, new)

    assert tenant.calls == []
    assert provider.diff("post-login", old, new).changes is True
    assert provider.diff("post-login", old, dict(old)).changes is False


def doors(tenant: FakeTenant) -> ApplicationConnectionsProvider:
    return ApplicationConnectionsProvider(lambda _domain: tenant.connect())


OURS = {"tenant": DOMAIN, "client_id": "app", "connections": ["con_users"]}


def test_every_connection_but_ours_is_closed_to_the_application() -> None:
    tenant = FakeTenant()
    tenant.connections["con_google"].add("somebody-else")

    result = doors(tenant).create(dict(OURS))

    assert result.outs == OURS
    assert tenant.connections == {"con_users": {"app"}, "con_default": set(), "con_google": {"somebody-else"}}
    assert tenant.writes[-1] == "PATCH /connections/con_users/clients", "doors close before one opens"


def test_a_connection_that_somebody_enables_is_seen_and_closed() -> None:
    tenant = FakeTenant()
    provider = doors(tenant)
    provider.create(dict(OURS))
    tenant.connections["con_google"].add("app")

    seen = provider.read("app", dict(OURS)).outs

    assert seen is not None
    assert seen["connections"] == ["con_google", "con_users"]
    assert provider.diff("app", seen, dict(OURS)).changes is True
    provider.update("app", seen, dict(OURS))
    assert tenant.connections["con_google"] == set()
    assert provider.diff("app", OURS, dict(OURS)).changes is False


def test_another_application_is_another_resource() -> None:
    result = doors(FakeTenant()).diff("app", OURS, {**OURS, "client_id": "other"})

    assert result.replaces == ["client_id"]


def test_an_application_that_is_gone_is_a_resource_that_is_gone() -> None:
    tenant = FakeTenant()
    tenant.clients.clear()

    assert doors(tenant).read("app", dict(OURS)).id == ""
    with pytest.raises(ManagementError, match="no application app"):
        doors(tenant).create(dict(OURS))


def test_deleting_the_list_writes_nothing() -> None:
    tenant = FakeTenant()

    doors(tenant).delete("app", dict(OURS))

    assert tenant.calls == []


def secrets(tenant: FakeTenant) -> ClientSecretsProvider:
    return ClientSecretsProvider(lambda _domain: tenant.connect())


ASKED = {"tenant": DOMAIN, "client_ids": {"application": "app", "inviter": "inv"}}
RECORDED = {**ASKED, "secrets": {"application": "the-secret-of-app", "inviter": "the-secret-of-inv"}, "public": []}


def a_tenant_with_two_clients() -> FakeTenant:
    tenant = FakeTenant()
    tenant.clients["inv"] = "the-secret-of-inv"
    tenant.clients["foreign"] = "nobodys"
    return tenant


def test_all_secrets_of_ours_are_read_with_one_call() -> None:
    tenant = a_tenant_with_two_clients()

    assert secrets(tenant).create(dict(ASKED)).outs == RECORDED
    assert tenant.calls == ["POST /oauth/token", "GET /clients"]


def test_a_reader_who_may_not_see_secrets_sees_no_change() -> None:
    tenant = a_tenant_with_two_clients()
    tenant.shows_secrets = False

    outs = secrets(tenant).read("client-secrets", dict(RECORDED)).outs

    assert outs == RECORDED
    assert secrets(tenant).diff("client-secrets", RECORDED, dict(ASKED)).changes is False


def test_a_rotated_secret_is_picked_up_by_who_may_see_it() -> None:
    tenant = a_tenant_with_two_clients()
    tenant.clients["app"] = "rotated"

    outs = secrets(tenant).read("client-secrets", dict(RECORDED)).outs

    assert outs is not None
    assert outs["secrets"] == {"application": "rotated", "inviter": "the-secret-of-inv"}


def test_a_deployer_who_may_not_see_secrets_is_told_the_scope() -> None:
    tenant = a_tenant_with_two_clients()
    tenant.shows_secrets = False

    with pytest.raises(ManagementError, match="read:client_keys"):
        secrets(tenant).create(dict(ASKED))


def test_a_client_that_was_made_anew_never_keeps_the_old_ones_secret() -> None:
    tenant = a_tenant_with_two_clients()
    tenant.shows_secrets = False
    tenant.clients["new"] = "another"

    with pytest.raises(ManagementError, match="client new"):
        secrets(tenant).update("client-secrets", RECORDED, {**ASKED, "client_ids": {"application": "new"}})


def test_a_client_that_somebody_made_public_is_seen_and_turned_back() -> None:
    tenant = a_tenant_with_two_clients()
    tenant.methods["inv"] = "none"

    seen = secrets(tenant).read("client-secrets", dict(RECORDED)).outs

    assert seen is not None
    assert seen["public"] == ["inviter"]
    assert secrets(tenant).diff("client-secrets", seen, dict(ASKED)).changes is True
    assert secrets(tenant).update("client-secrets", seen, dict(ASKED)).outs == RECORDED
    assert tenant.methods["inv"] == "client_secret_post"


def existing(tenant: FakeTenant) -> ExistingApplicationsProvider:
    return ExistingApplicationsProvider(lambda _domain: tenant.connect())


NAMED = {"tenant": DOMAIN, "names": {"application": "name-of-app"}}


def test_an_application_that_exists_is_found_by_its_name_and_not_written() -> None:
    tenant = a_tenant_with_two_clients()

    assert existing(tenant).create(dict(NAMED)).outs == {**NAMED, "client_ids": {"application": "app"}}
    assert tenant.writes == []


@pytest.mark.parametrize(
    ("names", "said"), [({}, "no application named"), ({"inv": "name-of-app"}, "2 applications named")]
)
def test_a_name_that_nobody_or_that_two_applications_have_is_refused(names: dict[str, str], said: str) -> None:
    tenant = a_tenant_with_two_clients()
    tenant.names = names or {"app": "Renamed"}

    with pytest.raises(ManagementError, match=said):
        existing(tenant).create(dict(NAMED))


def test_an_application_that_is_deleted_later_is_drift() -> None:
    tenant = a_tenant_with_two_clients()
    known = {**NAMED, "client_ids": {"application": "app"}}
    del tenant.clients["app"]

    seen = existing(tenant).read("existing-applications", known).outs

    assert seen is not None
    assert seen["client_ids"] == {}
    assert existing(tenant).diff("existing-applications", seen, dict(NAMED)).changes is True
