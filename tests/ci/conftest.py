"""One repository and its pull request; the jobs of both kinds, run once for all tests that look at them."""

import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.ci.forge import REPOSITORY, TOKEN, Forge, a_forge
from tests.ci.place import Place, a_place
from tests.ci.runner import Job, Ran


@dataclass(frozen=True, kw_only=True)
class Done:
    """A job that has ended, and what it left on its machine."""

    ran: Ran
    job: Job


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    return a_place(tmp_path_factory.mktemp("repository"))


@pytest.fixture(scope="session")
def server() -> Iterator[Forge]:
    with a_forge() as running:
        yield running


@pytest.fixture
def forge(server: Forge) -> Forge:
    """Empty, as before the first push."""
    fresh = Forge()
    for name in (
        "head",
        "head_owner",
        "comments",
        "labels",
        "known_labels",
        "artifacts",
        "writes",
        "faults",
        "may_write",
    ):
        setattr(server, name, getattr(fresh, name))
    return server


def github(forge: Forge, event: Path, **more: str) -> Mapping[str, str]:
    """What every step on GitHub is given."""
    return {
        "GITHUB_ACTIONS": "true",
        "GITHUB_API_URL": forge.url,
        "GITHUB_REPOSITORY": REPOSITORY,
        "GITHUB_EVENT_PATH": str(event),
        "GITHUB_RUN_ID": "5",
        "GITHUB_BASE_REF": "main",
        **more,
    }


@pytest.fixture(scope="session")
def stranger(tmp_path_factory: pytest.TempPathFactory, place: Place) -> Iterator[Done]:
    """A fork's pull request: the job `stand-in`, without any credentials; its tenant goes on for those who come after it."""
    machine = tmp_path_factory.mktemp("stranger")
    job = Job(
        workflow="preview.yml",
        name="stand-in",
        machine=machine,
        origin=place.origin,
        commit=place.head,
        expressions={"github.sha": place.head},
        environ={"GITHUB_ACTIONS": "true", "GITHUB_BASE_REF": "main"},
        forge=Forge(),
    )
    try:
        yield Done(ran=job.run(), job=job)
    finally:
        program = job.workspace / ".venv" / "bin" / "guestlist"
        subprocess.run([str(program), "local", "stop"], cwd=job.workspace, check=False, capture_output=True)


def commenting(workflow: str, name: str, machine: Path, *, place: Place, forge: Forge, event: Path) -> Job:
    """The job that may write comments."""
    return Job(
        workflow=workflow,
        name=name,
        machine=machine,
        origin=place.origin,
        commit=place.base,
        expressions={"github.event.pull_request.base.sha": place.base, "github.token": TOKEN},
        environ=github(forge, event),
        forge=forge,
    )
