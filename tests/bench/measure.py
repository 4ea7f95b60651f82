"""Measure one command against a local tenant: seconds, calls by endpoint, refusals, tokens, memory."""

import os
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.e2e.harness import LocalTenant

PATIENCE_SEC = 1800.0
TOKEN = "POST /oauth/token"


@dataclass(frozen=True, kw_only=True)
class Step:
    """One operation of a tool: what it is called in all tables, what the tool calls it, what is run."""

    operation: str
    named: str
    command: Sequence[str]
    cwd: Path
    environ: Mapping[str, str] = field(repr=False)
    log: Path


@dataclass(frozen=True, kw_only=True)
class Row:
    """One operation of one tool at one tier and latency."""

    tool: str
    tier: str
    latency_ms: int
    operation: str
    named: str
    exit_code: int
    seconds: float
    calls: int  # of the Management API, those that were not answered 429
    tokens: int  # POST /oauth/token
    refused: int  # answered 429
    peak_mb: int  # the largest process of the command and all that it started
    attempts: int = 1  # more, if it failed before it wrote anything or was refused, and was repeated; the figures are the last one's
    by_endpoint: Counter[str] = field(default_factory=Counter)  # without 429s

    @property
    def may_be_repeated(self) -> bool:
        """Whether it failed, left the tenant as it was, and the rate limit is not why: giving up at that is a result."""
        wrote = any(not endpoint.startswith("GET ") for endpoint in self.by_endpoint)
        return self.exit_code != 0 and self.refused == 0 and not wrote


def set_limits(tenant: LocalTenant, tier: str, latency_ms: int) -> None:
    tenant.control.put("/_local/settings", json={"tier": tier, "latency_ms": latency_ms}).raise_for_status()


def measure(step: Step, tenant: LocalTenant, *, tool: str, tier: str, latency_ms: int) -> Row:
    """Run it to its end, whatever that is; what it said is in its log."""
    tenant.forget_requests()
    with step.log.open("wb") as log:
        began = time.perf_counter()
        process = subprocess.Popen(
            step.command,
            cwd=step.cwd,
            env=dict(step.environ),
            stdout=log,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
        )
        watchdog = threading.Timer(PATIENCE_SEC, process.kill)
        watchdog.start()
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        watchdog.cancel()
    process.returncode = os.waitstatus_to_exitcode(status)
    recorded = tenant.requests()
    answered = Counter(f"{call['method']} {call['path']}" for call in recorded if call["status"] != 429)
    tokens = answered.pop(TOKEN, 0)
    return Row(
        tool=tool,
        tier=tier,
        latency_ms=latency_ms,
        operation=step.operation,
        named=step.named,
        exit_code=process.returncode,
        seconds=round(seconds, 2),
        calls=answered.total(),
        tokens=tokens,
        refused=sum(call["status"] == 429 for call in recorded),
        peak_mb=round(usage.ru_maxrss / (1024 if sys.platform == "linux" else 1024 * 1024)),
        by_endpoint=answered,
    )
