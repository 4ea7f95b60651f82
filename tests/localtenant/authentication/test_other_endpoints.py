"""Endpoints that strangers try: refused as Auth0 refuses them, and 501 by name where they are open."""

import pytest

from localtenant.authentication.cross_origin import CREDENTIAL_TYPE
from localtenant.authentication.device_code import DEVICE_CODE
from localtenant.authentication.passwordless import OTP_GRANT

from .world import DATABASE, PASSWORD, at_callback, refused


@pytest.fixture
def enabled(world):
    """Make a connection of a strategy, and enable it on the application."""

    def make(strategy):
        body = {"name": strategy, "strategy": strategy, "enabled_clients": [world.app["client_id"]]}
        answer = world.local.post("/connections", json=body)
        assert answer.status_code == 201, answer.text
        return answer.json()

    return make


def _start(world, **changes):
    body = {"client_id": world.app["client_id"], "connection": "email", "email": "x@guestlist.invalid", **changes}
    return world.http.post("/passwordless/start", json={k: v for k, v in body.items() if v is not None})


def test_codes_by_mail_need_a_connection_that_is_enabled(world, enabled):
    assert _start(world).json() == {"error": "bad.connection", "error_description": "Connection does not exist"}
    assert _start(world, connection=DATABASE).json()["error_description"].startswith("The connection does not support")
    enabled("email")
    assert refused(_start(world)) == (501, "not_emulated")
    assert refused(_start(world, email=None)) == (400, "bad.email")
    world.local.post("/connections", json={"name": "sms", "strategy": "sms", "enabled_clients": []})
    assert _start(world, connection="sms").json()["error_description"] == "Connection is disabled"


@pytest.mark.parametrize("missing", ["client_id", "connection"])
def test_what_a_start_lacks_is_named(world, missing):
    assert refused(_start(world, **{missing: None})) == (400, f"bad.{missing}")


def test_one_time_passwords_need_the_grant_and_the_connections_method(world):
    def challenge(**changes):
        body = {"client_id": app["client_id"], "connection": DATABASE, **changes}
        return refused(world.http.post("/otp/challenge", json=body))

    app = world.an_app(app_type="native")
    assert challenge() == (403, "unauthorized_client")
    assert challenge(client_id=world.app["client_id"]) == (401, "invalid_client")
    app = world.an_app(app_type="native", grant_types=[OTP_GRANT])
    assert challenge(connection="nowhere") == (400, "invalid_connection")
    assert challenge() == (400, "invalid_connection")
    world.change_connection(authentication_methods={"email_otp": {"enabled": True}})
    assert challenge() == (400, "invalid_request")
    assert challenge(email="x@guestlist.invalid") == (501, "not_emulated")


def test_a_device_needs_the_grant(world):
    def ask(client_id):
        return world.http.post("/oauth/device/code", data={"client_id": client_id})

    assert ask(world.app["client_id"]).json()["error_description"] == (
        f"Grant type '{DEVICE_CODE}' not allowed for the client."
    )
    assert refused(ask("nobody")) == (401, "access_denied")
    assert refused(ask(world.an_app(grant_types=[DEVICE_CODE])["client_id"])) == (501, "not_emulated")


def test_applications_register_themselves_only_where_the_tenant_says_so(world):
    assert world.http.post("/oidc/register", json={}).status_code == 404
    world.set_tenant(flags={"enable_dynamic_client_registration": True})
    assert refused(world.http.post("/oidc/register", json={})) == (400, "invalid_redirect_uri")
    body = {"client_name": "x", "redirect_uris": ["https://x.example.com/"]}
    assert refused(world.http.post("/oidc/register", json=body)) == (501, "not_emulated")


def test_a_password_from_another_site_is_refused_unless_the_application_allows_it(world):
    def send(**changes):
        body = {
            "client_id": world.app["client_id"],
            "credential_type": CREDENTIAL_TYPE,
            "username": "ana@example.com",
            "password": PASSWORD,
            "realm": DATABASE,
            **changes,
        }
        return refused(world.http.post("/co/authenticate", json=body))

    assert send() == (401, "unauthorized_client")
    world.change_app(cross_origin_authentication=True)
    assert send() == (501, "not_emulated")
    assert send(password="no") == send(username="nobody@example.com") == (403, "access_denied")
    assert send(realm="nowhere") == (400, "invalid_request")


@pytest.mark.parametrize("response_type", ["token", "id_token token", "code id_token"])
def test_tokens_from_authorize_need_the_implicit_grant(world, response_type):
    assert world.authorize(response_type=response_type).status_code == 501
    world.change_app(grant_types=["authorization_code"])
    assert at_callback(world.authorize(response_type=response_type))["error"] == "unauthorized_client"
    assert at_callback(world.authorize(response_type="nonsense"))["error"] == "unsupported_response_type"


def test_another_kind_of_connection_asks_somebody_else_unless_it_may_ask_nobody(world, enabled):
    enabled("github")
    assert world.authorize(connection="github").status_code == 501
    assert at_callback(world.authorize(connection="github", prompt="none"))["error"] == "login_required"


def test_organizations_need_an_application_that_takes_them(world):
    answer = at_callback(world.authorize(organization="org_1234567890123456"))
    assert answer["error_description"] == "parameter organization is not allowed for this client"
