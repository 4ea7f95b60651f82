"""The Automation API runs the program inline, from the repository's root: the same resources, the same URNs as plain Pulumi."""

import sys

from tests.e2e.harness import Project, succeeded

PREVIEW = 'from guestlist.workspace import select_stack; select_stack("local").preview(expect_no_changes=True)'
REFRESH = 'from guestlist.workspace import select_stack; select_stack("local").refresh(preview_only=True, expect_no_changes=True)'
UP = 'from guestlist.workspace import select_stack; select_stack("local").up()'


def test_an_inline_run_of_what_plain_pulumi_deployed_changes_nothing(deployed: Project) -> None:
    succeeded(deployed.run(sys.executable, "-c", PREVIEW))
    succeeded(deployed.run(sys.executable, "-c", REFRESH))


def test_an_inline_first_up_declares_the_same_urns(deployed: Project, own_project: Project) -> None:
    succeeded(own_project.run(sys.executable, "-c", UP))

    assert own_project.urns() == deployed.urns()
    own_project.expects_no_changes()
