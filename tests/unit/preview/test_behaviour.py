"""Outcomes of the same logins before and after, as sentences."""

from __future__ import annotations

from typing import Any

import pytest

from guestlist.preview.behaviour import Outcome, Stop, Value, said

ENROLS = Stop(kind="enroll", factors=("phone",))
SHOWS = Stop(kind="challenge", factors=("phone",))
PROFILE = Stop(kind="profile", where="https://profile.example.com/profile")
WHO = "a returning user"


def an_outcome(**changes: Any) -> Outcome:
    return Outcome(**{"ending": "in", **changes})


def denied(reason: str, **changes: Any) -> Outcome:
    return an_outcome(ending="denied", reason=reason, action="require-mfa", **changes)


def a_claim(name: str, value: str = '"Ana"', place: str = "the ID token") -> Value:
    return Value(place=place, name=name, value=value)


def test_no_difference_is_said_with_how_many_were_tried() -> None:
    outcomes = {"an invited user": an_outcome(stops=(ENROLS, PROFILE)), WHO: an_outcome()}

    assert said(outcomes, outcomes) == ("Nobody's login changes (2 kinds of users tried).",)


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        (an_outcome(), denied("not_configured"), "is now denied: not_configured"),
        (denied("not_configured"), an_outcome(), "is now let in (before: denied: not_configured)"),
        (
            denied("not_configured"),
            denied("interaction_needed"),
            "is now denied: interaction_needed (before: denied: not_configured)",
        ),
        (
            an_outcome(),
            an_outcome(ending="crashed", action="a", reason="x is not defined"),
            "can no longer log in: the Action a crashes (x is not defined)",
        ),
        (
            an_outcome(),
            an_outcome(ending="timed out", action="a"),
            "can no longer log in: the Action a does not end in time",
        ),
        (
            an_outcome(ending="crashed", action="a", reason="boom"),
            denied("not_configured"),
            "is now denied: not_configured (before: failed: the Action a crashes (boom))",
        ),
        (an_outcome(stops=(SHOWS,)), an_outcome(), "is no longer asked for a second factor"),
        (an_outcome(), an_outcome(stops=(SHOWS,)), "is now asked for a second factor"),
        (
            an_outcome(stops=(SHOWS,)),
            an_outcome(stops=(SHOWS, ENROLS)),
            "is now asked to show a second factor, then enrol a second factor (before: show a second factor)",
        ),
        (
            an_outcome(stops=(SHOWS,)),
            an_outcome(stops=(Stop(kind="challenge", factors=("otp", "phone")),)),
            "is now offered otp or phone as second factor (before: phone)",
        ),
        (an_outcome(), an_outcome(stops=(PROFILE,)), "is now sent to the profile page"),
        (an_outcome(stops=(PROFILE,)), an_outcome(), "is no longer sent to the profile page"),
        (
            an_outcome(stops=(PROFILE,)),
            an_outcome(stops=(Stop(kind="profile", where="https://p.example.org/"),)),
            "is now sent to the profile page https://p.example.org/ (before: https://profile.example.com/profile)",
        ),
        (
            an_outcome(stops=(ENROLS, PROFILE)),
            an_outcome(stops=(PROFILE, ENROLS)),
            (
                "is now led in another order: the profile page, then the second factor "
                "(before: the second factor, then the profile page)"
            ),
        ),
        (
            an_outcome(),
            an_outcome(ending="elsewhere", stops=(Stop(kind="page", where="https://terms.example.com/"),)),
            "is now sent to https://terms.example.com/",
        ),
        (
            an_outcome(),
            an_outcome(claims=(a_claim("given_name"), a_claim("name"))),
            "now gets in the ID token: given_name and name",
        ),
        (an_outcome(claims=(a_claim("name"),)), an_outcome(), "no longer gets in the ID token: name"),
        (
            an_outcome(claims=(a_claim("name"),)),
            an_outcome(claims=(a_claim("name", '"Bea"'),)),
            "now gets another value in the ID token: name",
        ),
        (
            an_outcome(),
            an_outcome(written=(a_claim("plan", place="app_metadata"),)),
            "now has in app_metadata: plan",
        ),
        (an_outcome(), an_outcome(scopes=("+admin",)), "gets other scopes now: +admin (before: none)"),
        (an_outcome(), an_outcome(calls=("api.example.com",)), "now causes requests to api.example.com"),
        (an_outcome(calls=("api.example.com",)), an_outcome(), "no longer causes requests to api.example.com"),
    ],
)
def test_a_difference_is_one_sentence(before: Outcome, after: Outcome, sentence: str) -> None:
    assert said({WHO: before}, {WHO: after}) == (f"A returning user {sentence}.",)


def test_who_is_shut_out_comes_first_and_metadata_last() -> None:
    before = {
        WHO: an_outcome(written=(a_claim("seen", place="user_metadata"),), stops=(SHOWS,)),
        "a refresh": an_outcome(),
        "a silent login": denied("interaction_needed"),
    }
    after = {WHO: an_outcome(), "a refresh": denied("interaction_needed"), "a silent login": an_outcome()}

    assert said(before, after) == (
        "A refresh is now denied: interaction_needed.",
        "A silent login is now let in (before: denied: interaction_needed).",
        "A returning user is no longer asked for a second factor.",
        "A returning user no longer has in user_metadata: seen.",
    )


def test_nothing_else_is_said_of_a_login_that_ends_otherwise() -> None:
    before = an_outcome(stops=(SHOWS, PROFILE), claims=(a_claim("name"),))

    assert len(said({WHO: before}, {WHO: denied("not_configured")})) == 1


def test_people_with_the_same_change_share_a_sentence() -> None:
    people = ("an invited user", WHO, "a refresh")

    found = said(dict.fromkeys(people, an_outcome()), dict.fromkeys(people, denied("not_configured")))

    assert found == ("An invited user, a returning user and a refresh are now denied: not_configured.",)


def test_people_are_called_by_what_they_have_in_common() -> None:
    people = ("an invited user", WHO, "a refresh")
    groups = {"everybody who signs in": people[:2]}

    found = said(dict.fromkeys(people, an_outcome(stops=(PROFILE,))), dict.fromkeys(people, an_outcome()), groups)

    assert found == ("Everybody who signs in and a refresh are no longer sent to the profile page.",)


def test_a_login_that_could_not_be_tried_is_no_login_that_does_not_change() -> None:
    lacking = an_outcome(ending="not tried", action="forms", reason="api.prompt.render is not supported here")

    assert said({WHO: an_outcome()}, {WHO: lacking}) == (
        "Not tried for a returning user: the Action forms (api.prompt.render is not supported here).",
    )


def test_what_is_broken_on_both_sides_is_no_change_and_is_said() -> None:
    broken = {WHO: an_outcome(ending="crashed", action="a", reason="boom"), "a refresh": an_outcome()}

    assert said(broken, broken) == (
        "Nobody's login changes (2 kinds of users tried).",
        "A returning user cannot log in, as before: the Action a crashes (boom).",
    )
