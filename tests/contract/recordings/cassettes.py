"""
The calls that the provider's own tests recorded against a real Auth0 tenant, as plain data.

The recordings are go-vcr cassettes inside the Go module of terraform-provider-auth0. The toolchain build brings that module into the Go
module cache; they are read there and never copied.
Not here: what they are compared with (`replay.py`).
Source: terraform-provider-auth0 v1.54.1, test/data/recordings; internal/acctest/http_recorder.go (what the recorder redacts)
"""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import yaml

MODULE = "github.com/auth0/terraform-provider-auth0@v1.54.1"
RECORDED_TENANT = "terraform-provider-auth0-dev"
RECORDED_DOMAIN = f"{RECORDED_TENANT}.eu.auth0.com"
MADE = re.compile(r'"(?:created|updated|deleted)_at": "(\d{4}-\d\d-\d\dT[\d:]+)')
FIRST_SDK = (0,)  # `Go-Auth0-SDK/latest`, from before 0.10
EMPTY_FIELDS = (("length", 0), ("next", ""))  # of the structure that the recorder writes client lists with
SECOND_SDK = (2,)  # the second generation sends no User-Agent: the provider's newest resources


@dataclass(frozen=True, kw_only=True)
class Interaction:
    """One call and Auth0's answer."""

    recording: str
    number: int
    method: str
    path: str  # below /api/v2, percent-encoded, without the query
    query: str
    sent: Any
    status: int
    answer: Any
    sdk: tuple[int, ...]  # which go-auth0 made the call: the only hint at its year

    @property
    def segments(self) -> list[str]:
        """The decoded segments of the path."""
        return [unquote(segment) for segment in self.path.strip("/").split("/")]

    @property
    def parameters(self) -> dict[str, str]:
        """The query; the last value of a repeated parameter."""
        return dict(parse_qsl(self.query, keep_blank_values=True))

    @property
    def label(self) -> str:
        """How lists and messages name it."""
        return f"{self.recording}#{self.number}"


@dataclass(frozen=True, kw_only=True)
class Recording:
    """The calls of one of the provider's tests, in their order."""

    name: str
    interactions: tuple[Interaction, ...]


def folder() -> Path:
    """Where the recordings lie, whether or not they are there."""
    return _module_cache() / MODULE / "test" / "data" / "recordings"


@cache
def recordings() -> tuple[Recording, ...]:
    """All of them, by name; empty where the module cache has no provider."""
    return tuple(_read(file) for file in sorted(folder().glob("*.yaml")))


def is_younger(one: Interaction, other: Interaction) -> bool:
    """Whether `one` was recorded after `other`: by the dates in the answers, or else by the SDK that asked."""
    dates = [_date(interaction.recording) for interaction in (one, other)]
    return dates[0] > dates[1] if all(dates) else one.sdk > other.sdk


@cache
def _date(name: str) -> str:
    """The youngest date of something made, changed or deleted in the recording; empty where it has none."""
    answers = next(
        [interaction.answer for interaction in recording.interactions]
        for recording in recordings()
        if recording.name == name
    )
    return max(MADE.findall(json.dumps(answers)), default="")


def _module_cache() -> Path:
    if "GOMODCACHE" in os.environ:
        return Path(os.environ["GOMODCACHE"])
    if go := shutil.which("go"):
        asked = subprocess.run([go, "env", "GOMODCACHE"], capture_output=True, text=True, check=False)
        if asked.returncode == 0 and asked.stdout.strip():
            return Path(asked.stdout.strip())
    return Path(os.environ.get("GOPATH", Path.home() / "go")) / "pkg" / "mod"


def _read(file: Path) -> Recording:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    cassette = yaml.load(file.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506 - a safe loader
    return Recording(name=file.stem, interactions=tuple(_interactions(file.stem, cassette["interactions"])))


def _interactions(name: str, entries: list[dict[str, Any]]) -> Iterator[Interaction]:
    for number, entry in enumerate(entries):
        request, response = entry["request"], entry["response"]
        address = urlsplit(request["url"])
        yield Interaction(
            recording=name,
            number=number,
            method=request["method"],
            path=address.path.removeprefix("/api/v2"),
            query=address.query,
            sent=_json(request["body"]),
            status=response["code"],
            answer=_as_sent(request["method"], address.path, _json(response["body"])),
            sdk=_sdk(request["headers"] or {}),
        )


def _as_sent(method: str, path: str, answer: Any) -> Any:
    """The answer without what the recorder writes into every client: it passes them through the SDK's structures."""
    if not path.startswith("/api/v2/clients") or not isinstance(answer, dict):
        return answer
    for client in answer.get("clients") or [answer]:
        client.pop("signing_keys", None)
    if method == "GET" and path == "/api/v2/clients":
        answer = {name: value for name, value in answer.items() if (name, value) not in EMPTY_FIELDS}
    return answer


def _json(text: str) -> Any:
    if not text.strip():
        return None
    try:
        return json.loads(text)
    except ValueError:
        return text


def _sdk(headers: dict[str, list[str]]) -> tuple[int, ...]:
    agent = headers.get("User-Agent", [""])[0]
    if not agent:
        return SECOND_SDK
    version = agent.partition("/")[2].partition("-")[0]
    return FIRST_SDK if version == "latest" else tuple(int(part) for part in version.split("."))
