"""What an environment's file lets pass, as rules take it. Not here: its form (`stacks/settings_allow.py`)."""

from __future__ import annotations

from guestlist.preview.security.finding import Allowance
from stacks.settings import Settings


def allowances_of(settings: Settings) -> tuple[Allowance, ...]:
    """`guestlist:allow`, ended ones too."""
    return tuple(Allowance(rule=one.rule, reason=one.reason, until=one.until) for one in settings.allow)
