"""
The workflows' steps, run: a stranger's pull request and one of the repository, each with a real preview on a local tenant.

Not here: what the files say (`test_workflows.py`), the commands by themselves (`tests/unit/ci`).
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from guestlist.ci.body import ANYBODYS_WORD
from guestlist.ci.comments import DESTROY, SECURITY
from tests.ci.conftest import Done, commenting, github
from tests.ci.forge import Forge
from tests.ci.place import Place
from tests.ci.runner import Job, Ran, zipped
from toolchain import ensure

pytestmark = pytest.mark.xdist_group("workflows")  # one worker runs the jobs, once

MARKER = "<!-- guestlist:preview:guestlist:local -->"


@pytest.fixture(autouse=True, scope="module")
def tools() -> None:
    ensure()


def an_event(folder: Path, document: Mapping[str, Any]) -> Path:
    file = folder / "event.json"
    file.write_text(json.dumps(document))
    return file


def after_a_stranger(folder: Path, forge: Forge) -> Path:
    head = {"owner": {"login": "stranger"}}
    forge.head_owner = "stranger"
    return an_event(
        folder,
        {"workflow_run": {"id": 5, "head_sha": forge.head, "head_branch": "change", "head_repository": head}},
    )


def comment_on(folder: Path, place: Place, forge: Forge, artifact: bytes) -> Ran:
    """The job of comment.yml, after a run that left this."""
    folder.mkdir(exist_ok=True)
    forge.artifacts = {"stand-in": artifact}
    event = after_a_stranger(folder, forge)
    return commenting("comment.yml", "stand-in", folder / "machine", place=place, forge=forge, event=event).run()


def test_a_strangers_pull_request_is_previewed_and_walked(stranger: Done) -> None:
    ran = stranger.ran

    assert ran.succeeded, str(ran)
    assert "the ID token says" in ran.said["Somebody invited walks through it"]
    assert "1 change to **local**" in ran.summary
    assert "passwordComplexityOptions.minLength" in ran.summary


def test_a_stranger_is_given_no_secret_of_the_repository(stranger: Done, place: Place) -> None:
    """The sealed secrets of the environment that is stood in for are not even in the stand-in."""
    config = stranger.job.workspace / "config"
    sealed = [line.split()[-1] for line in (config / "Pulumi.prod.yaml").read_text().splitlines() if "secure:" in line]

    assert sealed
    assert not any(one in (config / "Pulumi.local.yaml").read_text() for one in sealed)


def test_a_strangers_preview_becomes_a_comment_that_is_edited(
    stranger: Done, place: Place, forge: Forge, tmp_path: Path
) -> None:
    left = stranger.job.forge.artifacts["stand-in"]
    forge.comment(f"{MARKER}\nall is well", author="stranger")

    first = comment_on(tmp_path / "first", place, forge, left)

    assert first.succeeded, str(first)
    (text,) = forge.ours()
    assert text.splitlines()[:2] == [MARKER, ANYBODYS_WORD]
    assert "passwordComplexityOptions.minLength" in text
    assert forge.labels == [SECURITY]

    harmless = {"version": 1, "previews": [{"changes": [], "findings": []}]}
    second = comment_on(
        tmp_path / "second",
        place,
        forge,
        zipped({"comment.md": f"{MARKER}\n### 0 changes\n".encode(), "preview.json": json.dumps(harmless).encode()}),
    )

    assert second.succeeded, str(second)
    assert len(forge.comments) == 2
    assert "0 changes" in forge.ours()[0]
    assert forge.labels == []


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"comment.md": b"<!-- guestlist:preview:guestlist:prod -->\n### 0 changes\n"}, "about local only"),
        ({"comment.md": MARKER.encode() + b"\n" + b"x" * 2_000_000}, "more than"),
        ({"other.md": b"hello"}, "no comment.md"),
        ({"comment.md": b"look at me"}, "not the marker"),
    ],
)
def test_what_a_stranger_makes_up_is_not_posted(
    place: Place, forge: Forge, tmp_path: Path, files: Mapping[str, bytes], said: str
) -> None:
    ran = comment_on(tmp_path / "job", place, forge, zipped(files))

    assert ran.codes["Comment and labels"] == 3, str(ran)
    assert said in ran.said["Comment and labels"]
    assert forge.writes == []


def test_an_old_runs_preview_is_not_posted(place: Place, forge: Forge, tmp_path: Path) -> None:
    event = after_a_stranger(tmp_path, forge)
    forge.head = "b" * 40
    forge.artifacts = {"stand-in": zipped({"comment.md": MARKER.encode()})}

    ran = commenting("comment.yml", "stand-in", tmp_path / "machine", place=place, forge=forge, event=event).run()

    assert ran.succeeded, str(ran)
    assert forge.writes == []


def test_a_pull_request_of_the_repository_is_previewed_and_commented(
    stranger: Done, place: Place, forge: Forge, tmp_path: Path
) -> None:
    """The environment is `local`, and its state and tenant those that the stranger's job has left."""
    event = an_event(tmp_path, {"pull_request": {"number": 7, "head": {"sha": forge.head}}})
    local = stranger.job.workspace / ".guestlist"
    deployer = json.loads((local / "local" / "deployer.json").read_text())
    expressions = {
        "matrix.environment": "local",
        "vars.AUTH0_CLIENT_ID": deployer["client_id"],
        "vars.PULUMI_BACKEND_URL": f"file://{local / 'state'}",
        "secrets.AUTH0_CLIENT_SECRET": deployer["client_secret"],
        "secrets.PULUMI_CONFIG_PASSPHRASE": "local",
        "secrets.PULUMI_ACCESS_TOKEN": "",
        **{f"vars.{name}": "" for name in ("AWS_ROLE_ARN", "AWS_REGION", "GUESTLIST_GCP_PROVIDER", "AZURE_CLIENT_ID")},
        **{
            f"vars.{name}": "" for name in ("GUESTLIST_GCP_SERVICE_ACCOUNT", "AZURE_TENANT_ID", "AZURE_STORAGE_ACCOUNT")
        },
    }
    previewing = Job(
        workflow="preview.yml",
        name="environment",
        machine=tmp_path / "previewing",
        origin=place.origin,
        commit=place.another,  # the tenant has the other one's by now
        expressions=expressions,
        environ=github(forge, event, SSL_CERT_FILE=str(local / "local" / "ca.pem")),
        forge=forge,
    )
    forge.labels = [DESTROY]

    previewed = previewing.run()
    commented = commenting(
        "preview.yml", "comment", tmp_path / "commenting", place=place, forge=forge, event=event
    ).run()

    assert previewed.succeeded, str(previewed)
    assert "origin/main" in previewed.summary
    assert commented.succeeded, str(commented)
    (text,) = forge.ours()
    assert text.startswith(MARKER)
    assert ANYBODYS_WORD not in text
    assert "passwordComplexityOptions.minLength" in text
    assert forge.labels == [SECURITY]
    assert deployer["client_secret"] not in str(previewed) + text
