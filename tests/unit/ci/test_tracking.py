"""Issues on GitHub and GitLab: a lost answer opens no second one, what is new is said before it counts as known."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import httpx
import pytest

from guestlist.ci.calls import Calls, ForgeFailed, Unsure
from guestlist.ci.comments import CHECK_BROKEN, DRIFT, SECURITY, LabelChanges
from guestlist.ci.github import GitHub
from guestlist.ci.gitlab import GitLab
from guestlist.ci.issues import HEALED, WORKS, Issue
from guestlist.ci.told import Found, Told
from guestlist.ci.tracking import Tracked, track
from tests.ci.forge import BOT, REPOSITORY, TOKEN, Fault, Forge, a_forge

TOLD = Told(
    project="guestlist",
    environment="prod",
    report="<!-- guestlist:drift:guestlist:prod -->\nbody\n",
    found=(Found(id="a", said="Client a, changed"),),
    labels=frozenset({DRIFT}),
)

CLEAN = Told(project="guestlist", environment="prod")
MORE = replace(TOLD, found=(*TOLD.found, Found(id="b", said="Client b, changed")))
BROKEN = Told(project="guestlist", environment="prod", broken=(Found(id="no", said="The tenant did not answer."),))


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

    tracked = track(tracker, MORE)

    assert tracker.done[1:] == ["say 1 New", "edit 1 <!--"]
    assert tracked.news == ("Client b, changed",)


def test_what_cannot_be_said_does_not_count_as_known() -> None:
    with a_forge() as forge:
        github = a_github(forge)
        track(github, TOLD)
        forge.faults.append(Fault("PATCH", r".*/issues/\d+", 422))

        with pytest.raises(ForgeFailed):
            track(github, MORE)

        assert track(github, MORE).news == ("Client b, changed",)
        assert track(github, MORE).news == ()


def test_two_checks_at_the_same_time_leave_one_issue_behind_them() -> None:
    """Neither sees the other's: the next one tidies up."""
    tracker = Memory()
    nothing_yet = Memory(issues_=tracker.issues_)
    nothing_yet.issues = lambda _label: []  # type: ignore[method-assign]
    track(nothing_yet, TOLD)
    track(nothing_yet, TOLD)
    assert len(tracker.issues_) == 2

    tracked = track(tracker, TOLD)

    assert tracker.done == ["say 2 Two", "close 2"]
    assert tracked.news == ()


def test_a_year_of_checks() -> None:
    """Opened, the same, something new, healed, drifted again, a check that could not tell, one that could."""
    with a_forge() as forge:
        github = a_github(forge)
        forge.issue("<!-- guestlist:drift:guestlist:prod -->\nmine", DRIFT, author="mallory")

        def after(told: Told) -> tuple[Tracked, list[str], list[str]]:
            before = len(forge.said)
            tracked = track(github, told)
            ours = [one for one in forge.issues if one["user"]["login"] == BOT]
            said = [text.split("\n", 1)[0] for _, text in forge.said[before:]]
            return tracked, [f"{one['labels'][0]['name']} {one['state']}" for one in ours], said

        tracked, states, said = after(CLEAN)
        assert (tracked.done, states, said) == ((), [], [])
        tracked, states, said = after(TOLD)
        assert (tracked.news, states, said) == (("Client a, changed",), [f"{DRIFT} open"], [])
        writes = len(forge.writes)
        tracked, states, said = after(TOLD)
        assert (tracked.news, states, said, forge.writes[writes:]) == ((), [f"{DRIFT} open"], [], [])
        tracked, states, said = after(MORE)
        assert (tracked.news, said) == (("Client b, changed",), ["New since the last check:"])
        tracked, states, said = after(CLEAN)
        assert (tracked.news, states, said) == ((), [f"{DRIFT} closed"], [HEALED])
        tracked, states, said = after(TOLD)
        assert (tracked.news, states) == (("Client a, changed",), [f"{DRIFT} closed", f"{DRIFT} open"])
        drift = dict(forge.issues[2])
        tracked, states, said = after(BROKEN)
        assert (tracked.news, said) == (("The tenant did not answer.",), [])
        assert states[2] == f"{CHECK_BROKEN} open"
        assert forge.issues[2] == drift
        tracked, states, said = after(BROKEN)
        assert (tracked.news, said) == ((), [])
        tracked, states, said = after(TOLD)
        assert (tracked.news, states[1:], said) == ((), [f"{DRIFT} open", f"{CHECK_BROKEN} closed"], [WORKS])
        assert forge.issues[0]["body"].endswith("mine")
        assert forge.issues[0]["state"] == "open"


def a_github(forge: Forge) -> GitHub:
    return GitHub.of_job(
        {"GITHUB_TOKEN": TOKEN, "GITHUB_REPOSITORY": REPOSITORY, "GITHUB_API_URL": forge.url}, waiting=lambda _s: None
    )


def test_on_github_another_issue_is_found_beyond_a_hundred_and_pull_requests_are_passed_over() -> None:
    with a_forge() as forge:
        for number in range(120):
            forge.issue(f"another {number}", DRIFT, author="somebody")
        forge.issue("<!-- guestlist:drift:guestlist:prod -->\nold", DRIFT, pull_request=True)
        ours = forge.issue("<!-- guestlist:drift:guestlist:prod -->\nold", DRIFT, author=BOT)
        github = a_github(forge)

        track(github, TOLD)

        assert "body" in forge.issues[ours - 100]["body"]
        assert len(forge.issues) == 122
        assert [number for number, _ in forge.said] == [ours]


def test_on_github_labels_are_made_with_a_reason() -> None:
    with a_forge() as forge:
        github = a_github(forge)

        track(github, BROKEN)

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
    grave = replace(MORE, labels=frozenset({DRIFT, SECURITY}))

    track(gitlab, TOLD)
    track(gitlab, grave)
    track(gitlab, CLEAN)

    assert [(method, path, sorted(sent)) for method, path, sent in asked] == [
        ("POST", "/projects/9/issues", ["description", "labels", "title"]),
        ("PUT", "/projects/9/issues/3", ["add_labels"]),
        ("POST", "/projects/9/issues/3/notes", ["body"]),
        ("PUT", "/projects/9/issues/3", ["description"]),
        ("POST", "/projects/9/issues/3/notes", ["body"]),
        ("PUT", "/projects/9/issues/3", ["state_event"]),
    ]
