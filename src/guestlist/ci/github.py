"""
A pull request on GitHub: its comments, its labels, and what the jobs of a run left; and issues.

    github = GitHub.of_job(os.environ)
    github.pull_request()       which one the job is about; `None` if it has moved on meanwhile

Not here: pages and limits (`calls.py`), what to write (`comments.py`).
Source: https://docs.github.com/rest/issues/comments, …/rest/issues/labels, …/rest/pulls/pulls, …/rest/actions/artifacts (read 2026-11-23)
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

from guestlist.ci.calls import Calls, ForgeFailed
from guestlist.ci.comments import ISSUE_LABELS, LABELS, Comment, LabelChanges
from guestlist.ci.issues import Issue
from guestlist.errors import GuestlistError

BOT = "github-actions[bot]"  # whose name a job's own token writes under; it may not ask for it
COLOURS = {
    "guestlist:destroy": "d93f0b",
    "guestlist:security": "b60205",
    "guestlist:drift": "fbca04",
    "guestlist:check-broken": "5319e7",
}
VERSION = "2022-11-28"


@dataclass(frozen=True, kw_only=True)
class GitHub:
    """One repository, seen from one job; `number` once it is known which pull request is meant."""

    calls: Calls
    repository: str
    event: Mapping[str, Any] = field(repr=False)
    run: str
    number: int = 0

    @classmethod
    def of_job(cls, environ: Mapping[str, str], *, waiting: Callable[[float], None] = time.sleep) -> GitHub:
        """Raises: GuestlistError, naming what the job lacks."""
        missing = [name for name in ("GITHUB_TOKEN", "GITHUB_REPOSITORY") if not environ.get(name)]
        if missing:
            raise GuestlistError(
                f"Cannot talk to GitHub: {' and '.join(missing)} not set. In a workflow's step: "
                "env: {GITHUB_TOKEN: '${{ github.token }}'}"
            )
        return cls(
            calls=Calls(
                name="GitHub",
                base=environ.get("GITHUB_API_URL") or "https://api.github.com",
                headers={
                    "Authorization": f"Bearer {environ['GITHUB_TOKEN']}",
                    "Accept": "application/vnd.github+json",
                    "X-GitHub-Api-Version": VERSION,
                    "User-Agent": "guestlist",
                },
                needs="The job needs permissions: pull-requests: write (and actions: read for artifacts), or issues: write for issues.",
                waiting=waiting,
            ),
            repository=environ["GITHUB_REPOSITORY"],
            event=_event(environ.get("GITHUB_EVENT_PATH", "")),
            run=environ.get("GITHUB_RUN_ID", ""),
        )

    def on(self, number: int) -> GitHub:
        """The same, about one pull request."""
        return replace(self, number=number)

    def pull_request(self) -> int | None:
        """
        Which one the job is about, from the event alone, never from what a job left; `None` if it has had another push since, or is closed.

        Raises: GuestlistError, for a job that is about none.
        """
        after = self.event.get("workflow_run")
        if isinstance(after, dict):
            head = after.get("head_repository") or {}
            owner = (head.get("owner") or {}).get("login", "")
            found = self.calls.all(f"{self._repo}/pulls", state="open", head=f"{owner}:{after.get('head_branch', '')}")
            return next((int(one["number"]) for one in found if one["head"]["sha"] == after.get("head_sha")), None)
        ours = self.event.get("pull_request")
        if not isinstance(ours, dict):
            raise GuestlistError("This job is about no pull request. To comment on one all the same: --number N")
        now = self.calls.get(f"{self._repo}/pulls/{int(ours['number'])}")
        return int(ours["number"]) if now["head"]["sha"] == ours["head"]["sha"] else None

    def me(self) -> str:
        try:
            return str(self.calls.get("/user")["login"])
        except ForgeFailed as error:
            if " 403" in error.message or " 401" in error.message:
                return BOT
            raise

    def comments(self) -> list[Comment]:
        return [
            Comment(id=int(one["id"]), author=str((one.get("user") or {}).get("login", "")), text=one.get("body") or "")
            for one in self.calls.all(f"{self._repo}/issues/{self.number}/comments")
        ]

    def create(self, text: str) -> None:
        self.calls.write("POST", f"{self._repo}/issues/{self.number}/comments", {"body": text}, once=True)

    def edit(self, comment: int, text: str) -> None:
        self.calls.write("PATCH", f"{self._repo}/issues/comments/{comment}", {"body": text})

    def labels(self) -> list[str]:
        return [str(one["name"]) for one in self.calls.all(f"{self._repo}/issues/{self.number}/labels")]

    def change_labels(self, changes: LabelChanges) -> None:
        if changes.add:
            self._make_labels(changes.add)
            self.calls.write("POST", f"{self._repo}/issues/{self.number}/labels", {"labels": list(changes.add)})
        for name in changes.remove:
            self.calls.write("DELETE", f"{self._repo}/issues/{self.number}/labels/{quote(name, safe='')}")

    def _make_labels(self, names: tuple[str, ...]) -> None:
        """With a colour and a reason, where the repository does not know them yet."""
        known = {str(one["name"]) for one in self.calls.all(f"{self._repo}/labels")}
        for name in names:
            if name not in known:
                label = {"name": name, "color": COLOURS[name], "description": {**LABELS, **ISSUE_LABELS}[name]}
                self.calls.write("POST", f"{self._repo}/labels", label)

    def issues(self, label: str) -> list[Issue]:
        """Open ones with this label; pull requests are none. Raises: ForgeFailed."""
        return [
            Issue(
                number=int(one["number"]),
                author=str((one.get("user") or {}).get("login", "")),
                text=one.get("body") or "",
                labels=tuple(str(each["name"]) for each in one.get("labels") or ()),
            )
            for one in self.calls.all(f"{self._repo}/issues", state="open", labels=label)
            if "pull_request" not in one
        ]

    def open_issue(self, title: str, text: str, labels: Sequence[str]) -> None:
        self._make_labels(tuple(labels))
        body = {"title": title, "body": text, "labels": list(labels)}
        self.calls.write("POST", f"{self._repo}/issues", body, once=True)

    def edit_issue(self, number: int, text: str) -> None:
        self.calls.write("PATCH", f"{self._repo}/issues/{number}", {"body": text})

    def say_in_issue(self, number: int, text: str) -> None:
        self.on(number).create(text)

    def close_issue(self, number: int) -> None:
        self.calls.write("PATCH", f"{self._repo}/issues/{number}", {"state": "closed", "state_reason": "completed"})

    def change_issue_labels(self, number: int, changes: LabelChanges) -> None:
        self.on(number).change_labels(changes)

    def artifacts(self) -> list[tuple[str, int, int]]:
        """Name, id and size of each that the run left: the run that this job follows, or its own. Raises: ForgeFailed."""
        after = self.event.get("workflow_run")
        run = str(after["id"]) if isinstance(after, dict) else self.run
        found = self.calls.get(f"{self._repo}/actions/runs/{run}/artifacts", per_page=100)["artifacts"]
        return [(str(one["name"]), int(one["id"]), int(one["size_in_bytes"])) for one in found if not one["expired"]]

    def artifact(self, number: int, *, most: int) -> bytes:
        """One of them, a zip. Raises: ForgeFailed."""
        return self.calls.bytes_of(f"{self._repo}/actions/artifacts/{number}/zip", most=most)

    @property
    def _repo(self) -> str:
        return f"/repos/{self.repository}"


def _event(path: str) -> Mapping[str, Any]:
    if not path:
        return {}
    try:
        found = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise GuestlistError(f"Cannot read the event of this job, GITHUB_EVENT_PATH: {type(error).__name__}") from None
    return found if isinstance(found, dict) else {}
