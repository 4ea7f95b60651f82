"""
The page docs/measured.md: a section for each group of promises, with its own date, so that a group that is tried alone leaves the others.

Not here: the promises and how they are tried (`soak.py`).
"""

import os
import platform
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from time import perf_counter

INTRODUCTION = """# Measured

Written by `make soak`, failures included. Each group of promises has the date of its last run; `SOAK_ONLY=kills,page make soak` runs some of
them. What was never run has no section.
"""


@dataclass(kw_only=True)
class Row:
    """One promise: how often it was tried, how often it failed and how."""

    promise: str
    tried: int = 0
    failures: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    found: str = ""  # figures, where there are any

    def attempt(self, what: str, trial: Callable[[], object]) -> None:
        """Try it once; an `AssertionError` is a failure, and the next trial goes on."""
        began = perf_counter()
        self.tried += 1
        try:
            trial()
        except AssertionError as error:
            said = str(error).strip().splitlines()
            self.failures.append(f"{what}: {said[0] if said else 'not as expected'}")
            print(f"{self.promise}: {what}: FAILED: {error}", flush=True)
        else:
            print(f"{self.promise}: {what}: held", flush=True)
        self.seconds.append(perf_counter() - began)

    @property
    def median(self) -> float:
        """Of the seconds that a trial took."""
        return sorted(self.seconds)[len(self.seconds) // 2] if self.seconds else 0.0


def section(title: str, rows: Sequence[Row], *, is_whole: bool, today: date) -> str:
    """What a run of one group found; one that was stopped says so."""
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    lines = [f"## {title}", "", f"{today:%Y-%m-%d}, {machine}."]
    if not is_whole:
        lines += ["", "**The run did not come to its end:** promises that are not in the table were not tried."]
    lines += ["", "| Promise | Tried | Failed | Median seconds |", "|---|---:|---:|---:|"]
    lines += [f"| {row.promise} | {row.tried} | {len(row.failures)} | {row.median:.1f} |" for row in rows]
    lines += _listed("Found:", [row.found for row in rows if row.found])
    lines += _listed("Failures:", [failure for row in rows for failure in row.failures])
    return "\n".join([*lines, ""])


def _listed(heading: str, what: Sequence[str]) -> list[str]:
    return ["", heading, "", *(f"- {one}" for one in what)] if what else []


def with_section(page: str, written: str, *, titles: Sequence[str]) -> str:
    """
    The page with a section written anew and the others as they were.

    Args:
        titles: of all sections, in their order; what is under another heading goes.

    """
    parts = {part.partition("\n")[0]: f"## {part.strip()}\n" for part in f"\n{page}".split("\n## ")[1:]}
    parts[written.partition("\n")[0].removeprefix("## ")] = written
    return "\n".join([INTRODUCTION, *(parts[title] for title in titles if title in parts)])
