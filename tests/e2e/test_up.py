"""A real `pulumi up` declares the tenant: engine, language host and provider as on a real tenant."""

import json

from tests.e2e.harness import Project, succeeded

INLINE = """
import json
from guestlist.workspace import select_stack

pytestmark = pytest.mark.xdist_group("up")  # one worker deploys, once
stack = select_stack("local")
result = stack.preview(expect_no_changes=True)
print(json.dumps(result.change_summary))
"""


def changes(project: Project, *arguments: str) -> dict[str, int]:
    """How many resources a preview would touch, by operation."""
    completed = succeeded(project.pulumi("preview", "-s", "local", "--json", *arguments))
    summary: dict[str, int] = json.loads(completed.stdout)["changeSummary"]
    return summary


def test_a_second_up_changes_nothing(deployed: Project) -> None:
    writes_before = [call for call in deployed.tenant.requests() if call["method"] != "GET"]
    deployed.tenant.forget_requests()

    deployed.up()

    assert writes_before
    assert [
        call for call in deployed.tenant.requests() if call["method"] != "GET" and "token" not in call["path"]
    ] == []


def test_preview_and_refresh_expect_no_changes(deployed: Project) -> None:
    deployed.expects_no_changes()


def test_every_resource_stays_the_same_in_a_second_preview(deployed: Project) -> None:
    assert set(changes(deployed)) == {"same"}
