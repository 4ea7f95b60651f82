"""
Each rule finds what makes a tenant less safe, and nothing else.

Not here: the cases that need more than one change to a clean environment (`test_security_doors.py`, `test_security_logins.py`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from guestlist.preview.picture import PENDING, Pictures
from guestlist.preview.security.finding import Allowance, Severity
from guestlist.preview.security.judge import RULES, judge
from guestlist.preview.security.rule import Look, Rule, Worse, rule
from tests.unit.preview.cases import CASES, Case
from tests.unit.preview.pictures import a_picture, some_pictures, steps_of

TODAY = date(2026, 11, 26)


def found(pictures: Pictures, *, local: bool = False) -> set[str]:
    return {one.rule for one in judge(pictures, steps=steps_of(pictures), today=TODAY, local=local)}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_what_becomes_worse_is_found(case: Case) -> None:
    findings = judge(case.pictures, steps=steps_of(case.pictures, touched=case.touched), today=TODAY)

    assert [(one.rule, one.what) for one in findings if one.rule == case.rule] == [(case.rule, case.what)]
    assert {one.rule for one in findings} == {case.rule, *case.others}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_what_is_bad_already_is_no_finding(case: Case) -> None:
    same = Pictures(
        before=case.pictures.after,
        after=case.pictures.after,
        outputs_before=case.pictures.outputs_after,
        outputs_after=case.pictures.outputs_after,
    )

    assert judge(same, steps=steps_of(same), today=TODAY) == ()


@pytest.mark.parametrize("case", [case for case in CASES if not case.is_lost_both_ways], ids=str)
def test_what_becomes_better_is_no_finding(case: Case) -> None:
    back = Pictures(
        before=case.pictures.after,
        after=case.pictures.before,
        outputs_before=case.pictures.outputs_after,
        outputs_after=case.pictures.outputs_before,
    )

    assert case.rule not in {one.rule for one in judge(back, steps=steps_of(back), today=TODAY)}


def test_every_rule_has_a_case() -> None:
    assert {one.rule for one in CASES} == {one.id for one in RULES}
    assert len({one.id for one in RULES}) == len(RULES)


def test_a_clean_environment_has_no_finding_when_it_begins() -> None:
    assert found(some_pictures({}, new=True)) == set()
    assert found(Pictures(before={}, after=a_picture())) == set()


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            {"Connection other": {"name": "other", "strategy": "auth0", "options": {}}},
            {"sign-up-opened", "connection-opened"},
        ),
        ({"Guardian guardian": {"policy": "never"}, "TriggerActions post-login": None}, {"mfa-policy-weakened"}),
        ({"Client more": {"name": "More", "appType": "spa", "grantTypes": ["implicit"]}}, {"grant-type-dangerous"}),
        ({"Client more": {"name": "More", "appType": "spa"}}, {"grant-type-dangerous", "grant-type-added"}),
        (
            {"Client more": {"name": "More", "appType": "spa", "grantTypes": ["refresh_token"]}},
            {"refresh-token-not-rotating"},
        ),
        ({"Client application": {"callbacks": ["https://*.example.com"]}}, {"url-wildcard"}),
        ({"Connection invited-users": {"options": {"passwordPolicy": "low"}}}, {"password-policy-lowered"}),
        ({"ClientGrant inviter-grant": {"scopes": ["delete:users"]}}, {"grant-powerful"}),
        ({"EmailTemplate reset-email": {"body": "{{ user.name }}"}}, {"template-unescaped"}),
        ({"Client application": {"jwtConfiguration": {"lifetimeInSeconds": 36001}}}, {"lifetime-raised"}),
    ],
)
def test_a_new_resource_is_judged_as_it_begins(change: dict[str, Any], expected: set[str]) -> None:
    assert found(some_pictures(change, new=True)) == expected


def test_what_only_applying_will_tell_is_no_finding() -> None:
    unknown = {
        "Connection invited-users": {"options": PENDING},
        "Guardian guardian": {"policy": PENDING, "phone": PENDING},
        "Client application": {"callbacks": PENDING, "grantTypes": PENDING, "refreshToken": PENDING},
        "EmailTemplate reset-email": {"body": PENDING},
    }
    assert found(some_pictures(unknown)) <= {"sign-up-opened", "password-policy-lowered"}


def test_localhost_is_no_stranger_in_the_local_environment() -> None:
    pictures = some_pictures({"Client application": {"callbacks": ["https://app.localhost:8443/callback"]}})

    assert found(pictures, local=True) == set()
    assert found(pictures) == {"url-localhost"}


def an_allowance(**changes: Any) -> Allowance:
    return replace(Allowance(rule="sign-up-opened", reason="a public beta", until=date(2026, 12, 31)), **changes)


def the_finding(*allowances: Allowance, today: date = TODAY) -> Any:
    pictures = some_pictures({"Connection invited-users": {"options": {"disableSignup": False}}})
    (finding,) = judge(pictures, allowances=allowances, today=today)
    return finding


def test_an_error_refuses_and_says_how_to_let_it_pass() -> None:
    finding = the_finding()

    assert finding.refuses
    assert (finding.severity, finding.resource) == (Severity.ERROR, "Connection invited-users")
    assert finding.remedy == (
        "Leave options.disableSignup true. "
        "To let it pass, guestlist:allow takes the rule sign-up-opened, a reason and a date."
    )


def test_an_allowance_lets_a_rule_pass_until_its_last_day() -> None:
    allowance = an_allowance()

    assert the_finding(allowance).allowance == allowance
    assert not the_finding(allowance, today=date(2026, 12, 31)).refuses
    assert the_finding(an_allowance(rule="url-wildcard")).refuses


def test_an_ended_allowance_is_said() -> None:
    finding = the_finding(an_allowance(until=date(2026, 11, 25)))

    assert finding.refuses
    assert "It was allowed until 2026-11-25." in finding.remedy


def test_the_one_that_has_not_ended_counts() -> None:
    assert not the_finding(an_allowance(until=date(2026, 11, 1)), an_allowance()).refuses


def test_a_rule_that_breaks_hides_no_other_and_does_not_pass() -> None:
    @rule("breaks", Severity.ERROR, why="-", remedy="Report it.")
    def breaks(look: Look) -> Iterator[Worse]:
        raise KeyError(look.local)

    findings = judge(some_pictures({"Guardian guardian": None}), today=TODAY, rules=(breaks, *RULES))

    assert [one.rule for one in findings] == ["breaks", "mfa-removed"]
    assert findings[0].what == "The rule could not be judged (KeyError)."
    assert findings[0].refuses


def test_the_gravest_come_first() -> None:
    pictures = some_pictures(
        {"Client application": {"jwtConfiguration": {"lifetimeInSeconds": 99999}, "crossOriginAuth": True}}
    )
    assert [one.severity.value for one in judge(pictures, today=TODAY)] == ["error", "warning"]


def test_a_singleton_of_another_name_is_the_same() -> None:
    pictures = some_pictures(
        {"Guardian guardian": None, "Guardian mfa": {"policy": "all-applications", "phone": {"enabled": True}}}
    )

    assert found(pictures) == set()


@pytest.mark.parametrize("one", RULES, ids=lambda one: one.id)
def test_a_rule_says_why_and_what_to_do(one: Rule) -> None:
    assert one.why.endswith(".")
    assert one.remedy.endswith(".")
    assert one.check.__doc__
