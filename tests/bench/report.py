"""
The pages: docs/bench.md whole, and the block of README.md between its two marks.

The block is made of what the raw numbers in docs/bench.md say, so that a test can compare the two pages.
"""

import os
import platform
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from tests.bench.measure import Row
from tests.bench.tools import FIRST, OPERATIONS

BEGIN, END = "<!-- bench: begin -->", "<!-- bench: end -->"
RAW = "## Every run"
LOCAL_TENANT, PROFILE_PAGE, CHANGED_ACTION = "## The local tenant", "## The profile page", "## One changed Action"
DRIFT_CHECKS = "## Checks for drift"
HEADINGS = (
    *("Tool", "Tier", "Latency", "Operation", "Command", "Exit code", "Attempts"),
    *("Seconds", "Management API calls", "Tokens", "429s", "Largest process"),
)


def machine() -> str:
    return f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"


def comparison_page(rows: Sequence[Row], does: Mapping[str, str], *, today: date) -> str:
    """
    The page docs/bench.md as far as the tools go.

    Args:
        does: by tool, what it does in its run; the first is ours.

    """
    return "\n".join(
        [
            "# Figures",
            "",
            f"Written by `make bench` on {today:%Y-%m-%d}, {machine()}. One run on one machine: compare figures with each other, not with another",
            "machine's. The tiers are Auth0's rate limits as the local tenant keeps them: none, 10 requests a second (paid), 2 a second (free).",
            "",
            "## One desired tenant, three tools",
            "",
            *(f"- **{tool}**: {what}" for tool, what in does.items()),
            "",
            f"Run with {_conditions(rows)}.",
            "All three start with an empty tenant at each tier and latency, and run the four operations in the order of the table. In brackets: how many",
            f"times ours. Calls are those of the Management API that were answered; tokens (POST /oauth/token) and 429s are in [the last table]({anchor(RAW)}).",
            "",
            *comparison(rows, list(does)),
            "",
            "## The calls into an empty tenant, by endpoint",
            "",
            *calls_by_endpoint(rows, list(does)),
            "",
            RAW,
            "",
            *raw_table(rows),
            "",
        ]
    )


def with_section(page: str, heading: str, table: Sequence[str] | None, *, former: str, today: date) -> str:
    """
    The page with a section of its own date: measured anew, or as it was in the former page where there is no table.

    An older section of that heading is replaced where it stands; a new one comes last.
    """
    if table is None:
        lines = _section(former, heading)
    else:
        lines = "\n".join([heading, "", f"Measured on {today:%Y-%m-%d}, {machine()}.", "", *table, ""])
    standing = _section(page, heading)
    return page.replace(standing, lines) if standing else "\n".join([page.rstrip("\n"), "", lines]).rstrip("\n") + "\n"


def _section(page: str, heading: str) -> str:
    """With its heading; empty where there is none."""
    _, found, rest = page.partition(f"{heading}\n")
    body, _, _ = rest.partition("\n## ")
    return f"{found}{body.rstrip(chr(10))}\n" if found else ""


def _conditions(rows: Iterable[Row]) -> str:
    found = list(dict.fromkeys((row.tier, row.latency_ms) for row in rows))
    return ", ".join(f"{tier} and {latency_ms} ms" for tier, latency_ms in found)


def anchor(heading: str) -> str:
    return "#" + heading.removeprefix("## ").lower().replace(" ", "-")


def table(headings: Iterable[str], lines: Iterable[Iterable[object]], *, left: int = 1) -> list[str]:
    """The first `left` columns are words, the others numbers."""
    names = list(headings)
    rule = "|" + "---|" * left + "---:|" * (len(names) - left)
    return [_line(names), rule, *map(_line, lines)]


def _line(cells: Iterable[object]) -> str:
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def comparison(rows: Sequence[Row], tools: Sequence[str]) -> list[str]:
    """Seconds and calls of the tools side by side, with their ratios to the first."""
    headings = [
        "Tier",
        "Latency",
        "Operation",
        *(f"{tool}, s" for tool in tools),
        *(f"{tool}, calls" for tool in tools),
    ]
    lines = []
    for (tier, latency_ms, operation), by_tool in grouped(rows).items():
        ours = by_tool.get(tools[0])
        seconds = [_seconds(by_tool.get(tool), ours) for tool in tools]
        calls = [_calls(by_tool.get(tool), ours) for tool in tools]
        lines.append([tier, f"{latency_ms} ms", OPERATIONS[operation], *seconds, *calls])
    return table(headings, lines, left=3)


