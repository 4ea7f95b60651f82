"""Nobody learns who is known: whole answers for a known and an unknown address, with the random parts masked."""

import pytest

from tests.answers import ASKS, App, masked

from .world import CALLBACK, DATABASE

KNOWN, UNKNOWN = "ana@example.com", "bob@example.com"
OPEN_SIGN_UP = {"sign-up", "sign-up on the page"}  # a new address gets in there, which tells


@pytest.fixture
def app(world):
    return App(client_id=world.app["client_id"], callback=CALLBACK, connection=DATABASE)


def _answers(world, app, ask):
    return [masked(ASKS[ask](world.http, app, address), address) for address in (KNOWN, UNKNOWN)]


@pytest.mark.parametrize("ask", ASKS)
def test_an_invite_only_database_answers_the_same_for_everybody(world, app, ask):
    world.change_connection(disable_signup=True)
    known, unknown = _answers(world, app, ask)
    assert known == unknown
    assert not known.startswith("500")


@pytest.mark.parametrize("ask", sorted({*ASKS} - OPEN_SIGN_UP))
def test_what_a_tenant_opens_answers_the_same_for_everybody(world, app, ask):
    grants = ["authorization_code", "password", "http://auth0.com/oauth/grant-type/password-realm"]
    world.change_app(
        app_type="native", token_endpoint_auth_method="none", grant_types=grants, cross_origin_authentication=True
    )
    world.set_tenant(default_directory=DATABASE)
    known, unknown = _answers(world, app, ask)
    assert known == unknown


def test_the_mask_hides_no_difference_of_words(world, app):
    known, unknown = (ASKS["sign-up"](world.http, app, address) for address in (KNOWN, UNKNOWN))
    assert masked(known, KNOWN) != masked(unknown, UNKNOWN)
