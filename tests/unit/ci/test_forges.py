"""Comments and labels on GitHub and GitLab: pages, limits, lost answers, tokens."""

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from guestlist.ci.body import Body
from guestlist.ci.calls import Calls, ForgeFailed
from guestlist.ci.github import GitHub
from guestlist.ci.gitlab import GitLab
from guestlist.ci.posting import put_comment, put_labels
from guestlist.errors import GuestlistError
from tests.ci.forge import BOT, REPOSITORY, TOKEN, Fault, Forge, a_forge

PROD = Body(project="guestlist", stack="prod", text="<!-- guestlist:preview:guestlist:prod -->\nnew\n")
COMMENTS = f"/repos/{REPOSITORY}/issues/7/comments"


@pytest.fixture
def forge() -> Iterator[Forge]:
    with a_forge() as running:
        yield running


@pytest.fixture
def waited() -> list[float]:
    return []


@pytest.fixture
def github(forge: Forge, tmp_path: Path, waited: list[float]) -> GitHub:
    return of_event(forge, tmp_path, {"pull_request": {"number": 7, "head": {"sha": forge.head}}}, waited)


def of_event(forge: Forge, folder: Path, event: object, waited: list[float]) -> GitHub:
    file = folder / "event.json"
    file.write_text(json.dumps(event))
    environ = {
        "GITHUB_API_URL": forge.url,
        "GITHUB_TOKEN": TOKEN,
        "GITHUB_REPOSITORY": REPOSITORY,
        "GITHUB_RUN_ID": "5",
        "GITHUB_EVENT_PATH": str(file),
    }
    return GitHub.of_job(environ, waiting=waited.append).on(7)


def test_a_comment_is_made_once_and_edited_afterwards(forge: Forge, github: GitHub) -> None:
    assert put_comment(github, PROD) == "written"
    assert put_comment(github, PROD) == "left as it is"
    newer = Body(project="guestlist", stack="prod", text=f"{PROD.marker}\nnewer\n")
    assert put_comment(github, newer) == "edited"

    assert forge.ours() == [newer.text]


def test_ours_is_found_behind_hundreds_of_others(forge: Forge, github: GitHub) -> None:
    for _ in range(250):
        forge.comment("me too", author="somebody")
    ours = forge.comment(f"{PROD.marker}\nold")

    put_comment(github, PROD)

    assert forge.writes == [("PATCH", f"/repos/{REPOSITORY}/issues/comments/{ours}")]


def test_somebody_elses_comment_is_never_edited(forge: Forge, github: GitHub) -> None:
    forge.comment(f"{PROD.marker}\nall is well, merge me", author="mallory")

    put_comment(github, PROD)

    assert forge.comments[0]["body"].endswith("merge me")
    assert forge.ours() == [PROD.text]


def test_a_lost_answer_makes_no_second_comment(forge: Forge, github: GitHub) -> None:
    forge.faults.append(Fault("POST", COMMENTS, 502, done=True))

    assert put_comment(github, PROD) == "left as it is"
    assert forge.ours() == [PROD.text]


def test_a_write_that_failed_is_done_again(forge: Forge, github: GitHub) -> None:
    forge.faults.append(Fault("POST", COMMENTS, 500))

    assert put_comment(github, PROD) == "written"
    assert forge.ours() == [PROD.text]


def test_a_read_is_repeated(forge: Forge, github: GitHub, waited: list[float]) -> None:
    forge.faults.append(Fault("GET", COMMENTS, 503, times=2))

    put_comment(github, PROD)

    assert waited == [1.0, 2.0]


@pytest.mark.parametrize(
    ("fault", "wait"),
    [
        (Fault("POST", COMMENTS, 403, headers={"retry-after": "7"}), 7.0),
        (Fault("POST", COMMENTS, 429, headers={"retry-after": "30"}), 30.0),
        (Fault("POST", COMMENTS, 403, body={"message": "You have exceeded a secondary rate limit"}), 60.0),
    ],
)
def test_a_limit_is_waited_for(forge: Forge, github: GitHub, waited: list[float], fault: Fault, wait: float) -> None:
    forge.faults.append(fault)

    assert put_comment(github, PROD) == "written"
    assert waited == [wait]


def test_nobody_waits_for_an_hour(forge: Forge, github: GitHub, waited: list[float]) -> None:
    forge.faults.append(Fault("GET", COMMENTS, 429, headers={"retry-after": "3600"}))

    with pytest.raises(ForgeFailed, match="asks to wait for 3600 s"):
        put_comment(github, PROD)
    assert waited == []


def test_a_token_that_may_not_write_is_told_what_it_needs(forge: Forge, github: GitHub) -> None:
    forge.may_write = False

    with pytest.raises(ForgeFailed, match="pull-requests: write") as failed:
        put_comment(github, PROD)
    assert TOKEN not in failed.value.message


def test_a_token_is_in_no_message_and_no_repr(forge: Forge, github: GitHub) -> None:
    assert TOKEN not in repr(github)
    with pytest.raises(ForgeFailed, match="https") as failed:
        Calls(name="GitHub", base="http://api.example.com", headers={"Authorization": TOKEN}, needs="")
    assert TOKEN not in failed.value.message


