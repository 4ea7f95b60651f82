"""
Runs a job of ci/gitlab as GitLab would, all lines of its script in one shell; and the API of a merge request and of issues, on loopback.

Not here: the machine (`machine.py`), GitHub's jobs (`runner.py`).
"""

import json
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import yaml

from tests.ci.machine import ROOT, Machine

FILES = tuple(ROOT / "ci" / "gitlab" / name for name in ("preview.yml", "drift.yml"))
TOKEN = "glpat-standInTokenOfOneProject"
BOT = "project_9_bot"
ISSUES = "/api/v4/projects/9/issues"


def scripts() -> Mapping[str, str]:
    """By the job's name, what its shell runs."""
    document = {name: job for file in FILES for name, job in yaml.safe_load(file.read_text(encoding="utf-8")).items()}
    found = {}
    for name, job in document.items():
        if not name.startswith("."):
            whole = {**document.get(job.get("extends", ""), {}), **job}
            found[name] = "\n".join([*whole.get("before_script", []), *whole["script"]])
    return found


def run_job(name: str, machine: Machine, environ: Mapping[str, str], *, commit: str) -> tuple[int, str]:
    """Answers exit code and what it said."""
    machine.workspace.mkdir(parents=True)
    machine.check_out(commit, whole=True)
    return machine.shell(scripts()[name], {"GITLAB_CI": "true", "CI_COMMIT_SHA": commit, **environ})


@dataclass
class MergeRequest:
    """Number 4 of project 9: its notes and labels; and the project's issues."""

    url: str = ""
    notes: list[dict[str, Any]] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    issues: list[dict[str, Any]] = field(default_factory=list)
    said: list[tuple[int, str]] = field(default_factory=list)  # notes of issues: the number, the text
    messages: list[Any] = field(default_factory=list)  # that came to the webhook

    def issue(self, text: str, *labels: str, author: str = BOT, title: str = "") -> None:
        self.issues.append(
            {
                "iid": 100 + len(self.issues),
                "author": {"username": author},
                "title": title,
                "description": text,
                "state": "opened",
                "labels": list(labels),
            }
        )

    def answer_about_issues(self, method: str, path: str, query: dict[str, str], body: Any) -> tuple[int, Any]:
        if (method, path) == ("GET", ""):
            listed = [one for one in self.issues if query["labels"] in one["labels"] and one["state"] == query["state"]]
            size, page = int(query["per_page"]), int(query["page"])
            return 200, listed[(page - 1) * size : page * size]
        if (method, path) == ("POST", ""):
            self.issue(body["description"], *body["labels"].split(","), title=body["title"])
            return 201, self.issues[-1]
        found = re.fullmatch(r"/(\d+)(/notes)?", path)
        if found is None:
            return 404, {"message": "404 Not found"}
        issue = next(one for one in self.issues if one["iid"] == int(found[1]))
        match (method, found[2]):
            case ("POST", "/notes"):
                self.said.append((issue["iid"], body["body"]))
                return 201, {}
            case ("PUT", None):
                issue["state"] = "closed" if body.get("state_event") == "close" else issue["state"]
                issue["description"] = body.get("description", issue["description"])
                gone = body.get("remove_labels", "").split(",")
                added = [name for name in body.get("add_labels", "").split(",") if name]
                issue["labels"] = [name for name in issue["labels"] if name not in gone] + added
                return 200, issue
        return 404, {"message": "404 Not found"}

    def answer(self, method: str, path: str, body: Any) -> tuple[int, Any]:  # noqa: PLR0911 - a table
        ours = "/api/v4/projects/9/merge_requests/4"
        match (method, path.removeprefix(ours)):
            case ("GET", "/api/v4/user"):
                return 200, {"username": BOT}
            case ("GET", "/notes"):
                return 200, self.notes
            case ("POST", "/notes"):
                self.notes.append({"id": len(self.notes), "author": {"username": BOT}, "body": body["body"]})
                return 201, {}
            case ("GET", ""):
                return 200, {"labels": self.labels}
            case ("PUT", ""):
                gone = body.get("remove_labels", "").split(",")
                added = [name for name in body.get("add_labels", "").split(",") if name]
                self.labels = [name for name in self.labels if name not in gone] + added
                return 200, {}
        if (found := re.fullmatch(rf"{ours}/notes/(\d+)", path)) and method == "PUT":
            self.notes[int(found[1])]["body"] = body["body"]
            return 200, {}
        return 404, {"message": "404 Not found"}


@contextmanager
def a_merge_request() -> Iterator[MergeRequest]:
    request = MergeRequest()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *args: object) -> None:
            pass

        def _serve(self) -> None:
            sent = json.loads(self.rfile.read(int(self.headers.get("content-length", 0))) or b"null")
            status, answer = 401, {"message": "401 Unauthorized"}
            url = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(url.query).items()}
            if url.path == "/api/v4/webhook" and not self.headers.get("private-token"):
                request.messages.append(sent)
                status, answer = 200, {}
            elif self.headers.get("private-token") == TOKEN and url.path.startswith(ISSUES):
                status, answer = request.answer_about_issues(self.command, url.path.removeprefix(ISSUES), query, sent)
            elif self.headers.get("private-token") == TOKEN:
                status, answer = request.answer(self.command, url.path, sent)
            data = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PUT = _serve  # noqa: N815 - http.server's names

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    request.url = f"http://127.0.0.1:{server.server_address[1]}/api/v4"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield request
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=5)
