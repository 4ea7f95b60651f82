"""
What becomes of failures, with programs that only end as they are told (`machine.STUB`): in which order they are called, which exit codes fail a job,
and that no job of any workflow, on GitHub or GitLab, succeeds after one of its commands has failed.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.ci import gitlab
from tests.ci.conftest import UNSET
from tests.ci.forge import Forge
from tests.ci.machine import Machine
from tests.ci.runner import WORKFLOWS, Job, Ran

ENVIRONMENT = {
    "matrix.environment": "dev",
    "inputs.environment": "dev",
    "github.sha": "head",
    "github.token": "",
    "github.event.pull_request.base.sha": "base",
    "join(needs.*.result, ' ')": "success skipped",
    **{
        f"vars.{name}": "" for name in ("AUTH0_CLIENT_ID", "PULUMI_BACKEND_URL", *UNSET, "GUESTLIST_DEPLOYER_CLIENT_ID")
    },
    **{f"secrets.{name}": "" for name in ("AUTH0_CLIENT_SECRET", "PULUMI_CONFIG_PASSPHRASE", "PULUMI_ACCESS_TOKEN")},
    "secrets.GUESTLIST_WEBHOOK_URL": "",
    "vars.GUESTLIST_WEBHOOK_TEMPLATE || 'slack'": "slack",
}
GITLAB = {
    "ENVIRONMENT": "dev",
    "STAND_IN_FOR": "prod",
    "CI_MERGE_REQUEST_PROJECT_URL": "https://gitlab.example/acme/guestlist",
    "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
    "GUESTLIST_WEBHOOK_TEMPLATE": "slack",
}


def jobs_with_steps() -> Iterator[tuple[str, str]]:
    for file in sorted(WORKFLOWS.glob("*.yml")):
        document: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
        yield from ((file.stem, name) for name, job in document["jobs"].items() if "steps" in job)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(folder=tmp_path / "machine", origin=tmp_path, stubs=True)


def run(workflow: str, name: str, machine: Machine, *, fails_at: int = 0, results: str = "", **ends: int) -> Ran:
    return Job(
        workflow=f"{workflow}.yml",
        name=name,
        machine=machine,
        commit="head",
        expressions={**ENVIRONMENT, **({"join(needs.*.result, ' ')": results} if results else {})},
        environ={
            "GITHUB_BASE_REF": "main",
            "FAILS_AT": str(fails_at),
            **{f"ENDS_{command}": str(code) for command, code in ends.items()},
        },
        forge=Forge(),
    ).run()


@pytest.mark.parametrize(("workflow", "name"), list(jobs_with_steps()))
def test_a_job_succeeds_only_if_each_of_its_commands_does(tmp_path: Path, workflow: str, name: str) -> None:
    """One after the other fails, and the job with it."""

    def attempt(number: int) -> tuple[Ran, list[str]]:
        machine = Machine(folder=tmp_path / str(number), origin=tmp_path, stubs=True)
        return run(workflow, name, machine, fails_at=number), machine.called()

    ran, called = attempt(0)
    assert ran.succeeded, str(ran)
    assert called or name == "previewed"
    for number, command in enumerate(called, 1):
        ran, until_then = attempt(number)
        assert not ran.succeeded, f"{command} failed and {workflow}/{name} went well"
        assert len(until_then) >= number, f"{command} was not reached"


@pytest.mark.parametrize("name", sorted(gitlab.scripts()))
def test_on_gitlab_too(tmp_path: Path, name: str) -> None:
    def attempt(number: int) -> tuple[int, list[str]]:
        machine = Machine(folder=tmp_path / str(number), origin=tmp_path, stubs=True)
        code, _ = gitlab.run_job(name, machine, {**GITLAB, "FAILS_AT": str(number)}, commit="head")
        return code, machine.called()

    code, called = attempt(0)
    assert code == 0
    assert called
    for number, command in enumerate(called, 1):
        assert attempt(number)[0] != 0, f"{command} failed and {name} went well"


@pytest.mark.parametrize(("code", "passes"), [(0, True), (2, True), (1, False), (3, False)])
def test_changes_are_no_failure_of_a_preview(machine: Machine, code: int, passes: bool) -> None:
    ran = run("preview", "environment", machine, preview=code)

    assert ran.succeeded == passes, str(ran)
    assert ran.codes["Summary"] == 0  # whatever came of it is shown


@pytest.mark.parametrize("name", ["guestlist-preview", "guestlist-stand-in"])
@pytest.mark.parametrize(("code", "passes"), [(2, True), (1, False), (3, False)])
def test_nor_on_gitlab(machine: Machine, name: str, code: int, passes: bool) -> None:
    ended, _ = gitlab.run_job(name, machine, {**GITLAB, "ENDS_preview": str(code)}, commit="head")

    assert (ended == 0) == passes


def test_a_deployment_plans_applies_looks_again_and_knocks(machine: Machine) -> None:
    ran = run("deploy-environment", "up", machine)

    assert ran.succeeded, str(ran)
    plan, saved = machine.folder / "temp" / "up.plan", machine.folder / "temp" / "preview.md"
    assert [line for line in machine.called() if not line.startswith(("guestlist ci ", "make "))] == [
        f"guestlist preview --env dev --plan {plan} --save {saved}",
        f"guestlist up --env dev --plan {plan}",
        "guestlist preview --env dev --refresh",
        "guestlist doctor --doors --env dev",
    ]


@pytest.mark.parametrize("code", [1, 3])
def test_what_a_rule_refuses_is_not_applied(machine: Machine, code: int) -> None:
    ran = run("deploy-environment", "up", machine, preview=code)

    assert not ran.succeeded
    assert not any(line.startswith(("guestlist up ", "guestlist doctor ")) for line in machine.called())


def test_something_left_to_do_after_a_deployment_fails_it(machine: Machine) -> None:
    """The first preview may find changes, the second may not."""
    ran = run("deploy-environment", "up", machine, preview=2)

    assert ran.codes["Up, that and nothing else"] == 0
    assert ran.codes["Nothing is left to do"] == 2
    assert ran.codes["No door is open"] == 0  # it was tried all the same


def test_after_half_a_deployment_the_doors_are_tried_all_the_same(machine: Machine) -> None:
    ran = run("deploy-environment", "up", machine, up=1)

    assert ran.codes["Up, that and nothing else"] == 1
    assert "Nothing is left to do" not in ran.codes
    assert ran.codes["No door is open"] == 0


def test_an_open_door_fails_a_deployment(machine: Machine) -> None:
    assert run("deploy-environment", "up", machine, doctor=2).codes["No door is open"] == 2


@pytest.mark.parametrize(("code", "passes"), [(0, True), (2, True), (1, False), (3, False)])
def test_drift_is_said_by_its_issue_and_only_a_check_that_cannot_tell_fails(
    machine: Machine, code: int, passes: bool
) -> None:
    ran = run("drift", "environment", machine, drift=code)

    assert ran.succeeded == passes
    assert {"Summary", "Issue", "Webhook"} <= set(ran.codes)  # whatever came of it is said


@pytest.mark.parametrize(("code", "passes"), [(0, True), (2, True), (1, False), (3, False)])
def test_on_gitlab_drift_is_no_failure_either(machine: Machine, code: int, passes: bool) -> None:
    ended, _ = gitlab.run_job("guestlist-drift", machine, {**GITLAB, "ENDS_drift": str(code)}, commit="head")

    assert (ended == 0) == passes
    assert [line for line in machine.called() if "ci issue" in line or "ci notify" in line] != []


@pytest.mark.parametrize(
    ("results", "passes"),
    [
        ("success skipped", True),
        ("skipped success", True),
        ("failure skipped", False),
        ("cancelled skipped", False),
        ("skipped skipped", False),  # a list without any environment, say: nothing was looked at
    ],
)
def test_the_one_required_check_is_the_sum_of_the_others(machine: Machine, results: str, passes: bool) -> None:
    assert run("preview", "previewed", machine, results=results).succeeded == passes
