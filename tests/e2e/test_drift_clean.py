"""A tenant that nobody touched has no drift, however often it is asked and whatever fails meanwhile. GUESTLIST_CLEAN_CHECKS says how often; `make soak` asks 200 times."""

import os
from collections.abc import Iterator

import pytest

from tests.e2e.clean_checks import BESIDE, TROUBLES, Clean, a_clean_environment
from toolchain import Toolchain

pytestmark = pytest.mark.xdist_group("drift-clean")  # one worker deploys, once

FEW = 20
CHECKS = int(os.environ.get("GUESTLIST_CLEAN_CHECKS", str(FEW)))


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory, tools: Toolchain) -> Iterator[Clean]:
    # That nothing but what was changed is found where everything is declared, test_drift_check.py says; the soak asks there.
    with a_clean_environment(tmp_path_factory.mktemp("clean"), tools, everything=CHECKS > FEW) as environment:
        yield environment


def test_a_clean_tenant_has_no_false_alarm(clean: Clean) -> None:
    tried = [one for number in range(-(-CHECKS // BESIDE)) for one in clean.tried(number)]

    assert [fault for one in tried for fault in one.faults] == []
    assert len(tried) >= CHECKS
    if len(tried) >= len(TROUBLES) * BESIDE:
        failed = {one.trouble for one in tried if one.struck or one.report.problems}
        assert {"429", "503"} <= failed, "no call failed that was to fail"


def test_a_list_that_fails_for_good_is_a_problem_and_no_alarm(clean: Clean) -> None:
    """What cannot be read is neither gone nor clean."""
    tenant = clean.project.tenant
    fault = {"method": "GET", "path": "/roles", "action": "status:503", "times": 1000}
    tenant.control.post("/_local/faults", json=fault).raise_for_status()

    report = clean.check()

    tenant.clear_faults()
    assert (report.items, report.exit_code) == ((), 1)
    assert "Role" not in (report.coverage.kinds if report.coverage else ())
