"""A tenant that nobody touched has no drift, however often it is asked and whatever fails meanwhile. `make soak` asks 200 times."""

import os
from pathlib import Path

import pytest

from tests.e2e.clean_checks import BESIDE, TROUBLES, a_clean_environment
from toolchain import Toolchain

CHECKS = int(os.environ.get("GUESTLIST_CLEAN_CHECKS", "20"))


def test_a_clean_tenant_has_no_false_alarm(tmp_path: Path, tools: Toolchain) -> None:
    with a_clean_environment(tmp_path, tools) as clean:
        tried = [one for number in range(-(-CHECKS // BESIDE)) for one in clean.tried(number)]

    assert [fault for one in tried for fault in one.faults] == []
    assert len(tried) >= CHECKS
    met = {one.trouble for one in tried if one.struck or one.report.problems}
    if len(tried) >= 2 * len(TROUBLES) * BESIDE:
        assert {"429", "503"} <= met, "no call failed that was to fail"


@pytest.mark.parametrize("trouble", ["429", "503"])
def test_a_list_that_fails_for_good_is_a_problem_and_no_alarm(tmp_path: Path, tools: Toolchain, trouble: str) -> None:
    """What cannot be read is neither gone nor clean."""
    fault = {"method": "GET", "path": "/roles", "action": f"status:{trouble}", "times": 1000}
    with a_clean_environment(tmp_path, tools) as clean:
        clean.project.tenant.control.post("/_local/faults", json=fault).raise_for_status()
        report = clean.check()

    assert (report.items, report.exit_code) == ((), 1)
    assert "Role" not in (report.coverage.kinds if report.coverage else ())
