"""What two environments declare differently, and why: settings, differences and causes as plain data, with programs made up for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guestlist.environment_diff.causes import Explanation, explain
from guestlist.environment_diff.differences import Picture, differences_of
from guestlist.environment_diff.report import Report, document, lines_of
from guestlist.environment_diff.settings import OWN, Path, differing, is_own, shown, with_settings
from guestlist.errors import DIFFERENCES, OK
from guestlist.preview.picture import SECRET, Resource
from stacks.settings_check import SETTINGS_BY_NAME
from stacks.settings_kinds import is_mapping, model_of
from stacks.settings_secrets import SECRETS_BY_NAME

Config = Mapping[str, Any]
Program = Callable[[Config], Picture]

MAIL = "urn::mail"
PHONE = "urn::phone"
SENDER = ("guestlist:email", "fromAddress")
NAME = ("guestlist:tenant", "friendlyName")
MINUTES = ("guestlist:invite", "linkTtlSec")
PROVIDER = ("guestlist:phone", "provider")
NUMBER = ("guestlist:phone", "fromNumber")


def a_config(**changes: Mapping[str, Any]) -> dict[str, Any]:
    """Of one environment, keys without `guestlist:`."""
    config: dict[str, Any] = {
        "tenant": {"domain": "dev.example.com", "friendlyName": "Dev"},
        "email": {"fromAddress": "dev@example.com"},
    }
    for key, value in changes.items():
        config[key] = {**config.get(key, {}), **value}
    return {f"guestlist:{key}": value for key, value in config.items()}


def a_program(config: Config) -> Picture:
    """Declares a mail whose sender is made of two settings, and a phone provider where there is one."""
    tenant, email, phone = (config.get(f"guestlist:{group}", {}) for group in ("tenant", "email", "phone"))
    seconds = config.get("guestlist:invite", {}).get("linkTtlSec", 3600)
    found = {
        MAIL: {
            "from": f"{tenant['friendlyName']} <{email['fromAddress']}>",
            "replyTo": email["fromAddress"],
            "body": f"Hello,\nthis works for {seconds} seconds.\nBye",
            "callbacks": config.get("guestlist:application", {}).get("callbackUrls", []),
        }
    }
    if "provider" in phone:
        found[PHONE] = {"name": phone["provider"], "number": phone.get("fromNumber", "")}
    return {urn: Resource(urn=urn, type=f"auth0:index:{urn[5:].title()}", inputs=of) for urn, of in found.items()}


def explained(
    before: Config, after: Config, program: Program = a_program, *, is_valid: Callable[[Config], bool] = lambda _: True
) -> Explanation:
    def resolve_with(settings: tuple[Path, ...]) -> Picture | None:
        mixed = with_settings(before, after, settings)
        return program(mixed) if is_valid(mixed) else None

    return explain(program(before), program(after), differing(before, after), resolve_with)


def causes(explanation: Explanation) -> dict[str, tuple[tuple[Path, ...], ...]]:
    return {
        one.difference.change.path if one.difference.change else one.difference.resource.name: one.causes
        for one in explanation.differences
    }


# Settings


def test_settings_differ_by_members_and_secrets_by_being_there() -> None:
    before = {
        "guestlist:tenant": {"domain": "a", "friendlyName": "same"},
        "guestlist:languages": ["en"],
        "guestlist:toPageSecret": {"secure": "one"},
        "guestlist:otherApplications": {"admin": {"name": "Admin", "kind": "spa"}, "old": {"name": "Old"}},
    }
    after = {
        "guestlist:tenant": {"domain": "b", "friendlyName": "same"},
        "guestlist:languages": ["en", "de"],
        "guestlist:toPageSecret": {"secure": "another"},
        "guestlist:smtpPassword": {"secure": "x"},
        "guestlist:otherApplications": {"admin": {"name": "Admin", "kind": "native"}},
        "guestlist:mfa": {"factors": ["otp"]},
    }

    assert [shown(path) for path in differing(before, after)] == [
        "guestlist:tenant.domain",
        "guestlist:languages",
        "guestlist:otherApplications.admin.kind",
        "guestlist:otherApplications.old",
        "guestlist:smtpPassword",
        "guestlist:mfa.factors",
    ]


def test_a_file_keeps_what_is_not_taken_and_is_left_as_it_is() -> None:
    before, after = a_config(phone={"provider": "auth0"}), a_config(tenant={"domain": "prod.example.com"})

    assert with_settings(before, after, [("guestlist:phone", "provider")]) == a_config(phone={}) | {
        "guestlist:phone": {}
    }
    assert with_settings(before, after, [("guestlist:tenant", "domain")]) == a_config(
        tenant={"domain": "prod.example.com"}, phone={"provider": "auth0"}
    )
    assert before == a_config(phone={"provider": "auth0"})


_values = st.one_of(st.integers(0, 2), st.lists(st.integers(0, 1), max_size=2))
_groups = st.dictionaries(st.sampled_from(["a", "b", "c"]), _values, min_size=1, max_size=3)
_configs = st.dictionaries(st.sampled_from(["guestlist:one", "guestlist:two", "guestlist:three"]), _groups)


@given(before=_configs, after=_configs)
def test_all_differing_settings_together_are_the_other_file(before: Config, after: Config) -> None:
    found = with_settings(before, after, differing(before, after))

    assert {key: value for key, value in found.items() if value != {}} == after


def test_what_every_environment_has_of_its_own_are_settings_that_there_are() -> None:
    known = {*SECRETS_BY_NAME, "allow"}
    for name, field in SETTINGS_BY_NAME.items():
        above = f"{name}.*" if is_mapping(field) else name
        model = model_of(field)
        known |= {f"{above}.{one.alias}" for one in model.model_fields.values()} if model else {name}

    assert known >= OWN


@pytest.mark.parametrize(
    ("path", "own"),
    [
        (("guestlist:tenant", "domain"), True),
        (("guestlist:otherApplications", "admin", "callbackUrls"), True),
        (("guestlist:otherApplications", "admin"), False),
        (("guestlist:protect",), True),
        (("guestlist:connection", "passwordMinLength"), False),
        (("guestlist:mfa", "enabled"), False),
        (("guestlist:ownership", "mfa"), False),
    ],
)
def test_which_settings_are_expected_to_differ(path: Path, own: bool) -> None:
    assert is_own(path) is own


# Causes


def test_a_difference_is_explained_by_the_setting_that_takes_it_away() -> None:
    found = explained(a_config(), a_config(invite={"linkTtlSec": 60}))

    assert causes(found) == {"body": ((MINUTES,),)}
    assert not found.differences[0].is_own


def test_what_two_settings_make_is_explained_by_both_together() -> None:
    after = a_config(tenant={"friendlyName": "Prod"}, email={"fromAddress": "prod@example.com"})
    found = explained(a_config(), after)

    assert causes(found) == {"from": ((NAME, SENDER),), "replyTo": ((SENDER,),)}
    assert all(one.is_own for one in found.differences)


def test_settings_that_are_valid_together_only_are_tried_together() -> None:
    def is_valid(config: Config) -> bool:
        phone = config.get("guestlist:phone", {})
        return ("provider" in phone) == ("fromNumber" in phone)

    after = a_config(phone={"provider": "twilio", "fromNumber": "+49"}, invite={"linkTtlSec": 60})
    found = explained(a_config(), after, is_valid=is_valid)

    assert causes(found) == {"body": ((MINUTES,),), "phone": ((PROVIDER, NUMBER),)}


def test_a_resource_that_only_one_has_is_explained_by_the_setting_that_declares_it() -> None:
    found = explained(a_config(), a_config(phone={"provider": "auth0"}))

    assert causes(found) == {"phone": ((PROVIDER,),)}
    assert found.differences[0].difference.only == "after"


def test_a_resource_that_only_one_has_is_never_expected() -> None:
    def program(config: Config) -> Picture:
        return a_program(
            {**config, "guestlist:phone": {"provider": "auth0"}} if "guestlist:protect" in config else config
        )

    found = explained(a_config(), a_config() | {"guestlist:protect": True}, program)

    assert causes(found) == {"phone": ((("guestlist:protect",),),)}
    assert not found.differences[0].is_own


def test_either_of_two_settings_may_take_a_difference_away() -> None:
    def program(config: Config) -> Picture:
        is_on = config["guestlist:mfa"]["enabled"] and config["guestlist:mfa"]["sms"]
        return {"urn::x": Resource(urn="urn::x", type="auth0:index:Guardian", inputs={"on": is_on})}

    before = {"guestlist:mfa": {"enabled": False, "sms": False}}
    after = {"guestlist:mfa": {"enabled": True, "sms": True}}

    assert causes(explained(before, after, program)) == {
        "on": ((("guestlist:mfa", "enabled"), ("guestlist:mfa", "sms")),)
    }
    assert causes(explained(after, before, program)) == {
        "on": ((("guestlist:mfa", "enabled"),), (("guestlist:mfa", "sms"),))
    }


def test_what_differs_with_all_settings_equal_is_explained_by_none() -> None:
    declared = {
        word: {MAIL: Resource(urn=MAIL, type="auth0:index:Mail", inputs={"body": word})} for word in ("one", "two")
    }
    found = explain(declared["one"], declared["two"], [MINUTES], lambda _: declared["one"])

    assert causes(found) == {"body": ()}
    assert not found.differences[0].is_own
    assert found.without_effect == (MINUTES,)


def test_each_element_of_a_list_has_its_own_cause() -> None:
    def program(config: Config) -> Picture:
        on = [name for name in ("sms", "otp", "email") if config["guestlist:mfa"].get(name)]
        return {"urn::x": Resource(urn="urn::x", type="auth0:index:Guardian", inputs={"factors": on})}

    found = explained({"guestlist:mfa": {"sms": True}}, {"guestlist:mfa": {"otp": True, "email": True}}, program)
    by_element = {
        (one.difference.change.before, one.difference.change.after): one.causes
        for one in found.differences
        if one.difference.change
    }

    assert by_element == {
        ("sms", None): ((("guestlist:mfa", "sms"),),),
        (None, "otp"): ((("guestlist:mfa", "otp"),),),
        (None, "email"): ((("guestlist:mfa", "email"),),),
    }


def test_settings_without_an_effect_are_told_apart() -> None:
    found = explained(a_config(), a_config(tenant={"plan": "free"}))

    assert found == Explanation(differences=(), without_effect=(("guestlist:tenant", "plan"),))


def test_each_set_of_settings_is_resolved_once() -> None:
    asked: list[tuple[Path, ...]] = []

    def program(config: Config) -> Picture:
        asked.append(tuple(sorted(config)))
        return a_program(config)

    after = a_config(tenant={"friendlyName": "Prod"}, email={"fromAddress": "p@example.com"}, invite={"linkTtlSec": 60})
    explained(a_config(), after, program)

    assert len(asked) <= 2 + 3 + 1  # both, each setting, the two of the sender together


def test_secrets_are_equal() -> None:
    one = {MAIL: Resource(urn=MAIL, type="auth0:index:Mail", inputs={"password": SECRET})}

    assert differences_of(one, one) == ()


# Report


def a_report(before: Config, after: Config) -> Report:
    return Report(before="dev", after="prod", explanation=explained(before, after))


def test_what_nobody_expects_comes_first() -> None:
    after = a_config(
        tenant={"friendlyName": "Prod", "plan": "free"}, invite={"linkTtlSec": 60}, phone={"provider": "auth0"}
    )
    report = a_report(a_config(), after)

    assert report.exit_code == DIFFERENCES
    assert lines_of(report) == [
        "prod differs from dev in 2 ways that are not the environment's own:",
        "  Mail mail",
        "    body: +1 -1 lines",
        "      @@ -1,3 +1,3 @@",
        "        Hello,",
        "      - this works for 3600 seconds.",
        "      + this works for 60 seconds.",
        "        Bye",
        "      from guestlist:invite.linkTtlSec",
        "  Phone phone",
        "    only prod has it",
        "      from guestlist:phone.provider",
        "",
        "And in 1 way that every environment has of its own:",
        "  Mail mail",
        '    from: "Dev <dev@example.com>" -> "Prod <dev@example.com>"',
        "      from guestlist:tenant.friendlyName",
        "",
        "Other settings, the same tenant: guestlist:tenant.plan",
    ]


def test_the_environments_own_differences_are_nothing_to_report() -> None:
    after = a_config(tenant={"friendlyName": "Prod"}, application={"callbackUrls": ["https://a.example.com"]})
    report = a_report(a_config(), after)

    assert report.exit_code == OK
    assert lines_of(report) == [
        "prod differs from dev in nothing but what every environment has of its own (2 ways):",
        "  Mail mail",
        '    callbacks: + "https://a.example.com"',
        "      from guestlist:application.callbackUrls",
        '    from: "Dev <dev@example.com>" -> "Prod <dev@example.com>"',
        "      from guestlist:tenant.friendlyName",
    ]


def test_nothing_differs() -> None:
    report = a_report(a_config(), a_config())

    assert (report.exit_code, lines_of(report)) == (OK, ["prod and dev declare the same."])


def test_the_document_says_all_of_it() -> None:
    report = a_report(a_config(), a_config(tenant={"friendlyName": "Prod"}, invite={"linkTtlSec": 60}))

    assert document(report) == {
        "before": "dev",
        "after": "prod",
        "others": 1,
        "own": 1,
        "differences": [
            {
                "kind": "Mail",
                "name": "mail",
                "only": None,
                "property": "body",
                "nature": "changed",
                "before": None,
                "after": None,
                "lines": [
                    {"sign": "@", "text": "@@ -1,3 +1,3 @@"},
                    {"sign": " ", "text": "Hello,"},
                    {"sign": "-", "text": "this works for 3600 seconds."},
                    {"sign": "+", "text": "this works for 60 seconds."},
                    {"sign": " ", "text": "Bye"},
                ],
                "own": False,
                "causes": [["guestlist:invite.linkTtlSec"]],
            },
            {
                "kind": "Mail",
                "name": "mail",
                "only": None,
                "property": "from",
                "nature": "changed",
                "before": "Dev <dev@example.com>",
                "after": "Prod <dev@example.com>",
                "lines": None,
                "own": True,
                "causes": [["guestlist:tenant.friendlyName"]],
            },
        ],
        "withoutEffect": [],
    }
