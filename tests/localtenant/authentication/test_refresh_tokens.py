"""A refresh token over its life: rotation, what a reused one means, how long it lasts, and what the Actions may ask."""

import pytest

from localtenant.actions.steps import Denied, Failed, Finished

from .world import API, claims, refused

DAY = 86400


def _rotating(world, **settings):
    world.change_app(refresh_token={"rotation_type": "rotating", "expiration_type": "expiring", **settings})


def _first(world, **changes):
    return world.tokens(**{"scope": "openid profile email offline_access", **changes})["refresh_token"]


def test_without_offline_access_there_is_none(world):
    assert "refresh_token" not in world.tokens()


def test_without_the_grant_there_is_none(world):
    world.change_app(grant_types=["authorization_code"])
    assert "refresh_token" not in world.tokens(scope="openid offline_access")


def test_an_api_may_forbid_it(world):
    world.local.post("/resource-servers", json={"identifier": API, "allow_offline_access": False})
    assert "refresh_token" not in world.tokens(scope="openid offline_access", audience=API)


def test_a_token_that_does_not_rotate_goes_on(world):
    token = _first(world)
    for _ in range(2):
        body = world.refresh(token).json()
        assert set(body) == {"access_token", "id_token", "scope", "expires_in", "token_type"}
    assert claims(body["id_token"])["sub"] == world.user_id
    assert "nonce" not in claims(body["id_token"])


def test_a_rotating_token_is_replaced_every_time(world):
    _rotating(world)
    tokens = [_first(world)]
    for _ in range(3):
        tokens.append(world.refresh(tokens[-1]).json()["refresh_token"])
    assert len(set(tokens)) == 4


def test_a_reused_token_ends_the_whole_family(world):
    _rotating(world)
    first = _first(world)
    stranger = _first(world)
    second = world.refresh(first).json()["refresh_token"]
    assert refused(world.refresh(first)) == (403, "invalid_grant")
    assert refused(world.refresh(second)) == (403, "invalid_grant")
    assert world.refresh(stranger).status_code == 200
    assert world.log_types().count("ferrt") == 1


def test_within_the_leeway_it_may_come_again(world):
    _rotating(world, leeway=10)
    first = _first(world)
    children = [world.refresh(first).json()["refresh_token"] for _ in range(2)]
    world.local.clock.advance(9)
    children.append(world.refresh(first).json()["refresh_token"])
    assert all(world.refresh(child).status_code == 200 for child in children)
    world.local.clock.advance(1)
    assert refused(world.refresh(first)) == (403, "invalid_grant")


def test_two_exchanges_at_once_are_reuse_too(world):
    _rotating(world)
    first = _first(world)
    world.pipeline.says = [Finished(), Finished()]
    answers = []

    def the_thief_comes_in_between():
        world.pipeline.meanwhile = lambda: None
        # as the other request would leave it: rotated while our Actions still run
        ((key, token),) = world.store.items("refresh_tokens")
        world.store.put("refresh_tokens", key, {**token, "rotated": world.local.clock.seconds()})

    world.pipeline.meanwhile = the_thief_comes_in_between
    answers.append(world.refresh(first))
    assert refused(answers[0]) == (403, "invalid_grant")
    assert "ferrt" in world.log_types()


def test_the_absolute_lifetime_is_the_familys(world):
    _rotating(world, token_lifetime=10 * DAY, infinite_token_lifetime=False, idle_token_lifetime=5 * DAY)
    token = _first(world)
    for _ in range(3):
        world.local.clock.advance(3 * DAY)
        token = world.refresh(token).json()["refresh_token"]
    _rotating(world, token_lifetime=90 * DAY, infinite_token_lifetime=False, idle_token_lifetime=5 * DAY)
    world.local.clock.advance(DAY)
    assert refused(world.refresh(token)) == (403, "invalid_grant")


