"""
GitLab's scripts, run. The commands are those of GitHub's jobs, which `test_runs.py` runs on a local tenant; the previews that become notes, and the drift that
becomes an issue, are what GitHub's jobs found there.
"""

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import yaml

from guestlist.ci.comments import CHECK_BROKEN, DESTROY, DRIFT, SECURITY
from tests.ci import gitlab
from tests.ci.conftest import Checks, Done
from tests.ci.gitlab import MergeRequest, a_merge_request, run_job
from tests.ci.machine import Machine
from tests.ci.place import Place
from tests.ci.runner import WORKFLOWS

pytestmark = pytest.mark.xdist_group("workflows")

MARKER = "<!-- guestlist:preview:guestlist:local -->"


@pytest.fixture
def request_() -> Iterator[MergeRequest]:
    with a_merge_request() as running:
        yield running


def environment(request: MergeRequest) -> Mapping[str, str]:
    return {
        "CI_API_V4_URL": request.url,
        "CI_PROJECT_ID": "9",
        "CI_MERGE_REQUEST_IID": "4",
        "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
        "GUESTLIST_GITLAB_TOKEN": gitlab.TOKEN,
    }


def commands(script: str) -> list[str]:
    """Calls of the program that matter: not what only one forge's job has, nor how its results are called there."""
    found = re.findall(r"\.venv/bin/guestlist (.+)", script.replace("\\\n", " "))
    plain = [re.sub(r" --save \S+| > \S+", "", one) for one in found if not one.startswith("ci summary")]
    return [" ".join(one.split()) for one in plain]


def of_github(job: str, workflow: str = "preview") -> str:
    document = yaml.safe_load((WORKFLOWS / f"{workflow}.yml").read_text(encoding="utf-8"))
    return "\n".join(step.get("run", "") for step in document["jobs"][job]["steps"])


def test_a_forks_pipeline_does_what_githubs_job_does() -> None:
    assert commands(gitlab.scripts()["guestlist-stand-in"]) == commands(of_github("stand-in"))


