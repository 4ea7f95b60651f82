"""README's figures are those of the last `make bench`: the block says what docs/bench.md says of every run."""

from collections import Counter
from dataclasses import replace
from datetime import date

import pytest

from tests.bench.measure import Row
from tests.bench.report import BEGIN, END, comparison_page, readme_block, rows_of, with_block, with_section
from tests.docs.pages import ROOT


def a_row(**changes: object) -> Row:
    row = Row(
        tool="Guestlist",
        tier="unlimited",
        latency_ms=0,
        operation="first",
        named="pulumi up",
        exit_code=0,
        seconds=5.0,
        calls=64,
        tokens=2,
        refused=0,
        peak_mb=126,
    )
    return replace(row, **changes)  # type: ignore[arg-type]


TODAY = date(2026, 11, 25)
ROWS = [
    a_row(),
    a_row(tier="free", seconds=53.8, refused=109),
    a_row(tool="OpenTofu", named="tofu apply", seconds=2.5, calls=32, tokens=1),
    a_row(tool="OpenTofu", named="tofu apply", tier="free", exit_code=1, seconds=12.0),
]


def a_page() -> str:
    return comparison_page(ROWS, {"Guestlist": "declares.", "OpenTofu": "applies."}, today=TODAY)


def test_the_block_in_the_readme_says_what_every_run_says() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    rows = rows_of((ROOT / "docs" / "bench.md").read_text(encoding="utf-8"))

    assert rows
    assert with_block(readme, readme_block(rows)) == readme


def test_a_page_gives_back_its_rows() -> None:
    assert rows_of(a_page()) == ROWS


def test_the_comparison_shows_how_many_times_ours() -> None:
    assert "| unlimited | 0 ms | into an empty tenant | 5.0 | 2.5 (0.5×) | 64 | 32 (0.5×) |" in a_page()


def test_a_run_that_failed_is_shown_as_one() -> None:
    assert "| free | 0 ms | into an empty tenant | 53.8 | failed after 12 | 64 | 64 |" in a_page()
    assert "| failed after 12 s |" in readme_block(ROWS)


def test_only_the_block_is_replaced() -> None:
    assert with_block(f"a\n{BEGIN}\nold\n{END}\nb", f"{BEGIN}\nnew\n{END}") == f"a\n{BEGIN}\nnew\n{END}\nb"


def test_a_part_that_is_measured_alone_replaces_its_own_section() -> None:
    page = with_section(a_page(), "## One", ["| old |"], former="", today=TODAY)
    page = with_section(page, "## Two", ["| kept |"], former="", today=TODAY)

    again = with_section(page, "## One", ["| new |"], former=page, today=TODAY)

    assert again == page.replace("| old |", "| new |")
    assert with_section(again, "## Two", None, former=again, today=TODAY) == again


def test_a_part_that_was_not_measured_stays_as_it_was_in_the_page_before() -> None:
    former = with_section(a_page(), "## One", ["| old |"], former="", today=TODAY)

    assert with_section(a_page(), "## One", None, former=former, today=TODAY) == former
    assert with_section(a_page(), "## Two", None, former=former, today=TODAY) == a_page()


def test_a_page_without_a_block_is_an_error() -> None:
    with pytest.raises(ValueError, match="has 0 blocks"):
        with_block("nothing", f"{BEGIN}\nnew\n{END}")


@pytest.mark.parametrize(
    ("changes", "repeated"),
    [
        ({"exit_code": 1, "by_endpoint": Counter({"GET /api/v2/rules": 1})}, True),
        ({"exit_code": 1, "by_endpoint": Counter({"POST /api/v2/clients": 1})}, False),
        ({"exit_code": 1, "refused": 150}, False),
        ({"exit_code": 0}, False),
    ],
)
def test_only_what_failed_for_no_reason_of_the_tenants_is_repeated(changes: dict[str, object], repeated: bool) -> None:
    assert a_row(**changes).may_be_repeated is repeated
