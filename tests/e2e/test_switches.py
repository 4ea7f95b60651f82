"""Every value of every switch: `up`, then nothing more to do; and what leaves the environment's file is put back."""

import os
from collections.abc import Iterator
from typing import Any, Literal, get_args, get_origin

import pytest
import yaml
from hypothesis import HealthCheck, Phase, given, seed, settings
from pydantic import BaseModel

from stacks.settings import Settings
from tests.configurations import EXISTING, SECRETS, SWITCHES, configurations, is_valid, rounds
from tests.e2e.harness import ROOT, LocalTenant, Project, succeeded
from tests.e2e.test_destroy import contents

pytestmark = pytest.mark.xdist_group("switches")  # one worker goes from one to the next

BASE: dict[str, Any] = {
    key.removeprefix("guestlist:"): value
    for key, value in yaml.safe_load((ROOT / "config" / "Pulumi.local.yaml").read_text())["config"].items()
    if "Secret" not in key
}
ROUNDS = rounds(BASE)
RANDOM = 4
WHOLE = (
    os.environ.get("GUESTLIST_ALL_SWITCHES") == "1"
)  # minutes more: every round, random configurations, everything on and off again
ORDINARY_ROUNDS = 3
only_when_asked = pytest.mark.skipif(not WHOLE, reason="takes minutes: GUESTLIST_ALL_SWITCHES=1")


def put(project: Project, config: dict[str, Any]) -> None:
    """Write the environment's file: this configuration, with its secrets."""
    file = project.directory / "config" / "Pulumi.local.yaml"
    content = yaml.safe_load(file.read_text())
    kept = {key: value for key, value in content["config"].items() if key.endswith("PageSecret")}
    groups = {f"guestlist:{key}": value for key, value in config.items() if key != "secrets"}
    groups["guestlist:tenant"] = {**groups["guestlist:tenant"], "domain": project.tenant.domain}
    content["config"] = {**groups, **kept}
    file.write_text(yaml.safe_dump(content, sort_keys=False))
    for name in config.get("secrets", []):
        command = ("pulumi", "config", "set", "--secret", f"guestlist:{name}", SECRETS[name], "-s", "local")
        succeeded(project.run(*command))


def holds(project: Project, config: dict[str, Any]) -> None:
    """`up`, then preview and refresh with nothing to do."""
    put(project, config)
    project.up()
    project.expects_no_changes()


def with_portal(tenant: LocalTenant) -> None:
    tenant.write("POST", "/clients", {"name": EXISTING, "app_type": "regular_web"})


def switches_of(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, object]]:
    """Every value that a switch of the models can have: `mfa.order` and `afterProfile`."""
    for name, field in model.model_fields.items():
        key = f"{prefix}{field.alias or name}"
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from switches_of(field.annotation, f"{key}.")
            continue
        waiting = [field.annotation]
        while waiting:
            kind = waiting.pop()
            if kind is bool:
                yield from ((key, value) for value in (True, False))
            elif get_origin(kind) is Literal:
                yield from ((key, value) for value in get_args(kind))
            elif get_origin(kind) is not dict:
                waiting += get_args(kind)


# Tried elsewhere: `require` needs a tenant that was prepared (test_ownership.py); a plan only refuses (test_entitlements.py).
ELSEWHERE = ("ownership.", "tenant.plan", "application.existing")


def test_every_value_of_every_switch_is_tried() -> None:
    tried: set[tuple[str, object]] = set()
    for config in [BASE, *ROUNDS]:
        parsed = Settings.model_validate(
            {key: value for key, value in config.items() if key != "secrets"}, context={"environment": "local"}
        )
        for key, value in switches_of(Settings):
            found: Any = parsed.model_dump(by_alias=True)
            for part in key.split("."):
                found = found[part] if isinstance(found, dict) else found
            if value == found or (isinstance(found, tuple) and value in found):
                tried.add((key, value))

    assert {pair for pair in switches_of(Settings) if not pair[0].startswith(ELSEWHERE)} - tried == {("protect", True)}


def test_a_round_leaves_no_change_of_the_table_out() -> None:
    assert all(is_valid(config) for config in ROUNDS)
    assert len(ROUNDS) < sum(map(len, SWITCHES.values())) / 3


@settings(max_examples=100, deadline=None)
@given(config=configurations(BASE))
def test_random_configurations_are_valid(config: dict[str, Any]) -> None:
    assert is_valid(config)


@pytest.fixture(scope="module")
def moved(project: Project) -> Project:
    """One stack that goes from one configuration to the next, so that each also shows how the one before it is left."""
    with_portal(project.tenant)
    return project


@pytest.mark.parametrize("number", range(len(ROUNDS) if WHOLE else ORDINARY_ROUNDS))
def test_an_up_leaves_nothing_to_do_whatever_the_switches_say(moved: Project, number: int) -> None:
    holds(moved, ROUNDS[number])


@only_when_asked
def test_random_configurations_leave_nothing_to_do(moved: Project) -> None:
    @seed(20261125)
    @settings(
        max_examples=RANDOM,
        deadline=None,
        phases=[Phase.generate],
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(config=configurations(BASE))
    def one(config: dict[str, Any]) -> None:
        holds(moved, config)

    one()


@only_when_asked
def test_what_is_switched_on_and_off_again_is_as_it_was_before(own_project: Project) -> None:
    tenant = own_project.tenant
    with_portal(tenant)
    tenant.write("PATCH", "/branding", {"colors": {"primary": "#445566", "page_background": "#010203"}})
    tenant.write("PUT", "/prompts/reset-password/custom-text/de", {"reset-password": {"title": "Ihr Passwort"}})
    tenant.write("PATCH", "/attack-protection/brute-force-protection", {"max_attempts": 7})
    ours = dict.fromkeys(("tenantSettings", "branding", "resetTexts", "attackProtection", "phone", "mfa"), "own")
    plain = {**BASE, "ownership": ours}
    holds(own_project, plain)
    before = contents(tenant) | {path: tenant.get(path) for path in SINGLE}

    everything = {
        **plain,
        "mfa": {"factors": ["sms", "otp", "webauthn"]},
        "branding": {"primaryColor": "#112233", "logoUrl": "https://cdn.example.com/logo.svg"},
        "languages": ["de", "fr"],
        "sessions": {"lifetimeHours": 100, "idleLifetimeHours": 10},
        "attackProtection": {"bruteForceAttempts": 3, "breachedPasswords": "block", "botDetection": "high"},
        "phone": {"enrollmentText": "{{code}} to join"},
    }
    holds(own_project, everything)
    assert contents(tenant) | {path: tenant.get(path) for path in SINGLE} != before
    holds(own_project, plain)

    after = contents(tenant) | {path: tenant.get(path) for path in SINGLE}
    assert {path: after[path] for path in SINGLE} == {path: before[path] for path in SINGLE}


SINGLE = (
    "/guardian/factors",
    "/guardian/policies",
    "/branding",
    "/prompts/reset-password/custom-text/de",
    "/prompts/reset-password/custom-text/fr",
    "/attack-protection/brute-force-protection",
    "/attack-protection/breached-password-detection",
    "/attack-protection/bot-detection",
    "/branding/phone/templates",
    "/tenants/settings",
)
