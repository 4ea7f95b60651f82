"""The OpenID Connect basic profile: the table of `conformance.py`, case by case, and its place in docs/coverage.md."""

from pathlib import Path

import pytest

from .conformance import CHECKS, section

COVERAGE = Path(__file__).parents[3] / "docs" / "coverage.md"


@pytest.mark.parametrize("case", CHECKS, ids=[case.name for case in CHECKS])
def test_the_tenant_passes(world, case):
    case.check(world)


def test_the_results_stand_in_the_table_of_coverage():
    fresh = "\n".join(section())
    stale = "docs/coverage.md is stale. Run: python -m tests.contract.recordings.coverage"
    assert fresh in COVERAGE.read_text(encoding="utf-8"), stale
