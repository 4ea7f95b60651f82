"""The steps of all workflows with a program that only ends as it is told: in which order it is called, and which exit codes fail a job."""

from pathlib import Path

import pytest

from tests.ci.forge import Forge
from tests.ci.place import Place
from tests.ci.runner import Job, Ran

pytestmark = pytest.mark.xdist_group("workflows")

# Answers with the exit code that the variable of the command's name has, and writes what it was told to save.
PROGRAM = """#!/bin/sh
echo "$@" >> "$RUNNER_TEMP/called"
command="$1"
while [ $# -gt 0 ]; do
  [ "$1" = --save ] && echo "<!-- guestlist:preview:guestlist:dev -->" > "$2"
  shift
done
eval "exit \\${ENDS_$command:-0}"
"""

ENVIRONMENT = {
    "matrix.environment": "dev",
    "inputs.environment": "dev",
    **{
        f"vars.{name}": ""
        for name in (
            *("AUTH0_CLIENT_ID", "PULUMI_BACKEND_URL", "AWS_ROLE_ARN", "AWS_REGION", "GUESTLIST_GCP_PROVIDER"),
            *("GUESTLIST_GCP_SERVICE_ACCOUNT", "AZURE_CLIENT_ID", "AZURE_TENANT_ID", "AZURE_STORAGE_ACCOUNT"),
        )
    },
    **{f"secrets.{name}": "" for name in ("AUTH0_CLIENT_SECRET", "PULUMI_CONFIG_PASSPHRASE", "PULUMI_ACCESS_TOKEN")},
}


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    return tmp_path / "machine"


def run(workflow: str, name: str, machine: Path, place: Place, **ends: int) -> Ran:
    return Job(
        workflow=f"{workflow}.yml",
        name=name,
        machine=machine,
        origin=place.origin,
        commit=place.head,
        expressions=ENVIRONMENT,
        environ={"GITHUB_BASE_REF": "main", **{f"ENDS_{command}": str(code) for command, code in ends.items()}},
        forge=Forge(),
        skip=("Tools",),
        guestlist=PROGRAM,
    ).run()


def called(machine: Path) -> list[str]:
    return (machine / "temp" / "called").read_text().splitlines()


@pytest.mark.parametrize(("code", "passes"), [(0, True), (2, True), (1, False), (3, False)])
def test_changes_are_no_failure_of_a_preview(place: Place, machine: Path, code: int, passes: bool) -> None:
    ran = run("preview", "environment", machine, place, preview=code)

    assert ran.succeeded == passes, str(ran)
    assert ran.codes["Summary"] == 0  # whatever came of it is shown


def test_a_deployment_plans_applies_looks_again_and_knocks(place: Place, machine: Path) -> None:
    ran = run("deploy-environment", "up", machine, place)

    assert ran.succeeded, str(ran)
    plan, saved = machine / "temp" / "up.plan", machine / "temp" / "preview.md"
    assert [line for line in called(machine) if not line.startswith("ci ")] == [
        f"preview --env dev --plan {plan} --save {saved}",
        f"up --env dev --plan {plan}",
        "preview --env dev",
        "doctor --doors --env dev",
    ]


@pytest.mark.parametrize("code", [1, 3])
def test_what_a_rule_refuses_is_not_applied(place: Place, machine: Path, code: int) -> None:
    ran = run("deploy-environment", "up", machine, place, preview=code)

    assert not ran.succeeded
    assert not any(line.startswith("up ") for line in called(machine))


def test_something_left_to_do_after_a_deployment_fails_it(place: Place, machine: Path) -> None:
    """The first preview may find changes, the second may not."""
    ran = run("deploy-environment", "up", machine, place, preview=2)

    assert ran.codes["Up, that and nothing else"] == 0
    assert ran.codes["Nothing is left to do"] == 2


def test_an_open_door_fails_a_deployment(place: Place, machine: Path) -> None:
    assert run("deploy-environment", "up", machine, place, doctor=2).codes["No door is open"] == 2


@pytest.mark.parametrize(("code", "passes"), [(0, True), (2, False), (1, False)])
def test_any_difference_is_drift_for_now(place: Place, machine: Path, code: int, passes: bool) -> None:
    assert run("drift", "environment", machine, place, preview=code).succeeded == passes


@pytest.mark.parametrize(
    ("results", "passes"),
    [("success skipped", True), ("skipped success", True), ("failure skipped", False), ("cancelled skipped", False)],
)
def test_the_one_required_check_is_the_sum_of_the_others(
    place: Place, machine: Path, results: str, passes: bool
) -> None:
    gate = Job(
        workflow="preview.yml",
        name="previewed",
        machine=machine,
        origin=place.origin,
        commit=place.head,
        expressions={"join(needs.*.result, ' ')": results},
        environ={},
        forge=Forge(),
    )

    assert gate.run().succeeded == passes
