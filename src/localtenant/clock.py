"""The tenant's time: the machine's clock, moved by the control plane or stood still by a test."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta


class Clock:
    """
    Time as the tenant sees it.

    Args:
        source: seconds since 1970; a test passes its own, which stands still until `advance`.

    """

    def __init__(self, source: Callable[[], float] = time.time) -> None:
        self._source = source
        self.offset = timedelta()

    def now(self) -> datetime:
        """An aware datetime in UTC."""
        return datetime.fromtimestamp(self._source(), tz=UTC) + self.offset

    def seconds(self) -> float:
        """Seconds since 1970, as in `exp` and `x-ratelimit-reset`."""
        return self._source() + self.offset.total_seconds()

    def timestamp(self) -> str:
        """Now, as Auth0 writes dates: `2026-11-23T10:00:00.000Z`."""
        return self.now().isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def advance(self, seconds: float) -> None:
        """Move the tenant's time, backwards with a negative number."""
        self.offset += timedelta(seconds=seconds)
