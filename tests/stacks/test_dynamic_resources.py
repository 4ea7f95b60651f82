"""
Our dynamic resources: what the engine keeps of them, and what those around logins do to a tenant.

Not here: `test_tenant_backup.py`, `test_client_secrets.py`, `test_existing_applications.py`.
"""

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


def test_one_of_ours_that_leaves_the_program_is_taken_out_where_nobody_writes_the_list() -> None:
    tenant = FakeTenant()
    tenant.bindings = [("x", "corp-risk"), ("a", "require-mfa"), ("b", "complete-profile")]
    old, new = ({"tenant": DOMAIN, "actions": actions} for actions in ({"mfa": "a", "page": "b"}, {"page": "b"}))

    post_login(tenant).update("post-login", old, new)

    assert tenant.bindings == [("x", "corp-risk"), ("b", "complete-profile")]


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
