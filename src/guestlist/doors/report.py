"""
What trying the doors is reported as: lines for people, one JSON document for programs, an exit code for CI.

Not here: trying them (`probe.py`).
"""

from __future__ import annotations

from collections.abc import Sequence

from guestlist.doors.probe import Tried
from guestlist.doors.scene import Scene
from guestlist.errors import DIFFERENCES, FAILED, OK

SIGNS = {"shut": "shut   ", "open": "OPEN   ", "unknown": "unknown"}
INDENT = " " * 28


def line_of(tried: Tried) -> str:
    """One door; the open ones with their remedy."""
    lines = [f"{SIGNS[tried.finding.status]} {tried.door.id:19} {tried.finding.said}"]
    if tried.finding.status == "open":
        lines += [f"{INDENT}so {tried.door.why}", f"{INDENT}to shut it: {tried.remedy}"]
    return "\n".join(lines)


def exit_code(all_tried: Sequence[Tried]) -> int:
    """Open counts more than unknown: it is certain."""
    found = {tried.finding.status for tried in all_tried}
    if "open" in found:
        return DIFFERENCES
    return FAILED if "unknown" in found else OK


def summary_of(all_tried: Sequence[Tried], scene: Scene) -> list[str]:
    """The last lines."""
    environment, calls = scene.settings.environment, _calls(scene)
    by_status = {status: [one.door.id for one in all_tried if one.finding.status == status] for status in SIGNS}
    lines = [f"{sum(calls.values())} calls: {calls['looking']} to look, {calls['knocking']} to knock."]
    if by_status["open"]:
        lines.append(f"Open in {environment}: {', '.join(by_status['open'])}.")
    if by_status["unknown"]:
        lines.append(f"Could not be tried in {environment}: {', '.join(by_status['unknown'])}.")
    if len(by_status["shut"]) == len(all_tried):
        lines.append(f"Every door of {environment} is shut.")
    left = [user for one in all_tried for user in one.finding.left]
    if left:
        lines.append(f"Left in the tenant, to be deleted: {', '.join(left)}.")
    return lines


def document(all_tried: Sequence[Tried], scene: Scene) -> dict[str, object]:
    """Give the JSON of `guestlist doctor --doors --json`."""
    return {
        "environment": scene.settings.environment,
        "domain": scene.settings.tenant.domain,
        "ok": exit_code(all_tried) == OK,
        "exitCode": exit_code(all_tried),
        "calls": _calls(scene),
        "doors": [
            {
                "id": one.door.id,
                "status": one.finding.status,
                "said": one.finding.said,
                "tries": one.door.tries,
                "why": one.door.why,
                "remedy": one.remedy or None,
            }
            for one in all_tried
        ],
        "left": [user for one in all_tried for user in one.finding.left],
    }


def _calls(scene: Scene) -> dict[str, int]:
    return {"looking": scene.sight.calls, "knocking": scene.stranger.calls}
