"""When logins are rehearsed, and what their Actions are told in place of their secrets."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from guestlist.environments import Project, load_settings
from guestlist.preview import rehearsal
from guestlist.preview.bindings import bound_actions, secrets_touched
from guestlist.preview.change import Change, PropertyChange
from guestlist.preview.logins import A_KEY, ASSUMED, KnownSecrets, describe_logins
from guestlist.preview.picture import PENDING, SECRET, Pictures
from guestlist.preview.stand_ins import ANYTHING, CLIENT_ID, KEYS, TENANT, stand_ins, stand_ins_of_state
from guestlist.state import SIGNATURE
from stacks.settings import Settings
from stacks.settings_types import COMPLETE_PROFILE, OUR_ACTIONS, REQUIRE_MFA
from tests.docs.pages import ROOT
from tests.unit.preview.rehearsed import CODE, CORP_RISK, a_list, a_side, an_action, bound

REAL = {
    "CLIENT_IDS": "aRealClient,another",
    "CONNECTION_NAME": "guests",
    "PROFILE_PAGE_URL": "https://profile.example.com/",
    "PROFILE_STORE": "root",
    "PROFILE_APPLIES_TO": "all",
    "TO_PAGE_SECRET": "the-real-key-to-the-page",
    "FROM_PAGE_SECRET": "the-real-key-from-the-page",
    "PREVIOUS_FROM_PAGE_SECRET": "the-real-key-before",
    "TENANT_DOMAIN": "prod.eu.auth0.com",
    "PROFILE_WRITER_CLIENT_SECRET": "the-writer's",
    "OF_SOMEBODY": "something",
}


def a_state(secrets: dict[str, str]) -> dict[str, Any]:
    """As `pulumi stack export --show-secrets` writes it."""
    listed = [{"name": name, "value": value} for name, value in secrets.items()]
    sealed = {SIGNATURE: "1b47061264138c4ac30d75fd1eb44270", "plaintext": json.dumps(listed)}
    inputs = {"name": COMPLETE_PROFILE, "secrets": sealed}
    return {"deployment": {"resources": [{"type": "auth0:index/action:Action", "inputs": inputs}]}}


@pytest.fixture(scope="module")
def settings() -> Settings:
    return load_settings(Project(root=ROOT), "local")


@pytest.fixture
def rehearsed(monkeypatch: pytest.MonkeyPatch) -> list[tuple[rehearsal.Side, rehearsal.Side]]:
    """The two sides of every rehearsal that was asked for."""
    asked: list[tuple[rehearsal.Side, rehearsal.Side]] = []

    def pretend(before: rehearsal.Side, after: rehearsal.Side, **_: object) -> tuple[str, ...]:
        asked.append((before, after))
        return ("Nobody's login changes.",)

    monkeypatch.setattr(rehearsal, "describe_behaviour", pretend)
    return asked


def pictures(before: Any, after: Any) -> Pictures:
    return Pictures(before=before.picture, after=after.picture)


def touched(kind: str = COMPLETE_PROFILE) -> Sequence[Change]:
    change = PropertyChange(path="secrets", nature="changed", before=SECRET, after=SECRET)
    return [Change(operation="update", resource=an_action(kind, "…"), properties=(change,))]


def test_settings_of_a_state_are_kept_and_no_key_credential_or_name_of_a_tenant() -> None:
    told = stand_ins_of_state(a_state(REAL))[COMPLETE_PROFILE]

    assert told == {
        "CLIENT_IDS": CLIENT_ID,
        "CONNECTION_NAME": "guests",
        "PROFILE_PAGE_URL": "https://profile.example.com/",
        "PROFILE_STORE": "root",
        "PROFILE_APPLIES_TO": "all",
        "TO_PAGE_SECRET": KEYS.to_page,
        "FROM_PAGE_SECRET": KEYS.from_page,
        "TENANT_DOMAIN": TENANT,
        "PROFILE_WRITER_CLIENT_SECRET": ANYTHING,
        "OF_SOMEBODY": ANYTHING,
    }


@pytest.mark.parametrize("exported", [{}, {"deployment": None}, {"deployment": {"resources": [{"type": "x"}]}}])
def test_an_empty_state_tells_nothing(exported: Any) -> None:
    assert stand_ins_of_state(exported) == {}


def test_what_the_program_tells_is_what_a_state_of_it_says(settings: Settings) -> None:
    """Else each preview would rehearse logins that nothing changes."""
    told = stand_ins(settings)[COMPLETE_PROFILE]

    assert stand_ins_of_state(a_state(dict(told)))[COMPLETE_PROFILE] == told


def test_nothing_is_rehearsed_where_nothing_changed(settings: Settings, rehearsed: list[Any]) -> None:
    told = KnownSecrets(settings=settings, applied=stand_ins(settings))

    assert describe_logins(pictures(a_side(), a_side()), [], told) is None
    assert rehearsed == []


def test_a_setting_that_only_the_state_knows_is_a_change(settings: Settings, rehearsed: list[Any]) -> None:
    applied = {**stand_ins(settings)}
    applied[COMPLETE_PROFILE] = {**applied[COMPLETE_PROFILE], "PROFILE_APPLIES_TO": "invited"}

    assert describe_logins(pictures(a_side(), a_side()), touched(), KnownSecrets(settings=settings, applied=applied))

    ((before, after),) = rehearsed
    assert before.secrets[COMPLETE_PROFILE]["PROFILE_APPLIES_TO"] == "invited"
    assert after.secrets[COMPLETE_PROFILE]["PROFILE_APPLIES_TO"] == "all"


def test_compared_with_a_base_its_settings_go_before_the_states(settings: Settings, rehearsed: list[Any]) -> None:
    base = settings.model_copy(update={"profile": settings.profile.model_copy(update={"applies_to": "invited"})})
    told = KnownSecrets(settings=settings, base=base, applied=stand_ins(settings))

    describe_logins(pictures(a_side(), a_side()), [], told)

    ((before, _),) = rehearsed
    assert before.secrets[COMPLETE_PROFILE]["PROFILE_APPLIES_TO"] == "invited"


def test_a_new_key_is_not_tried_and_that_is_said(settings: Settings, rehearsed: list[Any]) -> None:
    told = KnownSecrets(settings=settings, applied=stand_ins(settings))

    assert describe_logins(pictures(a_side(), a_side()), touched(), told) == ("Nobody's login changes.", A_KEY)
    assert len(rehearsed) == 1


def test_settings_that_had_to_be_assumed_are_said_to_be(settings: Settings, rehearsed: list[Any]) -> None:
    after = a_side(code={**CODE, REQUIRE_MFA: "// other"})

    found = describe_logins(pictures(a_side(), after), [], KnownSecrets(settings=settings)) or ()

    assert found[-1] == ASSUMED
    assert len(rehearsed) == 1


def test_a_secret_of_another_trigger_is_no_matter_of_logins() -> None:
    (change,) = touched()
    other = replace(
        change.resource, inputs={**change.resource.inputs, "supportedTriggers": {"id": "custom-phone-provider"}}
    )

    assert secrets_touched([change])
    assert not secrets_touched([replace(change, resource=other)])


def test_actions_are_told_by_id_and_new_ones_by_name() -> None:
    order = [CORP_RISK, {"id": PENDING, "displayName": COMPLETE_PROFILE}, *bound([REQUIRE_MFA])]

    found = bound_actions(a_side(order=order).picture, {})

    assert [one.name for one in found.actions] == [COMPLETE_PROFILE, REQUIRE_MFA]
    assert found.foreign == ("corp-risk",)


@pytest.mark.parametrize("entries", [None, PENDING])
def test_where_the_list_is_not_ours_or_not_known_our_actions_stand_in_their_own_order(entries: Any) -> None:
    picture = {urn: one for urn, one in a_side().picture.items() if one.kind != "TriggerActions"}
    if entries is not None:
        picture["urn::post-login"] = a_list(entries)

    found = bound_actions(picture, {})

    assert ([one.name for one in found.actions], found.ordered) == ([*OUR_ACTIONS], False)
