"""The identity token: asked for once for each cloud, kept for this user alone, never shown."""

import json
import stat
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from guestlist.ci.identity import prepare
from guestlist.cli.main import cli
from guestlist.errors import GuestlistError

JOB = {
    "ACTIONS_ID_TOKEN_REQUEST_URL": "https://vstoken.example/token?api-version=2",
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "request-secret",
}
PROVIDER = "projects/1/locations/global/workloadIdentityPools/ci/providers/github"


def answering(request: httpx.Request) -> httpx.Response:
    assert request.headers["authorization"] == "Bearer request-secret"
    assert request.url.params["api-version"] == "2"
    return httpx.Response(200, json={"value": f"token for {request.url.params['audience']}"})


def prepared(folder: Path, **variables: str):
    return prepare({**JOB, **variables}, folder=folder, transport=httpx.MockTransport(answering))


def test_amazon_finds_a_file(tmp_path: Path) -> None:
    found = prepared(tmp_path, AWS_ROLE_ARN="arn:aws:iam::1:role/state", GITHUB_RUN_ID="5")

    file = Path(found.variables["AWS_WEB_IDENTITY_TOKEN_FILE"])
    assert file.read_text() == "token for sts.amazonaws.com"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert found.variables["AWS_ROLE_SESSION_NAME"] == "guestlist-5"


def test_google_finds_a_description_of_where_the_token_is(tmp_path: Path) -> None:
    found = prepared(tmp_path, GUESTLIST_GCP_PROVIDER=PROVIDER, GUESTLIST_GCP_SERVICE_ACCOUNT="ci@p.example")

    document = json.loads(Path(found.variables["GOOGLE_APPLICATION_CREDENTIALS"]).read_text())
    assert document["audience"] == f"//iam.googleapis.com/{PROVIDER}"
    assert Path(document["credential_source"]["file"]).read_text() == f"token for https://iam.googleapis.com/{PROVIDER}"
    assert "ci@p.example:generateAccessToken" in document["service_account_impersonation_url"]


def test_azure_finds_a_file(tmp_path: Path) -> None:
    found = prepared(tmp_path, AZURE_CLIENT_ID="c", AZURE_TENANT_ID="t")

    assert Path(found.variables["AZURE_FEDERATED_TOKEN_FILE"]).read_text() == "token for api://AzureADTokenExchange"


def test_a_fresh_one_takes_the_olds_place(tmp_path: Path) -> None:
    first = prepared(tmp_path, AWS_ROLE_ARN="arn")

    assert prepared(tmp_path, AWS_ROLE_ARN="arn") == first


def test_a_job_without_the_right_is_told_which(tmp_path: Path) -> None:
    with pytest.raises(GuestlistError, match="id-token: write"):
        prepare({"AWS_ROLE_ARN": "arn"}, folder=tmp_path)


def test_a_refusal_shows_no_secret(tmp_path: Path) -> None:
    refusing = httpx.MockTransport(lambda _request: httpx.Response(403, text="request-secret"))

    with pytest.raises(GuestlistError, match="answered 403") as failed:
        prepare({**JOB, "AWS_ROLE_ARN": "arn"}, folder=tmp_path, transport=refusing)
    assert "request-secret" not in failed.value.message


def test_later_steps_are_told_and_nothing_is_printed(tmp_path: Path) -> None:
    told = tmp_path / "env"
    environ = {"AWS_ROLE_ARN": "arn", "GUESTLIST_ID_TOKEN": "handed-over", "RUNNER_TEMP": str(tmp_path)}

    result = CliRunner().invoke(cli, ["ci", "identity"], env={**environ, "GITHUB_ENV": str(told)})

    assert result.exit_code == 0
    assert "AWS_WEB_IDENTITY_TOKEN_FILE=" in told.read_text()
    assert "handed-over" not in result.output + told.read_text()


def test_without_a_cloud_there_is_nothing_to_do(tmp_path: Path) -> None:
    assert prepare({}, folder=tmp_path).clouds == ()
