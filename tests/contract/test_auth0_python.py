"""
auth0-python, an independent client, makes round trips on the local tenant over what the program and an inviter need.

Its pydantic models are generated from Auth0's own description: an answer that lacks a required key, or has one of another type, does
not parse and fails the test.
Source: https://github.com/auth0/auth0-python (6.8.0).
"""

from collections.abc import Callable

import httpx
import pytest
from auth0.management import ManagementClient
from auth0.management.core.api_error import ApiError

from tests.localtenant.conftest import LocalTenant, a_tenant

__all__ = ["a_tenant"]  # the fixture, for this module

DOMAIN = "localhost:8443"
CODE = "exports.onExecutePostLogin = async (event, api) => {};\n"


@pytest.fixture
def tenant(a_tenant: Callable[..., LocalTenant]) -> LocalTenant:
    return a_tenant()


@pytest.fixture
def auth0(tenant: LocalTenant) -> ManagementClient:
    """The client as its README starts it, over the transport of the tenant in this process."""
    return ManagementClient(domain=DOMAIN, token=tenant.token, httpx_client=tenant.http)


def a_database(auth0: ManagementClient) -> str:
    made = auth0.connections.create(
        name="guests", strategy="auth0", options={"disable_signup": True, "brute_force_protection": True}
    )
    assert made.id is not None
    return made.id


def a_client(auth0: ManagementClient, name: str = "Guest list", app_type: str = "regular_web") -> str:
    made = auth0.clients.create(name=name, app_type=app_type, callbacks=["https://app.example.com/callback"])
    assert made.client_id is not None
    return made.client_id


def a_user(auth0: ManagementClient) -> str:
    (inviter,) = [client.client_id for client in auth0.clients.list(app_type="non_interactive")]
    opened = [{"client_id": inviter, "status": True}]  # only a client of the connection may make users in it
    auth0.connections.clients.update(a_database(auth0), request=opened)
    made = auth0.users.create(connection="guests", email="ana@example.com", password="correct-Horse-battery-7!")
    assert made.user_id is not None
    return made.user_id


def test_a_client_is_made_changed_listed_and_deleted(auth0: ManagementClient) -> None:
    client_id = a_client(auth0)

    changed = auth0.clients.update(client_id, callbacks=["https://app.example.com/other"], client_metadata={"a": "b"})
    read = auth0.clients.get(client_id)
    listed = [client.client_id for client in auth0.clients.list(per_page=1)]

    assert changed.callbacks == read.callbacks == ["https://app.example.com/other"]
    assert read.app_type == "regular_web"
    assert client_id in listed
    assert len(listed) == len(set(listed)) > 1
    assert auth0.clients.rotate_secret(client_id).client_secret
    auth0.clients.delete(client_id)
    with pytest.raises(ApiError) as refused:
        auth0.clients.get(client_id)
    assert refused.value.status_code == 404


def test_a_connection_keeps_its_options_and_its_clients(auth0: ManagementClient) -> None:
    client_id, connection_id = a_client(auth0), a_database(auth0)

    auth0.connections.clients.update(connection_id, request=[{"client_id": client_id, "status": True}])

    read = auth0.connections.get(connection_id)
    assert read.options is not None
    assert read.options["disable_signup"] is True
    assert [enabled.client_id for enabled in auth0.connections.clients.get(connection_id)] == [client_id]
    assert "guests" in [connection.name for connection in auth0.clients.connections.get(client_id)]
    assert [connection.id for connection in auth0.connections.list(name="guests")] == [connection_id]
    updated = auth0.connections.update(connection_id, options={"disable_signup": True, "mfa": {"active": True}})
    assert updated.options is not None
    assert updated.options["mfa"] == {"active": True}


def test_a_grant_gives_a_machine_its_scopes(auth0: ManagementClient) -> None:
    client_id, audience = a_client(auth0, "Inviter", "non_interactive"), f"https://{DOMAIN}/api/v2/"

    made = auth0.client_grants.create(client_id=client_id, audience=audience, scope=["read:users"])
    assert made.id is not None
    changed = auth0.client_grants.update(made.id, scope=["create:users", "read:users"])

    assert changed.scope == ["create:users", "read:users"]
    assert [grant.id for grant in auth0.client_grants.list(client_id=client_id)] == [made.id]
    auth0.client_grants.delete(made.id)
    assert list(auth0.client_grants.list(client_id=client_id)) == []


def test_actions_are_deployed_and_bound_in_order(tenant: LocalTenant, auth0: ManagementClient) -> None:
    ids = []
    for name in ("first", "second"):
        made = auth0.actions.create(
            name=name,
            supported_triggers=[{"id": "post-login", "version": "v3"}],
            code=CODE,
            runtime="node22",
            secrets=[{"name": "KEY", "value": "secret of this test"}],
        )
        assert made.id is not None
        while auth0.actions.get(made.id).status != "built":
            tenant.clock.advance(1)
        assert auth0.actions.deploy(made.id).id
        ids.append(made.id)

    bound = auth0.actions.triggers.bindings.update_many(
        "post-login",
        bindings=[
            {"ref": {"type": "action_id", "value": ids[1]}, "display_name": "second"},
            {"ref": {"type": "action_id", "value": ids[0]}, "display_name": "first"},
        ],
    )

    assert [binding.display_name for binding in bound.bindings or []] == ["second", "first"]
    listed = list(auth0.actions.triggers.bindings.list("post-login"))
    assert [binding.action.id for binding in listed if binding.action] == [ids[1], ids[0]]
    action = auth0.actions.get(ids[0])
    assert action.code == CODE
    assert [secret.name for secret in action.secrets or []] == ["KEY"]
    assert {version.number for version in auth0.actions.versions.list(ids[0])} == {1}
    assert {action.name for action in auth0.actions.list(trigger_id="post-login")} == {"first", "second"}


