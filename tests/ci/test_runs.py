"""
The workflows' steps, run: a stranger's pull request, a deployment, the check for drift and a pull request of the repository, on a local tenant.

Not here: what the files say (`test_workflows.py`), what becomes of failures (`test_failures.py`), GitLab (`test_gitlab.py`), the commands by
themselves (`tests/unit/ci`).
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from guestlist.ci.body import ANYBODYS_WORD
from guestlist.ci.comments import CHECK_BROKEN, DESTROY, DRIFT, SECURITY
from tests.ci.conftest import Checks, Done, after_a_strangers, commenting, of_pull_request
from tests.ci.forge import Forge
from tests.ci.machine import zipped
from tests.ci.place import Place
from tests.ci.runner import run_steps
from toolchain import ensure

pytestmark = pytest.mark.xdist_group("workflows")  # one worker runs the jobs, once

MARKER = "<!-- guestlist:preview:guestlist:local -->"
OLD = f"{MARKER}\n### No changes to **local**\n"


@pytest.fixture(autouse=True, scope="module")
def tools() -> None:
    ensure()


def test_a_strangers_pull_request_is_previewed_and_walked(stranger: Done) -> None:
    ran = stranger.ran

    assert ran.succeeded, str(ran)
    assert "the ID token says" in ran.said["Somebody invited walks through it"]
    assert "changes to **local**" in ran.summary
    assert "passwordComplexityOptions.minLength" in ran.summary


def test_a_stranger_is_given_no_secret_of_the_repository(stranger: Done) -> None:
    """The sealed secrets of the environment that is stood in for are not even in the stand-in."""
    config = stranger.job.machine.workspace / "config"
    sealed = [line.split()[-1] for line in (config / "Pulumi.prod.yaml").read_text().splitlines() if "secure:" in line]

    assert sealed
    assert not any(one in (config / "Pulumi.local.yaml").read_text() for one in sealed)


def test_a_strangers_preview_becomes_a_comment(strangers_comment: Done) -> None:
    forge = strangers_comment.forge

    assert strangers_comment.ran.succeeded, str(strangers_comment.ran)
    (text,) = forge.ours()
    assert text.splitlines()[:2] == [MARKER, ANYBODYS_WORD]
    assert "passwordComplexityOptions.minLength" in text
    assert forge.labels == [DESTROY, SECURITY]
    assert forge.comments[0]["body"].endswith("all is well")  # the stranger's own


def test_the_next_push_edits_it(place: Place, forge: Forge, tmp_path: Path) -> None:
    forge.comment(OLD)
    forge.labels = [SECURITY]
    harmless = {"version": 1, "previews": [{"changes": [], "findings": []}]}
    files = {"comment.md": f"{MARKER}\n### 0 changes\n".encode(), "preview.json": json.dumps(harmless).encode()}

    forge.artifacts = {"stand-in": zipped(files)}
    done = commenting("comment.yml", "stand-in", tmp_path, after_a_strangers(forge), place=place, forge=forge)

    assert done.ran.succeeded, str(done.ran)
    assert len(forge.comments) == 1
    assert "0 changes" in forge.ours()[0]
    assert forge.labels == []


def test_what_a_stranger_makes_up_is_not_posted(place: Place, forge: Forge, tmp_path: Path) -> None:
    forge.comment(OLD)
    forge.artifacts = {
        "stand-in": zipped({"comment.md": b"<!-- guestlist:preview:guestlist:prod -->\n### 0 changes\n"})
    }

    done = commenting("comment.yml", "stand-in", tmp_path, after_a_strangers(forge), place=place, forge=forge)

    assert done.ran.codes["Comment and labels"] == 3, str(done.ran)
    assert "about local only" in done.ran.said["Comment and labels"]
    (text,) = forge.ours()
    assert "No preview of `local`" in text
    assert forge.labels == [DESTROY, SECURITY]


def test_main_is_deployed_as_planned_and_looked_at_afterwards(deployment: Done) -> None:
    ran = deployment.ran

    assert ran.succeeded, str(ran)
    assert "**New** `Client application-shop`" in ran.summary
    assert "No changes" in ran.said["Nothing is left to do"]
    identity = deployment.job.machine.folder / "temp" / "guestlist-identity" / "aws.token"
    assert identity.read_text() == "token-for-sts.amazonaws.com"


def test_a_tenant_that_was_just_deployed_has_not_drifted(drift_checks: Checks) -> None:
    done = drift_checks.done["as deployed"]

    assert done.ran.succeeded, str(done.ran)
    assert "no drift found" in done.ran.summary
    assert drift_checks.issues["as deployed"] == []
    assert drift_checks.messages["as deployed"] == 0


def test_drift_opens_an_issue_that_says_who_did_it(
    drift_checks: Checks, credentials: tuple[Mapping[str, str], Mapping[str, str]]
) -> None:
    done = drift_checks.done["drifted"]
    [issue] = drift_checks.issues["drifted"]

    assert done.ran.succeeded, str(done.ran)
    assert issue["title"] == "The tenant of local is not as it was deployed"
    assert "Tenant tenant" in issue["body"]
    assert "Ana Lima" in issue["body"]
    assert "guestlist drift fix --env local" in issue["body"]
    assert issue["labels"] == [{"name": DRIFT}]
    assert drift_checks.messages["drifted"] == 1
    assert credentials[0]["secrets.AUTH0_CLIENT_SECRET"] not in str(done.ran) + str(issue) + str(
        drift_checks.forge.messages
    )
    assert drift_checks.forge.leaked == []


def test_the_same_again_tells_nobody_twice(drift_checks: Checks) -> None:
    [issue] = drift_checks.issues["again"]

    assert drift_checks.done["again"].ran.succeeded, str(drift_checks.done["again"].ran)
    assert issue["state"] == "open"
    assert (drift_checks.said["again"], drift_checks.messages["again"]) == ([], 0)


def test_what_is_new_is_said_in_the_same_issue(drift_checks: Checks) -> None:
    [issue] = drift_checks.issues["more"]
    [comment] = drift_checks.said["more"]

    assert "Role of nobody" in issue["body"]
    assert "Role of nobody" in " ".join(comment.replace("`", "").split())
    assert "Tenant tenant" not in comment
    assert drift_checks.messages["more"] == 1


def test_a_check_that_cannot_tell_says_so_and_leaves_the_other_issue_alone(drift_checks: Checks) -> None:
    done = drift_checks.done["cannot tell"]
    drift, broken = drift_checks.issues["cannot tell"]

    assert not done.ran.succeeded
    assert drift == drift_checks.issues["more"][0]
    assert broken["title"] == "The drift check of local could not tell"
    assert broken["labels"] == [{"name": CHECK_BROKEN}]
    assert "401" in broken["body"]
    assert "guestlist drift --env local" in broken["body"]


def test_what_is_healed_closes_both(drift_checks: Checks) -> None:
    drift, broken = drift_checks.issues["healed"]

    assert drift_checks.done["healed"].ran.succeeded, str(drift_checks.done["healed"].ran)
    assert (drift["state"], broken["state"]) == ("closed", "closed")
    assert len(drift_checks.said["healed"]) == 2
    assert drift_checks.messages["healed"] == 0


def test_a_pull_request_of_the_repository_is_previewed_and_commented(
    insider: Done, insiders_comment: Done, credentials: tuple[Mapping[str, str], Mapping[str, str]]
) -> None:
    """
    The environment is `local`, and its state and tenant those that main was deployed to.

    GUESTLIST_COMMENT names a file that the comment is to be written to, for a picture (`tests/unit/preview/screenshot.py`).
    """
    forge = insider.forge

    assert insider.ran.succeeded, str(insider.ran)
    assert "origin/main" in insider.ran.summary
    assert insiders_comment.ran.succeeded, str(insiders_comment.ran)
    (text,) = forge.ours()
    assert text.startswith(MARKER)
    assert ANYBODYS_WORD not in text
    assert forge.labels == [DESTROY, SECURITY]
    assert credentials[0]["secrets.AUTH0_CLIENT_SECRET"] not in str(insider.ran) + text
    if wanted := os.environ.get("GUESTLIST_COMMENT"):
        Path(wanted).write_text(text, encoding="utf-8")


def test_an_old_runs_preview_is_not_posted(place: Place, forge: Forge, tmp_path: Path) -> None:
    event = after_a_strangers(forge)
    forge.head = "b" * 40
    forge.artifacts = {"stand-in": zipped({"comment.md": MARKER.encode()})}

    done = commenting("comment.yml", "stand-in", tmp_path, event, place=place, forge=forge)

    assert done.ran.succeeded, str(done.ran)
    assert forge.writes == []


def test_where_no_preview_could_be_made_the_old_comment_says_so(place: Place, forge: Forge, tmp_path: Path) -> None:
    forge.comment(OLD)

    done = commenting("preview.yml", "comment", tmp_path, of_pull_request(forge), place=place, forge=forge)

    assert done.ran.codes["Comment and labels"] == 1, str(done.ran)
    (text,) = forge.ours()
    assert "No preview of `local`" in text
    assert forge.labels == [DESTROY, SECURITY]


JOBS = ("stranger", "strangers_comment", "deployment", "insider", "insiders_comment", "gate")


def test_every_step_of_every_workflow_has_run(request: pytest.FixtureRequest) -> None:
    """A new one is to be run for real, by one of these jobs."""
    done: list[Done] = [request.getfixturevalue(name) for name in JOBS]
    done += request.getfixturevalue("drift_checks").done.values()
    ran = {(one.job.workflow, one.job.name, step) for one in done for step in one.ran.shells}

    assert ran == run_steps()
