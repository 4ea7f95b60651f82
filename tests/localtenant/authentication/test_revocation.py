"""Taking a refresh token back."""

import pytest

from .world import refused

OFFLINE = "openid offline_access"


def _revoke(world, secret, **changes):
    form = {
        "client_id": world.app["client_id"],
        "client_secret": world.app["client_secret"],
        "token": secret,
        **changes,
    }
    data = {name: value for name, value in form.items() if value is not None}
    return world.http.post("/oauth/revoke", data=data)


def test_a_revoked_token_brings_nothing_any_more(world):
    token = world.tokens(scope=OFFLINE)["refresh_token"]
    other = world.tokens(scope=OFFLINE)["refresh_token"]
    answer = _revoke(world, token)
    assert (answer.status_code, answer.content) == (200, b"")
    assert refused(world.refresh(token)) == (403, "invalid_grant")
    assert world.refresh(other).status_code == 200
    assert world.log_types().count("srrt") == 1


def test_what_was_rotated_from_it_goes_too(world):
    world.change_app(refresh_token={"rotation_type": "rotating", "expiration_type": "expiring"})
    first = world.tokens(scope=OFFLINE)["refresh_token"]
    second = world.refresh(first).json()["refresh_token"]
    assert _revoke(world, second).status_code == 200
    assert refused(world.refresh(second)) == (403, "invalid_grant")


def test_the_tenant_may_have_the_whole_grant_go(world):
    world.set_tenant(flags={"revoke_refresh_token_grant": True})
    tokens = [world.tokens(scope=OFFLINE)["refresh_token"] for _ in range(2)]
    _revoke(world, tokens[0])
    assert refused(world.refresh(tokens[1])) == (403, "invalid_grant")


def test_a_token_that_never_was_gets_the_same_answer(world):
    assert _revoke(world, "nonsense").status_code == 200


def test_another_client_cannot_take_it_back(world):
    token = world.tokens(scope=OFFLINE)["refresh_token"]
    other = world.an_app()
    _revoke(world, token, client_id=other["client_id"], client_secret=other["client_secret"])
    assert world.refresh(token).status_code == 200


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"client_secret": "wrong"}, (401, "access_denied")),
        ({"client_secret": None}, (401, "access_denied")),
        ({"token": None}, (400, "invalid_request")),
    ],
)
def test_the_client_proves_who_it_is(world, changes, expected):
    assert refused(_revoke(world, "x", **changes)) == expected
