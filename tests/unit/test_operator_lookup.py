"""Asking the tenant for what a killed run may have made."""

from typing import Any

import httpx
import pytest

from guestlist.recover import Candidate
from guestlist.recover_lookup import candidates, strays
from stacks.management import ManagementClient
from tests.unit.operator_state import a_pending, a_resource, a_state

OPTIONS = {"disableSignup": True, "passwordPolicy": "good"}


def ask(lists: dict[str, Any], pending: dict[str, Any], *resources: dict[str, Any]) -> tuple[Candidate, ...]:
    """The candidates for one pending operation on a tenant that has `lists`: {path: answer}."""

    def answer(request: httpx.Request) -> httpx.Response:
        assert request.method == "GET"
        body = lists.get(request.url.path.removeprefix("/api/v2"))
        return httpx.Response(404 if body is None else 200, json=body or {})

    client = ManagementClient("acme.eu.auth0.com", api_token="t", transport=httpx.MockTransport(answer))
    return candidates(client, a_state(*resources, pending=(pending,)))[pending["resource"]["urn"]]


def clients(*found: dict[str, Any]) -> dict[str, Any]:
    return {"/clients": {"clients": list(found)}}


def actions(**changes: Any) -> dict[str, Any]:
    action = {"id": "act", "name": "require-mfa", "code": "x", "all_changes_deployed": False, **changes}
    return {
        "/actions/actions": {"actions": [action], "total": 1, "page": 0, "per_page": 100},
        "/actions/actions/act": action,
    }


def an_action(doing: str = "creating", **inputs: Any) -> dict[str, Any]:
    return a_pending(
        "Action", "require-mfa", doing, id="act", inputs={"name": "require-mfa", "code": "x", "deploy": True, **inputs}
    )


def test_a_client_is_ours_by_its_own_mark() -> None:
    named = {"name": "Guestlist application"}
    marked = {**named, "client_id": "ours", "client_metadata": {"managed_by": "guestlist"}}

    found = ask(clients(marked, {**named, "client_id": "foreign"}, {"name": "Other", "client_id": "x"}), a_pending())

    assert [(one.id, one.ours) for one in found] == [("ours", True), ("foreign", False)]


def test_a_connection_is_ours_if_it_is_as_the_program_makes_it() -> None:
    pending = a_pending("Connection", "users", inputs={"name": "users", "strategy": "auth0", "options": OPTIONS})
    live = {
        "id": "con_1",
        "name": "users",
        "strategy": "auth0",
        "options": {"disable_signup": True, "passwordPolicy": "good"},
    }

    (same,) = ask({"/connections": {"connections": [live]}}, pending)
    (other,) = ask({"/connections": {"connections": [{**live, "options": {"passwordPolicy": "good"}}]}}, pending)

    assert same.ours
    assert not other.ours
    assert "disable_signup" in other.because


def test_an_action_with_other_code_is_not_ours() -> None:
    (found,) = ask(actions(code="y"), an_action())

    assert not found.ours


def test_an_action_of_ours_that_is_only_a_draft_is_to_be_deployed() -> None:
    (draft,) = ask(actions(), an_action())
    (deployed,) = ask(actions(all_changes_deployed=True, deployed_version={"id": "v1"}), an_action())

    assert (draft.ours, draft.to_deploy) == (True, True)
    assert (deployed.ours, deployed.to_deploy) == (True, False)


def test_an_updated_draft_is_to_be_deployed_and_a_foreign_one_is_not() -> None:
    assert [one.to_deploy for one in ask(actions(), an_action("updating"))] == [True]
    assert ask(actions(code="somebody else's"), an_action("updating")) == ()


@pytest.mark.parametrize(("client_id", "ours"), [("id-of-inviter", True), ("stranger", False)])
def test_a_grant_is_ours_if_its_client_is(client_id: str, ours: bool) -> None:
    pending = a_pending("ClientGrant", "grant", inputs={"clientId": client_id, "audience": "https://api"})
    live = [
        {"id": "cgr_1", "client_id": client_id, "audience": "https://api"},
        {"id": "cgr_2", "client_id": "z", "audience": "https://api"},
    ]

    found = ask({"/client-grants": {"client_grants": live}}, pending, a_resource(name="inviter"))

    assert [(one.id, one.ours) for one in found] == [("cgr_1", ours)]


def test_an_application_that_was_made_twice_is_a_stray() -> None:
    def answer(_request: httpx.Request) -> httpx.Response:
        marked = {"client_metadata": {"managed_by": "guestlist"}, "name": "Guestlist app"}
        found = [
            {**marked, "client_id": "known"},
            {**marked, "client_id": "twice"},
            {"client_id": "foreign", "name": "Guestlist app"},
        ]
        return httpx.Response(200, json={"clients": found})

    client = ManagementClient("acme.eu.auth0.com", api_token="t", transport=httpx.MockTransport(answer))

    assert [stray.id for stray in strays(client, a_state(a_resource(id="known")))] == ["twice"]
