"""
Run everything, print the tables, write the pages.

One part of it: BENCH_PARTS=profile-page, which writes its own section of docs/bench.md and leaves the others. Less than a part, for
development: BENCH_TIERS=unlimited,free BENCH_LATENCIES_MS=0 BENCH_TOOLS=OpenTofu; then nothing is written.
"""

import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from tests.bench import deploy_cli, guestlist, opentofu
from tests.bench.changed_action import measure_changed_action
from tests.bench.drift_checks import measure_drift_checks
from tests.bench.local_tenant import measure_local_tenant
from tests.bench.measure import Row, Step, measure, set_limits
from tests.bench.profile_page import measure_profile_page
from tests.bench.report import (
    CHANGED_ACTION,
    DRIFT_CHECKS,
    LOCAL_TENANT,
    PROFILE_PAGE,
    comparison_page,
    readme_block,
    rows_of,
    with_block,
    with_section,
)
from tests.bench.tools import FIRST, Desired, Prepare, desired_tenant
from tests.e2e.harness import ROOT, LocalTenant, a_local_tenant

PARTS = ("profile-page", "local-tenant", "changed-action", "drift", "tools")
TIERS = ("unlimited", "paid", "free")
LATENCIES_MS = (0, 80)
ATTEMPTS = 3
TOOLS: dict[str, Prepare] = {tool.NAME: tool.steps for tool in (guestlist, opentofu, deploy_cli)}
DOES = {tool.NAME: tool.DOES for tool in (guestlist, opentofu, deploy_cli)}


@dataclass(frozen=True, kw_only=True)
class Selection:
    """What is run."""

    parts: Sequence[str]
    tiers: Sequence[str]
    latencies_ms: Sequence[int]
    tools: Sequence[str]

    @property
    def compares_all(self) -> bool:
        """Whether the comparison is a whole one."""
        return (tuple(self.tiers), tuple(self.latencies_ms), tuple(self.tools)) == (TIERS, LATENCIES_MS, tuple(TOOLS))


def selected() -> Selection:
    """From the environment. Raises: SystemExit, for a name that is none."""
    return Selection(
        parts=_chosen("BENCH_PARTS", PARTS),
        tiers=_chosen("BENCH_TIERS", TIERS),
        latencies_ms=[int(latency) for latency in _chosen("BENCH_LATENCIES_MS", [str(ms) for ms in LATENCIES_MS])],
        tools=_chosen("BENCH_TOOLS", list(TOOLS)),
    )


def _chosen(variable: str, known: Sequence[str]) -> list[str]:
    wanted = [word.strip() for word in os.environ.get(variable, ",".join(known)).split(",")]
    if unknown := [word for word in wanted if word not in known]:
        sys.exit(f"{variable} is a list of {', '.join(known)}; {', '.join(unknown)} is none of them")
    return [word for word in known if word in wanted]


def run(tool: str, desired: Desired, directory: Path, *, tier: str, latency_ms: int) -> Iterator[Row]:
    """All operations of a tool on an empty tenant; after a first one that failed there is nothing to repeat."""
    home = directory / "tenant"
    home.mkdir(parents=True)
    with a_local_tenant(home) as tenant:
        set_limits(tenant, tier, latency_ms)
        for step in TOOLS[tool](desired, tenant, directory):
            row = measure_patiently(step, tenant, tool=tool, tier=tier, latency_ms=latency_ms)
            print(
                f"{tier:9} {latency_ms:3} ms  {tool:10} {step.operation:8} {row.seconds:6.1f} s {row.calls:4} calls "
                f"{row.tokens} tokens {row.refused:3} 429s {row.peak_mb:4} MB",
                flush=True,
            )
            yield row
            if row.exit_code != 0 and step.operation == FIRST:
                return


def measure_patiently(step: Step, tenant: LocalTenant, *, tool: str, tier: str, latency_ms: int) -> Row:
    """Repeat what failed before it wrote anything or met the rate limit: auth0-deploy-cli's own check blocks it for so long that its idle connection is closed."""
    for attempt in range(1, ATTEMPTS + 1):
        measured = measure(step, tenant, tool=tool, tier=tier, latency_ms=latency_ms)
        row = replace(measured, attempts=attempt)
        if row.exit_code != 0:
            print(f"{step.named} ended with {row.exit_code}:\n{_last_lines(step.log)}", flush=True)
        if not row.may_be_repeated:
            break
    return row


def _last_lines(log: Path) -> str:
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-20:])


def compare(chosen: Selection, desired: Desired, directory: Path) -> str:
    """All tools at all tiers: the page with their figures alone."""
    rows: list[Row] = []
    for tier in chosen.tiers:
        for latency_ms in chosen.latencies_ms:
            for tool in chosen.tools:
                home = directory / f"{tier}-{latency_ms}-{tool}"
                rows += run(tool, desired, home, tier=tier, latency_ms=latency_ms)
    does = {tool: what for tool, what in DOES.items() if tool in chosen.tools}
    return comparison_page(rows, does, today=datetime.now(UTC).date())


def main() -> None:
    chosen, today = selected(), datetime.now(UTC).date()
    written, readme = ROOT / "docs" / "bench.md", ROOT / "README.md"
    page = former = written.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory(prefix="guestlist-bench-") as scratch:
        sections: dict[str, Sequence[str]] = {}
        if "profile-page" in chosen.parts:
            sections[PROFILE_PAGE] = measure_profile_page().table()
        if "local-tenant" in chosen.parts:
            sections[LOCAL_TENANT] = measure_local_tenant(Path(scratch) / "local-tenant").table()
        desired = cache(lambda: desired_tenant(Path(scratch) / "desired"))
        if "changed-action" in chosen.parts:
            sections[CHANGED_ACTION] = measure_changed_action(desired(), Path(scratch) / "changed-action").table()
        if "drift" in chosen.parts:
            sections[DRIFT_CHECKS] = measure_drift_checks(desired(), Path(scratch) / "drift").table()
        if "tools" in chosen.parts:
            page = compare(chosen, desired(), Path(scratch))
    for heading in (LOCAL_TENANT, PROFILE_PAGE, CHANGED_ACTION, DRIFT_CHECKS):
        page = with_section(page, heading, sections.get(heading), former=former, today=today)
    block = readme_block(rows_of(page))
    print(f"{page}\n{block}")
    if "tools" in chosen.parts and not chosen.compares_all:
        print("A part of the comparison was run: docs/bench.md and README.md stay as they are.", file=sys.stderr)
        return
    written.write_text(page, encoding="utf-8")
    readme.write_text(with_block(readme.read_text(encoding="utf-8"), block), encoding="utf-8")


if __name__ == "__main__":
    main()
