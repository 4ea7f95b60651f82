"""What the workflows say: understood by actionlint, few rights, pinned actions, no secret where a stranger's code runs."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.ci.actionlint import ensure_actionlint
from tests.ci.runner import ROOT, WORKFLOWS

FILES = sorted(WORKFLOWS.glob("*.yml"))
each_file = pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])


def load(file: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return loaded


def jobs() -> list[tuple[str, str, dict[str, Any]]]:
    return [(file.stem, name, job) for file in FILES for name, job in load(file)["jobs"].items()]


def job(workflow: str, name: str) -> dict[str, Any]:
    return next(found for file, called, found in jobs() if (file, called) == (workflow, name))


def steps() -> list[tuple[str, dict[str, Any]]]:
    return [(f"{file}/{name}", step) for file, name, job in jobs() for step in job.get("steps", [])]


@pytest.mark.xdist_group("actionlint")
def test_actionlint_has_nothing_to_say() -> None:
    checked = subprocess.run(
        [str(ensure_actionlint()), "-no-color", *map(str, FILES)], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_only_githubs_own_actions_are_used_and_by_their_commit() -> None:
    for file in FILES:
        for line in file.read_text(encoding="utf-8").splitlines():
            if "uses:" in line and "./.github" not in line:
                assert re.search(r"uses: actions/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line), f"{file.name}: {line}"


@each_file
def test_nobody_has_a_right_that_a_job_does_not_take(file: Path) -> None:
    document = load(file)

    assert document["permissions"] == {}
    for name, job in document["jobs"].items():
        assert "permissions" in job, name
        assert "write-all" not in str(job["permissions"])


def test_who_may_write_comments_runs_nothing_of_a_pull_request() -> None:
    writers = [(file, job) for file, _, job in jobs() if job["permissions"].get("pull-requests") == "write"]

    assert len(writers) == 2
    for file, job in writers:
        checkout = next(step for step in job["steps"] if "checkout" in step.get("uses", ""))
        if file == "preview":
            assert checkout["with"]["ref"] == "${{ github.event.pull_request.base.sha }}"
        else:
            assert "ref" not in checkout["with"]
            assert "secrets." not in str(job)


def test_a_strangers_code_meets_no_secret() -> None:
    stand_in = job("preview", "stand-in")

    assert stand_in["permissions"] == {"contents": "read"}
    assert "environment" not in stand_in
    for word in ("secrets.", "id-token", "github.token", "GITHUB_TOKEN", "PASSPHRASE"):
        assert word not in str(stand_in), word


def test_no_workflow_is_given_the_repositorys_rights_by_a_pull_request() -> None:
    for file in FILES:
        assert "pull_request_target" not in file.read_text(encoding="utf-8")


def test_no_job_leaves_its_token_in_the_checkout() -> None:
    for where, step in steps():
        if "actions/checkout" in step.get("uses", ""):
            assert step["with"]["persist-credentials"] is False, where


def test_nothing_that_a_stranger_chose_is_written_into_a_script() -> None:
    for where, step in steps():
        assert "${{" not in step.get("run", ""), where


def test_an_identity_is_asked_for_only_where_a_backend_is() -> None:
    for file, name, job in jobs():
        asks = "guestlist ci identity" in str(job) or "uses" in job
        assert (job["permissions"].get("id-token") == "write") == asks, f"{file}/{name}"


def test_an_engine_that_runs_long_has_a_fresh_identity() -> None:
    for where, step in steps():
        if where.startswith("deploy-environment/") and "PULUMI_CONFIG_PASSPHRASE" in step.get("env", {}):
            asks = step["run"].splitlines()[0] == ".venv/bin/guestlist ci identity"
            assert asks or step["name"] == "What will change", step["name"]  # which comes right after the first


def test_main_alone_is_deployed() -> None:
    for name, job in load(WORKFLOWS / "deploy.yml")["jobs"].items():
        assert "github.ref == 'refs/heads/main'" in job["if"], name


def test_deployments_are_not_cancelled_and_previews_are() -> None:
    up = job("deploy-environment", "up")

    assert up["concurrency"] == {"group": "deploy-${{ inputs.environment }}", "cancel-in-progress": False}
    assert up["environment"] == "${{ inputs.environment }}"
    assert job("drift", "environment")["concurrency"]["cancel-in-progress"] is False
    for workflow, name in (("preview", "environment"), ("preview", "stand-in"), ("comment", "stand-in")):
        assert job(workflow, name)["concurrency"]["cancel-in-progress"] is True


def test_a_deployment_does_what_was_planned_and_is_looked_at_afterwards() -> None:
    scripts = [step["run"] for step in job("deploy-environment", "up")["steps"] if "run" in step]
    order = [
        next(index for index, script in enumerate(scripts) if words in script)
        for words in ('preview --env "$ENVIRONMENT" --plan', 'up --env "$ENVIRONMENT" --plan', "doctor --doors")
    ]

    assert order == sorted(order)
    assert scripts[order[1] + 1].splitlines()[-1] == '.venv/bin/guestlist preview --env "$ENVIRONMENT" --refresh'


def test_main_alone_is_compared_with_a_tenant() -> None:
    """A check started by hand on a branch would write that branch's program into the issue."""
    rules = load(ROOT / "ci" / "gitlab" / "drift.yml")["guestlist-drift"]["rules"]

    assert "github.ref == 'refs/heads/main'" in job("drift", "environment")["if"]
    assert all("$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH" in rule["if"] for rule in rules)


def test_a_check_for_drift_may_write_issues_and_nothing_else() -> None:
    assert job("drift", "environment")["permissions"] == {"contents": "read", "id-token": "write", "issues": "write"}


def test_only_the_step_that_writes_issues_has_the_token_and_only_the_last_the_webhook() -> None:
    for step in job("drift", "environment")["steps"]:
        assert ("github.token" in str(step)) == (step.get("name") == "Issue"), step
        assert ("GUESTLIST_WEBHOOK_URL" in str(step)) == (step.get("name") == "Webhook"), step


def test_a_check_that_hangs_is_ended_before_its_job_is() -> None:
    """A job that is ended is cancelled, and runs none of the steps that would say so."""
    drift = job("drift", "environment")
    check = next(step for step in drift["steps"] if step.get("name") == "As deployed?")
    script = load(ROOT / "ci" / "gitlab" / "drift.yml")["guestlist-drift"]["script"]

    assert check["timeout-minutes"] < drift["timeout-minutes"]
    assert any(line.startswith("timeout 15m .venv/bin/guestlist drift ") for line in script)


def test_gitlabs_jobs_are_yaml_and_call_commands_that_exist() -> None:
    from tests.docs.shell import check_line

    document = {**load(ROOT / "ci" / "gitlab" / "preview.yml"), **load(ROOT / "ci" / "gitlab" / "drift.yml")}
    for name in ("guestlist-preview", "guestlist-comment", "guestlist-stand-in", "guestlist-drift"):
        for line in document[name]["script"]:
            for found in re.findall(r"\.venv/bin/guestlist [^|>)]*", line):
                plain = re.sub(r"\$\(.*", "", found)
                assert check_line(plain, complete=False) is None, line
