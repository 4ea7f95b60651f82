"""
A merge request on GitLab: its notes and its labels; and issues.

Not here: pages and limits (`calls.py`), what to write (`comments.py`).
Source: https://docs.gitlab.com/api/notes/#merge-requests, …/api/merge_requests/#update-mr (`add_labels`, `remove_labels`), …/api/issues/, read 2026-11-23
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from guestlist.ci.calls import Calls
from guestlist.ci.comments import Comment, LabelChanges
from guestlist.ci.issues import Issue
from guestlist.errors import GuestlistError

TOKEN = "GUESTLIST_GITLAB_TOKEN"  # noqa: S105 - the name of a variable; CI_JOB_TOKEN may not write notes


@dataclass(frozen=True, kw_only=True)
class GitLab:
    """One project, seen from one job."""

    calls: Calls
    project: str
    number: int = 0

    @classmethod
    def of_job(cls, environ: Mapping[str, str], *, waiting: Callable[[float], None] = time.sleep) -> GitLab:
        """Raises: GuestlistError, naming what the job lacks."""
        missing = [name for name in (TOKEN, "CI_API_V4_URL", "CI_PROJECT_ID") if not environ.get(name)]
        if missing:
            raise GuestlistError(
                f"Cannot talk to GitLab: {' and '.join(missing)} not set. {TOKEN} is a project access token with the scope `api` "
                "and the role Reporter, as a masked CI/CD variable."
            )
        return cls(
            calls=Calls(
                name="GitLab",
                base=environ["CI_API_V4_URL"],
                headers={"PRIVATE-TOKEN": environ[TOKEN], "User-Agent": "guestlist"},
                needs=f"{TOKEN} needs the scope `api` and the role Reporter.",
                waiting=waiting,
            ),
            project=environ["CI_PROJECT_ID"],
            number=int(environ.get("CI_MERGE_REQUEST_IID") or 0),
        )

    def on(self, number: int) -> GitLab:
        """The same, about one merge request."""
        return replace(self, number=number)

    def merge_request(self) -> int:
        """Raises: GuestlistError, for a job that is about none."""
        if not self.number:
            raise GuestlistError(
                "This job is about no merge request: CI_MERGE_REQUEST_IID is not set. It needs "
                "rules: [if: $CI_PIPELINE_SOURCE == 'merge_request_event']; or name one: --number N"
            )
        return self.number

    def me(self) -> str:
        return str(self.calls.get("/user")["username"])

    def comments(self) -> list[Comment]:
        return [
            Comment(id=int(one["id"]), author=str(one["author"]["username"]), text=one["body"])
            for one in self.calls.all(f"{self._request}/notes")
            if not one.get("system")
        ]

    def create(self, text: str) -> None:
        self.calls.write("POST", f"{self._request}/notes", {"body": text}, once=True)

    def edit(self, comment: int, text: str) -> None:
        self.calls.write("PUT", f"{self._request}/notes/{comment}", {"body": text})

    def labels(self) -> list[str]:
        return [str(one) for one in self.calls.get(self._request)["labels"]]

    def change_labels(self, changes: LabelChanges) -> None:
        wanted = {"add_labels": ",".join(changes.add), "remove_labels": ",".join(changes.remove)}
        self.calls.write("PUT", self._request, {name: text for name, text in wanted.items() if text})

    def issues(self, label: str) -> list[Issue]:
        """Open ones with this label. Raises: ForgeFailed."""
        return [
            Issue(
                number=int(one["iid"]),
                author=str(one["author"]["username"]),
                text=one.get("description") or "",
                labels=tuple(str(each) for each in one.get("labels") or ()),
            )
            for one in self.calls.all(f"{self._issues}", state="opened", labels=label)
        ]

    def open_issue(self, title: str, text: str, labels: Sequence[str]) -> None:
        body = {"title": title, "description": text, "labels": ",".join(labels)}
        self.calls.write("POST", self._issues, body, once=True)

    def edit_issue(self, number: int, text: str) -> None:
        self.calls.write("PUT", f"{self._issues}/{number}", {"description": text})

    def say_in_issue(self, number: int, text: str) -> None:
        self.calls.write("POST", f"{self._issues}/{number}/notes", {"body": text}, once=True)

    def close_issue(self, number: int) -> None:
        self.calls.write("PUT", f"{self._issues}/{number}", {"state_event": "close"})

    def change_issue_labels(self, number: int, changes: LabelChanges) -> None:
        wanted = {"add_labels": ",".join(changes.add), "remove_labels": ",".join(changes.remove)}
        self.calls.write("PUT", f"{self._issues}/{number}", {name: text for name, text in wanted.items() if text})

    @property
    def _issues(self) -> str:
        return f"/projects/{self.project}/issues"

    @property
    def _request(self) -> str:
        return f"/projects/{self.project}/merge_requests/{self.number}"
