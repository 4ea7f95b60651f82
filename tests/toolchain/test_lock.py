"""Two runs at once: the second waits, says for whom, and goes on when the first ends or dies."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

HOLDER = """
import sys
from pathlib import Path
from toolchain.lock import cache_lock
with cache_lock(Path(sys.argv[1]), print):
    print("held", flush=True)
    sys.stdin.readline()
"""


def start(root: Path) -> subprocess.Popen[str]:
    repository = Path(__file__).resolve().parents[2]
    return subprocess.Popen(
        [sys.executable, "-u", "-c", HOLDER, str(root)],
        cwd=repository,
        env={**os.environ, "PYTHONPATH": str(repository)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def says(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    return process.stdout.readline().strip()


@pytest.mark.parametrize("ending", ["it finishes", "it is killed"])
def test_a_second_run_waits_for_the_first(tmp_path: Path, ending: str) -> None:
    with start(tmp_path) as first:
        assert says(first) == "held"
        with start(tmp_path) as second:
            waiting = says(second)
            assert waiting.startswith(f"Process {first.pid} (since ")
            assert waiting.endswith(f"is preparing the toolchain in {tmp_path}; waiting for it …")
            assert second.poll() is None
            if ending == "it is killed":
                first.send_signal(signal.SIGKILL)
            else:
                first.communicate("\n", timeout=10)
            assert says(second) == "held"
            second.communicate("\n", timeout=10)
            assert second.returncode == 0


def test_a_free_lock_is_taken_silently(tmp_path: Path) -> None:
    with start(tmp_path) as only:
        output, _ = only.communicate("\n", timeout=10)
    assert output == "held\n"
