"""Asking for a new password and signing up, without a token: who gets mail, and what the answers give away."""

import pytest

from localtenant.management import users

from .world import DATABASE

SENT = "We've just sent you an email to reset your password."


def _change(world, **changes):
    body = {"email": "ana@example.com", "connection": DATABASE, "client_id": world.app["client_id"], **changes}
    return world.http.post("/dbconnections/change_password", json={k: v for k, v in body.items() if v is not None})


def _sign_up(world, **changes):
    body = {
        "client_id": world.app["client_id"],
        "connection": DATABASE,
        "email": "New@Example.com",
        "password": "Correct-horse-2",
        **changes,
    }
    return world.http.post("/dbconnections/signup", json={k: v for k, v in body.items() if v is not None})


def test_a_known_address_gets_the_mail(world):
    answer = _change(world, email="Ana@Example.com")
    assert (answer.status_code, answer.text) == (200, SENT)
    ((template, address, link),) = world.messenger.mails
    assert (template, address) == ("reset_email", "ana@example.com")
    assert link.startswith("https://localhost:8443/u/reset-verify?ticket=")


def test_an_unknown_address_gets_the_same_answer_and_no_mail(world):
    known, unknown = _change(world), _change(world, email="nobody@example.com")
    assert (known.status_code, known.text, dict(known.headers)) == (200, unknown.text, dict(unknown.headers))
    assert len(world.messenger.mails) == 1
    assert world.log_types().count("fcpr") == 1


def test_the_client_may_be_left_out(world):
    assert _change(world, client_id=None).text == SENT
    assert len(world.messenger.mails) == 1


def test_the_client_is_needed_where_an_action_follows_the_link(world, monkeypatch):
    monkeypatch.setattr(
        "localtenant.authentication.database_connections.bound_actions",
        lambda _tenant, trigger: ["an-action"] if trigger == "password-reset-post-challenge" else [],
    )
    assert _change(world, client_id=None).json() == {"error": "client_id is required"}
    assert _change(world).text == SENT


def test_a_form_does_as_well(world):
    answer = world.http.post("/dbconnections/change_password", data={"email": "a@b.co", "connection": DATABASE})
    assert answer.text == SENT


@pytest.mark.parametrize(
    "changes",
    [{"email": None}, {"email": " "}, {"connection": None}, {"connection": "other"}, {"client_id": "nobody"}],
)
def test_a_request_that_cannot_be_meant_is_refused(world, changes):
    assert _change(world, **changes).status_code == 400
    assert not world.messenger.mails


def test_a_client_that_may_not_use_the_database_is_refused(world):
    other = world.an_app()["client_id"]
    world.disable(other)
    assert _change(world, client_id=other).json()["error"].startswith("connection is disabled (client_id: ")
    assert _sign_up(world, client_id=other).status_code == 400


def test_signing_up_makes_a_user_who_is_asked_to_confirm_the_address(world):
    answer = _sign_up(world, given_name="Nia", user_metadata={"plan": "free"}, app_metadata={"admin": "yes"})
    assert answer.status_code == 200
    body = answer.json()
    user = users.by_email(world.local.tenant, DATABASE, "new@example.com")
    assert user["user_id"] == f"auth0|{body.pop('_id')}"
    assert body == {
        "email": "new@example.com",
        "email_verified": False,
        "given_name": "Nia",
        "user_metadata": {"plan": "free"},
    }
    assert "app_metadata" not in user
    assert [mail[:2] for mail in world.messenger.mails] == [("verify_email", "new@example.com")]
    assert world.log_types()[-1] == "ss"


def test_where_nobody_may_sign_up_nobody_does(world):
    world.change_connection(disable_signup=True)
    answer = _sign_up(world)
    assert (answer.status_code, answer.json()) == (400, {"error": "public signup is disabled"})
    assert users.by_email(world.local.tenant, DATABASE, "new@example.com") is None
    assert world.log_types()[-1] == "fs"


def test_a_taken_address_is_not_given_away_unless_the_tenant_wants_it(world):
    taken = {"email": "ana@example.com"}
    assert _sign_up(world, **taken).json() == {
        "name": "BadRequestError",
        "code": "invalid_signup",
        "description": "Invalid sign up",
        "statusCode": 400,
    }
    world.set_tenant(flags={"enable_public_signup_user_exists_error": True})
    assert _sign_up(world, **taken).json()["code"] == "user_exists"


def test_a_weak_password_is_named(world):
    world.change_connection(passwordPolicy="good")
    body = _sign_up(world, password="short").json()
    assert (body["name"], body["code"]) == ("PasswordStrengthError", "invalid_password")


@pytest.mark.parametrize("metadata", [{"a": 1}, {"a" * 101: "x"}, {str(n): "x" for n in range(11)}, ["x"]])
def test_metadata_is_ten_short_strings_at_most(world, metadata):
    assert _sign_up(world, user_metadata=metadata).status_code == 400


@pytest.mark.parametrize("missing", ["client_id", "connection", "email", "password"])
def test_what_is_missing_is_named(world, missing):
    assert _sign_up(world, **{missing: None}).json() == {"error": f"{missing} is required"}
