"""What a refresh tells becomes what differs: no more than the provider calls different, and no secret."""

from __future__ import annotations

import inspect
import re
from typing import Any

from guestlist.drift.live import LEFT, NOBODYS, Reading
from guestlist.preview.picture import SECRET
from guestlist.state import SIGNATURE, State
from guestlist.state import Resource as StateResource
from stacks.tenant import KEPT
from tests.unit.drift.factories import was_read
from tests.unit.preview.reports import urn_of

PROVIDED = frozenset(
    [
        "Action",
        "AttackProtection",
        "Branding",
        "Client",
        "ClientGrant",
        "Connection",
        "ConnectionClients",
        "CustomDomain",
        "CustomDomainVerification",
        "EmailProvider",
        "EmailTemplate",
        "Guardian",
        "PhoneNotificationTemplate",
        "PhoneProvider",
        "PromptCustomText",
        "Tenant",
        "TriggerAction",
        "TriggerActions",
    ]
)
MASKED = {SIGNATURE: "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "[secret]"}


def reading(*events: dict[str, object]) -> Reading:
    found = Reading()
    for event in events:
        found.take(event)
    return found


def passed_over(*arguments: Any, **named: Any) -> dict[str, object]:
    """What the provider calls the same, whatever it reads."""
    return {**was_read(*arguments, **named), "op": "refresh"}


def test_what_is_the_same_is_no_change() -> None:
    assert reading(was_read({"name": "a"}, {"name": "a"})).changes() == ()


def test_a_changed_property_is_before_and_after() -> None:
    [change] = reading(was_read({"name": "a"}, {"name": "b"}, touched=("name",))).changes()

    [one] = change.properties
    assert (one.path, one.nature, one.before, one.after) == ("name", "changed", "a", "b")


def test_what_is_empty_on_both_sides_is_no_difference() -> None:
    before, after = (
        {"name": "a", "origins": None, "jwt": {"scopes": None}},
        {"name": "b", "origins": [], "jwt": {"scopes": {}}},
    )

    [change] = reading(was_read(before, after, touched=("name", "origins", "jwt"))).changes()

    assert [one.path for one in change.properties] == ["name"]


def test_what_auth0_makes_itself_is_no_difference() -> None:
    before, after = {"name": "a", "signingKeys": [{"cert": "1"}]}, {"name": "b", "signingKeys": [{"cert": "2"}]}

    [change] = reading(was_read(before, after, touched=("name",))).changes()
    none = reading(passed_over({**before, "name": "b"}, after)).changes()

    assert ([one.path for one in change.properties], none) == (["name"], ())


def test_what_the_provider_passes_over_and_somebody_set_counts() -> None:
    """It calls nothing different that the program does not declare and Auth0 has a value for."""
    closed, opened = {"name": "a", "isDomainConnection": False}, {"name": "a", "isDomainConnection": True}

    [change] = reading(passed_over(closed, opened, kind="Connection", declared={"name": "a"})).changes()

    assert [(one.path, one.before, one.after) for one in change.properties] == [("isDomainConnection", False, True)]


def test_what_was_never_told_and_is_off_is_no_difference() -> None:
    assert reading(passed_over({"name": "a", "flags": None}, {"name": "a", "flags": {"new": False}})).changes() == ()


def test_other_peoples_factors_and_settings_are_left_alone() -> None:
    factors = passed_over(
        {"otp": True, "push": None}, {"otp": True, "push": {"enabled": True}}, kind="Guardian", declared={"otp": True}
    )
    settings = passed_over({"mtls": None}, {"mtls": {"enableEndpointAliases": True}}, kind="Tenant", name="tenant")

    assert reading(factors, settings).changes() == ()


def test_what_nobody_sets_is_what_the_providers_package_calls_so() -> None:
    import pulumi_auth0 as auth0

    found = {}
    for kind in sorted({one.__name__ for one in vars(auth0).values() if inspect.isclass(one)} & PROVIDED):
        read = set(inspect.signature(getattr(auth0, kind).get).parameters) - {"resource_name", "id", "opts"}
        args = set(inspect.signature(getattr(auth0, f"{kind}Args").__init__).parameters)
        if made := {re.sub("_(.)", lambda match: match[1].upper(), one) for one in read - args}:
            found[kind] = made

    assert found == NOBODYS
    assert {"Tenant": set(KEPT)} == LEFT


def test_a_resource_of_our_own_tells_no_paths_and_is_compared_whole() -> None:
    [change] = reading(was_read({"connections": ["a"]}, {"connections": ["a", "b"]})).changes()

    assert [(one.nature, one.after) for one in change.properties] == [("added", "b")]


def test_what_is_gone_is_deleted() -> None:
    [change] = reading(was_read({"name": "a"}, None)).changes()

    assert (change.operation, change.resource.inputs, change.properties) == ("delete", {"name": "a"}, ())


def test_a_secret_that_has_another_value_is_said_and_not_shown() -> None:
    event = was_read({"secrets": MASKED}, {"secrets": {**MASKED}}, touched=("secrets",))
    event["op"] = "update"

    [change] = reading(event).changes()

    assert [(one.path, one.before, one.after) for one in change.properties] == [("secrets", SECRET, SECRET)]


def test_components_providers_and_the_programs_own_records_are_passed_over() -> None:
    component, provider = was_read({"a": 1}, {"a": 2}), was_read({"a": 1}, {"a": 2})
    component["old"]["custom"] = False
    provider["type"] = "pulumi:providers:auth0"
    record = was_read({"a": 1}, {"a": 2}, kind="TenantBackup", name="tenant-backup")

    assert reading(component, provider, record).steps == []


def test_what_the_program_says_nothing_of_is_known() -> None:
    found = reading(
        was_read(
            {"name": "a", "logo": "", "options": {"a": 1}},
            {"name": "b", "logo": "x", "options": {"a": 2, "b": 3}},
            touched=("name", "clients[2]"),
            declared={"name": "a", "options": {"a": 1}, "callbacks": ["x"]},
        )
    )
    urn = urn_of("Client", "application")

    assert found.is_declared(urn, "name")
    assert found.is_declared(urn, "options.a")
    assert found.is_declared(urn, "callbacks[0]")
    assert found.is_declared(urn, "clients"), "an up takes it back"
    assert not found.is_declared(urn, "logo")
    assert not found.is_declared(urn, "options.b")


def test_what_was_not_read_stands_as_the_state_has_it_for_the_rules() -> None:
    found = reading(was_read({"name": "a"}, {"name": "b"}, touched=("name",)), was_read({"x": 1}, None, name="gone"))
    other = StateResource(urn="urn:other", type="a:b:TriggerActions", outputs={"actions": ["x"], "secret": MASKED})
    state = State(
        resources=(
            other,
            StateResource(urn=urn_of("Client", "application"), type="a:b:Client", outputs={"name": "old"}),
        )
    )

    pictures = found.pictures(state)

    assert pictures.before["urn:other"] == pictures.after["urn:other"]
    assert pictures.after["urn:other"].inputs == {"actions": ["x"], "secret": SECRET}
    assert pictures.after[urn_of("Client", "application")].inputs == {"name": "b"}
    assert urn_of("Client", "gone") not in pictures.after