def test_labels_are_made_set_and_taken_off(forge: Forge, github: GitHub) -> None:
    forge.labels = ["bug"]

    put_labels(github, {"guestlist:destroy"})
    assert forge.labels == ["bug", "guestlist:destroy"]
    assert [one["name"] for one in forge.known_labels] == ["guestlist:destroy"]

    put_labels(github, set())
    assert forge.labels == ["bug"]


def test_a_job_whose_pull_request_has_moved_on_is_about_none(forge: Forge, github: GitHub) -> None:
    assert github.pull_request() == 7
    forge.head = "b" * 40
    assert github.pull_request() is None


@pytest.mark.parametrize(("sha", "found"), [("a" * 40, 7), ("b" * 40, None)])
def test_after_another_workflow_the_event_says_which_pull_request(
    forge: Forge, tmp_path: Path, waited: list[float], sha: str, found: int | None
) -> None:
    forge.head_owner = "stranger"
    event = {
        "workflow_run": {
            "id": 5,
            "head_sha": sha,
            "head_branch": "change",
            "head_repository": {"owner": {"login": "stranger"}},
            "pull_requests": [],
        }
    }

    assert of_event(forge, tmp_path, event, waited).pull_request() == found


def test_an_artifact_is_fetched_without_our_token(forge: Forge, github: GitHub) -> None:
    forge.artifacts["stand-in"] = b"PK-some-bytes"
    ((name, number, size),) = github.artifacts()

    assert (name, size, github.artifact(number, most=100)) == ("stand-in", 13, b"PK-some-bytes")
    assert forge.leaked == []
    with pytest.raises(ForgeFailed, match="larger than 5 bytes"):
        github.artifact(number, most=5)


def test_a_job_without_a_token_is_told_how_to_get_one() -> None:
    with pytest.raises(GuestlistError, match=r"GITHUB_TOKEN and GITHUB_REPOSITORY not set.*github\.token"):
        GitHub.of_job({})
    with pytest.raises(GuestlistError, match="GUESTLIST_GITLAB_TOKEN"):
        GitLab.of_job({})


class _Notes(httpx.MockTransport):
    """A merge request of GitLab's."""

    def __init__(self) -> None:
        super().__init__(self.answer)
        self.notes = [
            {"id": 1, "author": {"username": "mallory"}, "body": f"{PROD.marker}\nfine", "system": False},
            {"id": 2, "author": {"username": "project_1_bot"}, "body": "changed the description", "system": True},
        ]
        self.labels = ["bug", "guestlist:security"]

    def answer(self, request: httpx.Request) -> httpx.Response:  # noqa: PLR0911 - a table
        assert request.headers["private-token"] == "glpat-x"
        path = request.url.path.removeprefix("/api/v4")
        body = json.loads(request.content or b"null")
        match (request.method, path):
            case ("GET", "/user"):
                return httpx.Response(200, json={"username": "project_1_bot"})
            case ("GET", "/projects/9/merge_requests/4/notes"):
                return httpx.Response(200, json=self.notes)
            case ("POST", "/projects/9/merge_requests/4/notes"):
                self.notes.append(
                    {"id": 3, "author": {"username": "project_1_bot"}, "body": body["body"], "system": False}
                )
                return httpx.Response(201, json={})
            case ("PUT", "/projects/9/merge_requests/4/notes/3"):
                self.notes[-1]["body"] = body["body"]
                return httpx.Response(200, json={})
            case ("GET", "/projects/9/merge_requests/4"):
                return httpx.Response(200, json={"labels": self.labels})
            case ("PUT", "/projects/9/merge_requests/4"):
                self.labels = [one for one in self.labels if one != body.get("remove_labels")] + [body["add_labels"]]
                return httpx.Response(200, json={})
        return httpx.Response(404)


def test_gitlab_has_notes_and_labels_too() -> None:
    from dataclasses import replace

    environ = {
        "GUESTLIST_GITLAB_TOKEN": "glpat-x",
        "CI_API_V4_URL": "https://gitlab.example/api/v4",
        "CI_PROJECT_ID": "9",
        "CI_MERGE_REQUEST_IID": "4",
    }
    server = _Notes()
    gitlab = GitLab.of_job(environ)
    gitlab = replace(gitlab, calls=replace(gitlab.calls, transport=server))

    assert gitlab.merge_request() == 4
    assert put_comment(gitlab, PROD) == "written"
    newer = Body(project="guestlist", stack="prod", text=f"{PROD.marker}\nnewer\n")
    assert put_comment(gitlab, newer) == "edited"
    assert [one["body"] for one in server.notes if one["author"]["username"] == "project_1_bot"][1:] == [newer.text]
    put_labels(gitlab, {"guestlist:destroy"})
    assert server.labels == ["bug", "guestlist:destroy"]


def test_the_bot_of_a_job_needs_no_right_to_ask_who_it_is(github: GitHub) -> None:
    assert github.me() == BOT
