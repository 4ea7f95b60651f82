"""Logins with our Actions, as they are and with a prepared change, in real Node: who would notice."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from guestlist.preview import rehearsal
from guestlist.preview.rehearsal import Rehearsal, Side, describe_behaviour
from guestlist.preview.visitors import VISITORS
from stacks.settings_types import COMPLETE_PROFILE, OUR_ACTIONS, REQUIRE_MFA
from tests.unit.preview.rehearsed import CODE, CORP_RISK, GUARD, a_side, bound, changed, what_they_are_told

Tell = Callable[..., tuple[str, ...] | None]
NOBODY = (f"Nobody's login changes ({len(VISITORS)} kinds of users tried).",)
OF_NOBODY = changed(REQUIRE_MFA, GUARD, "return;")


@pytest.fixture(scope="module")
def tell() -> Iterator[Tell]:
    """What is different from our Actions as they are; the processes are kept for the whole file."""
    with Rehearsal(keep=4) as opened:

        def compare(after: Side, *, before: Side | None = None, **options: Any) -> tuple[str, ...] | None:
            return describe_behaviour(before or a_side(), after, rehearsal=opened, **options)

        yield compare


def test_nothing_is_rehearsed_where_nothing_of_the_login_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rehearsal, "_compare", None)

    assert describe_behaviour(a_side(), a_side()) is None


def test_another_policy_alone_is_no_matter_of_actions() -> None:
    assert describe_behaviour(a_side(), a_side(policy="all-applications")) is None


def test_a_comment_changes_nobodys_login(tell: Tell) -> None:
    assert tell(a_side(code={**CODE, REQUIRE_MFA: f"{CODE[REQUIRE_MFA]}\n// Ask first."})) == NOBODY


def test_a_secret_that_the_engine_calls_changed_is_reason_enough(tell: Tell) -> None:
    assert tell(a_side(), touched=True) == NOBODY


def test_without_its_first_lines_mfa_is_asked_of_nobody(tell: Tell) -> None:
    assert tell(a_side(code=OF_NOBODY)) == ("Everybody who signs in is no longer asked for a second factor.",)


def test_without_its_guard_an_action_meets_other_peoples_users(tell: Tell) -> None:
    found = tell(a_side(code=changed(REQUIRE_MFA, GUARD, "")))

    assert found == ("Everybody of another application or connection is now asked for a second factor.",)


def test_a_name_check_the_wrong_way_round(tell: Tell) -> None:
    found = tell(a_side(code=changed(COMPLETE_PROFILE, "return isComplete(", "return !isComplete("))) or ()

    let_in = (
        "A refresh for somebody without a name and a silent login of somebody without a name are now let in "
        "(before: denied: interaction_needed)."
    )
    assert found[:4] == (
        "A refresh and a silent login are now denied: interaction_needed.",
        let_in,
        "Everybody who signs in without a name is no longer sent to the profile page.",
        "A returning user and a user with a name but no second factor are now sent to the profile page.",
    )


def test_an_action_that_throws(tell: Tell) -> None:
    found = tell(a_side(code=changed(REQUIRE_MFA, GUARD, "throw new Error('no such thing');")))

    assert found == ("Everybody can no longer log in: the Action require-mfa crashes (no such thing).",)


def test_an_action_that_does_not_load(tell: Tell) -> None:
    found = tell(a_side(code={**CODE, COMPLETE_PROFILE: "exports.onExecutePostLogin = async (event, api) => {"})) or ()

    assert "the Action complete-profile crashes (" in found[0]


def test_an_action_that_crashes_as_before_is_said(tell: Tell) -> None:
    before = changed(REQUIRE_MFA, GUARD, "throw new Error('no such thing');")
    after = {**before, REQUIRE_MFA: f"{before[REQUIRE_MFA]}\n// Sorry."}

    assert tell(a_side(code=after), before=a_side(code=before)) == (
        *NOBODY,
        "Everybody cannot log in, as before: the Action require-mfa crashes (no such thing).",
    )


def test_an_action_that_never_ends(tell: Tell) -> None:
    after = a_side(code=changed(REQUIRE_MFA, GUARD, f"{GUARD} for (;;);"))

    found = tell(after, visitors=[VISITORS[0], VISITORS[-1]], time_limit_sec=0.5)

    assert found == ("An invited user can no longer log in: the Action require-mfa does not end in time.",)


def test_the_profile_page_before_the_second_factor(tell: Tell) -> None:
    (sentence,) = tell(a_side(order=bound(OUR_ACTIONS[::-1]))) or ()

    assert sentence == (
        "Everybody who signs in without a name is now led in another order: the profile page, then the second factor "
        "(before: the second factor, then the profile page)."
    )


def test_an_action_that_is_unbound(tell: Tell) -> None:
    found = tell(a_side(order=bound([COMPLETE_PROFILE])))

    assert found == ("Everybody who signs in is no longer asked for a second factor.",)


def test_behind_an_unbound_action_the_policy_still_asks_at_the_end(tell: Tell) -> None:
    always = "all-applications"

    found = tell(a_side(order=bound([COMPLETE_PROFILE]), policy=always), before=a_side(policy=always)) or ()

    assert "the profile page, then the second factor" in found[0]
    assert not any("no longer asked" in sentence for sentence in found)


def test_a_refresh_that_asks_for_the_second_factor(tell: Tell) -> None:
    after = changed(REQUIRE_MFA, "return allowRefresh(event, api);", "return deny(api, 'interaction_needed');")

    found = tell(a_side(code=after))

    assert found == ("A refresh is now denied: interaction_needed.",)


def test_what_an_action_is_told_is_part_of_it(tell: Tell) -> None:
    invited_only = a_side(told=what_they_are_told(profile_applies_to="invited"))

    assert "A user who was never invited is no longer sent to the profile page." in (tell(invited_only) or ())


def test_a_token_that_the_page_would_not_take(tell: Tell) -> None:
    found = tell(a_side(code=changed(COMPLETE_PROFILE, "aud: 'guestlist:profile-page'", "aud: 'somebody-else'")))

    assert found == (
        "Everybody who signs in without a name is now denied: the profile page does not take what it is told (aud).",
    )


def test_nothing_leaves_this_machine_and_whom_an_action_would_call_is_said(tell: Tell) -> None:
    found = tell(a_side(code=changed(REQUIRE_MFA, GUARD, f"{GUARD} fetch('https://elsewhere.example.com/x');")))

    assert found == ("Everybody of the application now causes requests to elsewhere.example.com.",)


def test_root_names_are_written_through_the_management_api(tell: Tell) -> None:
    found = tell(a_side(told=what_they_are_told(profile_store="root"))) or ()

    assert "Everybody who signs in without a name now causes requests to the Management API." in found
    assert not any("denied" in sentence for sentence in found)


@pytest.mark.parametrize("address", ["https://profile.localhost:8443", "https://profile.example.com/?from=auth0"])
def test_the_page_is_found_under_whatever_address_it_has(tell: Tell, address: str) -> None:
    told = what_they_are_told(profile_page_url=address)
    after = changed(COMPLETE_PROFILE, "api.idToken.setCustomClaim('name', wholeName(names));", "")

    found = tell(a_side(code=after, told=told), before=a_side(told=told))

    assert found == ("Everybody who signs in, a refresh and a silent login no longer get in the ID token: name.",)


def test_what_only_auth0_has_is_not_tried(tell: Tell) -> None:
    found = tell(a_side(code=changed(REQUIRE_MFA, GUARD, f"{GUARD} api.prompt.render('ap_form');"))) or ()

    assert found[-1] == (
        "Not tried for everybody of the application: the Action require-mfa (api.prompt.render is not supported by the "
        "local tenant)."
    )


def test_actions_of_others_are_named_and_left_out(tell: Tell) -> None:
    with_theirs = a_side(order=[CORP_RISK, *bound(OUR_ACTIONS)])

    assert tell(with_theirs) == (
        *NOBODY,
        "Not tried with them, because the program does not hold their code: corp-risk.",
    )


def test_without_node_it_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rehearsal, "node_executable", lambda: None)

    (sentence,) = describe_behaviour(a_side(), a_side(code=OF_NOBODY)) or ()

    assert sentence.startswith("What is different for whoever logs in was not tried: Node was not found.")


def test_a_node_that_does_not_start_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("localtenant.actions.runtime.node_executable", lambda: "/nowhere/node")

    (sentence,) = describe_behaviour(a_side(), a_side(code=OF_NOBODY)) or ()

    assert "was not tried: Node could not be started" in sentence


def test_both_sides_take_a_moment() -> None:
    """Under 2 s where nothing else runs; here a bound that a busy machine keeps too."""
    began = time.monotonic()

    describe_behaviour(a_side(), a_side(code=OF_NOBODY))

    assert time.monotonic() - began < 15
