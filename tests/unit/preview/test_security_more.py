"""What takes more than one change to a clean environment; and that no picture breaks a rule. Not here: each rule by itself (`test_security.py`)."""

from __future__ import annotations

import os
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guestlist.preview.picture import PENDING, SECRET, Pictures
from guestlist.preview.security.judge import judge
from guestlist.preview.security.templates import NOT_LIQUID, unescaped
from tests.unit.preview.cases import APP, BINDINGS, CONNECTION, MFA, OURS
from tests.unit.preview.pictures import APPLICATION, CLEAN, REDIRECTS, Declared, a_resource, some_pictures, steps_of
from tests.unit.preview.test_security import TODAY

DOORS = "ApplicationConnections application-connections"
CLIENTS = "ConnectionClients invited-users-clients"
CLOSED = {"name": "staff", "strategy": "auth0", "options": {"disableSignup": True}}
MORE = {**APPLICATION, "name": "More"}
TOUCHED = {"require-mfa": ("secrets[0].value",)}


def found(pictures: Pictures, touched: dict[str, tuple[str, ...]] | None = None) -> set[str]:
    return {one.rule for one in judge(pictures, steps=steps_of(pictures, touched=touched), today=TODAY)}


def test_a_new_application_with_the_closed_connection_is_no_finding() -> None:
    new = {
        "Client application-more": MORE,
        "ApplicationConnections application-more-connections": {
            "client_id": PENDING,
            "connections": ["id-of-invited-users"],
        },
        CLIENTS: {"enabledClients": PENDING},
    }
    assert found(some_pictures(new), TOUCHED) == set()


def test_a_new_application_with_another_connection_is_one() -> None:
    new = {
        "Client application-more": MORE,
        "ApplicationConnections application-more-connections": {"client_id": PENDING, "connections": ["con_github"]},
    }
    assert found(some_pictures(new)) == {"connection-opened"}


def test_a_connection_that_is_made_anew_and_stays_closed_is_no_finding() -> None:
    pictures = some_pictures({DOORS: {"connections": [PENDING]}, CONNECTION: {"name": "people"}})
    urn = a_resource(CONNECTION, {}).urn
    after = {**pictures.after, urn: a_resource(CONNECTION, pictures.after[urn].inputs, is_there=False)}

    assert found(Pictures(before=pictures.before, after=after)) == set()


def test_a_second_closed_connection_may_lead_to_a_new_application_only() -> None:
    staff: Declared = {"Connection staff": CLOSED}

    assert found(some_pictures({**staff, DOORS: {"connections": ["id-of-invited-users", PENDING]}})) == set()
    assert found(some_pictures({DOORS: {"connections": ["id-of-staff"]}}, before=staff)) == {"connection-opened"}


def test_an_existing_application_that_joins_by_its_name_is_no_finding() -> None:
    names = "ExistingApplications existing-applications"
    joins = {
        names: {"names": {"portal": "Portal"}},
        CLIENTS: {"enabledClients": ["id-of-application", "id-of-inviter", "x"]},
    }

    assert found(some_pictures(joins)) == set()


def test_an_action_of_another_id_under_our_name_is_not_ours() -> None:
    bound = [{"id": "id-of-another", "displayName": "require-mfa"}, OURS[1]]

    assert found(some_pictures({BINDINGS: {"actions": bound}})) == {"mfa-left-to-policy"}


def test_a_new_action_of_ours_is_known_by_its_name_until_it_has_an_id() -> None:
    bound = [{"id": PENDING, "displayName": one["displayName"]} for one in OURS]

    assert found(some_pictures({BINDINGS: {"actions": bound}})) == set()


def test_an_action_of_any_name_that_redirects_comes_after_mfa() -> None:
    other = {"Action welcome": {"name": "welcome", "code": REDIRECTS}}
    bound = [{"id": PENDING, "displayName": "welcome"}, *OURS]

    assert found(some_pictures({**other, BINDINGS: {"actions": bound}})) == {"mfa-after-profile"}


def test_mfa_that_is_switched_off_altogether_is_said_once_for_each_of_its_parts() -> None:
    off = {
        "Guardian guardian": None,
        MFA: None,
        BINDINGS: {"actions": OURS[1:]},
        "Tenant tenant": {"customizeMfaInPostloginAction": False},
    }

    assert found(some_pictures(off)) == {"mfa-removed", "mfa-action-unbound"}


