"""
HTTP to GitHub or GitLab: pages, limits, repeats. A token goes to the host that it is for and is in no message.

Not here: which calls (`github.py`, `gitlab.py`).
Source: https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api (secondary limits, `retry-after`)
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

import httpx

from guestlist.errors import GuestlistError

ATTEMPTS = 5
LONGEST_WAIT = 120.0  # seconds; a job that would wait longer says so and ends
PAGE = 100
MOST_PAGES = 100
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


class ForgeFailed(GuestlistError):  # noqa: N818 - reads as a sentence where it is raised
    """GitHub or GitLab did not answer, or refused."""


class Unsure(ForgeFailed):
    """A write whose answer never came: it may have been done."""


@dataclass(frozen=True, kw_only=True)
class Calls:
    """One API. `waiting` sleeps."""

    name: str  # GitHub, GitLab
    base: str
    headers: Mapping[str, str] = field(repr=False)
    needs: str  # what a job has to be given where it is refused
    waiting: Callable[[float], None] = time.sleep
    transport: httpx.BaseTransport | None = None

    def __post_init__(self) -> None:
        """Raises: ForgeFailed, for an address that a token must not be sent to."""
        url = urlsplit(self.base)
        if url.scheme != "https" and url.hostname not in _LOOPBACK:
            raise ForgeFailed(f"Cannot talk to {self.name} at {self.base}: its address has to begin with https://")

    @cached_property
    def _client(self) -> httpx.Client:
        """One for all calls: each client of its own would read the list of certificate authorities anew."""
        return httpx.Client(
            base_url=self.base.rstrip("/"), headers=dict(self.headers), transport=self.transport, timeout=60
        )

    def get(self, path: str, **query: str | int) -> Any:
        """Raises: ForgeFailed."""
        return self._send("GET", path, query=query).json()

    def all(self, path: str, **query: str | int) -> Iterator[Any]:
        """Every item, a hundred a page. Raises: ForgeFailed."""
        for page in range(1, MOST_PAGES + 1):
            found = self.get(path, **query, per_page=PAGE, page=page)
            yield from found
            if len(found) < PAGE:
                return
        raise ForgeFailed(f"Cannot read {path} of {self.name}: it has more than {PAGE * MOST_PAGES:,} items")

    def write(self, method: str, path: str, body: object = None, *, once: bool = False) -> None:
        """
        Write. `once`: it must not be done twice, so it is not repeated where an answer is missing.

        Raises: Unsure, ForgeFailed.
        """
        self._send(method, path, body=body, once=once)

    def bytes_of(self, path: str, *, most: int) -> bytes:
        """
        What a redirect leads to, which is not told our token; no more than `most` bytes of it are taken.

        Raises: ForgeFailed.
        """
        answer = self._send("GET", path)
        target = answer.headers.get("location", "")
        if not answer.is_redirect or not target:
            return self._bounded(answer.content, path, most)
        if urlsplit(target).scheme != "https" and urlsplit(target).hostname not in _LOOPBACK:
            raise ForgeFailed(f"Cannot read {path} of {self.name}: it is kept at an address without https")
        found = b""
        try:
            with (
                httpx.Client(transport=self.transport, timeout=60) as client,
                client.stream("GET", target) as streamed,
            ):
                streamed.raise_for_status()
                for chunk in streamed.iter_bytes():
                    found = self._bounded(found + chunk, path, most)
        except httpx.HTTPError as error:
            raise ForgeFailed(f"Cannot read {path} of {self.name}: {type(error).__name__}") from None
        return found

    def _bounded(self, content: bytes, path: str, most: int) -> bytes:
        if len(content) > most:
            raise ForgeFailed(f"Cannot read {path} of {self.name}: it is larger than {most:,} bytes")
        return content

    def _send(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str | int] | None = None,
        body: object = None,
        once: bool = False,
    ) -> httpx.Response:
        why = ""
        for attempt in range(ATTEMPTS):
            wait = float(2**attempt)
            try:
                answer = self._client.request(method, path, params=dict(query or {}), json=body)
            except httpx.HTTPError as error:
                why = type(error).__name__
                if once:
                    raise Unsure(self._sentence(method, path, why)) from None
            else:
                if answer.is_success or answer.is_redirect:
                    return answer
                why = f"{answer.status_code} {_said(answer)}".strip()
                asked = _asked_to_wait(answer)
                if asked is None and answer.status_code < 500:
                    break
                if once and answer.status_code >= 500:
                    raise Unsure(self._sentence(method, path, why))
                wait = wait if asked is None else max(wait, asked)
            if wait > LONGEST_WAIT:
                why += f"; it asks to wait for {wait:.0f} s"
                break
            if attempt < ATTEMPTS - 1:
                self.waiting(wait)
        raise ForgeFailed(self._sentence(method, path, why))

    def _sentence(self, method: str, path: str, why: str) -> str:
        remedy = f" {self.needs}" if why.startswith(("401", "403", "404")) else ""
        return f"{self.name} did not do {method} {path}: {why}.{remedy}"


def _said(answer: httpx.Response) -> str:
    try:
        found = answer.json()
        said = found.get("message") or found.get("error") or ""
    except (ValueError, AttributeError):
        return ""
    return " ".join(str(said).split())[:200].rstrip(".")


def _asked_to_wait(answer: httpx.Response) -> float | None:
    """How long a limit asks to wait; `None` if it is none."""
    limited = answer.status_code == 429 or (
        answer.status_code == 403
        and (
            "retry-after" in answer.headers
            or answer.headers.get("x-ratelimit-remaining") == "0"
            or "secondary rate limit" in answer.text.lower()
        )
    )
    if not limited:
        return None
    after = answer.headers.get("retry-after", "")
    if after.isdecimal():
        return float(after)
    return 60.0 if answer.status_code == 403 else 0.0
