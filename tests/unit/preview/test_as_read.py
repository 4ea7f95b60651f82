"""Where the tenant was read first, what somebody changed there is what the change takes back."""

from __future__ import annotations

from typing import Any

from guestlist.preview.as_read import as_read
from guestlist.preview.change import properties_of
from guestlist.preview.picture import step_of

KIND = "auth0:index/triggerActions:TriggerActions"
OURS = {"displayName": "require-mfa", "id": "1"}
FOREIGN = {"displayName": "who-is-this", "id": "2", "extra": "by the provider"}


def an_update(inputs: dict[str, Any], outputs: dict[str, Any], *touched: str) -> dict[str, Any]:
    state = {"urn": f"urn:pulumi:dev::guestlist::{KIND}::post-login", "type": KIND, "custom": True, "inputs": inputs}
    return {
        "op": "update",
        "type": KIND,
        "old": {**state, "outputs": outputs},
        "new": state,
        "detailedDiff": {path: {"diffKind": "update"} for path in touched},
    }


def said(metadata: dict[str, Any]) -> list[str]:
    step = step_of(as_read(metadata))
    assert step is not None
    return [f"{one.nature} {one.path}: {one.before} -> {one.after}" for one in properties_of(step)]


def test_an_action_that_somebody_bound_is_taken_out() -> None:
    update = an_update({"actions": [OURS]}, {"actions": [OURS, FOREIGN]}, "actions[1]")

    assert said(update) == ["removed actions: who-is-this -> None"]


def test_a_value_that_somebody_changed_goes_back_and_what_nobody_declares_is_left_out() -> None:
    update = an_update(
        {"options": {"disableSignup": True}}, {"options": {"disableSignup": False, "more": 1}}, "options.disableSignup"
    )

    assert said(update) == ["changed options.disableSignup: False -> True"]


def test_what_is_not_touched_stays_as_it_was_declared() -> None:
    assert said(an_update({"name": "a", "x": 1}, {"name": "b", "x": 2}, "x")) == ["changed x: 2 -> 1"]
    assert said(an_update({"name": "a"}, {"name": "b"})) == []


def test_only_updates_have_live_values() -> None:
    create = {"op": "create", "new": {"inputs": {"a": 1}}, "detailedDiff": {"a": {}}}

    assert as_read(create) == create
