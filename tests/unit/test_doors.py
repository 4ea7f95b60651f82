"""The doors' probe against the local tenant in this process: shut as the program leaves it, and each named when somebody opens it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner, Result

from guestlist.cli.main import cli
from guestlist.doors import opening
from guestlist.doors.door import Door
from guestlist.doors.probe import DOORS, probe
from guestlist.doors.report import exit_code
from guestlist.doors.scene import Scene
from guestlist.doors.sight import SCOPES
from localtenant.management import passwords
from tests.localtenant.conftest import LocalTenant, a_tenant

from .doors_place import OPENINGS, Place, a_place

__all__ = ["a_tenant"]  # the fixture, for this module

NOTHING_TO_OPEN = {"forgotten-password", "silent-login"}  # Auth0 has no setting that opens them
MOST_CALLS = 16
SIGN_UP = ("POST", "/dbconnections/signup")
# Doors that a stranger without rights can tell to be shut.
TOLD_FROM_OUTSIDE = {
    *("sign-up", "sign-up-page", "one-time-codes", "password-grant", "implicit-grant", "device-grant"),
    *("client-credentials", "client-registration", "cross-origin-login", "organizations", "callbacks"),
    *("forgotten-password", "silent-login"),
}
# Those that he finds open where the local tenant lets him try.
FOUND_FROM_OUTSIDE = {
    *("sign-up", "sign-up-page", "other-database", "social-login", "password-grant"),
    *("client-registration", "cross-origin-login"),
}


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "DEFAULT_COST", passwords.Cost(n=2, r=1))


@pytest.fixture
def place(a_tenant: Callable[..., LocalTenant]) -> Place:
    return a_place(a_tenant())


def test_every_door_of_a_deployed_environment_is_shut_with_few_calls_and_nothing_made(place: Place) -> None:
    clients = len(place.local.tenant.store.all("clients"))
    found = place.tried()

    assert {name: one.finding for name, one in found.items() if one.finding.status != "shut"} == {}
    assert exit_code(list(found.values())) == 0
    assert len(place.network.calls) <= MOST_CALLS
    assert place.users() == []
    assert len(place.local.tenant.store.all("clients")) == clients
    assert place.waits == []


@pytest.mark.parametrize("door", OPENINGS)
def test_a_door_that_somebody_opens_is_named_with_the_way_to_shut_it(place: Place, door: str) -> None:
    OPENINGS[door](place)

    found = place.tried()

    assert found[door].finding.status == "open", found[door]
    assert found[door].remedy
    assert "{" not in found[door].remedy
    assert exit_code(list(found.values())) == 2
    assert place.users() == []


def test_each_door_is_opened_by_a_test() -> None:
    assert {door.id for door in DOORS} == {*OPENINGS, *NOTHING_TO_OPEN}


def test_nobody_knocks_where_looking_showed_an_open_door(place: Place) -> None:
    OPENINGS["sign-up"](place)
    place.tried()
    assert SIGN_UP not in place.network.calls


def test_without_rights_a_stranger_says_what_could_not_be_told(place: Place) -> None:
    found = place.tried(place.scene(scopes=None))

    shut = {name for name, one in found.items() if one.finding.status == "shut"}
    assert shut == TOLD_FROM_OUTSIDE
    assert all("no credentials" in one.finding.said for name, one in found.items() if name not in shut)
    assert exit_code(list(found.values())) == 1
    assert place.users() == []


@pytest.mark.parametrize("door", sorted(FOUND_FROM_OUTSIDE))
def test_without_rights_a_stranger_finds_what_is_open_to_strangers(place: Place, door: str) -> None:
    if door == "password-grant":
        place.change_application(app_type="native", token_endpoint_auth_method="none")
    OPENINGS[door](place)
    assert place.tried(place.scene(scopes=None))[door].finding.status == "open"
    assert place.users() == []


@pytest.mark.parametrize("scope", SCOPES)
def test_a_right_that_is_missing_is_named_and_costs_no_other_door(place: Place, scope: str) -> None:
    found = place.tried(place.scene(scopes=tuple(one for one in SCOPES if one != scope)))

    blind = {name: one for name, one in found.items() if f"{scope} missing" in one.finding.said}
    assert blind
    assert {one.finding.status for one in found.values()} <= {"shut", "unknown"}
    assert {name for name, one in found.items() if one.finding.status == "unknown"} <= set(blind)


def test_settings_that_lie_are_found_by_a_knock_and_the_user_is_deleted(place: Place) -> None:
    _lying(place)
    found = place.tried(place.scene(scopes=(*SCOPES, "delete:users")))["sign-up"]

    assert found.finding.status == "open"
    assert "although invited-users has disable_signup" in found.finding.said
    assert found.finding.left == ()
    assert place.users() == []
    assert [call for call in place.network.calls if call == SIGN_UP] == [SIGN_UP, SIGN_UP]


def test_a_user_that_may_not_be_deleted_is_named(place: Place) -> None:
    _lying(place)
    found = place.tried()["sign-up"]

    (user,) = place.local.tenant.store.all("users")
    assert found.finding.left == (user["user_id"],)
    assert user["user_id"] in found.finding.said
    assert "DELETE /api/v2/users/auth0%7C" in found.remedy
    assert user["email"].endswith("@guestlist.invalid")


def test_a_blind_knock_that_makes_a_user_names_it(place: Place) -> None:
    place.change_connection(disable_signup=False, passwordPolicy="none")
    found = place.tried(place.scene(scopes=None))["sign-up"]
    (user,) = place.local.tenant.store.all("users")
    assert (found.finding.status, found.finding.left) == ("open", (user["user_id"],))


def _lying(place: Place) -> None:
    """The Management API says that sign-up is shut, and it is not."""
    OPENINGS["sign-up"](place)

    def shown(request: httpx.Request) -> httpx.Response:
        answer = place.network.tenant.handle_request(request)
        document = answer.json()
        for one in document["connections"]:
            one.get("options", {})["disable_signup"] = True
        return httpx.Response(200, json=document, request=request)

    place.network.instead["/api/v2/connections"] = shown


def test_an_answer_that_nobody_expected_hides_no_other_door(place: Place) -> None:
    place.network.instead["/dbconnections/change_password"] = lambda _: httpx.Response(200, json={"left": 1})
    place.network.instead["/api/v2/tenants/settings"] = lambda _: httpx.Response(200, json=[])

    found = place.tried()

    unclear = {name for name, one in found.items() if one.finding.status == "unknown"}
    assert unclear == {"new-applications", "client-registration", "taken-address", "second-factor"}


def test_a_mistake_in_one_door_hides_no_other(place: Place) -> None:
    def fails(_scene: Scene) -> None:
        raise KeyError("what")

    broken = Door(id="broken", tries="", why="", remedy="", try_it=fails)  # type: ignore[arg-type]
    first, second = probe(place.scene(), [broken, DOORS[0]])
    assert (first.finding.status, second.finding.status) == ("unknown", "shut")
    assert "KeyError" in first.finding.said


def test_a_tenant_that_does_not_answer_is_asked_once(place: Place) -> None:
    def gone(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectTimeout("no route", request=request)

    scene = place.scene(scopes=None)
    for path in ("/dbconnections/signup", "/authorize"):
        place.network.instead[path] = gone
    found = place.tried(scene)
    assert {one.finding.status for one in found.values()} == {"unknown"}
    assert len(place.network.calls) == 1


def test_a_tenant_that_asks_for_patience_gets_it_and_every_call_is_counted(place: Place) -> None:
    answers = [httpx.Response(429, headers={"retry-after": "3"})]

    def busy(request: httpx.Request) -> httpx.Response:
        return answers.pop() if answers else place.network.tenant.handle_request(request)

    place.network.instead["/dbconnections/signup"] = busy
    scene = place.scene()
    assert place.tried(scene)["sign-up"].finding.status == "shut"
    assert place.waits == [3.0]
    assert scene.sight.calls + scene.stranger.calls == len(place.network.calls)


def test_too_many_forgotten_passwords_are_no_open_door(place: Place) -> None:
    place.network.instead["/dbconnections/change_password"] = lambda _: httpx.Response(429)
    assert place.tried()["forgotten-password"].finding.status == "unknown"


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(404, json={"error": "User not found"}),
        httpx.Response(200, text="The user does not exist."),
    ],
)
def test_a_forgotten_password_that_tells_who_is_known_is_an_open_door(place: Place, answer: httpx.Response) -> None:
    place.network.instead["/dbconnections/change_password"] = lambda _: answer
    assert place.tried()["forgotten-password"].finding.status == "open"


def test_a_login_without_a_session_that_brings_a_code_is_an_open_door(place: Place) -> None:
    callback = place.application["callbacks"][0]
    place.network.instead["/authorize"] = lambda _: httpx.Response(302, headers={"location": f"{callback}?code=x"})
    assert place.tried()["silent-login"].finding.status == "open"


def test_wrong_credentials_are_tried_once_and_nothing_is_hidden(place: Place) -> None:
    refused = {"statusCode": 401, "error": "Unauthorized", "message": "Invalid token"}
    place.network.instead["/api/v2/clients"] = lambda _: httpx.Response(401, json=refused)
    found = place.tried()
    assert [call for call in place.network.calls if call[1].startswith("/api/v2")] == [
        ("GET", "/api/v2/connections"),
        ("GET", "/api/v2/clients"),
    ]
    assert found["login-actions"].finding.said.startswith("could not look: The tenant localhost:8443 answered 401")


def test_a_tenant_without_the_application_was_never_deployed(a_tenant: Callable[..., LocalTenant]) -> None:
    place = a_place(a_tenant())
    place.local.delete(f"/clients/{place.application['client_id']}")
    found = place.tried()
    assert "never deployed" in found["sign-up-page"].finding.said
    assert exit_code(list(found.values())) == 1


def test_without_any_client_id_it_is_said_how_to_name_one(place: Place) -> None:
    found = place.tried(place.scene(scopes=None, known=False))
    assert "--client-id" in found["sign-up"].finding.said


def test_an_application_that_was_there_before_is_named_and_not_judged(place: Place) -> None:
    wanted = place.settings.application.model_copy(update={"existing": True})
    place.settings = place.settings.model_copy(update={"application": wanted})
    OPENINGS["social-login"](place)
    found = place.tried()
    assert found["social-login"].finding.status == "shut"
    assert f"not judged: {wanted.name}" in found["social-login"].finding.said


def test_where_no_action_and_no_factor_is_wanted_none_is_missed(place: Place) -> None:
    place.bind()
    OPENINGS["second-factor"](place)
    place.settings = place.settings.model_copy(
        update={
            "mfa": place.settings.mfa.model_copy(update={"enabled": False}),
            "profile": place.settings.profile.model_copy(update={"enabled": False}),
        }
    )
    found = place.statuses()
    assert (found["login-actions"], found["second-factor"]) == ("shut", "shut")


@pytest.fixture
def command(place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """`guestlist doctor --doors`, before this tenant."""

    @contextmanager
    def scene(*_: object, **__: object) -> Iterator[Scene]:
        yield place.scene()

    monkeypatch.setattr(opening, "open_scene", scene)
    (tmp_path / "Pulumi.yaml").write_text("name: guestlist\nruntime: python\n")
    return lambda *options: CliRunner().invoke(cli, ["--project", str(tmp_path), "doctor", "--env", "local", *options])


def test_the_command_says_that_every_door_is_shut_and_what_that_cost(command: Callable[..., Result]) -> None:
    done = command("--doors")
    assert done.exit_code == 0
    assert done.stdout.splitlines()[-1] == "Every door of local is shut."
    assert re.search(r"^\d+ calls: \d+ to look, \d+ to knock\.$", done.stdout, re.MULTILINE)


def test_the_command_names_an_open_door_why_it_matters_and_how_to_shut_it(
    command: Callable[..., Result], place: Place
) -> None:
    OPENINGS["social-login"](place)
    done = command("--doors")
    assert done.exit_code == 2
    assert "OPEN    social-login        google-oauth2 on Guestlist app" in done.stdout
    assert "to shut it: guestlist up --refresh --env local" in done.stdout
    assert done.stdout.splitlines()[-1] == "Open in local: social-login."


def test_the_command_answers_in_json(command: Callable[..., Result], place: Place) -> None:
    document = json.loads(command("--doors", "--json").stdout)
    assert (document["ok"], document["exitCode"], document["left"]) == (True, 0, [])
    assert sum(document["calls"].values()) == len(place.network.calls)
    assert {tuple(door) for door in document["doors"]} == {("id", "status", "said", "tries", "why", "remedy")}


def test_a_user_that_a_knock_left_is_the_last_word(command: Callable[..., Result], place: Place) -> None:
    _lying(place)
    (user,) = (line for line in command("--doors").stdout.splitlines() if line.startswith("Left in the tenant"))
    assert "auth0|" in user


def test_a_client_id_without_doors_is_wrong_usage(command: Callable[..., Result], place: Place) -> None:
    assert command("--client-id", "x").exit_code == 64
    assert place.network.calls == []
