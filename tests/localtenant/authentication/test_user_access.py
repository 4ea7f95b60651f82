"""Sessions and refresh tokens of a user through the Management API: what is ended there counts no more."""

import pytest

from .world import refused


@pytest.fixture
def path(world):
    return f"/users/{world.user_id.replace('|', '%7C')}"


def a_token(world):
    return world.tokens(scope="openid offline_access")["refresh_token"]


def test_a_login_is_listed_as_a_session(world, path):
    world.tokens()

    (session,) = world.local.get(f"{path}/sessions").json()["sessions"]

    assert session["user_id"] == world.user_id
    assert session["created_at"] == session["authenticated_at"] == "2026-11-23T12:00:00.000Z"
    assert session["authentication"]["methods"][0]["name"] == "pwd"


def test_a_session_that_was_ended_logs_nobody_in(world, path):
    world.tokens()

    answer = world.local.delete(f"{path}/sessions")

    assert (answer.status_code, answer.content) == (202, b"")
    assert world.local.get(f"{path}/sessions").json() == {"sessions": []}
    assert "error=login_required" in world.authorize(prompt="none").headers["location"]


def test_a_refresh_token_outlives_the_session_until_it_is_revoked(world, path):
    token = a_token(world)
    world.local.delete(f"{path}/sessions")
    assert world.refresh(token).status_code == 200

    assert world.local.delete(f"{path}/refresh-tokens").status_code == 202

    assert refused(world.refresh(token)) == (403, "invalid_grant")
    assert world.local.get(f"{path}/refresh-tokens").json() == {"tokens": []}


def test_a_refresh_token_is_listed_without_its_secret(world, path):
    token = a_token(world)

    answer = world.local.get(f"{path}/refresh-tokens")

    (listed,) = answer.json()["tokens"]
    assert (listed["rotating"], listed["client_id"]) == (False, world.app["client_id"])
    assert token not in answer.text


def test_revoking_access_ends_both(world, path):
    token = a_token(world)

    assert world.local.post(f"{path}/revoke-access", json={}).status_code == 202

    assert world.local.get(f"{path}/sessions").json() == {"sessions": []}
    assert refused(world.refresh(token)) == (403, "invalid_grant")


def test_revoking_access_may_spare_the_refresh_tokens(world, path):
    token = a_token(world)
    (session,) = world.local.get(f"{path}/sessions").json()["sessions"]

    body = {"session_id": session["id"], "preserve_refresh_tokens": True}
    assert world.local.post(f"{path}/revoke-access", json=body).status_code == 202

    assert world.local.get(f"{path}/sessions").json() == {"sessions": []}
    assert world.refresh(token).status_code == 200


@pytest.mark.parametrize("what", ["sessions", "refresh-tokens"])
def test_each_demands_its_scope_and_a_user(world, path, what):
    reader = world.local.with_scopes(f"read:{what.replace('-', '_')}")
    assert reader.get(f"{path}/{what}").status_code == 200
    assert reader.delete(f"{path}/{what}").json()["errorCode"] == "insufficient_scope"
    assert world.local.delete(f"/users/auth0%7Cnobody/{what}").status_code == 404


def test_both_leave_an_entry_in_the_log(world, path):
    world.local.delete(f"{path}/sessions")
    world.local.delete(f"{path}/refresh-tokens")

    assert [entry["description"] for entry in world.local.logs("sapi")][-2:] == [
        "Delete users sessions",
        "Delete users refresh tokens",
    ]
