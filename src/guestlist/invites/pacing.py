"""
Calls to a tenant, no faster than its rate limit: who has used up the allowance waits before the next call instead of being refused.

Each of the tenant's two APIs says in `x-ratelimit-limit`, `-remaining` and `-reset` (UNIX seconds, when all of it is there again) how much is
left. When nothing is, the next call waits for its share of the time until then. It wraps the transport, so that whoever calls needs not know of it.

Not here: what is done about a 429 that comes all the same (`stacks/management.py`: others use the tenant too).
Source: https://auth0.com/docs/troubleshoot/customer-support/operational-policies/rate-limit-policy
"""

from __future__ import annotations

import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime

import httpx

LONGEST_PAUSE_SECONDS = 60.0
LONGEST_PAUSE_FOR_ONE_ADDRESS = 2.0  # a 429 to a request for mail may be about its address alone: a mail a minute
TRUSTED_SKEW_SECONDS = 2.0  # `date` has whole seconds only: a smaller difference says nothing
MANAGEMENT = "/api/v2/"


class Paced(httpx.BaseTransport):
    """
    A transport that keeps within the limits that the answers tell.

    Args:
        transport: what carries the calls.
        clock: UNIX seconds.
        sleep: waits.

    """

    def __init__(
        self,
        transport: httpx.BaseTransport,
        *,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._transport = transport
        self._clock = clock
        self._sleep = sleep
        self._not_before: dict[bool, float] = {}  # by whether it is the Management API

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Wait if need be, call, and note what is left."""
        is_management = request.url.path.startswith(MANAGEMENT)
        pause = self._not_before.get(is_management, 0.0) - self._clock()
        if pause > 0:
            self._sleep(pause)
        answer = self._transport.handle_request(request)
        self._not_before[is_management] = self._clock() + self._pause_after(answer, is_management=is_management)
        return answer

    def close(self) -> None:
        """Close the transport."""
        self._transport.close()

    def _pause_after(self, answer: httpx.Response, *, is_management: bool) -> float:
        """The time until everything is there again, divided by how much that is: never less than one call's refill takes."""
        try:
            limit = int(answer.headers["x-ratelimit-limit"])
            remaining = int(answer.headers["x-ratelimit-remaining"])
            reset = float(answer.headers["x-ratelimit-reset"])
        except (KeyError, ValueError):
            return 0.0
        if remaining > 0:
            return 0.0
        share = (reset - self._tenants_time(answer)) / max(1, limit)
        longest = (
            LONGEST_PAUSE_FOR_ONE_ADDRESS if answer.status_code == 429 and not is_management else LONGEST_PAUSE_SECONDS
        )
        return min(max(share, 0.0), longest)

    def _tenants_time(self, answer: httpx.Response) -> float:
        """Ours, unless the tenant's differs by more than its header's whole seconds explain."""
        now = self._clock()
        try:
            theirs = parsedate_to_datetime(answer.headers["date"]).timestamp()
        except (KeyError, ValueError):
            return now
        return theirs if abs(theirs - now) > TRUSTED_SKEW_SECONDS else now


class Direct(httpx.BaseTransport):
    """What httpx does when it is given no transport, proxies of the environment included, as a transport that can be wrapped."""

    def __init__(self) -> None:
        self._client = httpx.Client()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send it; the request carries its own patience."""
        return self._client.send(request, stream=True)

    def close(self) -> None:
        """Nothing: a client that shares this transport may be closed before another one. The process's end closes the connections."""
