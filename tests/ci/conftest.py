"""
One repository and its pull request. Each job runs once, for all tests that look at it, in the order in which a day would bring them: a stranger's pull
request on a new tenant, a deployment of main to the same tenant, the check for drift, then the same pull request from a branch of the repository.
"""

import json
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.ci.forge import REPOSITORY, TOKEN, Forge, a_forge
from tests.ci.machine import Machine
from tests.ci.place import Place, a_place
from tests.ci.reader import reader_of
from tests.ci.runner import Job, Ran

UNSET = (
    *("AWS_ROLE_ARN", "AWS_REGION", "GUESTLIST_GCP_PROVIDER", "GUESTLIST_GCP_SERVICE_ACCOUNT"),
    *("AZURE_CLIENT_ID", "AZURE_TENANT_ID", "AZURE_STORAGE_ACCOUNT"),
)


@dataclass(frozen=True, kw_only=True)
class Done:
    """A job that has ended, and what it left on its machine and at the forge."""

    ran: Ran
    job: Job

    @property
    def forge(self) -> Forge:
        return self.job.forge


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    return a_place(tmp_path_factory.mktemp("repository"))


@pytest.fixture
def forge() -> Iterator[Forge]:
    with a_forge() as running:
        yield running


def github(forge: Forge, folder: Path, event: Mapping[str, Any], **more: str) -> Mapping[str, str]:
    """What every step on GitHub is given."""
    file = folder / "event.json"
    file.write_text(json.dumps(event), encoding="utf-8")
    return {
        "GITHUB_ACTIONS": "true",
        "GITHUB_API_URL": forge.url,
        "GITHUB_REPOSITORY": REPOSITORY,
        "GITHUB_EVENT_PATH": str(file),
        "GITHUB_RUN_ID": "5",
        "GITHUB_BASE_REF": "main",
        **more,
    }


def of_pull_request(forge: Forge) -> Mapping[str, Any]:
    return {"pull_request": {"number": 7, "head": {"sha": forge.head}}}


def after_a_strangers(forge: Forge) -> Mapping[str, Any]:
    """The event of a workflow that follows another one, for which a stranger's pull request was the reason."""
    forge.head_owner = "stranger"
    head = {"owner": {"login": "stranger"}}
    return {"workflow_run": {"id": 5, "head_sha": forge.head, "head_branch": "change", "head_repository": head}}


def commenting(workflow: str, name: str, folder: Path, event: Mapping[str, Any], *, place: Place, forge: Forge) -> Done:
    """A job that may write comments."""
    folder.mkdir(exist_ok=True)
    job = Job(
        workflow=workflow,
        name=name,
        machine=Machine(folder=folder / "machine", origin=place.origin),
        commit=place.base,
        expressions={"github.event.pull_request.base.sha": place.base, "github.token": TOKEN},
        environ=github(forge, folder, event),
        forge=forge,
    )
    return Done(ran=job.run(), job=job)


@pytest.fixture(scope="session")
def stranger(tmp_path_factory: pytest.TempPathFactory, place: Place) -> Iterator[Done]:
    """The job `stand-in`, without any credentials; its tenant goes on for those who come after it."""
    machine = Machine(folder=tmp_path_factory.mktemp("stranger"), origin=place.origin)
    job = Job(
        workflow="preview.yml",
        name="stand-in",
        machine=machine,
        commit=place.head,
        expressions={"github.sha": place.head},
        environ={"GITHUB_ACTIONS": "true", "GITHUB_BASE_REF": "main"},
        forge=Forge(),
    )
    try:
        yield Done(ran=job.run(), job=job)
    finally:
        machine.shell(".venv/bin/guestlist local stop", {})


@pytest.fixture(scope="session")
def strangers_comment(tmp_path_factory: pytest.TempPathFactory, place: Place, stranger: Done) -> Iterator[Done]:
    """The workflow that follows. A stranger has written a comment with our marker before."""
    with a_forge() as forge:
        forge.comment("<!-- guestlist:preview:guestlist:local -->\nall is well", author="stranger")
        forge.artifacts = stranger.forge.artifacts
        folder = tmp_path_factory.mktemp("strangers-comment")
        yield commenting("comment.yml", "stand-in", folder, after_a_strangers(forge), place=place, forge=forge)


