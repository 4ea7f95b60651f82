"""
200 people are on their way through a login while the keys are rotated as `guestlist keys rotate` says: none fails.

The stages are the command's own plan, and their times its own wait. Page and Auth0 are deployed one after the other, and while the page is
replaced its old and its new copies answer side by side, as behind a load balancer.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import jwt
import pytest

from guestlist.config_files import check_file, read_bytes
from guestlist.key_rotation import KEYS, WAIT, plan
from guestlist.page_environment import OpenedEnvironment, page_variables
from pages.profile.settings import read_settings
from tests.pages.profile.people import NOW, Browser, a_key, a_token, hidden, read
from tests.unit.environment_files import SEALED_TEXT, an_environment, changed

LOGINS = 200
HOST = "guestlist-qa.eu.auth0.example"
HOUR = 60  # minutes: Auth0 ends a redirected login then
UP = 10
LAST = UP + int(WAIT.total_seconds()) // 60

Secrets = Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class World:
    """What is deployed from this minute on: the tenant's secrets, and the copies of the page."""

    minute: int
    tenant: Secrets
    pages: Sequence[Browser]


@dataclass(frozen=True, kw_only=True)
class Login:
    """One person: sent to the page at a minute, who opens and sends the form so many minutes later."""

    number: int
    begins: int
    opens: int
    sends: int

    @property
    def ends(self) -> int:
        return self.begins + self.sends


def opened(secrets: Secrets) -> OpenedEnvironment:
    text = an_environment(*(changed(name, {"secure": SEALED_TEXT}) for name in secrets))
    stack = read_bytes(text.encode(), environment="qa", file="config/Pulumi.qa.yaml")
    checked = check_file(stack, secrets)
    assert checked.settings is not None, checked.faults
    return OpenedEnvironment(settings=checked.settings, secrets=secrets)


def after(stage: str, secrets: Secrets) -> dict[str, str]:
    """The file's secrets once the command has run."""
    keys = iter([a_key("new to page"), a_key("new from page")])
    changes = plan(opened(secrets), "finish" if stage == "finish" else "begin", random_key=lambda: next(keys)).changes
    return {name: value for name, value in {**secrets, **changes}.items() if value is not None}


OLD = {name: a_key(f"old {name}") for name in KEYS}
BOTH = after("begin", OLD)
NEW = after("finish", BOTH)


@cache
def page(which: str) -> Browser:
    secrets = {"old": OLD, "before up": BOTH, "after up": BOTH, "new": NEW}[which]
    variables = page_variables(opened(secrets), before_up=which == "before up")
    limits = {"PROFILE_TRIES_PER_MINUTE": "0", "PROFILE_REFUSALS_PER_MINUTE": "0"}
    return Browser(read_settings(variables | limits))


@pytest.fixture(scope="module", autouse=True)
def _closed() -> Iterator[None]:
    yield
    for which in ("old", "before up", "after up", "new"):
        page(which).close()


def world(minute: int, tenant: Secrets, *pages: str) -> World:
    return World(minute=minute, tenant=tenant, pages=[page(which) for which in pages])


AS_SAID = [
    world(-999, OLD, "old"),
    world(0, OLD, "old", "before up"),
    world(5, OLD, "before up"),
    world(UP, BOTH, "before up"),
    world(UP + 5, BOTH, "before up", "after up"),
    world(UP + 10, BOTH, "after up"),
    world(LAST, NEW, "after up"),
    world(LAST + 5, NEW, "after up", "new"),
    world(LAST + 10, NEW, "new"),
]


def logins(chance: random.Random) -> list[Login]:
    """People at every moment of the rotation, the quick ones and those who take all the time they have."""
    made = []
    for number in range(LOGINS):
        opens = chance.choice((0, 0, 1, 14))
        sends = chance.choice((opens + 2, 30, HOUR - 1))
        made.append(Login(number=number, begins=-HOUR + number * (LAST + HOUR) // LOGINS, opens=opens, sends=sends))
    return made


def walk(login: Login, worlds: Sequence[World], chance: random.Random) -> str:
    """Sign, show, send, check: each with what is deployed at its minute. Gives what went wrong, or nothing."""

    def at(minutes: int) -> World:
        return [world for world in worlds if world.minute <= login.begins + minutes][-1]

    def copy(minutes: int) -> Browser:
        chosen = chance.choice(at(minutes).pages)
        chosen.now = NOW + (login.begins + minutes) * 60
        return chosen

    issued = NOW + login.begins * 60
    token = a_token(at(0).tenant["toPageSecret"], iss=HOST, sub=f"auth0|{login.number}", iat=issued, exp=issued + 900)
    shown = copy(login.opens).open(token)
    if shown.status_code != 200:
        return f"the form was answered with {shown.status_code}"
    sent = copy(login.sends).send({**hidden(shown), "given_name": "Ana"})
    if sent.status_code != 200:
        return f"the names were answered with {sent.status_code}"
    tenant = at(login.sends).tenant
    for name in ("fromPageSecret", "previousFromPageSecret"):
        try:
            assert read(hidden(sent)["session_token"], tenant.get(name, ""))["sub"] == f"auth0|{login.number}"
        except (jwt.InvalidSignatureError, jwt.InvalidKeyError):
            continue
        return ""
    return "the Action knows no such key"


def failures(worlds: Sequence[World]) -> Iterator[str]:
    chance = random.Random(20261123)
    return (said for login in logins(chance) if (said := walk(login, worlds, chance)))


def test_no_login_fails_while_the_keys_are_rotated() -> None:
    chance = random.Random(20261123)
    people = logins(chance)
    under_way = [sum(one.begins < world.minute <= one.ends for one in people) for world in AS_SAID[1:]]

    assert list(failures(AS_SAID)) == []
    assert min(under_way) > LOGINS / 10  # or nothing was tried
    assert page("new").open(a_token(OLD["toPageSecret"], iss=HOST)).status_code == 400


@pytest.mark.parametrize(
    "worlds",
    [
        [world(-999, OLD, "old"), world(UP, BOTH, "old"), world(UP + 5, BOTH, "after up")],
        [world(-999, OLD, "old"), world(0, OLD, "after up"), world(UP, BOTH, "after up")],
        [*AS_SAID[:6], world(UP + 20, NEW, "new")],
    ],
    ids=["Auth0 signs with a key that the page does not know", "the page signs with a key that Auth0 does not know", "the former keys leave too early"],
)  # fmt: skip
def test_another_order_would_fail_logins(worlds: Sequence[World]) -> None:
    """The table above is not held by chance."""
    assert next(failures(worlds), None)
