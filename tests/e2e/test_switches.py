"""Every value of every switch: `up`, then nothing more to do; and what leaves the environment's file is put back."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import pytest
from hypothesis import HealthCheck, given, settings
from pydantic import BaseModel

from stacks.settings_kinds import is_list, is_mapping, model_of
from stacks.settings_model import Settings
from tests.configuration_rounds import configurations, pairs, rounds, singles, some_configurations
from tests.configurations import Config, base, choices, hides, is_valid, merged
from tests.e2e.harness import Project, a_local_tenant, a_project
from tests.e2e.switching import Switching, settings_of
from tests.e2e.test_drift import bound
from toolchain import Toolchain

WHOLE = os.environ.get("GUESTLIST_ALL_SWITCHES") == "1"
ROUNDS = rounds()
# Minutes are dear in the ordinary suite: the rounds that change most, and everything required of others.
ORDINARY = [*ROUNDS[:2], ROUNDS[-1]]
RANDOM = 6 if WHOLE else 1
SEED = 20261125
CHECKED = int(os.environ.get("GUESTLIST_EXAMPLES", "60")) * 5  # without a tenant


def switches_of(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, object]]:
    """Every value that a switch of the models can have, `mfa.order` and `afterProfile`; of every other setting, that it is there."""
    for name, field in model.model_fields.items():
        key = f"{prefix}{field.alias or name}"
        if inner := model_of(field):
            yield from switches_of(inner, f"{key}.{'*.' if is_mapping(field) or is_list(field) else ''}")
            continue
        waiting, values = [field.annotation], list[object]()
        while waiting:
            kind = waiting.pop()
            if kind is bool:
                values += (True, False)
            elif get_origin(kind) is Literal:
                values += get_args(kind)
            else:
                waiting += [one for one in get_args(kind) if not isinstance(one, str)]
        yield from ((key, value) for value in values or [...])


def said(config: Config) -> Iterator[tuple[str, object]]:
    """What a configuration says, defaults included."""
    parsed = settings_of(config)
    for key, value in switches_of(Settings):
        for found in _at(parsed.model_dump(by_alias=True), key.split(".")):
            if value == found or (isinstance(found, tuple) and value in found) or (value is ... and found is not None):
                yield key, value


def _at(found: Any, path: list[str]) -> Iterator[Any]:
    if not path:
        yield found
    elif path[0] == "*":
        for one in found.values() if isinstance(found, dict) else found:
            yield from _at(one, path[1:])
    else:
        yield from _at(found[path[0]], path[1:])


def test_every_value_of_every_switch_is_tried() -> None:
    tried = {pair for config in [dict(base()), *ROUNDS] for pair in said(config)}

    assert set(switches_of(Settings)) - tried == set()


def test_a_round_leaves_no_change_of_the_table_out() -> None:
    assert all(is_valid(config) for config in ROUNDS)
    assert [name for name, change in choices() if not any(merged(config, change) == config for config in ROUNDS)] == []
    assert len(ROUNDS) < len(choices()) / 3


def test_one_value_at_a_time_is_valid() -> None:
    assert [name for name, config in singles() if not is_valid(config)] == []


def test_few_configurations_have_every_two_values_that_go_together() -> None:
    found = pairs()

    assert all(is_valid(config) for config in found)
    mailgun, otp = {"email": {"service": "mailgun"}}, {"mfa": {"factors": ["otp"]}}
    assert any(merged(merged(config, mailgun), otp) == config for config in found)
    assert len(found) < 150


def test_a_switch_that_nobody_would_see_is_not_counted_as_tried() -> None:
    off = {"mfa": {"enabled": False}}
    assert hides(off, "mfa.factors")
    assert not hides(off, "profile.store")


@settings(max_examples=CHECKED, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(config=configurations())
def test_random_configurations_are_valid(config: Config) -> None:
    assert is_valid(config)


@pytest.fixture(scope="module")
def switching(tmp_path_factory: pytest.TempPathFactory, tools: Toolchain) -> Iterator[Switching]:
    """One stack that goes from one configuration to the next."""
    with a_local_tenant(tmp_path_factory.mktemp("tenant")) as tenant:
        yield Switching(a_project(tmp_path_factory.mktemp("project") / "guestlist", tenant, tools))


@pytest.mark.xdist_group("switches")
@pytest.mark.parametrize("config", ROUNDS if WHOLE else ORDINARY, ids=lambda _: "round")
def test_an_up_leaves_nothing_to_do_and_puts_back_what_the_last_one_had(switching: Switching, config: Config) -> None:
    switching.to(config)


@pytest.mark.xdist_group("switches")
def test_after_all_rounds_destroy_leaves_the_tenant_as_it_was(switching: Switching) -> None:
    switching.leave()


@pytest.mark.xdist_group("switches-random")
def test_random_configurations_leave_nothing_to_do_and_nothing_behind(tmp_path: Path, tools: Toolchain) -> None:
    home = tmp_path / "tenant"
    home.mkdir()
    with a_local_tenant(home) as tenant:
        random = Switching(a_project(tmp_path / "project", tenant, tools))
        for config in some_configurations(RANDOM, seed=SEED):
            random.to(config)
        random.leave()


@pytest.mark.xdist_group("switches-random")
def test_what_others_have_in_the_tenant_comes_back_when_a_part_leaves(tmp_path: Path, tools: Toolchain) -> None:
    home = tmp_path / "tenant"
    home.mkdir()
    with a_local_tenant(home) as tenant:
        tenant.write("PUT", "/guardian/factors/otp", {"enabled": True})
        tenant.write("PUT", "/guardian/policies", ["confidence-score"])
        tenant.write("PATCH", "/branding", {"colors": {"primary": "#445566", "page_background": "#010203"}})
        tenant.write("PUT", "/prompts/reset-password/custom-text/de", {"reset-password": {"title": "Ihr Passwort"}})
        tenant.write("PATCH", "/attack-protection/brute-force-protection", {"max_attempts": 7})
        tenant.write("PATCH", "/tenants/settings", {"session_lifetime": 200, "enabled_locales": ["en", "nl"]})
        others = Switching(a_project(tmp_path / "project", tenant, tools))
        ours = dict.fromkeys(("tenantSettings", "branding", "resetTexts", "attackProtection", "mfa"), "own")
        everything = {
            "mfa": {"factors": ["sms", "otp", "webauthn"]},
            "branding": {"primaryColor": "#112233", "logoUrl": "https://cdn.example.com/logo.svg"},
            "languages": ["de", "fr"],
            "sessions": {"lifetimeHours": 100, "idleLifetimeHours": 10},
            "attackProtection": {"bruteForceAttempts": 3, "breachedPasswords": "block", "botDetection": "high"},
            "phone": {"enrollmentText": "{{code}} to join"},
        }
        plain = merged(base(), {"ownership": ours})

        others.to(merged(plain, everything))
        others.to(plain)
        others.to(merged(plain, {"mfa": {"appliesTo": "clients"}}))
        others.leave()


@pytest.mark.xdist_group("switches-random")
def test_a_policy_and_a_factor_that_were_left_are_in_force_when_they_come_back(own_project: Project) -> None:
    tenant = own_project.tenant
    own_project.set_config("mfa", factors=["sms", "webauthn"])
    own_project.up()
    own_project.set_config("mfa", factors=["sms"], appliesTo="clients")
    own_project.up()
    assert tenant.get("/guardian/policies") == []

    own_project.set_config("mfa", factors=["sms", "webauthn"], appliesTo="tenant")
    own_project.up()

    own_project.expects_no_changes()
    assert tenant.get("/guardian/policies") == ["all-applications"]


@pytest.mark.xdist_group("switches-random")
def test_an_up_that_fails_while_an_action_leaves_can_be_corrected_and_repeated(own_project: Project) -> None:
    own_project.up()
    nowhere = {"portal": {"name": "There is no such application", "existing": True}}
    own_project.set_config("mfa", enabled=False)
    own_project.set_config("otherApplications", **nowhere)
    failed = own_project.pulumi("up", "-s", "local", "--yes", "--skip-preview")
    assert "no application named There is no such application" in failed.stdout
    assert bound(own_project.tenant) == ["require-mfa", "complete-profile"]

    own_project.drop_config("otherApplications")
    own_project.up()

    assert bound(own_project.tenant) == ["complete-profile"]
