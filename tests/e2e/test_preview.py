"""`guestlist preview` with the real engine: what it says, what it costs, plans that are held to, and plans that are out of date."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.harness import LocalTenant, Project, succeeded

pytestmark = pytest.mark.xdist_group("preview")
ACTION = Path("actions/post-login/complete-profile.js")
MARK = "const PLANNED = true;\n"
UNREHEARSED = (
    "--no-behaviour"  # but once: five logins with two versions of the Actions take longer than all else of a preview
)


@pytest.fixture(scope="module")
def own_program(deployed: Project) -> Project:
    """The project with files of its own, in a repository of its own."""
    for name in ("actions", "stacks", "pages"):
        link = deployed.directory / name
        source = link.resolve()
        link.unlink()
        shutil.copytree(source, link, ignore=shutil.ignore_patterns("__pycache__"))
    for command in (
        ["init", "-q"],
        ["add", "actions", "stacks", "pages", "config", "Pulumi.yaml"],
        ["commit", "-qm", "first"],
    ):
        git(deployed, *command)
    return deployed


@pytest.fixture(autouse=True)
def _as_it_was(own_program: Project) -> Any:
    yield
    git(own_program, "checkout", "-q", "--", "actions", "config")


def git(project: Project, *arguments: str) -> None:
    who = ("-c", "user.name=Ana", "-c", "user.email=ana@example.com", "-c", "commit.gpgsign=false")
    subprocess.run(["git", "-C", str(project.directory), *who, *arguments], check=True, capture_output=True)


def guestlist(project: Project, *arguments: str) -> subprocess.CompletedProcess[str]:
    """With the project's own program, as in a clone of it."""
    code = "import sys; sys.path.insert(0, ''); from guestlist.cli.main import main; main()"
    return project.run(sys.executable, "-c", code, *arguments)


def change_the_action(project: Project) -> None:
    file = project.directory / ACTION
    file.write_text(MARK + file.read_text(encoding="utf-8"), encoding="utf-8")


def the_preview(project: Project, *arguments: str) -> tuple[int, dict[str, Any]]:
    done = guestlist(project, "preview", "--env", "local", "--format", "json", UNREHEARSED, *arguments)
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def test_nothing_changed_is_said_without_one_call(own_program: Project) -> None:
    own_program.tenant.forget_requests()

    code, _ = the_preview(own_program)

    assert code == 0
    assert own_program.tenant.requests() == []


def test_a_changed_line_is_shown_without_one_call(own_program: Project) -> None:
    change_the_action(own_program)
    own_program.tenant.forget_requests()

    done = guestlist(own_program, "preview", "--env", "local", "--format", "markdown")

    assert done.returncode == 2, done.stderr
    assert f"+{MARK.strip()}" in done.stdout
    assert own_program.tenant.requests() == []


def test_what_the_base_changes_too_is_left_out(own_program: Project) -> None:
    change_the_action(own_program)
    git(own_program, "commit", "-qam", "second")
    try:
        code, _ = the_preview(own_program, "--compare", "HEAD")
        assert code == 0
        code, _ = the_preview(own_program, "--compare", "HEAD~1")
        assert code == 2
    finally:
        git(own_program, "reset", "-q", "--hard", "HEAD~1")


def test_a_tenant_that_does_not_answer_hides_nothing_of_the_program(own_program: Project) -> None:
    change_the_action(own_program)
    fault = {"method": "GET", "path": "api/v2/", "when": "before_commit", "action": "status:503", "times": 999}
    own_program.tenant.control.post("/_local/faults", json=fault).raise_for_status()
    try:
        done = guestlist(own_program, "preview", "--env", "local", "--refresh", "--format", "markdown", UNREHEARSED)
    finally:
        own_program.tenant.clear_faults()

    assert done.returncode == 1
    assert f"+{MARK.strip()}" in done.stdout


def test_a_plan_is_applied_and_nothing_is_left(own_program: Project) -> None:
    change_the_action(own_program)
    git(own_program, "commit", "-qam", "planned")
    try:
        assert guestlist(own_program, "preview", "--env", "local", "--plan", "local.plan", UNREHEARSED).returncode == 2

        succeeded(guestlist(own_program, "up", "--env", "local", "--plan", "local.plan"))

        assert the_preview(own_program)[0] == 0
    finally:
        git(own_program, "reset", "-q", "--hard", "HEAD~1")
        own_program.up()


def edit_behind_our_back(tenant: LocalTenant) -> None:
    (connection,) = [one for one in tenant.get("/connections") if one["name"] == "invited-users"]
    tenant.write(
        "PATCH", f"/connections/{connection['id']}", {"options": {**connection["options"], "disable_signup": False}}
    )


@pytest.mark.parametrize("moved", ["the tenant", "the commit", "the program", "the state"])
def test_a_plan_is_refused_once_something_moved(own_program: Project, moved: str) -> None:
    change_the_action(own_program)
    assert guestlist(own_program, "preview", "--env", "local", "--plan", "local.plan", UNREHEARSED).returncode == 2
    if moved == "the tenant":
        edit_behind_our_back(own_program.tenant)
    elif moved == "the commit":
        git(own_program, "commit", "-qam", "another")
    elif moved == "the program":
        change_the_action(own_program)
    else:
        git(own_program, "stash", "-q")
        succeeded(own_program.pulumi("up", "--refresh", "--yes", "--skip-preview", "--non-interactive", "-s", "local"))
        git(own_program, "stash", "pop", "-q")
    own_program.tenant.forget_requests()

    refused = guestlist(own_program, "up", "--env", "local", "--plan", "local.plan")

    assert refused.returncode == 3, refused.stderr
    assert moved in refused.stderr
    assert own_program.tenant.writes() == []
    if moved == "the tenant":
        git(own_program, "checkout", "-q", "--", "actions")
        succeeded(own_program.pulumi("up", "--refresh", "--yes", "--skip-preview", "--non-interactive", "-s", "local"))
    if moved == "the commit":
        git(own_program, "reset", "-q", "--hard", "HEAD~1")
