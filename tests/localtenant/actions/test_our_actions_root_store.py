"""
`profile.store: root`: the Action writes the names itself, by `fetch`, to the tenant's Management API: here the same tenant, served over
TLS on loopback, as its own authority certifies it.
"""

import asyncio
import contextlib
import socket
from collections.abc import Iterator

import pytest
import uvicorn

from localtenant.actions.steps import Denied, Finished
from localtenant.certificates import ensure_certificates
from localtenant.transport import Protocol

from .conftest import World
from .guestlist import INVITE, PASSWORD, SMS, Guestlist

PROVED = {"authentication_methods": (PASSWORD, SMS)}


class Server(uvicorn.Server):
    """On the event loop of the test, without handlers for signals."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    return ensure_certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
def world(a_world, certificates) -> Iterator[World]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        world = a_world(domain=f"localhost:{listener.getsockname()[1]}", ca_file=certificates.ca)
        loop = world.tenant.loop
        config = uvicorn.Config(
            world.tenant.app,
            http=Protocol,
            ws="none",
            lifespan="off",
            log_level="error",
            access_log=False,
            ssl_certfile=str(certificates.server),
        )
        server = Server(config)
        serving = loop.create_task(server.serve(sockets=[listener]))
        while not server.started:
            loop.run_until_complete(asyncio.sleep(0.01))
        yield world
        loop.run_until_complete(world.runtime.close())  # or its open connections are waited for
        server.should_exit = True
        loop.run_until_complete(serving)


@pytest.fixture
def guestlist(world):
    fields = {"name": "profile-writer", "app_type": "non_interactive", "grant_types": ["client_credentials"]}
    writer = world.tenant.post("/clients", json=fields).json()
    audience = f"https://{world.tenant.tenant.domain}/api/v2/"
    grant = {"client_id": writer["client_id"], "audience": audience, "scope": ["update:users"]}
    world.tenant.post("/client-grants", json=grant)
    guestlist = Guestlist(world)
    guestlist.deploy(
        profile={"store": "root"},
        more_secrets={
            "TENANT_DOMAIN": world.tenant.tenant.domain,
            "PROFILE_WRITER_CLIENT_ID": writer["client_id"],
            "PROFILE_WRITER_CLIENT_SECRET": writer["client_secret"],
        },
    )
    guestlist.invite()
    world.enroll()
    return guestlist


def tokens_issued(world: World) -> int:
    return len([call for call in world.tenant.app.runtime.calls if call.path == "/oauth/token" and call.status == 200])


def test_the_names_are_in_the_profile_before_the_login_goes_on(guestlist, world):
    finished = guestlist.answer(world.start(**PROVED))
    assert isinstance(finished, Finished)
    root = {name: world.user[name] for name in ("given_name", "family_name", "name")}
    assert root == {"given_name": "Ana", "family_name": "Lima", "name": "Ana Lima"} == dict(finished.id_token_claims)
    assert not world.user.get("user_metadata")
    assert {"profile_completed_at", "invite"} <= world.user["app_metadata"].keys()


def test_later_the_profile_speaks_for_itself(guestlist, world):
    guestlist.answer(world.start(**PROVED))
    later = world.start(**PROVED)
    assert isinstance(later, Finished)
    assert later.id_token_claims == {}


def test_the_writers_token_serves_the_next_person_too_until_its_time_is_over(guestlist, world):
    def again() -> None:
        world.tenant.patch(
            f"/users/{world.user_id}", json={"given_name": None, "app_metadata": {"profile_completed_at": None}}
        )
        assert isinstance(guestlist.answer(world.start(**PROVED)), Finished)

    again()
    again()
    assert tokens_issued(world) == 1
    world.tenant.clock.advance(2 * 86_400)
    again()
    assert tokens_issued(world) == 2


def test_names_that_cannot_be_saved_deny_the_login_and_mark_nothing(guestlist, world):
    [grant] = [one for one in world.tenant.get("/client-grants").json() if one["scope"] == ["update:users"]]
    world.tenant.delete(f"/client-grants/{grant['id']}")
    step = guestlist.answer(world.start(**PROVED))
    assert isinstance(step, Denied)
    assert step.reason.startswith("We could not save your name")
    assert world.user["app_metadata"] == {"invite": INVITE}
