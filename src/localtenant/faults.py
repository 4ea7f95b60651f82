"""
Faults on demand: what a killed connection, a hanging tenant or a bad gateway does to whoever calls.

A fault waits for a request (methods, and a path template or a regular expression over the path), lets `skip` of them pass and strikes `times` times, or only with a `chance`. `before_commit` means that
nothing of the request happens; `after_commit` that everything does, log entry included, and only the answer is lost.
Not here: how faults are set (`control.py`), where they strike (`app.py`).
"""

import asyncio
import random
import re
from dataclasses import dataclass
from typing import Any, Literal

from localtenant.http import ClientGone, Receive, wait_for_disconnect

When = Literal["before_commit", "after_commit"]
WHENS: tuple[When, ...] = ("before_commit", "after_commit")
ACTIONS = re.compile(r"hang|drop|status:[2-5][0-9]{2}")


@dataclass(kw_only=True)
class Fault:
    """One fault that waits."""

    method: str  # one, several as `PATCH|POST|PUT`, or `*` for any
    path: str  # a template as in the operations table, or a regular expression over the real path
    when: When
    action: str  # hang, drop, status:NNN
    times: int = 1
    skip: int = 0
    chance: float = 1.0  # of each such request
    struck: int = 0
    passed: int = 0

    def strikes(self, method: str, template: str, path: str, when: When) -> bool:
        """Whether it is this request's turn; a request that is let pass is counted."""
        if self.struck >= self.times or self.when != when or not ({"*", method} & set(self.method.split("|"))):
            return False
        matches = self.path == template or (not self.path.startswith("/") and re.search(self.path, path) is not None)
        if matches and self.passed < self.skip:
            self.passed += 1
            return False
        return matches

    def described(self) -> dict[str, Any]:
        """As the control plane shows it."""
        return {
            "method": self.method,
            "path": self.path,
            "when": self.when,
            "action": self.action,
            "times": self.times,
            "skip": self.skip,
            "chance": self.chance,
            "struck": self.struck,
        }


class Faults:
    """The faults in force and the requests that hang because of them."""

    def __init__(self, rng: random.Random | None = None) -> None:
        self._rng = rng or random.Random(1)  # noqa: S311 - the same faults in each run
        self.waiting: list[Fault] = []
        self.held = 0
        self._released = asyncio.Event()

    def strike(self, method: str, template: str, path: str, when: When) -> Fault | None:
        """The fault that this request meets, counted as struck."""
        for fault in self.waiting:
            if fault.strikes(method, template, path, when) and (fault.chance >= 1 or self._rng.random() < fault.chance):
                fault.struck += 1
                return fault
        return None

    def clear(self) -> None:
        """Forget all faults and let go of what hangs: those connections are cut."""
        self.waiting.clear()
        self._released.set()
        self._released = asyncio.Event()

    async def hold(self, receive: Receive) -> None:
        """
        Keep a request until the faults are cleared.

        Raises:
            ClientGone: the client gave up first.

        """
        self.held += 1
        released = asyncio.ensure_future(self._released.wait())
        gone = asyncio.ensure_future(wait_for_disconnect(receive))
        try:
            done, _ = await asyncio.wait({released, gone}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self.held -= 1
            released.cancel()
            gone.cancel()
        if gone in done:
            raise ClientGone
