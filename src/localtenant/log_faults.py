"""
What may happen to a log on its way to whoever reads it: entries come late, are lost, or carry another moment than that of the event.

Auth0 warns of delays and promises no completeness; a test says here how it wants them.
Source: https://auth0.com/docs/deploy-monitor/logs/log-data-retention

Not here: writing an entry (`tenant.py`), setting the faults (`control.py`).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

Document = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class LogFaults:
    """
    For entries that are written from now on.

    Args:
        lag_seconds: they are there so much later.
        lose: so many of the next ones are never there.
        misdate_seconds: is added to their date; the id keeps the true moment.

    """

    lag_seconds: float = 0.0
    lose: int = 0
    misdate_seconds: float = 0.0


@dataclass(kw_only=True)
class LateEntries:
    """Entries on their way."""

    faults: LogFaults = field(default_factory=LogFaults)
    _waiting: list[tuple[datetime, Document]] = field(default_factory=list)

    def meet(self, entry: Document, now: datetime) -> Document | None:
        """The entry as it is to be kept at once; `None` if it is late or lost."""
        faults = self.faults
        if faults.lose > 0:
            self.faults = replace(faults, lose=faults.lose - 1)
            return None
        if faults.misdate_seconds:
            moved = now + timedelta(seconds=faults.misdate_seconds)
            entry = {**entry, "date": moved.isoformat(timespec="milliseconds").replace("+00:00", "Z")}
        if faults.lag_seconds > 0:
            self._waiting.append((now + timedelta(seconds=faults.lag_seconds), entry))
            return None
        return entry

    def due(self, now: datetime) -> Iterator[Document]:
        """Those whose time has come, each once."""
        arrived = [entry for at, entry in self._waiting if at <= now]
        self._waiting = [(at, entry) for at, entry in self._waiting if at > now]
        yield from arrived
