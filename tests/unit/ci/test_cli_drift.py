"""`guestlist ci issue` and `guestlist ci notify` at the terminal: exit codes, one sentence for each error, no address and no token in any."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from guestlist.ci.comments import CHECK_BROKEN, DRIFT
from guestlist.cli.main import cli
from guestlist.drift.document import render_document
from guestlist.drift.markdown import render_markdown
from guestlist.drift.report import Item
from guestlist.preview.report import Problem
from tests.ci.forge import REPOSITORY, TOKEN, Fault, Forge, a_forge
from tests.e2e.harness import ROOT
from tests.unit.drift.factories import a_report, an_item

Run = Callable[..., Result]


@pytest.fixture
def forge() -> Iterator[Forge]:
    with a_forge() as running:
        yield running


@pytest.fixture
def run(forge: Forge, tmp_path: Path) -> Run:
    """In the project, the check's files in a folder of their own."""

    def call(*arguments: str, **environ: str) -> Result:
        given = {"GITHUB_TOKEN": TOKEN, "GITHUB_REPOSITORY": REPOSITORY, "GITHUB_API_URL": forge.url, **environ}
        files = [str(tmp_path / one) if one.endswith((".json", ".md")) else one for one in arguments]
        result = CliRunner(env={"GITLAB_CI": None, "GUESTLIST_WEBHOOK_URL": None, **given}).invoke(
            cli, ["--project", str(ROOT), "ci", *files]
        )
        assert TOKEN not in result.output
        assert forge.url not in result.output
        assert "Traceback" not in result.output
        return result

    return call


def left(folder: Path, *items: Item, **changes: Any) -> None:
    report = a_report(*items, **changes)
    (folder / "drift.json").write_text(render_document([report]))
    (folder / "drift.md").write_text(render_markdown([report]))


ISSUE = ("issue", "--env", "prod", "--document", "drift.json", "--file", "drift.md", "--news", "news.json")
NOTIFY = ("notify", "--news", "news.json", "--template", "slack")


def test_drift_is_no_failure_and_is_sent_once(run: Run, forge: Forge, tmp_path: Path) -> None:
    left(tmp_path, an_item())
    webhook = {"GUESTLIST_WEBHOOK_URL": f"{forge.url}/webhook"}

    first, sent = run(*ISSUE), run(*NOTIFY, **webhook)
    second, again = run(*ISSUE), run(*NOTIFY, **webhook)

    assert [one.exit_code for one in (first, sent, second, again)] == [0, 0, 0, 0]
    assert "Opened: The tenant of prod is not as it was deployed." in first.output
    assert "says the same" in second.output
    assert again.output == "Nothing is new: nothing is sent.\n"
    assert len(forge.messages) == 1
    assert [one["labels"] for one in forge.issues] == [[{"name": DRIFT}]]


def test_nothing_found_writes_nothing(run: Run, forge: Forge, tmp_path: Path) -> None:
    left(tmp_path)

    assert run(*ISSUE).output == "Nothing differs, and no issue is open.\n"
    assert forge.writes == []


@pytest.mark.parametrize("text", [None, "", "{", "[]", '{"guestlistDrift": 2}', "\ud800", "[" * 100_000])
def test_a_check_that_left_nothing_readable_is_an_issue_and_an_exit_code(
    run: Run, forge: Forge, tmp_path: Path, text: str | None
) -> None:
    if text is not None:
        (tmp_path / "drift.json").write_bytes(text.encode(errors="surrogatepass"))

    result = run(*ISSUE)

    assert result.exit_code == 1
    assert result.output.count("Error: The check left ") == 1
    assert [one["labels"] for one in forge.issues] == [[{"name": CHECK_BROKEN}]]
    assert json.loads((tmp_path / "news.json").read_text())["broken"] is True


def test_what_it_could_not_tell_is_said_and_sent(run: Run, forge: Forge, tmp_path: Path) -> None:
    left(tmp_path, an_item(), problems=(Problem(said="The tenant did not answer. Run it again."),))

    result = run(*ISSUE)
    run(*NOTIFY, GUESTLIST_WEBHOOK_URL=f"{forge.url}/webhook")

    assert result.exit_code == 1
    assert "Error: The tenant did not answer. Run it again." in result.output
    assert forge.messages == [
        {"text": "The drift check of prod could not tell:\nThe tenant did not answer. Run it again."}
    ]


def test_a_token_without_the_right_is_told_which(run: Run, forge: Forge, tmp_path: Path) -> None:
    left(tmp_path, an_item())
    forge.may_write = False

    result = run(*ISSUE)

    assert (result.exit_code, result.output.count("\n")) == (1, 1)
    assert "issues: write" in result.output
    assert not (tmp_path / "news.json").exists()


def test_a_job_without_a_token_is_told_how_to_get_one(run: Run, tmp_path: Path) -> None:
    left(tmp_path)

    assert "GITHUB_TOKEN not set" in run(*ISSUE, GITHUB_TOKEN="").output


def test_news_that_cannot_be_written_are_an_error(run: Run, tmp_path: Path) -> None:
    left(tmp_path, an_item())

    result = run(*ISSUE[:-1], "nowhere/news.json")

    assert result.exit_code == 1
    assert "news.json: No such file or directory" in result.output


def test_without_an_address_nothing_is_sent_and_that_is_no_failure(run: Run, tmp_path: Path) -> None:
    left(tmp_path, an_item())
    run(*ISSUE)

    result = run(*NOTIFY)

    assert (result.exit_code, result.output) == (0, "GUESTLIST_WEBHOOK_URL is not set: nothing is sent.\n")


@pytest.mark.parametrize("text", [None, "", "{", '{"news": [1]}', '{"news": "x"}', '{"news": ["x"], "total": "y"}'])
def test_news_that_cannot_be_read_are_one_sentence(run: Run, tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "news.json").write_text(text)

    result = run(*NOTIFY, GUESTLIST_WEBHOOK_URL="https://hooks.example/x")

    assert (result.exit_code, result.output.count("\n")) == (1, 1)
    assert "it is not what guestlist ci issue --news writes" in result.output


def test_a_webhook_that_does_not_take_it_is_a_failure(run: Run, forge: Forge, tmp_path: Path) -> None:
    left(tmp_path, an_item())
    run(*ISSUE)

    result = run(*NOTIFY, GUESTLIST_WEBHOOK_URL=f"{forge.url}/another")

    assert (result.exit_code, result.output) == (1, "Error: The message was not taken: the webhook answered 401\n")


def test_a_webhook_that_leads_elsewhere_is_not_followed(run: Run, forge: Forge, tmp_path: Path) -> None:
    left(tmp_path, an_item())
    run(*ISSUE)
    forge.open_to_all = ("/hook",)
    forge.faults.append(Fault("POST", "/hook", 307, headers={"location": f"{forge.url}/webhook"}))

    result = run(*NOTIFY, GUESTLIST_WEBHOOK_URL=f"{forge.url}/hook")

    assert result.exit_code == 1
    assert "which is not followed" in result.output
    assert forge.messages == []
