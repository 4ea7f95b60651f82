"""What is read again after a write, who is named, and where the checkpoint lies."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

from guestlist.deployment import Deployment
from guestlist.drift.authors import with_authors
from guestlist.drift.environment import checkpoint_file, deployers, targets_of
from guestlist.state import Resource, State
from guestlist.tenant_log.entries import read_entry
from guestlist.tenant_log.operations import Touched
from tests.e2e.harness import ROOT
from tests.unit.drift.factories import an_item, an_unmanaged
from tests.unit.preview.reports import a_change, a_resource
from tests.unit.tenant_log.factories import NOW, an_entry, raw

STATE = State(
    resources=(
        Resource(urn="urn:client", type="auth0:index/client:Client", id="c1"),
        Resource(urn="urn:other", type="auth0:index/client:Client", id="c2"),
        Resource(urn="urn:action", type="auth0:index/action:Action", id="a1"),
        Resource(urn="urn:tenant", type="auth0:index/tenant:Tenant", id="t"),
    )
)


def read_again(*objects: Touched) -> tuple[tuple[str, ...], list[str]]:
    targets = targets_of(frozenset(objects), STATE)
    return targets.urns, [kind.name for kind in targets.kinds]


def test_an_object_of_the_state_is_read_alone() -> None:
    assert read_again(Touched(kind="Client", id="c1")) == (("urn:client",), [])
    assert read_again(Touched(kind="Tenant")) == (("urn:tenant",), [])


def test_an_action_is_also_listed_for_the_version_that_runs() -> None:
    assert read_again(Touched(kind="Action", id="a1")) == (("urn:action",), ["Action"])


def test_an_object_that_the_state_does_not_have_is_looked_for_in_the_tenants_list() -> None:
    assert read_again(Touched(kind="Client", id="c9")) == ((), ["Client"])
    assert read_again(Touched(kind="Client")) == (("urn:client", "urn:other"), ["Client"])
    assert read_again(Touched(kind="BrandingTheme", id="x")) == ((), [])


def test_authors_are_named_of_what_differs_in_the_tenant() -> None:
    drifted = an_item(live=a_change(resource=replace(a_resource(), id="c1")))
    foreign = an_unmanaged(id="/clients/c1", shown="Client Tool")
    pending = an_item(kind="pending", live=None, pending=a_change())

    found = with_authors([drifted, foreign, pending], [an_entry("PATCH", "/clients/c1")], deployers=frozenset())

    assert [[one.who for one in item.by] for item in found] == [["Ana Lima <ana@example.com>"]] * 2 + [[]]


def test_our_deployment_is_no_author_of_what_somebody_wrote_after_it() -> None:
    drifted = an_item(live=a_change(resource=replace(a_resource(), id="c1")))
    ours = raw("PATCH", "/clients/c1", at=NOW - timedelta(hours=1), client_id="deployer", client_name="Deployer")
    ours["details"]["request"]["auth"] = {"user": {}}
    before, theirs = read_entry(ours), an_entry("PATCH", "/clients/c1")
    assert before is not None

    [after_us] = with_authors([drifted], [theirs, before], deployers=frozenset({"deployer"}))
    [us_alone] = with_authors([drifted], [before], deployers=frozenset({"deployer"}))

    assert [one.ours for one in after_us.by] == [False]
    assert [one.ours for one in us_alone.by] == [True]


def a_deployment(**environ: str) -> Deployment:
    return cast("Deployment", SimpleNamespace(environ=environ, root=ROOT, environment="prod"))


def test_the_checkpoint_lies_beside_a_state_in_a_folder_and_else_in_the_project() -> None:
    assert (
        checkpoint_file(a_deployment(PULUMI_BACKEND_URL="file:///var/state")).as_posix() == "/var/state/drift/prod.json"
    )
    assert (
        checkpoint_file(a_deployment(PULUMI_BACKEND_URL="s3://bucket")) == ROOT / ".guestlist" / "drift" / "prod.json"
    )


def test_deployers_are_whoever_checks_and_whom_the_shell_names() -> None:
    shell: dict[str, Any] = {"GUESTLIST_DEPLOYER_CLIENT_ID": "deployer"}

    assert deployers(a_deployment(AUTH0_CLIENT_ID="reader"), shell) == {"reader", "deployer"}
    assert deployers(a_deployment(), {}) == frozenset()
