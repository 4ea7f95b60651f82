"""What the local tenant itself costs: starting it, asking it, keeping it."""

import statistics
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from tests.e2e.harness import LocalTenant, a_local_tenant

GETS = 500
STARTS = 5


@dataclass(frozen=True, kw_only=True)
class TenantFigures:
    """Of one machine."""

    starts_sec: list[float]  # from the command to the first answer
    gets_ms: list[float]  # of one client, over a connection that is kept open
    resident_mb: float

    def table(self) -> list[str]:
        starts, gets = self.starts_sec, self.gets_ms
        return [
            "| What | Median | Worst |",
            "|---|---:|---:|",
            f"| start, command to first answer ({STARTS} runs) | {statistics.median(starts):.2f} s | {max(starts):.2f} s |",
            f"| GET of one client ({GETS} requests) | {statistics.median(gets):.2f} ms | {max(gets):.2f} ms |",
            f"| resident memory after these requests | {self.resident_mb:.0f} MB | |",
        ]


def measure_local_tenant(directory: Path) -> TenantFigures:
    starts = []
    for number in range(STARTS):
        home = directory / f"start-{number}"
        home.mkdir(parents=True)
        began = time.perf_counter()
        with a_local_tenant(home) as tenant:
            tenant.control.get("/_local/health").raise_for_status()
            starts.append(time.perf_counter() - began)
            if number == STARTS - 1:
                gets, resident = _get_times(tenant), _resident_mb(tenant)
    return TenantFigures(starts_sec=starts, gets_ms=gets, resident_mb=resident)


def _get_times(tenant: LocalTenant) -> list[float]:
    path = f"/clients/{tenant.client_id}"
    times = []
    for _ in range(GETS):
        began = time.perf_counter()
        tenant.api.get(path).raise_for_status()
        times.append((time.perf_counter() - began) * 1000)
    return times


def _resident_mb(tenant: LocalTenant) -> float:
    shown = subprocess.run(
        ["ps", "-o", "rss=", "-p", str(tenant.process.pid)], capture_output=True, text=True, check=True
    )
    return int(shown.stdout) / 1024
