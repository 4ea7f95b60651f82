"""
Tokens and states of several logins, mixed in every way that a browser can send them: names reach the user who typed them, or nobody.

The whole way: Auth0's token, the page, the page's token, `/continue`, the deployed Action, which Node runs here.
"""

from __future__ import annotations

import itertools
from collections import Counter
from typing import Any

from tests.pages.profile.actions import ask
from tests.pages.profile.people import FROM_PAGE, Browser, a_token, hidden

PEOPLE = ("ana", "bo", "chidi", "dana", "eve")


def state_of(person: str) -> str:
    return f"state-of-{person}"


def at_continue(who: str, state: str, token: str, now: float) -> dict[str, Any]:
    """Auth0 resumes the login that the state belongs to: the event's user is its."""
    return {"user_id": f"auth0|{who}", "state": state, "session_token": token, "secret": FROM_PAGE, "now": int(now)}


def test_no_name_reaches_another_persons_account(browser: Browser) -> None:
    """Whoever holds a token and a state of two logins gets a token for neither."""
    tokens = {person: a_token(sub=f"auth0|{person}") for person in PEOPLE}
    made: list[tuple[str, str, str]] = []  # whose token, whose state, what the page signed
    for holder, other in itertools.product(PEOPLE, PEOPLE):
        shown = browser.open(tokens[holder], state=state_of(other))
        sent = browser.send({**hidden(shown), "given_name": f"Typed by {holder}"})
        made.append((holder, other, hidden(sent)["session_token"]))
    tries = [
        (holder, who, at_continue(who, state_of(who), token, browser.now))
        for holder, _, token in made
        for who in PEOPLE
    ]  # fmt: skip

    outcomes = ask("continue_logins.js", [asked for _, _, asked in tries])

    stored = Counter(
        (holder, who) for (holder, who, _), said in zip(tries, outcomes, strict=True) if said["userMetadata"]
    )
    assert stored == {(person, person): 1 for person in PEOPLE}  # each by their own token and state, once
    assert all(
        said["userMetadata"]["given_name"] == f"Typed by {who}"
        for (_, who, _), said in zip(tries, outcomes, strict=True)
        if said["userMetadata"]
    )
    assert {said["outcome"] for said in outcomes} == {"goes on", "denied"}


def test_parts_of_two_forms_are_not_taken(browser: Browser) -> None:
    """Every mixture of hidden fields of three logins: only whole forms are taken."""
    forms = [hidden(browser.open(a_token(sub=f"auth0|{who}"), state=state_of(who))) for who in PEOPLE[:3]]
    fields = ("session_token", "state", "binding")
    for chosen in itertools.product(range(3), repeat=3):
        mixed = {name: forms[which][name] for name, which in zip(fields, chosen, strict=True)}
        sent = browser.send({**mixed, "given_name": "Eve"})
        assert sent.status_code == (200 if len(set(chosen)) == 1 else 400), chosen


def test_a_token_of_the_page_is_of_no_use_in_another_login_of_the_same_person(browser: Browser) -> None:
    """Replayed at a second `/continue`, whose state is another one."""
    token = hidden(browser.fill_in())["session_token"]
    again = ask("continue_logins.js", [at_continue("ana", "another-state", token, browser.now)])

    assert again == [{"outcome": "denied", "userMetadata": {}}]