def test_the_mfa_policy_and_its_factor_are_set(auth0: ManagementClient) -> None:
    assert auth0.guardian.policies.set(request=["all-applications"]) == ["all-applications"]
    assert auth0.guardian.factors.set("sms", enabled=True).enabled is True
    auth0.guardian.factors.phone.set_message_types(message_types=["sms"])

    assert auth0.guardian.policies.list() == ["all-applications"]
    assert {factor.name: factor.enabled for factor in auth0.guardian.factors.list()}["sms"] is True
    assert auth0.guardian.factors.phone.get_message_types().message_types == ["sms"]


def test_the_email_provider_keeps_its_password_to_itself(auth0: ManagementClient) -> None:
    credentials = {"smtp_host": "localhost", "smtp_port": 2525, "smtp_user": "me", "smtp_pass": "hidden"}

    made = auth0.emails.provider.create(name="smtp", default_from_address="us@example.com", credentials=credentials)
    changed = auth0.emails.provider.update(default_from_address="you@example.com")
    read = auth0.emails.provider.get(fields="name,enabled,credentials,default_from_address", include_fields=True)

    assert made.name == read.name == "smtp"
    assert changed.default_from_address == read.default_from_address == "you@example.com"
    assert "hidden" not in read.model_dump_json()


def test_an_email_template_is_made_and_changed(auth0: ManagementClient) -> None:
    with pytest.raises(ApiError) as missing:
        auth0.email_templates.get("reset_email")
    assert missing.value.status_code == 404

    auth0.email_templates.create(
        template="reset_email", body="<p>{{ url }}</p>", from_="", subject="Welcome", syntax="liquid", enabled=True
    )
    auth0.email_templates.update("reset_email", subject="Hello")

    assert auth0.email_templates.get("reset_email").subject == "Hello"


def test_tenant_settings_are_merged(auth0: ManagementClient) -> None:
    before = auth0.tenants.settings.get()
    auth0.tenants.settings.update(friendly_name="Guests", flags={"enable_client_connections": False})
    after = auth0.tenants.settings.get()

    assert after.friendly_name == "Guests"
    assert after.flags is not None
    assert after.flags.enable_client_connections is False
    assert after.enabled_locales == before.enabled_locales


def test_an_invited_user_is_made_found_changed_and_deleted(auth0: ManagementClient) -> None:
    user_id = a_user(auth0)

    auth0.users.update(user_id, app_metadata={"invited": True}, user_metadata={"first_name": "Ana"})

    assert auth0.users.get(user_id).app_metadata == {"invited": True}
    assert [user.user_id for user in auth0.users.list(q='email:"ana@example.com"', search_engine="v3")] == [user_id]
    assert [user.user_id for user in auth0.users.list_users_by_email(email="ana@example.com")] == [user_id]
    with pytest.raises(ApiError) as taken:
        auth0.users.create(connection="guests", email="ana@example.com", password="correct-Horse-battery-7!")
    assert taken.value.status_code == 409
    auth0.users.delete(user_id)
    assert list(auth0.users.list_users_by_email(email="ana@example.com")) == []


def test_tickets_lead_to_this_tenant(auth0: ManagementClient) -> None:
    user_id = a_user(auth0)

    password = auth0.tickets.change_password(user_id=user_id, ttl_sec=3600, mark_email_as_verified=True)
    verification = auth0.tickets.verify_email(user_id=user_id)

    for ticket in (password.ticket, verification.ticket):
        assert httpx.URL(ticket).netloc.decode() == DOMAIN


def test_authentication_methods_of_a_user_are_counted_and_taken_away(auth0: ManagementClient) -> None:
    user_id = a_user(auth0)

    made = auth0.users.authentication_methods.create(
        user_id, type="phone", phone_number="+14155550100", preferred_authentication_method="sms", name="mobile"
    )

    listed = [method for method in auth0.users.authentication_methods.list(user_id) if method.type == "phone"]
    assert [method.id for method in listed] == [made.id]
    assert made.id is not None
    assert auth0.users.authentication_methods.get(user_id, made.id).type == "phone"
    auth0.users.authentication_methods.delete_all(user_id)
    assert [m for m in auth0.users.authentication_methods.list(user_id) if m.type == "phone"] == []


def test_the_log_tells_of_these_calls(auth0: ManagementClient) -> None:
    user_id = a_user(auth0)
    auth0.users.update(user_id, user_metadata={"first_name": "Ana"})

    entries = [entry for entry in auth0.logs.list(per_page=5) if entry.type == "sapi"]

    assert "Update a user" in [entry.description for entry in entries]
    assert entries[0].log_id is not None
    assert auth0.logs.get(entries[0].log_id).log_id == entries[0].log_id


def test_a_refused_payload_is_told_as_auth0_tells_it(auth0: ManagementClient) -> None:
    with pytest.raises(ApiError) as refused:
        auth0.users.update(a_user(auth0), request_options={"additional_body_parameters": {"shoe_size": 43}})

    assert refused.value.status_code == 400
    assert refused.value.body["errorCode"] == "invalid_body"
