"""
What the user sees while the toolchain is prepared: a line when a step starts and why, a line when it is done.

On a terminal the running step shows its seconds on one line; elsewhere a line a minute shows that it lives.
"""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

Report = Callable[[str], None]
_QUIET_SECONDS = 60.0


class Progress:
    """Passes lines to `report`, and the seconds of long steps to it or to a terminal."""

    def __init__(
        self,
        report: Report,
        *,
        terminal: TextIO | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.report = report
        self._terminal = terminal
        self._clock = clock
        self._title = ""
        self._started = 0.0
        self._last_line = 0.0

    @contextmanager
    def step(self, title: str, reason: str) -> Iterator[None]:
        """One step; call `tick` inside it about once a second."""
        self._title = title
        self._started = self._last_line = self._clock()
        self.report(f"{title} ({reason}) …")
        try:
            yield
        except BaseException:
            self._clear()
            raise
        self._clear()
        self.report(f"{title}: done in {self._elapsed():.0f} s")

    def tick(self) -> None:
        """Show that the step still runs."""
        now = self._clock()
        if self._terminal is not None:
            self._terminal.write(f"\r\x1b[K  {self._elapsed():.0f} s")
            self._terminal.flush()
        elif now - self._last_line >= _QUIET_SECONDS:
            self._last_line = now
            self.report(f"{self._title}: still at it after {self._elapsed():.0f} s")

    def _elapsed(self) -> float:
        return self._clock() - self._started

    def _clear(self) -> None:
        if self._terminal is not None:
            self._terminal.write("\r\x1b[K")
            self._terminal.flush()


def to_stderr(line: str) -> None:
    """The default report; standard output stays free for results."""
    print(line, file=sys.stderr, flush=True)


def default_progress(report: Report) -> Progress:
    """With moving seconds when the lines go to a terminal."""
    return Progress(report, terminal=sys.stderr if report is to_stderr and sys.stderr.isatty() else None)