def test_a_tenant_whose_action_asks_may_have_a_policy_of_its_own_from_the_start() -> None:
    assert found(some_pictures({"Guardian guardian": {"policy": "never"}}, new=True)) == set()


def test_what_is_seen_elsewhere_in_the_change_explains_a_masked_value() -> None:
    assert found(some_pictures({}), TOUCHED) == {"mfa-action-reach"}
    assert found(some_pictures({"Client application-more": MORE}), TOUCHED) == set()
    assert found(some_pictures({"Guardian guardian": {"otp": True}}), {"require-mfa": ("secrets[2].value",)}) == set()
    assert found(some_pictures({CONNECTION: {"name": "people"}}), {"require-mfa": ("secrets[1].value",)}) == set()


def test_a_host_that_the_application_has_already_is_no_news() -> None:
    more = [*APPLICATION["callbacks"], "https://app.example.com/other"]

    assert found(some_pictures({APP: {"callbacks": more}})) == set()
    assert found(some_pictures({APP: {"initiateLoginUri": "https://app.example.com/start"}})) == set()


def test_an_application_that_moves_leads_to_a_new_host() -> None:
    moved = {
        APP: {"callbacks": ["https://new.example.com/callback"], "initiateLoginUri": "https://new.example.com/login"},
        "Tenant tenant": {"defaultRedirectionUri": "https://new.example.com/login"},
    }
    assert found(some_pictures(moved)) == {"url-new-host", "redirect-moved"}


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("{{ user.name }}", ("user.name",)),
        ("{{ user.name | escape }}", ()),
        ("{{ user.name | escape | newline_to_br }}", ()),
        ("{{ user.name | escape | upcase }}", ("user.name | escape | upcase",)),
        ("{{ url }} {{ friendly_name }}", ()),
        ('{{ "Dear " | append: user.name }}', ("'Dear ' | append: user.name",)),
        ("{% assign x = user.name %}{{ x }}", ("x",)),
        ("{% assign x = user.name | escape %}{{ x }}", ()),
        ("{% for one in user.list %}{{ one }}{% endfor %}", ("one",)),
        ("{% if url %}{% if user.x %}{{ user.x }}{% endif %}{% endif %}", ("user.x",)),
        ("{% unless url %}{{ user['x'] }}{% endunless %}", ("user.x",)),
        ("{% raw %}{{ user.name }}{% endraw %}", ()),
        ("{% debug %}", ()),
        ("{% if %}{{", (NOT_LIQUID,)),
    ],
)  # fmt: skip
def test_people_s_words_are_found_in_the_tree_of_a_template(template: str, expected: tuple[str, ...]) -> None:
    assert unescaped(template) == expected


words = st.sampled_from(
    [PENDING, SECRET, "", "auth0", "never", "post-login", "require-mfa", "https://[", "http://a", "*", "{{ user.x }}"]
)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-1, 10**9) | st.floats(allow_nan=False) | words,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["name", "value", "id", "displayName", "enable", "shields", "active"]), inner, max_size=3
        )
    ),
    max_leaves=6,
)
PROPERTIES = sorted(
    {name for inputs in CLEAN.values() for name in inputs} | {"dependencies", "names", "allowAllScopes"}
)


@st.composite
def changes(draw: st.DrawFn) -> Declared:
    titles = draw(st.lists(st.sampled_from([*CLEAN, "ExistingApplications e", "ClientCredentials c"]), max_size=4))
    return {
        title: draw(st.none() | st.dictionaries(st.sampled_from(PROPERTIES), values, max_size=4)) for title in titles
    }


@settings(
    max_examples=int(os.environ.get("GUESTLIST_EXAMPLES", "60")),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(before=changes(), after=changes())
def test_no_picture_breaks_a_rule(before: Any, after: Any) -> None:
    pictures = some_pictures(after, before=before)
    findings = judge(pictures, steps=steps_of(pictures), today=TODAY)

    assert [one.rule for one in findings if one.what.startswith("The rule could not be judged")] == []
