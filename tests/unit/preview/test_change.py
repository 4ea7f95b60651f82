"""What differs, property by property, as people would say it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guestlist.preview.change import PropertyChange, changes_of, properties_of
from guestlist.preview.lines import Line, counts, is_text, line_diff
from guestlist.preview.picture import PENDING, SECRET, UNKNOWN, Step, step_of
from guestlist.state import SIGNATURE

URN = "urn:pulumi:dev::guestlist::guestlist:auth0:Applications$auth0:index/client:Client::application"


def a_step(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None, **more: Any) -> Step:
    """As the engine would write it."""

    def state(inputs: Mapping[str, Any]) -> dict[str, Any]:
        return {"urn": URN, "type": "auth0:index/client:Client", "custom": True, "inputs": inputs}

    operation = "create" if before is None else "delete" if after is None else "update"
    metadata: dict[str, Any] = {"op": operation, "urn": URN, "type": "auth0:index/client:Client", **more}
    if before is not None:
        metadata["old"] = state(before)
    if after is not None:
        metadata["new"] = state(after)
    found = step_of(metadata)
    assert found is not None
    return found


def said(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None, **more: Any) -> list[str]:
    return [
        f"{change.nature} {change.path}: {change.before} -> {change.after}"
        for change in properties_of(a_step(before, after, **more))
    ]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"name": "a"}, {"name": "b"}, ["changed name: a -> b"]),
        ({"name": "a"}, {"name": "a", "logoUri": "x"}, ["added logoUri: None -> x"]),
        ({"name": "a", "logoUri": "x"}, {"name": "a"}, ["removed logoUri: x -> None"]),
        ({"options": {"a": {"b": 1}}}, {"options": {"a": {"b": 2}}}, ["changed options.a.b: 1 -> 2"]),
        ({"on": True}, {"on": False}, ["changed on: True -> False"]),
        (
            {"callbacks": ["a", "b"]},
            {"callbacks": ["b", "c"]},
            ["removed callbacks: a -> None", "added callbacks: None -> c"],
        ),
        ({"phones": [{"enabled": True}]}, {"phones": [{"enabled": False}]}, ["changed phones.enabled: True -> False"]),
        ({"id": UNKNOWN}, {"id": UNKNOWN}, []),
        ({"scopes": ["a"]}, {"scopes": UNKNOWN}, [f"changed scopes: ['a'] -> {PENDING}"]),
        ({"jwt": {"a": 1}}, {"jwt": {"a": 1, "scopes": None}}, []),
    ],
)
def test_a_property_is_said_as_people_say_it(
    before: Mapping[str, Any], after: Mapping[str, Any], expected: list[str]
) -> None:
    assert said(before, after) == expected


def test_the_things_of_a_list_are_told_apart_by_their_names() -> None:
    before = {"actions": [{"displayName": "require-mfa", "id": "1"}, {"displayName": "complete-profile", "id": "2"}]}

    assert said(before, {"actions": before["actions"][1:]}) == ["removed actions: require-mfa -> None"]
    assert said(before, {"actions": before["actions"][::-1]}) == [
        "moved actions: ['require-mfa', 'complete-profile'] -> ['complete-profile', 'require-mfa']"
    ]


def test_a_secret_that_changed_is_one_line_without_a_value() -> None:
    inputs = {"secrets": [{"name": "CLIENT_IDS", "value": SECRET}, {"name": "TO_PAGE", "value": SECRET}]}

    assert said(inputs, inputs, detailedDiff={"secrets[1].value": {"diffKind": "update"}}) == [
        f"changed secrets[TO_PAGE].value: {SECRET} -> {SECRET}"
    ]


def test_a_list_that_is_secret_as_a_whole_is_one_line() -> None:
    inputs = {"secrets": {SIGNATURE: "1b47061264138c4ac30d75fd1eb44270", "ciphertext": SECRET}}
    touched = {"secrets[1].value": {"diffKind": "update"}, "secrets[2].value": {"diffKind": "update"}}

    assert said(inputs, inputs) == []
    assert said(inputs, inputs, detailedDiff=touched) == [f"changed secrets: {SECRET} -> {SECRET}"]


def test_a_new_resource_shows_all_that_it_has() -> None:
    assert said(None, {"name": "a", "callbacks": ["x"]}) == ["added name: None -> a", "added callbacks: None -> x"]


def test_the_stack_components_and_providers_are_no_resources() -> None:
    state = {"urn": URN, "type": "guestlist:auth0:Mfa", "custom": False, "inputs": {}}
    assert step_of({"op": "create", "type": "guestlist:auth0:Mfa", "new": state}) is None
    assert step_of({"op": "update", "type": "pulumi:providers:auth0", "new": {**state, "custom": True}}) is None


def test_what_stays_keeps_its_id_and_what_is_made_anew_has_none() -> None:
    """The engine gives the id with the old state only."""
    old, new = ({"urn": URN, "type": "auth0:index/client:Client", "custom": True, "id": one} for one in ("abc", ""))
    ids = {}
    for operation in ("same", "update", "replace"):
        step = step_of({"op": operation, "type": "auth0:index/client:Client", "old": old, "new": new})
        assert step is not None
        assert step.after is not None
        ids[operation] = step.after.id

    assert ids == {"same": "abc", "update": "abc", "replace": ""}


def test_deletes_come_first() -> None:
    steps = (a_step({"name": "a"}, {"name": "b"}), a_step(None, {"name": "c"}), a_step({"name": "d"}, None))

    assert [change.operation for change in changes_of(steps)] == ["delete", "update", "create"]
    assert changes_of(steps, retained=frozenset({URN}))[0].retained


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["name", "value", "a", "id"]), inner),
    max_leaves=8,
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(before=st.dictionaries(st.sampled_from("abc"), values), after=st.dictionaries(st.sampled_from("abc"), values))
def test_whatever_differs_there_is_a_line_and_what_does_not_has_none(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    assert properties_of(a_step(before, before)) == ()
    for change in properties_of(a_step(before, after)):
        assert isinstance(change, PropertyChange)
        assert change.before != change.after or change.is_secret


def test_lines_of_a_text_come_with_their_surroundings() -> None:
    before = "\n".join(f"line {number}" for number in range(20))

    lines = line_diff(before, before.replace("line 10", "line ten"))

    assert [line.text for line in lines if line.sign in "+-"] == ["line 10", "line ten"]
    assert counts(lines) == (1, 1)
    assert lines[0] == Line(sign="@", text="@@ -8,7 +8,7 @@")
    assert len(lines) == 9


def test_json_in_a_string_is_laid_out_before_it_is_compared() -> None:
    before, after = '{"a":{"title":"x","other":"y"}}', '{"a":{"other":"y","title":"z"}}'

    assert is_text(before)
    assert [line.text.strip() for line in line_diff(before, after) if line.sign in "+-"] == [
        '"title": "x"',
        '"title": "z"',
    ]


@pytest.mark.parametrize("word", ["word", "two words", "", "{not json", "a\n"])
def test_a_word_is_no_text(word: str) -> None:
    assert not is_text(word)


def test_a_list_that_the_engine_masks_as_a_whole_is_one_secret_that_changed() -> None:
    masked = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": SECRET}
    paths = {"secrets[3]": {"diffKind": "add"}, "secrets[6]": {"diffKind": "delete"}}

    assert said({"secrets": masked}, {"secrets": masked}, detailedDiff=paths) == [
        f"changed secrets: {SECRET} -> {SECRET}"
    ]


def test_a_name_that_only_applying_tells_makes_nobody_seem_gone() -> None:
    before = {"actions": [{"displayName": "corp-claims", "id": "1"}, {"displayName": "require-mfa", "id": "2"}]}
    after = {"actions": [{"displayName": "require-mfa", "id": "2"}, {"displayName": UNKNOWN, "id": UNKNOWN}]}
    paths = {"actions[0].id": {"diffKind": "update"}, "actions[1].displayName": {"diffKind": "update"}}

    assert said(before, after, detailedDiff=paths) == [
        f"moved actions: ['corp-claims', 'require-mfa'] -> ['require-mfa', '{PENDING}']"
    ]
