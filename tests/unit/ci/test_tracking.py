"""Issues on GitHub and GitLab: a lost answer opens no second one, what is new is said before it counts as known."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from guestlist.ci.calls import Calls, Unsure
from guestlist.ci.comments import CHECK_BROKEN, DRIFT, SECURITY, LabelChanges
from guestlist.ci.github import GitHub
from guestlist.ci.gitlab import GitLab
from guestlist.ci.issues import Found, Issue, Told
from guestlist.ci.tracking import track
from tests.ci.forge import BOT, REPOSITORY, TOKEN, a_forge

TOLD = Told(
    project="guestlist",
    environment="prod",
    report="<!-- guestlist:drift:guestlist:prod -->\nbody\n",
    found=(Found(id="a", said="Client a, changed"),),
    labels=frozenset({DRIFT}),
)


@dataclass
class Memory:
    """A tracker that loses answers: `lost` of them after the write, `never` before it."""

    issues_: list[Issue] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    lost: int = 0
    never: int = 0

    def me(self) -> str:
        return "bot"

    def issues(self, label: str) -> list[Issue]:
        return [one for one in self.issues_ if label in one.labels]

    def open_issue(self, title: str, text: str, labels: Sequence[str]) -> None:
        if self.never:
            self.never -= 1
            raise Unsure("no answer")
        self.issues_.append(Issue(number=len(self.issues_) + 1, author="bot", text=text, labels=tuple(labels)))
        self.done.append(f"open {title}")
        if self.lost:
            self.lost -= 1
            raise Unsure("no answer")

    def edit_issue(self, number: int, text: str) -> None:
        self.done.append(f"edit {number} {text[:4]}")

    def say_in_issue(self, number: int, text: str) -> None:
        self.done.append(f"say {number} {text[:3]}")

    def close_issue(self, number: int) -> None:
        self.done.append(f"close {number}")

    def change_issue_labels(self, number: int, changes: LabelChanges) -> None:
        self.done.append(f"label {number} {changes.add}")


def test_a_lost_answer_opens_no_second_issue() -> None:
    tracker = Memory(lost=1)

    tracked = track(tracker, TOLD)

    assert len(tracker.issues_) == 1
    assert tracked.news == ("Client a, changed",)


def test_an_issue_that_was_never_opened_is_opened_again() -> None:
    tracker = Memory(never=2)

    track(tracker, TOLD)

    assert len(tracker.issues_) == 1


def test_one_that_cannot_be_opened_is_an_error() -> None:
    with pytest.raises(Unsure):
        track(Memory(never=9), TOLD)


def test_what_is_new_is_said_before_it_counts_as_known() -> None:
    tracker = Memory()
    track(tracker, TOLD)
    more = Told(**{**vars(TOLD), "found": (*TOLD.found, Found(id="b", said="Client b, changed"))})

    tracked = track(tracker, more)

    assert tracker.done[1:] == ["say 1 New", "edit 1 <!--"]
    assert tracked.news == ("Client b, changed",)


def test_on_github_another_issue_is_found_beyond_a_hundred_and_pull_requests_are_passed_over() -> None:
    with a_forge() as forge:
        for number in range(120):
            forge.issue(f"another {number}", DRIFT, author="somebody")
        forge.issue("<!-- guestlist:drift:guestlist:prod -->\nold", DRIFT, pull_request=True)
        ours = forge.issue("<!-- guestlist:drift:guestlist:prod -->\nold", DRIFT, author=BOT)
        github = GitHub.of_job(
            {"GITHUB_TOKEN": TOKEN, "GITHUB_REPOSITORY": REPOSITORY, "GITHUB_API_URL": forge.url},
            waiting=lambda _s: None,
        )

        track(github, TOLD)

        assert "body" in forge.issues[ours - 100]["body"]
        assert len(forge.issues) == 122
        assert [number for number, _ in forge.said] == [ours]


def test_on_github_labels_are_made_with_a_reason() -> None:
    with a_forge() as forge:
        github = GitHub.of_job(
            {"GITHUB_TOKEN": TOKEN, "GITHUB_REPOSITORY": REPOSITORY, "GITHUB_API_URL": forge.url},
            waiting=lambda _s: None,
        )

        track(github, Told(project="guestlist", environment="prod", broken=("No.",)))

        [label] = forge.known_labels
        assert (label["name"], bool(label["description"])) == (CHECK_BROKEN, True)


def test_on_gitlab_the_same_calls_are_made() -> None:
    asked: list[tuple[str, str, Any]] = []
    issues: list[dict[str, Any]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        path, sent = request.url.path.removeprefix("/api/v4"), json.loads(request.content or b"null")
        if request.method != "GET":
            asked.append((request.method, path, sent))
        if path == "/user":
            return httpx.Response(200, json={"username": "project_9_bot"})
        if request.method == "GET":
            wanted = request.url.params["labels"]
            return httpx.Response(200, json=[one for one in issues if wanted in one["labels"]])
        if (request.method, path) == ("POST", "/projects/9/issues"):
            issues.append(
                {
                    "iid": 3,
                    "author": {"username": "project_9_bot"},
                    "description": sent["description"],
                    "labels": sent["labels"].split(","),
                }
            )
        return httpx.Response(200, json={})

    gitlab = GitLab(
        calls=Calls(
            name="GitLab",
            base="https://gitlab.example/api/v4",
            headers={},
            needs="",
            transport=httpx.MockTransport(answer),
        ),
        project="9",
    )
    healed = Told(project="guestlist", environment="prod")
    grave = Told(
        **{**vars(TOLD), "found": (*TOLD.found, Found(id="b", said="b")), "labels": frozenset({DRIFT, SECURITY})}
    )

    track(gitlab, TOLD)
    track(gitlab, grave)
    track(gitlab, healed)

    assert [(method, path, sorted(sent)) for method, path, sent in asked] == [
        ("POST", "/projects/9/issues", ["description", "labels", "title"]),
        ("POST", "/projects/9/issues/3/notes", ["body"]),
        ("PUT", "/projects/9/issues/3", ["description"]),
        ("PUT", "/projects/9/issues/3", ["add_labels"]),
        ("POST", "/projects/9/issues/3/notes", ["body"]),
        ("PUT", "/projects/9/issues/3", ["state_event"]),
    ]
