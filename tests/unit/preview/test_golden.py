"""
What a reviewer reads of each prepared change: `golden/NAME.md`, made of what the real engine said (`recorded/`).

`GUESTLIST_UPDATE_GOLDEN=1` writes the files anew; read them before you commit them.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from guestlist.preview.markdown import render_markdown
from tests.unit.preview.prepared import PREPARED
from tests.unit.preview.told import UNREACHABLE, report_of

GOLDEN = Path(__file__).resolve().parent / "golden"
UPDATE = os.environ.get("GUESTLIST_UPDATE_GOLDEN") == "1"
NAMES = [one.name for one in PREPARED]


def is_golden(name: str, rendered: str) -> bool:
    file = GOLDEN / f"{name}.md"
    if UPDATE:
        file.parent.mkdir(exist_ok=True)
        file.write_text(rendered, encoding="utf-8")
    return rendered == file.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_a_reviewer_reads_what_was_agreed_on(name: str) -> None:
    assert is_golden(name, render_markdown(report_of(name)))


def test_a_tenant_that_cannot_be_reached_is_said_and_nothing_is_made_up() -> None:
    assert is_golden("unreachable-tenant", render_markdown(UNREACHABLE))


def test_two_environments_share_one_comment_and_the_lines_of_an_action_stand_there_once() -> None:
    reports = [report_of("action-code-line", environment="staging"), report_of("several-at-once")]

    rendered = render_markdown(reports)

    assert is_golden("two-environments", rendered)
    assert rendered.count("in a minute") == 1


def test_every_golden_file_belongs_to_a_prepared_change() -> None:
    assert {file.stem for file in GOLDEN.glob("*.md")} == {*NAMES, "unreachable-tenant", "two-environments"}
