"""
What a door is: a way into the application that an invite has nothing to do with.

A door is looked at first, with the Management API's read rights; somebody knocks only where looking cannot tell, or where a knock leaves
nothing behind. Nobody knocks on a door that looking showed open.

Not here: the doors (one module for each family), trying all of them (`probe.py`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Literal

from guestlist.doors.scene import Scene
from guestlist.doors.sight import CannotLook

Status = Literal["shut", "open", "unknown"]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """
    What trying a door found.

    Args:
        status: `unknown` if it could not be tried.
        said: what was seen, without a final full stop.
        remedy: how this one is shut, where the door's own words are not enough.
        left: users that a knock made and could not delete.

    """

    status: Status
    said: str
    remedy: str = ""
    left: tuple[str, ...] = field(default=())


Try = Callable[[Scene], Finding]


@dataclass(frozen=True, kw_only=True)
class Door:
    """
    One way in.

    Args:
        id: in the report and in docs/doors.md.
        tries: how it is tried.
        why: what a stranger would gain.
        remedy: the next command, or the setting.
        try_it: raises `CannotTell`, `CannotLook` or `ManagementError` where there is nothing to be found out.

    """

    id: str
    tries: str
    why: str
    remedy: str
    try_it: Try


def shut(said: str) -> Finding:
    """Nobody gets in here."""
    return Finding(status="shut", said=said)


def opened(said: str, remedy: str = "", *, left: tuple[str, ...] = ()) -> Finding:
    """Somebody might."""
    return Finding(status="open", said=said, remedy=remedy, left=left)


def unknown(said: str) -> Finding:
    """It could not be tried."""
    return Finding(status="unknown", said=said)


def looking(look: Try, knock: Try | None = None, *, knock_too: Try | None = None) -> Try:
    """
    Look, then knock.

    Args:
        look: raises `CannotLook` where rights are missing.
        knock: for a door that nobody could look at.
        knock_too: for a door that looking says is shut: tells nothing more than it did, or that it is open all the same.

    """

    def try_it(scene: Scene) -> Finding:
        try:
            seen = look(scene)
        except CannotLook as blind:
            if knock is None:
                return unknown(f"could not look: {blind}")
            return _after(knock(scene), f"could not look: {blind}")
        if seen.status != "shut" or knock_too is None:
            return seen
        heard = knock_too(scene)
        if heard.status == "open":
            return replace(heard, said=f"{heard.said}, although {seen.said}")
        return shut(f"{seen.said}; {heard.said}")

    return try_it


def _after(finding: Finding, remark: str) -> Finding:
    return replace(finding, said=f"{finding.said} ({remark})")
