"""
GitHub's API as far as the workflows need it, on loopback: pull requests, comments, labels, artifacts, issues, who one is, identity tokens; and a webhook. Faults
can be ordered.

It holds a job to what its token may do (`permissions`), and answers in pages as GitHub does.
"""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

REPOSITORY = "acme/guestlist"
BOT = "github-actions[bot]"
TOKEN = "ghs_standInTokenOfOneJob0123456789"
_REPO = f"/repos/{REPOSITORY}"


@dataclass
class Fault:
    """What the next matching requests get instead; `done`: the write is carried out all the same."""

    method: str
    path: str  # a regular expression
    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: dict[str, Any] = field(default_factory=dict)
    times: int = 1
    done: bool = False


@dataclass
class Forge:
    """Its state, for tests to look at and to change."""

    url: str = ""
    head: str = "a" * 40
    head_owner: str = "acme"
    head_branch: str = "change"
    comments: list[dict[str, Any]] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    known_labels: list[dict[str, str]] = field(default_factory=list)
    artifacts: dict[str, bytes] = field(default_factory=dict)
    writes: list[tuple[str, str]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    may_write: bool = True
    leaked: list[str] = field(default_factory=list)  # tokens that came to the storage of artifacts
    issues: list[dict[str, Any]] = field(default_factory=list)
    said: list[tuple[int, str]] = field(default_factory=list)  # comments in issues: the number, the text
    messages: list[Any] = field(default_factory=list)  # that came to the webhook
    open_to_all: tuple[str, ...] = ()  # paths that need no token

    def comment(self, text: str, *, author: str = BOT) -> int:
        number = 1000 + len(self.comments)
        self.comments.append({"id": number, "user": {"login": author}, "body": text})
        return number

    def issue(self, text: str, *labels: str, author: str = BOT, title: str = "", pull_request: bool = False) -> int:
        number = 100 + len(self.issues)
        self.issues.append(
            {
                "number": number,
                "user": {"login": author},
                "title": title,
                "body": text,
                "state": "open",
                "labels": [{"name": name} for name in labels],
                **({"pull_request": {}} if pull_request else {}),
            }
        )
        return number

    def open_issues(self) -> list[dict[str, Any]]:
        return [one for one in self.issues if one["state"] == "open"]

    def ours(self) -> list[str]:
        return [one["body"] for one in self.comments if one["user"]["login"] == BOT]

    # ---- what is answered

    def answer(  # noqa: C901, PLR0911, PLR0912 - a table
        self, method: str, path: str, query: dict[str, str], body: Any
    ) -> tuple[int, Any]:
        if method != "GET":
            if not self.may_write:
                return 403, {"message": "Resource not accessible by integration"}
            self.writes.append((method, path))
        match (method, path.removeprefix(_REPO)):
            case ("GET", "/user"):
                return 403, {"message": "Resource not accessible by integration"}
            case ("GET", "/identity"):
                return 200, {"value": f"token-for-{query['audience']}"}
            case ("GET", "/pulls"):
                wanted = query["head"] == f"{self.head_owner}:{self.head_branch}"
                return 200, self._page([self._pull()] if wanted else [], query)
            case ("GET", "/pulls/7"):
                return 200, self._pull()
            case ("GET", "/issues/7/comments"):
                return 200, self._page(self.comments, query)
            case ("POST", "/issues/7/comments"):
                self.comment(body["body"])
                return 201, self.comments[-1]
            case ("GET", "/issues/7/labels"):
                return 200, self._page([{"name": name} for name in self.labels], query)
            case ("POST", "/issues/7/labels"):
                self.labels += [name for name in body["labels"] if name not in self.labels]
                return 200, []
            case ("GET", "/labels"):
                return 200, self._page(self.known_labels, query)
            case ("POST", "/labels"):
                self.known_labels.append(body)
                return 201, body
            case ("GET", "/issues"):
                listed = [one for one in self.open_issues() if {"name": query["labels"]} in one["labels"]]
                return 200, self._page(listed, query)
            case ("POST", "/issues"):
                self.issue(body["body"], *body["labels"], title=body["title"])
                return 201, self.issues[-1]
        return self._numbered(method, path.removeprefix(_REPO), body)

    def _numbered(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        if found := re.fullmatch(r"/issues/comments/(\d+)", path):
            for one in self.comments:
                if one["id"] == int(found[1]) and method == "PATCH":
                    one["body"] = body["body"]
                    return 200, one
        if found := re.fullmatch(r"/issues/7/labels/(.+)", path):
            self.labels.remove(unquote(found[1]))
            return 200, []
        if (found := re.fullmatch(r"/issues/(\d{3})(/.*)?", path)) and int(found[1]) < 100 + len(self.issues):
            return self._of_issue(self.issues[int(found[1]) - 100], method, found[2] or "", body)
        if re.fullmatch(r"/actions/runs/\d+/artifacts", path):
            listed = [
                {"name": name, "id": number, "size_in_bytes": len(data), "expired": False}
                for number, (name, data) in enumerate(self.artifacts.items())
            ]
            return 200, {"total_count": len(listed), "artifacts": listed}
        if found := re.fullmatch(r"/actions/artifacts/(\d+)/zip", path):
            return 302, f"{self.url}/storage/{found[1]}"
        return 404, {"message": f"Not Found: {method} {path}"}

    def _of_issue(self, issue: dict[str, Any], method: str, path: str, body: Any) -> tuple[int, Any]:
        match (method, path):
            case ("PATCH", ""):
                issue.update({name: value for name, value in body.items() if name in {"body", "state"}})
                return 200, issue
            case ("POST", "/comments"):
                self.said.append((issue["number"], body["body"]))
                return 201, {}
            case ("POST", "/labels"):
                issue["labels"] += [{"name": name} for name in body["labels"]]
                return 200, []
            case ("DELETE", _) if path.startswith("/labels/"):
                issue["labels"].remove({"name": unquote(path.removeprefix("/labels/"))})
                return 200, []
        return 404, {"message": f"Not Found: {method} {path}"}

    def _pull(self) -> dict[str, Any]:
        return {"number": 7, "head": {"sha": self.head}}

    @staticmethod
    def _page(items: list[Any], query: dict[str, str]) -> list[Any]:
        size, page = int(query.get("per_page", 30)), int(query.get("page", 1))
        return items[(page - 1) * size : page * size]


@contextmanager
def a_forge() -> Iterator[Forge]:  # noqa: C901 - one small server
    forge = Forge()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *args: object) -> None:
            pass

        def _serve(self) -> None:
            url = urlsplit(self.path)
            length = int(self.headers.get("content-length", 0))
            sent = json.loads(self.rfile.read(length) or b"null")
            token = self.headers.get("authorization", "")
            if url.path.startswith("/storage/"):
                if token:
                    forge.leaked.append(token)
                data = list(forge.artifacts.values())[int(url.path.rpartition("/")[2])]
                self._send(200, data, {})
                return
            if url.path == "/webhook":
                if token:
                    forge.leaked.append(token)
                forge.messages.append(sent)
                self._send(200, b"ok", {})
                return
            if token != f"Bearer {TOKEN}" and url.path not in forge.open_to_all:
                self._send(401, b'{"message": "Bad credentials"}', {})
                return
            query = {name: values[0] for name, values in parse_qs(url.query).items()}
            for fault in forge.faults:
                if fault.times and fault.method == self.command and re.fullmatch(fault.path, url.path):
                    fault.times -= 1
                    if fault.done:
                        forge.answer(self.command, url.path, query, sent)
                    self._send(fault.status, json.dumps(fault.body).encode(), fault.headers)
                    return
            status, body = forge.answer(self.command, url.path, query, sent)
            if status == 302:
                self._send(302, b"", {"location": body})
            else:
                self._send(status, json.dumps(body).encode(), {"content-type": "application/json"})

        do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _serve  # noqa: N815 - http.server's names

        def _send(self, status: int, data: bytes, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    forge.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield forge
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=5)
