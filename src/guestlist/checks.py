"""One line of `guestlist doctor`. Not here: the checks (`doctor.py`, `tenant_checks.py`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Status = Literal["ok", "problem", "note"]


@dataclass(frozen=True, kw_only=True)
class Check:
    """What one check found. A note is worth knowing and keeps nothing from working."""

    name: str
    status: Status
    said: str
    remedy: str = ""

    def __str__(self) -> str:
        sign = {"ok": "ok     ", "problem": "PROBLEM", "note": "note   "}[self.status]
        remedy = f"\n{' ' * 24}{self.remedy}" if self.remedy else ""
        return f"{sign} {self.name:15} {self.said}{remedy}"


def fine(name: str, said: str) -> Check:
    """Nothing is wrong."""
    return Check(name=name, status="ok", said=said)


def problem(name: str, said: str, remedy: str = "") -> Check:
    """It keeps the environment from being deployed."""
    return Check(name=name, status="problem", said=said, remedy=remedy)


def remark(name: str, said: str, remedy: str = "") -> Check:
    """Worth knowing."""
    return Check(name=name, status="note", said=said, remedy=remedy)


def document(environment: str, checks: tuple[Check, ...]) -> dict[str, object]:
    """Give the checks as the JSON of `guestlist doctor --json`: `{environment, ok, checks: [{name, status, said, remedy}]}`."""
    return {
        "environment": environment,
        "ok": all(check.status != "problem" for check in checks),
        "checks": [
            {"name": check.name, "status": check.status, "said": check.said, "remedy": check.remedy or None}
            for check in checks
        ],
    }
