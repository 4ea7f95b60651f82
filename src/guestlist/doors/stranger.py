"""
Calls that anybody could make: no token, no secret, no session.

A tenant that asks for patience (429) gets it, a few times; one that does not answer is not asked again.

Not here: what is asked (the doors), calls with rights (`sight.py`).
Source: https://auth0.com/docs/troubleshoot/customer-support/operational-policies/rate-limit-policy (headers)
"""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx

PATIENCE_SEC = 15.0
WAITS = 3
LONGEST_WAIT_SEC = 30.0
WAIT_WITHOUT_HEADER_SEC = 2.0
RANDOM_BYTES = 6
NAME = re.compile(r"[\w. -]{1,80}")


class CannotTell(Exception):  # noqa: N818 - a reason, not a fault
    """A door could not be tried; the message says why."""


class Stranger:
    """
    Somebody on the network.

    Args:
        host: of the login pages, with its port.
        transport: tests put a tenant of their own here.
        name: makes an address that nobody has.

    """

    def __init__(
        self,
        host: str,
        *,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.time,
        name: Callable[[], str] = lambda: secrets.token_hex(RANDOM_BYTES),
    ) -> None:
        self.host = host
        self.calls = 0
        self._sleep = sleep
        self._clock = clock
        self._name = name
        self._silent = ""
        self._http = httpx.Client(
            base_url=f"https://{host}",
            timeout=PATIENCE_SEC,
            transport=transport,
            follow_redirects=False,
            headers={"user-agent": "guestlist doors"},
        )

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def address(self) -> str:
        """An address that no mail can reach. Source: RFC 2606, `.invalid`."""
        return f"nobody-{self._name()}@guestlist.invalid"

    def get(self, path: str, **query: str) -> httpx.Response:
        """Raises: CannotTell."""
        return self._ask("GET", path, params=query)

    def follow(self, answer: httpx.Response) -> httpx.Response:
        """Where a redirect within the tenant leads to. Raises: CannotTell."""
        target = urlsplit(answer.headers["location"])
        return self._ask("GET", f"{target.path}?{target.query}" if target.query else target.path)

    def post(self, path: str, body: Mapping[str, Any]) -> httpx.Response:
        """With a JSON body. Raises: CannotTell."""
        return self._ask("POST", path, json=dict(body))

    def _ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        waits = 0
        while True:
            if self._silent:
                raise CannotTell(self._silent)
            self.calls += 1
            try:
                answer = self._http.request(method, path, **options)
            except httpx.TransportError as error:
                self._silent = f"https://{self.host} does not answer: {error or type(error).__name__}"
                raise CannotTell(self._silent) from error
            if answer.status_code != httpx.codes.TOO_MANY_REQUESTS or waits == WAITS:
                return answer
            waits += 1
            self._sleep(self._pause(answer))

    def _pause(self, answer: httpx.Response) -> float:
        try:
            wait = float(answer.headers["retry-after"])
        except (KeyError, ValueError):
            try:
                wait = float(answer.headers["x-ratelimit-reset"]) - self._clock()
            except (KeyError, ValueError):
                wait = WAIT_WITHOUT_HEADER_SEC
        return min(max(wait, 0.25), LONGEST_WAIT_SEC)


def error_of(answer: httpx.Response) -> tuple[str, str]:
    """`error` and `error_description` of an answer of the Authentication API; empty where it has none."""
    try:
        body = answer.json()
    except ValueError:
        return "", ""
    if not isinstance(body, dict):
        return "", ""
    error = body.get("code") or body.get("error") or ""
    description = body.get("error_description") or body.get("description") or body.get("message") or ""
    return str(error), str(description)


def told(answer: httpx.Response) -> str:
    """An answer in a few words, for a report: nothing of its body but the error's name."""
    error, _ = error_of(answer)
    name = f" {error}" if NAME.fullmatch(error) else ""
    return f"{answer.status_code}{name}"


def at_callback(answer: httpx.Response, callback: str) -> Mapping[str, str] | None:
    """What the application would be told, by query or by fragment; `None` if the browser is sent elsewhere, or nowhere."""
    location = answer.headers.get("location", "")
    if not answer.is_redirect or not location.startswith(callback):
        return None
    parts = urlsplit(location)
    return dict(parse_qsl(parts.query) + parse_qsl(parts.fragment))


def is_at(answer: httpx.Response, host: str) -> bool:
    """Whether a redirect stays within the tenant."""
    target = urlsplit(answer.headers.get("location", ""))
    return answer.is_redirect and target.netloc in {"", host}
