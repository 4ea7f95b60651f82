"""A real `pulumi up` declares the tenant: engine, language host and provider as on a real tenant."""

import json

import pytest

from tests.e2e.harness import Project, succeeded

pytestmark = pytest.mark.xdist_group("up")  # one worker deploys, once


def changes(project: Project, *arguments: str) -> dict[str, int]:
    """How many resources a preview would touch, by operation."""
    completed = succeeded(project.pulumi("preview", "-s", "local", "--json", *arguments))
    summary: dict[str, int] = json.loads(completed.stdout)["changeSummary"]
    return summary


def test_a_second_up_changes_nothing(deployed: Project) -> None:
    assert deployed.tenant.writes()
    deployed.tenant.forget_requests()

    deployed.up()

    assert deployed.tenant.writes() == []


def test_preview_and_refresh_expect_no_changes(deployed: Project) -> None:
    deployed.expects_no_changes()


def test_every_resource_stays_the_same_in_a_second_preview(deployed: Project) -> None:
    assert set(changes(deployed)) == {"same"}
