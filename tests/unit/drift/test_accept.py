"""The lines that would keep a change: found by trying settings, and right because the program then declares just that."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import yaml

from guestlist.config_files import read_file
from guestlist.drift.accept import Accepted, accept, lines_of
from guestlist.preview.change import PropertyChange
from guestlist.preview.picture import Resource
from tests.e2e.harness import ROOT
from tests.unit.drift.factories import TODAY, an_item, an_unmanaged
from tests.unit.preview.reports import a_change, urn_of

CONFIG = read_file(ROOT, "dev").config


def accepted(kind: str, name: str, path: str, **live: Any) -> Accepted:
    urn = urn_of(kind, name)
    changed = PropertyChange(path=path, nature="changed", before="x", after="y")
    item = an_item(id=urn, shown=f"{kind} {name}", live=a_change(changed))
    return accept(CONFIG, "dev", [item], {urn: Resource(urn=urn, type=f"auth0:index/x:{kind}", inputs=live)})


@pytest.mark.parametrize(
    ("kind", "name", "path", "live", "setting"),
    [
        (
            "Client",
            "application",
            "callbacks",
            {"callbacks": ["https://a.example/cb"]},
            ("guestlist:application", "callbackUrls"),
        ),
        (
            "Client",
            "application",
            "initiateLoginUri",
            {"initiateLoginUri": "https://a.example/in"},
            ("guestlist:application", "initiateLoginUri"),
        ),
        ("Tenant", "tenant", "friendlyName", {"friendlyName": "Others"}, ("guestlist:tenant", "friendlyName")),
        (
            "EmailProvider",
            "email-provider",
            "defaultFromAddress",
            {"defaultFromAddress": "o@a.example"},
            ("guestlist:email", "fromAddress"),
        ),
    ],
)
def test_the_setting_that_says_it_is_found(
    kind: str, name: str, path: str, live: dict[str, Any], setting: tuple[str, str]
) -> None:
    found = accepted(kind, name, path, **live)

    assert [(one.setting, one.value) for one in found.by_setting] == [(setting, live[path])]


def test_a_nested_property_in_another_unit_is_found() -> None:
    live = {"refreshToken": {"idleTokenLifetime": 950400}}

    [one] = accepted("Client", "application", "refreshToken.idleTokenLifetime", **live).by_setting

    assert (one.setting, one.value) == (("guestlist:tokens", "refreshTokenIdleSec"), 950400)


def test_what_no_setting_says_is_left_to_the_program() -> None:
    found = accepted("Action", "require-mfa", "code", code="exports.onExecutePostLogin = async () => {};")

    assert found.by_setting == ()
    assert [one.path for one in found.by_program] == ["code"]


def test_the_lines_are_yaml_for_the_two_files() -> None:
    found = accepted("Client", "application", "callbacks", callbacks=["https://a.example/cb"])
    others = accept(CONFIG, "dev", [an_unmanaged(shown="Client [odd] *")], {})

    assert yaml.safe_load("\n".join(lines_of(found, today=TODAY))) == {
        "guestlist:application": {"callbackUrls": ["https://a.example/cb"]}
    }
    [entry] = yaml.safe_load("\n".join(lines_of(others, today=date(2026, 11, 27))))
    assert entry == {"pattern": "Client [[]odd] [*]", "reason": "", "until": "2027-02-25", "environments": ["dev"]}


def test_a_secret_is_never_a_candidate() -> None:
    found = accepted("Action", "require-mfa", "secrets", secrets="[secret]")

    assert found.by_setting == ()


def test_what_a_setting_changes_besides_is_said() -> None:
    found = accepted("Tenant", "tenant", "friendlyName", friendlyName="Others")

    assert "EmailTemplate reset-email" in found.by_setting[0].also
    assert "# guestlist:tenant.friendlyName changes EmailTemplate reset-email, too" in lines_of(found, today=TODAY)
