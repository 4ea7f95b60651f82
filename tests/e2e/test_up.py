"""A real `pulumi up` declares the tenant: engine, language host and provider as on a real tenant."""

import json
from collections import Counter

import pytest

from guestlist.preview.budget import budget_of
from guestlist.preview.change import changes_of
from guestlist.preview.picture import Step, step_of
from tests.e2e.harness import Project, succeeded

pytestmark = pytest.mark.xdist_group("up")  # one worker deploys, once


def changes(project: Project, *arguments: str) -> dict[str, int]:
    """How many resources a preview would touch, by operation."""
    completed = succeeded(project.pulumi("preview", "-s", "local", "--json", *arguments))
    summary: dict[str, int] = json.loads(completed.stdout)["changeSummary"]
    return summary


ASKS_WHETHER_BUILT = "GET /actions/actions/{id}"  # as often as it takes


def creations(project: Project) -> tuple[Step, ...]:
    """What a preview from nothing would have said of what is there now."""
    found = (
        step_of({"op": "create", "type": one["type"], "new": one}) for one in project.state()["deployment"]["resources"]
    )
    return tuple(step for step in found if step is not None)


def test_a_first_up_costs_what_a_preview_says(deployed: Project) -> None:
    made = Counter(
        f"{call['method']} {call['path'].removeprefix('/api/v2')}"
        for call in deployed.tenant.requests()
        if call["path"] != "/oauth/token"
    )
    said = dict(budget_of(changes_of(creations(deployed))).calls)

    assert abs(made.pop(ASKS_WHETHER_BUILT) - said.pop(ASKS_WHETHER_BUILT)) <= 4
    assert dict(made) == said


def test_a_second_up_changes_nothing(deployed: Project) -> None:
    assert deployed.tenant.writes()
    deployed.tenant.forget_requests()

    deployed.up()

    assert deployed.tenant.writes() == []


def test_preview_and_refresh_expect_no_changes(deployed: Project) -> None:
    deployed.expects_no_changes()


def test_every_resource_stays_the_same_in_a_second_preview(deployed: Project) -> None:
    assert set(changes(deployed)) == {"same"}