def grouped(rows: Iterable[Row]) -> dict[tuple[str, int, str], dict[str, Row]]:
    """By tier, latency and operation, then by tool."""
    found: dict[tuple[str, int, str], dict[str, Row]] = {}
    for row in rows:
        found.setdefault((row.tier, row.latency_ms, row.operation), {})[row.tool] = row
    return found


def _seconds(row: Row | None, ours: Row | None) -> str:
    if row is None:
        return "not run"
    if row.exit_code != 0:
        return f"failed after {row.seconds:.0f}"
    return f"{row.seconds:.1f}" + _ratio(row, ours, row.seconds, ours.seconds if ours else 0)


def _calls(row: Row | None, ours: Row | None) -> str:
    if row is None:
        return "not run"
    return f"{row.calls}" + _ratio(row, ours, row.calls, ours.calls if ours else 0)


def _ratio(row: Row, ours: Row | None, value: float, base: float) -> str:
    comparable = ours is not None and row is not ours and ours.exit_code == row.exit_code == 0 and base > 0
    return f" ({value / base:.1f}×)" if comparable else ""


def calls_by_endpoint(rows: Iterable[Row], tools: Sequence[str]) -> list[str]:
    """Of the first operation, where it ran first: without limits and latency, if that was run."""
    first = next((found for (_, _, operation), found in grouped(rows).items() if operation == FIRST), {})
    endpoints = sorted(
        {name for row in first.values() for name in row.by_endpoint}, key=lambda name: name.split()[::-1]
    )
    ran = [tool for tool in tools if tool in first]
    lines: list[list[object]] = [
        [f"`{name}`", *(first[tool].by_endpoint[name] or "" for tool in ran)] for name in endpoints
    ]
    lines.append(["`POST /oauth/token`", *(first[tool].tokens for tool in ran)])
    return table(["Endpoint", *ran], lines)


def raw_table(rows: Iterable[Row]) -> list[str]:
    lines = [
        [
            *(row.tool, row.tier, f"{row.latency_ms} ms", row.operation, f"`{row.named}`", row.exit_code, row.attempts),
            *(f"{row.seconds:.1f}", row.calls, row.tokens, row.refused, f"{row.peak_mb} MB"),
        ]
        for row in rows
    ]
    return table(HEADINGS, lines, left=5)


def rows_of(page: str) -> list[Row]:
    """The rows that a page's table of every run shows, without their endpoints."""
    lines = page.partition(RAW)[2].partition("\n## ")[0].splitlines()
    rows = []
    for line in lines:
        cells = [cell.strip(" `") for cell in line.strip("|").split("|")]
        if len(cells) != len(HEADINGS) or cells[0] in {HEADINGS[0], "---"}:
            continue
        tool, tier, latency, operation, named, code, attempts, seconds, calls, tokens, refused, memory = cells
        rows.append(
            Row(
                tool=tool,
                tier=tier,
                latency_ms=int(latency.removesuffix(" ms")),
                operation=operation,
                named=named,
                exit_code=int(code),
                attempts=int(attempts),
                seconds=float(seconds),
                calls=int(calls),
                tokens=int(tokens),
                refused=int(refused),
                peak_mb=int(memory.removesuffix(" MB")),
            )
        )
    return rows


def readme_block(rows: Sequence[Row]) -> str:
    """The compact table: seconds without latency at no limit and at the free plan's, calls at no limit; with its marks."""
    tools = list(dict.fromkeys(row.tool for row in rows))
    found = grouped(rows)
    headings = ["", "", *(f"{tool}" for tool in tools)]
    lines: list[list[object]] = []
    for operation, shown in OPERATIONS.items():
        without, free = found.get(("unlimited", 0, operation), {}), found.get(("free", 0, operation), {})
        lines += [
            [shown, "no limit", *(_short(without.get(tool)) for tool in tools)],
            ["", "free plan, 2 requests a second", *(_short(free.get(tool)) for tool in tools)],
            ["", "Management API calls", *(row.calls if (row := without.get(tool)) else "not run" for tool in tools)],
        ]
    return "\n".join([BEGIN, *table(headings, lines, left=2), END])


def _short(row: Row | None) -> str:
    if row is None:
        return "not run"
    if row.exit_code != 0:
        return f"failed after {row.seconds:.0f} s"
    return f"{row.seconds:.1f} s" if row.seconds < 10 else f"{row.seconds:.0f} s"


def with_block(page: str, block: str) -> str:
    """The page with its block replaced. Raises: ValueError, if it has no such marks."""
    changed, count = re.subn(f"{re.escape(BEGIN)}.*?{re.escape(END)}", lambda _: block, page, flags=re.DOTALL)
    if count != 1:
        raise ValueError(f"the page has {count} blocks between {BEGIN} and {END}, not one")
    return changed
