"""
How often somebody may try: token buckets in memory, a second line behind the edge's own limits.

One process counts for itself; several replicas allow several times as much. Nothing is kept beyond a minute.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

MOST_KEYS = 10_000


class Limit:
    """So many per minute and key; a key that was quiet for a minute has all of them again."""

    def __init__(self, per_minute: int, *, clock: Callable[[], float], most_keys: int = MOST_KEYS) -> None:
        self._per_minute = per_minute
        self._clock = clock
        self._most_keys = most_keys
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()  # key -> how many are left, since when

    def allows(self, key: str) -> bool:
        """Count one, and say whether it was within the limit."""
        if not self._per_minute:
            return True
        now = self._clock()
        left, since = self._left.pop(key, (float(self._per_minute), now))
        left = min(float(self._per_minute), left + max(0.0, now - since) * self._per_minute / 60)
        allowed = left >= 1
        self._left[key] = (left - 1 if allowed else left, now)
        if len(self._left) > self._most_keys:
            self._left.popitem(last=False)
        return allowed