def test_a_merge_request_is_previewed_as_a_pull_request_is() -> None:
    ours = gitlab.scripts()["guestlist-preview"].replace("$CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "$GITHUB_BASE_REF")
    ours = ours.replace('identity="$(.venv/bin/guestlist ci identity)"', ".venv/bin/guestlist ci identity")

    assert commands(ours) == commands(of_github("environment"))


def test_an_environment_is_checked_for_drift_as_on_github() -> None:
    ours = gitlab.scripts()["guestlist-drift"].replace("timeout 15m ", "").replace("-$ENVIRONMENT.", ".")
    ours = ours.replace('identity="$(.venv/bin/guestlist ci identity)"', ".venv/bin/guestlist ci identity")
    ours = re.sub(r'"((?:drift|issue|news)\.\w+)"', r"\1", ours).replace("$GUESTLIST_WEBHOOK_TEMPLATE", "$TEMPLATE")
    theirs = of_github("environment", "drift")

    assert [re.sub(r" \|\| .*", "", one) for one in commands(ours)] == [
        re.sub(r" \|\| .*", "", one) for one in commands(theirs)
    ]


def test_the_preview_finds_the_target_branch_and_the_jobs_identity(
    place: Place, tmp_path: Path, request_: MergeRequest
) -> None:
    """In a real clone, with the preview alone left out: it would be the one of GitHub's job once more."""
    machine = Machine(folder=tmp_path, origin=place.origin)
    machine.workspace.mkdir()
    machine.check_out(place.head, whole=False)
    script = gitlab.scripts()["guestlist-preview"]
    *before, preview = script.splitlines()
    assert "guestlist preview" in preview
    found = '\necho "$AWS_ROLE_ARN $(cat "$AWS_WEB_IDENTITY_TOKEN_FILE")"; git rev-parse origin/main'

    code, said = machine.shell(
        "\n".join(before) + found,
        {
            **environment(request_),
            "AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/x",
            "GUESTLIST_ID_TOKEN": "a-token",
            "TMPDIR": str(tmp_path),
        },
    )

    assert code == 0, said
    assert said.splitlines()[-2:] == ["arn:aws:iam::123456789012:role/x a-token", place.base]


def test_previews_become_notes_and_labels(place: Place, tmp_path: Path, request_: MergeRequest, insider: Done) -> None:
    request_.notes = [
        {"id": 0, "author": {"username": "mallory"}, "body": f"{MARKER}\nfine"},
        {"id": 1, "author": {"username": gitlab.BOT}, "body": f"{MARKER}\n### No changes to **local**"},
        {
            "id": 2,
            "author": {"username": gitlab.BOT},
            "body": "<!-- guestlist:preview:guestlist:prod -->\n### No changes",
        },
    ]
    machine = Machine(folder=tmp_path, origin=place.origin)
    machine.workspace.mkdir()
    machine.check_out(place.base, whole=True)
    made = insider.job.machine.workspace
    for name in ("comment.md", "preview.json"):
        (machine.workspace / name.replace(".", "-local.")).write_bytes((made / name).read_bytes())

    code, said = machine.shell(gitlab.scripts()["guestlist-comment"], {"GITLAB_CI": "true", **environment(request_)})

    assert code == 0, said
    mallory, ours, prod = (note["body"] for note in request_.notes)
    assert mallory.endswith("fine")
    assert ours == (made / "comment.md").read_text()
    assert "No preview of `prod`" in prod
    assert request_.labels == [DESTROY, SECURITY]


def test_drift_becomes_an_issue_which_is_kept_and_closed(
    place: Place, tmp_path: Path, request_: MergeRequest, drift_checks: Checks
) -> None:
    """In a real clone, with the check alone left out: what it found is what GitHub's job found."""
    machine = Machine(folder=tmp_path, origin=place.origin)
    machine.workspace.mkdir()
    machine.check_out(place.base, whole=True)
    request_.issue("<!-- guestlist:drift:guestlist:local -->\nall is well", DRIFT, author="mallory")
    check = next(line for line in gitlab.scripts()["guestlist-drift"].splitlines() if "guestlist drift" in line)

    def after(name: str) -> tuple[int, str]:
        done = drift_checks.done[name]
        made = zipfile.ZipFile(io.BytesIO(drift_checks.artifacts[name]))
        (machine.workspace / "drift-local.json").write_bytes(made.read("drift.json"))
        (machine.workspace / "issue-local.md").write_bytes(made.read("drift.md"))
        code = done.ran.codes["As deployed?"]
        script = gitlab.scripts()["guestlist-drift"].replace(check, f"told={code}")
        return machine.shell(
            script,
            {
                "GITLAB_CI": "true",
                "ENVIRONMENT": "local",
                "GUESTLIST_WEBHOOK_TEMPLATE": "slack",
                "GUESTLIST_WEBHOOK_URL": f"{request_.url}/webhook",
                **environment(request_),
            },
        )

    def states() -> list[str]:
        return [f"{one['labels'][0]} {one['state']}" for one in request_.issues[1:]]

    assert after("as deployed")[0] == 0
    assert states() == []
    code, said = after("drifted")
    assert (code, states(), len(request_.messages)) == (0, [f"{DRIFT} opened"], 1), said
    assert "Ana Lima" in request_.issues[1]["description"]
    assert after("again")[0] == 0
    assert (request_.said, len(request_.messages)) == ([], 1)
    assert after("more")[0] == 0
    assert "Role of nobody" in request_.said[0][1].replace("`", "")
    code, said = after("cannot tell")
    assert (code, states()) == (1, [f"{DRIFT} opened", f"{CHECK_BROKEN} opened"]), said
    assert after("healed")[0] == 0
    assert states() == [f"{DRIFT} closed", f"{CHECK_BROKEN} closed"]
    assert request_.issues[0]["state"] == "opened"
    assert request_.issues[0]["description"].endswith("all is well")


def test_without_any_preview_the_old_note_says_so(place: Place, tmp_path: Path, request_: MergeRequest) -> None:
    request_.notes = [{"id": 0, "author": {"username": gitlab.BOT}, "body": f"{MARKER}\n### No changes"}]

    code, said = run_job(
        "guestlist-comment",
        Machine(folder=tmp_path / "machine", origin=place.origin),
        environment(request_),
        commit=place.base,
    )

    assert code == 3, said
    assert "No preview of `local`" in request_.notes[0]["body"]
    assert request_.labels == [DESTROY, SECURITY]
