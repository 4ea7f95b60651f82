"""The Actions' own tests (`*.test.js`) as pytest items: Node runs them once, each of its tests is reported here."""

from functools import cache
from pathlib import Path

import pytest

from .node import NodeTest, node, read_report, run_tests

TEST_FILES = tuple(sorted(Path(__file__).parent.glob("*.test.js")))


@cache
def the_tests() -> tuple[NodeTest, ...]:
    return run_tests(TEST_FILES)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "javascript_test" in metafunc.fixturenames:
        metafunc.parametrize("javascript_test", the_tests(), ids=lambda test: test.label)


def test_in_node(javascript_test: NodeTest) -> None:
    assert not javascript_test.failures, "\n\n".join(javascript_test.failures)


def test_every_javascript_test_file_has_been_run() -> None:
    assert TEST_FILES
    assert {test.file for test in the_tests()} == {file.name for file in TEST_FILES}


def test_no_two_javascript_tests_share_a_name() -> None:
    labels = [test.label for test in the_tests()]
    assert sorted(set(labels)) == sorted(labels)


def test_the_actions_are_tested_on_the_node_that_auth0_runs() -> None:
    assert node("--version").stdout.startswith("v22.")


def test_a_failing_subtest_is_told_with_its_test(tmp_path: Path) -> None:
    file = tmp_path / "sad.test.js"
    file.write_text(
        "const { test } = require('node:test');\n"
        "test('outer', async (t) => { await t.test('inner', () => { throw new Error('boom'); }); });\n"
        "test('fine', () => {});\n"
    )
    sad, fine = run_tests([file])
    assert (sad.name, fine.name, fine.failures) == ("outer", "fine", ())
    assert "boom" in sad.failures[0]


def test_a_file_that_does_not_load_is_a_failure(tmp_path: Path) -> None:
    file = tmp_path / "broken.test.js"
    file.write_text("this is not JavaScript")
    assert any(test.failures for test in run_tests([file]))


def test_a_report_without_a_test_is_a_failure(tmp_path: Path) -> None:
    assert list(read_report([])) == []
    assert any(test.failures for test in run_tests([tmp_path / "missing.test.js"]))
