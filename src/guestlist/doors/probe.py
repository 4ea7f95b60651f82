"""
Every door, one after the other. One that cannot be tried never hides another.

Not here: the doors (one module for each family), what is printed (`report.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from guestlist.doors import applications, connections, enumeration, grants, login, sign_up
from guestlist.doors.door import Door, Finding, unknown
from guestlist.doors.scene import Scene
from guestlist.doors.sight import CannotLook
from guestlist.doors.stranger import CannotTell
from stacks.management import ManagementError

DOORS: Sequence[Door] = (
    *sign_up.DOORS,
    *connections.DOORS,
    *grants.DOORS,
    *applications.DOORS,
    *enumeration.DOORS,
    *login.DOORS,
)


@dataclass(frozen=True, kw_only=True)
class Tried:
    """A door, what was found, and how it is shut if it is open."""

    door: Door
    finding: Finding
    remedy: str = ""


def probe(scene: Scene, doors: Sequence[Door] = DOORS) -> Iterator[Tried]:
    """Try them; each is given as soon as it is known."""
    for door in doors:
        finding = _try(door, scene)
        remedy = finding.remedy or door.remedy if finding.status == "open" else ""
        yield Tried(door=door, finding=finding, remedy=_named(remedy, scene))


def _try(door: Door, scene: Scene) -> Finding:
    try:
        return door.try_it(scene)
    except CannotLook as blind:
        return unknown(f"could not look: {blind}")
    except (CannotTell, ManagementError) as reason:
        return unknown(str(reason).rstrip("."))
    except Exception as fault:  # noqa: BLE001 - an answer that nobody expected; the other doors are tried all the same
        return unknown(f"an answer was not understood ({type(fault).__name__})")


def _named(remedy: str, scene: Scene) -> str:
    for name, value in (("environment", scene.settings.environment), ("connection", "ID"), ("application", "ID")):
        remedy = remedy.replace(f"{{{name}}}", value)
    return remedy
