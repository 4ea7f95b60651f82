"""
`make bench`: what the program costs, on the local tenant, at each rate limit and latency; prints the table and writes docs/bench.md.

Figures are of one machine and one run: compare the rows with each other, not with another machine's.
Not here: any pass or fail. Source of the tiers: https://auth0.com/docs/troubleshoot/customer-support/operational-policies/rate-limit-policy
"""

import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tests.e2e.harness import ROOT, LocalTenant, Project, a_local_tenant, a_project
from toolchain import ensure

TIERS = ("unlimited", "paid", "free")
LATENCIES_MS = (0, 80)
OPERATIONS = {
    "first up": ("up", "--yes", "--skip-preview"),
    "up, no change": ("up", "--yes", "--skip-preview"),
    "preview": ("preview",),
    "preview --refresh": ("preview", "--refresh"),
}
GETS = 500
STARTS = 5


@dataclass(frozen=True, kw_only=True)
class Row:
    """One operation at one tier and latency."""

    tier: str
    latency_ms: int
    operation: str
    seconds: float
    calls: int
    refused: int  # answered 429
    peak_mb: float  # the largest process among the engine, the language host and the plugins
    by_endpoint: Counter[str]


def measure(project: Project, tier: str, latency_ms: int) -> Iterator[Row]:
    """Run the four operations in their order and count what they asked of the tenant."""
    settings = {"tier": tier, "latency_ms": latency_ms}
    project.tenant.control.put("/_local/settings", json=settings).raise_for_status()
    for operation, arguments in OPERATIONS.items():
        project.tenant.forget_requests()
        began = time.perf_counter()
        process = subprocess.Popen(
            ["pulumi", *arguments, "-s", "local", "--non-interactive"],
            cwd=project.directory,
            env=dict(project.environ),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
        )
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            sys.exit(f"{operation} at tier {tier} ended with {process.returncode}")
        recorded = project.tenant.requests()
        yield Row(
            tier=tier,
            latency_ms=latency_ms,
            operation=operation,
            seconds=seconds,
            calls=len(recorded),
            refused=sum(call["status"] == 429 for call in recorded),
            peak_mb=usage.ru_maxrss / (1024 if sys.platform == "linux" else 1024 * 1024),
            by_endpoint=Counter(f"{call['method']} {call['path']}" for call in recorded),
        )


def start_times(directory: Path) -> list[float]:
    """Seconds from the command to the answering tenant."""
    seconds = []
    for number in range(STARTS):
        home = directory / f"start-{number}"
        home.mkdir()
        began = time.perf_counter()
        with a_local_tenant(home) as tenant:
            tenant.control.get("/_local/health").raise_for_status()
            seconds.append(time.perf_counter() - began)
    return seconds


def get_times(tenant: LocalTenant) -> list[float]:
    """Milliseconds of a GET of one client over a connection that is kept open."""
    path = f"/clients/{tenant.get('/clients')[0]['client_id']}"
    times = []
    for _ in range(GETS):
        began = time.perf_counter()
        tenant.api.get(path).raise_for_status()
        times.append((time.perf_counter() - began) * 1000)
    return times


def resident_mb(tenant: LocalTenant) -> float:
    """Resident memory of the local tenant's process."""
    shown = subprocess.run(
        ["ps", "-o", "rss=", "-p", str(tenant.process.pid)], capture_output=True, text=True, check=True
    )
    return int(shown.stdout) / 1024


def report(rows: list[Row], starts: list[float], gets: list[float], memory_mb: float) -> str:
    """The page docs/bench.md."""
    lines = [
        "# Figures",
        "",
        (
            f"Written by `make bench` on {datetime.now(UTC):%Y-%m-%d}, {platform.system()} {platform.machine()}, "
            f"{os.cpu_count()} cores, Python {platform.python_version()}."
        ),
        "One run on one machine: compare rows with each other.",
        "",
        "## The program",
        "",
        "| Tier | Latency | Operation | Seconds | Management API calls | 429s | Largest process |",
        "|---|---:|---|---:|---:|---:|---:|",
        *(
            f"| {row.tier} | {row.latency_ms} ms | {row.operation} | {row.seconds:.1f} | {row.calls} "
            f"| {row.refused} | {row.peak_mb:.0f} MB |"
            for row in rows
        ),
        "",
        "## The calls, by endpoint (unlimited tier, no latency)",
        "",
        "| Endpoint | " + " | ".join(OPERATIONS) + " |",
        "|---|" + "---:|" * len(OPERATIONS),
    ]
    plain = {row.operation: row.by_endpoint for row in rows if (row.tier, row.latency_ms) == (TIERS[0], 0)}
    endpoints = sorted({name for counter in plain.values() for name in counter})
    lines += [
        f"| `{endpoint}` | " + " | ".join(str(plain[name][endpoint] or "") for name in OPERATIONS) + " |"
        for endpoint in endpoints
    ]
    lines += [
        "",
        "## The local tenant",
        "",
        "| What | Median | Worst |",
        "|---|---:|---:|",
        f"| start, command to first answer ({STARTS} runs) | {statistics.median(starts):.2f} s | {max(starts):.2f} s |",
        f"| GET of one client ({GETS} requests) | {statistics.median(gets):.2f} ms | {max(gets):.2f} ms |",
        f"| resident memory after all of the above | {memory_mb:.0f} MB | |",
        "",
    ]
    return "\n".join(lines)


def main() -> None:
    tools = ensure()
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="guestlist-bench-") as scratch:
        directory = Path(scratch)
        starts = start_times(directory)
        gets: list[float] = []
        memory_mb = 0.0
        for tier in TIERS:
            for latency_ms in LATENCIES_MS:
                home = directory / f"{tier}-{latency_ms}"
                home.mkdir()
                with a_local_tenant(home) as tenant:
                    for row in measure(a_project(home / "project", tenant, tools), tier, latency_ms):
                        rows.append(row)
                        print(
                            f"{tier:9} {latency_ms:3} ms  {row.operation:18} {row.seconds:6.1f} s {row.calls:4} calls",
                            flush=True,
                        )
                    if (tier, latency_ms) == (TIERS[0], 0):
                        gets = get_times(tenant)
                        memory_mb = resident_mb(tenant)
    page = report(rows, starts, gets, memory_mb)
    print(page)
    (ROOT / "docs" / "bench.md").write_text(page)


if __name__ == "__main__":
    main()
