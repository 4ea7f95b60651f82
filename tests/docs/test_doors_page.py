"""docs/doors.md lists every door as the probe has it."""

import pytest

from guestlist.doors.door import Door
from guestlist.doors.probe import DOORS

from .pages import ROOT


def _row(door: Door) -> str:
    remedy = door.remedy.replace("{environment}", "E").replace("{connection}", "ID").replace("{application}", "ID")
    return f"| `{door.id}` | {door.tries} | {door.why} | {remedy} |"


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.id)
def test_a_door_has_its_row(door: Door) -> None:
    assert _row(door) in (ROOT / "docs" / "doors.md").read_text(encoding="utf-8").splitlines()


def test_there_is_no_row_of_a_door_that_is_gone() -> None:
    rows = [line for line in (ROOT / "docs" / "doors.md").read_text().splitlines() if line.startswith("| `")]
    doors = [row for row in rows if row.count("|") == 5]
    assert len(doors) == len(DOORS)