@pytest.mark.parametrize("rotation_type", ["rotating", "non-rotating"])
def test_an_idle_token_expires_and_a_used_one_does_not(world, rotation_type):
    lifetimes = {"idle_token_lifetime": DAY, "infinite_idle_token_lifetime": False, "infinite_token_lifetime": True}
    _rotating(world, rotation_type=rotation_type, **lifetimes)
    token = _first(world)
    for _ in range(3):
        world.local.clock.advance(DAY - 1)
        token = world.refresh(token).json().get("refresh_token", token)
    world.local.clock.advance(DAY)
    assert refused(world.refresh(token)) == (403, "invalid_grant")


def test_a_token_that_never_expires_does_so_once_the_settings_want_it(world):
    token = _first(world)
    world.local.clock.advance(400 * DAY)
    finite = {"expiration_type": "expiring", "token_lifetime": DAY, "infinite_token_lifetime": False}
    _rotating(world, rotation_type="non-rotating", **finite, idle_token_lifetime=DAY // 2)
    assert world.refresh(token).status_code == 200
    world.local.clock.advance(DAY)
    assert refused(world.refresh(token)) == (403, "invalid_grant")


def test_fewer_scopes_may_be_asked_for_and_no_more(world):
    token = _first(world)
    assert world.refresh(token, scope="openid email phone").json()["scope"] == "openid email"
    assert world.refresh(token).json()["scope"] == "openid profile email offline_access"


def test_another_client_cannot_use_it(world):
    other = world.an_app()
    credentials = {"client_id": other["client_id"], "client_secret": other["client_secret"]}
    assert refused(world.refresh(_first(world), **credentials)) == (403, "invalid_grant")
    assert refused(world.refresh("nonsense")) == (403, "invalid_grant")
    assert refused(world.token("refresh_token")) == (400, "invalid_request")


def test_it_outlives_the_session_but_neither_the_user_nor_a_block(world):
    token = _first(world)
    world.http.get("/v2/logout")
    assert world.refresh(token).status_code == 200
    path = f"/users/{world.user_id.replace('|', '%7C')}"
    world.local.patch(path, json={"blocked": True})
    assert refused(world.refresh(token)) == (403, "unauthorized")
    world.local.delete(path)
    assert refused(world.refresh(token)) == (403, "invalid_grant")


def test_the_actions_run_and_see_a_refresh(world):
    token = _first(world)
    world.pipeline.says = [Finished(id_token_claims={"https://a/b": 1}, access_token_claims={})]
    assert claims(world.refresh(token).json()["id_token"])["https://a/b"] == 1
    login = world.pipeline.asked[-1]
    assert (login.protocol, login.interactive) == ("oauth2-refresh-token", False)
    assert [method["name"] for method in login.authentication_methods] == ["pwd"]
    assert "refresh_token" not in login.request.as_document()["body"]


@pytest.mark.parametrize(
    ("says", "error"),
    [
        (Denied(reason="Not today."), "access_denied"),
        (Failed(description="Interaction required", error="interaction_required"), "interaction_required"),
        (Failed(description="Multifactor authentication required", error="mfa_required"), "mfa_required"),
    ],
)
def test_what_an_action_asks_of_a_person_fails_the_exchange_and_costs_nothing(world, says, error):
    _rotating(world)
    token = _first(world)
    world.pipeline.says = [says]
    assert refused(world.refresh(token)) == (403, error)
    assert world.refresh(token).status_code == 200


def test_a_factor_at_the_end_can_be_shown_through_the_mfa_api(world):
    world.local.put("/guardian/factors/otp", json={"enabled": True})
    token = _first(world)
    world.pipeline.says = [Finished(ask_factor_at_the_end="any", mfa_provider="any")]
    body = world.refresh(token).json()
    assert body["error"] == "mfa_required"
    headers = {"authorization": f"Bearer {body['mfa_token']}"}
    answer = world.http.post("/mfa/associate", json={"authenticator_types": ["otp"]}, headers=headers)
    assert answer.status_code == 200


def test_the_policy_asks_in_logins_only(world):
    token = _first(world)
    world.ask_always("otp")
    assert world.refresh(token).status_code == 200
