"""What the user sees: moving seconds on a terminal, few plain lines elsewhere."""

import io

import pytest

from toolchain.progress import Progress


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_plain_lines_come_once_a_minute() -> None:
    lines: list[str] = []
    clock = Clock()
    progress = Progress(lines.append, clock=clock)
    with progress.step("engine: building", "why"):
        for _ in range(130):
            clock.now += 1
            progress.tick()
    assert lines == [
        "engine: building (why) …",
        "engine: building: still at it after 60 s",
        "engine: building: still at it after 120 s",
        "engine: building: done in 130 s",
    ]


def test_a_terminal_gets_one_moving_line() -> None:
    lines: list[str] = []
    clock, terminal = Clock(), io.StringIO()
    progress = Progress(lines.append, terminal=terminal, clock=clock)
    with progress.step("engine: building", "why"):
        clock.now = 61
        progress.tick()
    assert lines == ["engine: building (why) …", "engine: building: done in 61 s"]
    assert terminal.getvalue() == "\r\x1b[K  61 s\r\x1b[K"


def test_a_failed_step_is_not_called_done() -> None:
    lines: list[str] = []
    progress = Progress(lines.append)
    with pytest.raises(OSError, match="full"), progress.step("engine: building", "why"):
        raise OSError("full")
    assert lines == ["engine: building (why) …"]