@pytest.fixture(scope="session")
def credentials(stranger: Done) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Those of the tenant that is there, as the environment of the repository holds them; and what its certificate is checked with."""
    local = stranger.job.machine.workspace / ".guestlist"
    deployer = json.loads((local / "local" / "deployer.json").read_text())
    expressions = {
        "matrix.environment": "local",
        "inputs.environment": "local",
        "vars.AUTH0_CLIENT_ID": deployer["client_id"],
        "vars.PULUMI_BACKEND_URL": f"file://{local / 'state'}",
        "secrets.AUTH0_CLIENT_SECRET": deployer["client_secret"],
        "secrets.PULUMI_CONFIG_PASSPHRASE": "local",
        "secrets.PULUMI_ACCESS_TOKEN": "",
        **{f"vars.{name}": "" for name in UNSET},
    }
    return expressions, {"SSL_CERT_FILE": str(local / "local" / "ca.pem")}


@pytest.fixture(scope="session")
def deployment(
    tmp_path_factory: pytest.TempPathFactory, place: Place, credentials: tuple[Mapping[str, str], Mapping[str, str]]
) -> Iterator[Done]:
    """Of main, which takes back what the pull request did. The job has an identity for Amazon, too."""
    expressions, trusting = credentials
    with a_forge() as forge:
        folder = tmp_path_factory.mktemp("deployment")
        asking = {"ACTIONS_ID_TOKEN_REQUEST_URL": f"{forge.url}/identity", "ACTIONS_ID_TOKEN_REQUEST_TOKEN": TOKEN}
        job = Job(
            workflow="deploy-environment.yml",
            name="up",
            machine=Machine(folder=folder / "machine", origin=place.origin),
            commit=place.base,
            expressions={**expressions, "vars.AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/guestlist-dev"},
            environ=github(forge, folder, {}, **trusting, **asking),
            forge=forge,
        )
        yield Done(ran=job.run(), job=job)


@dataclass(frozen=True, kw_only=True)
class Checks:
    """The checks for drift of a day, one after the other, against one forge; by name."""

    forge: Forge
    done: Mapping[str, Done]
    issues: Mapping[str, list[dict[str, Any]]]  # as they were after each
    said: Mapping[str, list[str]]  # in issues, by each
    messages: Mapping[str, int]  # to the webhook, by each
    artifacts: Mapping[str, bytes]  # what each left, a zip


@pytest.fixture(scope="session")
def drift_checks(
    tmp_path_factory: pytest.TempPathFactory,
    place: Place,
    credentials: tuple[Mapping[str, str], Mapping[str, str]],
    deployment: Done,
) -> Iterator[Checks]:
    """
    On the morning after: nothing, somebody's change, the same again, another, healed, a check that cannot tell, and one that can.

    With the drift reader's credentials, which are all that a check needs.
    """
    expressions, trusting = credentials
    reader = reader_of(deployment.job.machine, expressions, trusting)
    folder = tmp_path_factory.mktemp("drift")
    with a_forge() as forge, a_tenant_of(expressions, trusting, place) as tenant:
        machine = Machine(folder=folder / "machine", origin=place.origin)

        def check(name: str, **changed: str) -> None:
            if (
                folder / "machine"
            ).exists():  # a job's machine is fresh but for its checkout, which is the same each time
                (folder / "machine").rename(folder / f"before-{name}")
            before = len(forge.said), len(forge.messages)
            job = Job(
                workflow="drift.yml",
                name="environment",
                machine=machine,
                commit=place.base,
                expressions={
                    **expressions,
                    **reader,
                    "github.token": TOKEN,
                    "secrets.GUESTLIST_WEBHOOK_URL": f"{forge.url}/webhook",
                    "vars.GUESTLIST_WEBHOOK_TEMPLATE || 'slack'": "slack",
                    **changed,
                },
                environ=github(forge, folder, {}, **trusting),
                forge=forge,
            )
            done[name] = Done(ran=job.run(), job=job)
            issues[name] = [dict(one) for one in forge.issues]
            said[name] = [text for _, text in forge.said[before[0] :]]
            messages[name] = len(forge.messages) - before[1]
            artifacts[name] = forge.artifacts["drift-local"]

        done: dict[str, Done] = {}
        issues: dict[str, list[dict[str, Any]]] = {}
        said: dict[str, list[str]] = {}
        messages: dict[str, int] = {}
        artifacts: dict[str, bytes] = {}
        check("as deployed")
        name = tenant("GET", "/tenants/settings", None)["friendly_name"]
        tenant("PATCH", "/tenants/settings", {"friendly_name": "Somebody's"})
        check("drifted")
        check("again")
        role = tenant("POST", "/roles", {"name": "of nobody"})
        check("more")
        check("cannot tell", **{"secrets.AUTH0_CLIENT_SECRET": "wrong"})
        tenant("PATCH", "/tenants/settings", {"friendly_name": name})
        tenant("DELETE", f"/roles/{role['id']}", None)
        check("healed")
        yield Checks(forge=forge, done=done, issues=issues, said=said, messages=messages, artifacts=artifacts)


@contextmanager
def a_tenant_of(
    expressions: Mapping[str, str], trusting: Mapping[str, str], place: Place
) -> Iterator[Callable[[str, str, Any], Any]]:
    """Somebody's hand in the tenant's dashboard."""
    url = f"https://localhost:{place.port}"
    by = {"X-Local-Person": "Ana Lima <ana@example.com>"}
    with httpx.Client(verify=ssl.create_default_context(cafile=trusting["SSL_CERT_FILE"]), headers=by) as client:
        asked = {
            "grant_type": "client_credentials",
            "client_id": expressions["vars.AUTH0_CLIENT_ID"],
            "client_secret": expressions["secrets.AUTH0_CLIENT_SECRET"],
            "audience": f"{url}/api/v2/",
        }
        token = client.post(f"{url}/oauth/token", json=asked).json()["access_token"]
        client.headers["authorization"] = f"Bearer {token}"

        def call(method: str, path: str, body: Any) -> Any:
            answer = client.request(method, f"{url}/api/v2{path}", json=body)
            answer.raise_for_status()
            return answer.json() if answer.content else None

        yield call


@pytest.fixture(scope="session")
def insider(
    tmp_path_factory: pytest.TempPathFactory,
    place: Place,
    credentials: tuple[Mapping[str, str], Mapping[str, str]],
    drift_checks: Checks,
) -> Iterator[Done]:
    """The preview of a pull request of the repository, after main was deployed."""
    expressions, trusting = credentials
    with a_forge() as forge:
        folder = tmp_path_factory.mktemp("insider")
        job = Job(
            workflow="preview.yml",
            name="environment",
            machine=Machine(folder=folder / "machine", origin=place.origin),
            commit=place.head,
            expressions=expressions,
            environ=github(forge, folder, of_pull_request(forge), **trusting),
            forge=forge,
        )
        yield Done(ran=job.run(), job=job)


@pytest.fixture(scope="session")
def insiders_comment(tmp_path_factory: pytest.TempPathFactory, place: Place, insider: Done) -> Done:
    folder = tmp_path_factory.mktemp("insiders-comment")
    event = of_pull_request(insider.forge)
    return commenting("preview.yml", "comment", folder, event, place=place, forge=insider.forge)


@pytest.fixture(scope="session")
def gate(tmp_path_factory: pytest.TempPathFactory, place: Place) -> Done:
    """The sum of the jobs above."""
    job = Job(
        workflow="preview.yml",
        name="previewed",
        machine=Machine(folder=tmp_path_factory.mktemp("gate") / "machine", origin=place.origin),
        commit=place.head,
        expressions={"join(needs.*.result, ' ')": "success skipped"},
        environ={},
        forge=Forge(),
    )
    return Done(ran=job.run(), job=job)
