"""The page of the rules, and the list that an environment's file is checked with, are those of the rules."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from guestlist.preview.security.allowances import allowances_of
from guestlist.preview.security.finding import Allowance
from guestlist.preview.security.judge import RULES
from guestlist.preview.security.reference import render
from stacks import settings_allow
from tests.stacks.running import some_settings

ROOT = Path(__file__).resolve().parents[3]
ALLOWED = {"rule": "redirect-moved", "reason": "the application moves", "until": "2026-12-31"}


def test_the_page_of_the_rules_is_that_of_the_rules() -> None:
    written = (ROOT / "docs" / "security-rules.md").read_text(encoding="utf-8")
    assert written == render(), "run: python -m guestlist.preview.security.reference > docs/security-rules.md"


def test_an_environment_s_file_knows_every_rule() -> None:
    assert list(settings_allow.RULES) == sorted(one.id for one in RULES)


def test_an_environment_s_allowances_are_those_of_the_rules() -> None:
    expected = Allowance(rule="redirect-moved", reason="the application moves", until=date(2026, 12, 31))

    assert allowances_of(some_settings(allow=[ALLOWED])) == (expected,)
    assert allowances_of(some_settings()) == ()
