"""What nobody declares: found in the tenant's lists, told apart from what Auth0 itself puts into a tenant."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from guestlist.drift.unmanaged import KINDS, SCOPES, Found, Listing, list_tenant, unmanaged, with_bindings
from guestlist.environments import Project, load_settings
from guestlist.state import Resource, State
from stacks.demands import demands
from stacks.machine_clients import drift_reader
from stacks.management import ManagementClient, ManagementError
from stacks.settings import Settings
from tests.e2e.harness import ROOT

OURS = State(
    resources=(
        Resource(urn="urn:1", type="auth0:index/client:Client", id="client-1"),
        Resource(urn="urn:2", type="auth0:index/action:Action", id="action-1"),
        Resource(
            urn="urn:3",
            type="pulumi-python:dynamic/guestlist:ExistingApplications",
            id="existing",
            outputs={"client_ids": {"shop": "client-shop"}},
        ),
    )
)


@pytest.fixture
def settings() -> Settings:
    return load_settings(Project(root=ROOT), "local")


def found(
    settings: Settings, bindings: Mapping[str, list[str]] | None = None, **whole: list[dict[str, Any]]
) -> list[Found]:
    listing = Listing(whole=whole, bindings=bindings or {})
    return list(unmanaged(listing, OURS, settings, deployers=frozenset({"deployer"}))[0])


def an_action(**changes: Any) -> dict[str, Any]:
    return {"id": "action-9", "name": "foreign", "supported_triggers": [{"id": "post-login"}], **changes}


def test_what_the_state_knows_is_declared(settings: Settings) -> None:
    assert found(settings, Client=[{"client_id": "client-1", "name": "ours"}], Action=[an_action(id="action-1")]) == []


def test_what_the_state_does_not_know_is_unmanaged(settings: Settings) -> None:
    [one] = found(settings, Client=[{"client_id": "c9", "name": "Marketing site", "grant_types": ["implicit"]}])

    assert (one.shown, one.path, one.remark) == ("Client Marketing site", "/clients/c9", "It may use implicit.")


@pytest.mark.parametrize(
    "whole",
    [
        {"Client": [{"client_id": "x", "name": "All Applications", "global": True}]},
        {"Client": [{"client_id": "deployer", "name": "the deployer's"}]},
        {"Client": [{"client_id": "client-shop", "name": "Shop"}]},
        {"Client": [{"client_id": "x", "name": "Default App"}]},
        {"Connection": [{"id": "x", "name": "Username-Password-Authentication", "strategy": "auth0"}]},
        {"ResourceServer": [{"id": "x", "identifier": "https://t/api/v2/", "is_system": True}]},
        {"ClientGrant": [{"id": "x", "client_id": "deployer", "audience": "https://t/api/v2/", "scope": []}]},
    ],
)
def test_what_auth0_made_or_the_deployer_needs_is_nobodys_news(settings: Settings, whole: dict[str, Any]) -> None:
    assert found(settings, **whole) == []


def test_a_connection_that_only_has_a_default_ones_name_is_news(settings: Settings) -> None:
    named = {"id": "x", "name": "Username-Password-Authentication", "strategy": "google-oauth2"}

    assert len(found(settings, Connection=[named])) == 1


def test_an_action_says_whether_it_runs(settings: Settings) -> None:
    bound, free = {"post-login": ["action-9"]}, {"post-login": ["action-1"]}

    assert found(settings, bound, Action=[an_action()])[0].remark == "It runs in post-login."
    assert "does not run" in found(settings, free, Action=[an_action()])[0].remark
    assert found(settings, {}, Action=[an_action()])[0].remark == ""


def test_a_grant_says_whose_it_is_and_what_it_allows(settings: Settings) -> None:
    grant = {"id": "cgr_1", "client_id": "c9", "audience": "https://t/api/v2/", "scope": ["update:users", "read:users"]}

    shown = {
        one.shown: one.remark
        for one in found(settings, Client=[{"client_id": "c9", "name": "Tool"}], ClientGrant=[grant])
    }

    assert shown["ClientGrant of Tool on https://t/api/v2/"] == "It allows read:users, update:users."


def test_coverage_counts_what_was_looked_at(settings: Settings) -> None:
    whole = {
        "Client": [
            {"client_id": "client-1", "name": "ours"},
            {"client_id": "c9", "name": "Marketing site"},
            {"client_id": "d", "name": "Default App"},
            {"client_id": "g", "name": "All Applications", "global": True},
        ]
    }

    _, coverage = unmanaged(Listing(whole=whole), OURS, settings, deployers=frozenset())

    assert (coverage.objects, coverage.declared, coverage.auth0s, coverage.percent) == (
        3,
        1,
        ("Client Default App",),
        66,
    )


def answering(answers: Mapping[str, Any]) -> ManagementClient:
    def answer(request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix("/api/v2")
        found = answers.get(path)
        return (
            httpx.Response(403, json={"message": "Insufficient scope"})
            if found is None
            else httpx.Response(200, json=found)
        )

    return ManagementClient("tenant.example", api_token="token", transport=httpx.MockTransport(answer))


def test_a_list_that_may_not_be_read_hides_no_other() -> None:
    with answering({"/clients": {"clients": [{"client_id": "c"}]}, "/custom-domains": []}) as tenant:
        listing = list_tenant(tenant)

    assert set(listing.whole) == {"Client", "CustomDomain"}
    assert set(listing.failed) == {kind.name for kind in KINDS} - {"Client", "CustomDomain"}
    assert all(error.status == 403 for error in listing.failed.values())


def test_triggers_are_read_only_where_somebody_elses_action_could_run() -> None:
    whole = {"Action": [an_action(id="action-1")]}
    with answering({}) as tenant:
        assert with_bindings(Listing(whole=whole), tenant, OURS).bindings == {}
        assert tenant.calls == 0
    with answering({"/actions/triggers/post-login/bindings": {"bindings": [{"action": {"id": "action-9"}}]}}) as tenant:
        listing = with_bindings(Listing(whole={"Action": [an_action()]}), tenant, OURS)

    assert listing.bindings == {"post-login": ["action-9"]}


def test_the_drift_reader_may_list_every_kind_and_read_the_log(settings: Settings) -> None:
    wanted = demands(settings)

    assert {*SCOPES, "read:logs"} <= set(drift_reader([*wanted.own, *wanted.require]).scopes)


def test_a_tenant_that_gives_no_token_is_asked_for_one_once() -> None:
    asked: list[str] = []

    def refuse(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        return httpx.Response(401, json={"error": "access_denied"})

    tenant = ManagementClient(
        "t.example", client_id="c", client_secret="s", transport=httpx.MockTransport(refuse), sleep=lambda _: None
    )

    with pytest.raises(ManagementError, match="token"):
        list_tenant(tenant)

    assert asked == ["/oauth/token"]
