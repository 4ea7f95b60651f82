"""A pid alone does not say whose process it is."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from guestlist.local import LocalTenant
from guestlist.processes import alive, start_time


@pytest.fixture
def process() -> Iterator[subprocess.Popen[bytes]]:
    started = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    yield started
    started.kill()
    started.communicate()


def test_a_process_is_known_by_its_start(process: subprocess.Popen[bytes]) -> None:
    assert alive(process.pid)
    assert start_time(process.pid) == start_time(process.pid) != ""
    assert start_time(process.pid) != start_time(1)


def test_a_process_that_ended_is_not_alive_even_before_it_is_reaped(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)

    assert not alive(process.pid)


def test_a_number_that_was_given_to_another_program_is_not_ours(
    tmp_path: Path, process: subprocess.Popen[bytes]
) -> None:
    tenant = LocalTenant.of_project(tmp_path)
    tenant.directory.mkdir(parents=True)
    (tenant.directory / "process.json").write_text(json.dumps({"pid": process.pid, "began": "earlier"}))

    assert tenant.pid() is None
    assert tenant.stop() is False
    assert process.poll() is None
    assert not (tenant.directory / "process.json").exists()


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "{}", '{"pid": "x", "began": ""}', '{"pid": 99999999999999, "began": "a"}']
)
def test_a_damaged_process_file_is_no_process(tmp_path: Path, content: str) -> None:
    tenant = LocalTenant.of_project(tmp_path)
    tenant.directory.mkdir(parents=True)
    (tenant.directory / "process.json").write_text(content)

    assert tenant.pid() is None
