"""What counts as the same answer."""

from typing import Any

import pytest

from tests.contract.recordings.aliases import Aliases
from tests.contract.recordings.comparing import differences


def whats(recorded: Any, ours: Any, aliases: Aliases | None = None) -> list[str]:
    return [difference.what for difference in differences(recorded, ours, aliases or Aliases())]


def test_a_missing_key_is_a_difference() -> None:
    assert whats({"options": {"mfa": {"active": True}}}, {"options": {"mfa": {}}}) == [
        ".options.mfa.active: missing here"
    ]


def test_a_key_of_ours_is_none() -> None:
    assert whats({"name": "portal"}, {"name": "portal", "sso": False}) == []


@pytest.mark.parametrize(
    ("recorded", "ours"), [("portal", "shop"), (1, True), (0, False), (None, ""), ([], {}), ("1", 1)]
)
def test_another_value_is_a_difference(recorded: Any, ours: Any) -> None:
    assert whats({"name": recorded}, {"name": ours}) == [".name: another value here"]


def test_another_moment_is_none() -> None:
    assert whats({"created_at": "2026-08-07T09:00:00.123Z"}, {"created_at": "2026-11-23T12:00:00.000Z"}) == []


def test_a_date_must_be_a_date() -> None:
    assert whats({"created_at": "2026-08-07T09:00:00.123Z"}, {"created_at": "yesterday"}) != []


def test_a_secret_must_be_there_whatever_it_is() -> None:
    assert whats({"client_secret": "[REDACTED]"}, {"client_secret": "sesame"}) == []
    assert whats({"client_secret": "[REDACTED]"}, {"client_secret": ""}) == [".client_secret: another value here"]
    assert whats({"client_secret": "[REDACTED]"}, {}) == [".client_secret: missing here"]


def test_an_id_is_the_same_all_the_way() -> None:
    aliases = Aliases()
    assert whats({"id": "rol_aaaaaaaaaaaaaaaa"}, {"id": "rol_bbbbbbbbbbbbbbbb"}, aliases) == []
    assert whats({"id": "rol_aaaaaaaaaaaaaaaa"}, {"id": "rol_bbbbbbbbbbbbbbbb"}, aliases) == []
    assert whats({"id": "rol_aaaaaaaaaaaaaaaa"}, {"id": "rol_cccccccccccccccc"}, aliases) != []
    assert whats({"id": "rol_dddddddddddddddd"}, {"id": "rol_bbbbbbbbbbbbbbbb"}, aliases) != []


def test_an_id_is_of_the_same_kind() -> None:
    assert whats({"id": "rol_aaaaaaaaaaaaaaaa"}, {"id": "7"}) == [".id: another value here"]


def test_ids_are_found_inside_texts() -> None:
    aliases = Aliases()
    aliases.bind("auth0|aaaaaaaaaaaaaaaaaaaaaaaa", "auth0|bbbbbbbbbbbbbbbbbbbbbbbb")
    assert aliases.text("/users/auth0%7Caaaaaaaaaaaaaaaaaaaaaaaa") == "/users/auth0%7Cbbbbbbbbbbbbbbbbbbbbbbbb"
    assert aliases.value([{"user_id": "aaaaaaaaaaaaaaaaaaaaaaaa"}]) == [{"user_id": "bbbbbbbbbbbbbbbbbbbbbbbb"}]


def test_lists_are_matched_by_name() -> None:
    recorded = [{"name": "sms", "enabled": True}, {"name": "otp", "enabled": False}]
    ours = [{"name": "otp", "enabled": False}, {"name": "sms", "enabled": False}]
    assert whats(recorded, ours) == ["[].enabled: another value here"]
    assert whats(["a", "b"], ["b", "a"]) == []


def test_the_order_of_bindings_counts() -> None:
    recorded = {"bindings": [{"display_name": "first", "name": "a"}, {"display_name": "second", "name": "b"}]}
    assert whats(recorded, {"bindings": recorded["bindings"][::-1]}) != []


def test_a_longer_list_is_a_difference() -> None:
    assert whats({"roles": ["a"]}, {"roles": ["a", "b"]}) == [".roles: another number of items here"]
