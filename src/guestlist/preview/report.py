"""
Everything that a preview of one environment says; what the formats (`text.py`, `markdown.py`, …) are made of.

Not here: finding it out (`run.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from guestlist import errors
from guestlist.preview.budget import Budget
from guestlist.preview.change import Change
from guestlist.preview.security.finding import Finding


@dataclass(frozen=True, kw_only=True)
class Problem:
    """
    What could not be found out: one sentence with its remedy. What else is known is shown all the same.

    `refused`: a rule stands in the way (another tenant, unfinished operations), nothing failed.
    """

    said: str
    refused: bool = False


@dataclass(frozen=True, kw_only=True)
class Report:
    """
    One environment's preview.

    `consequences`: by URN, what a delete or a replacement really does in Auth0. `inherited`: how many changes the base branch would make anyway,
    which are left out of `changes`. `behaviour`: what is different for the person logging in, in sentences; `None` if nobody had to look.
    """

    environment: str
    domain: str
    changes: tuple[Change, ...]
    unchanged: int
    consequences: Mapping[str, str] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    budget: Budget | None = None
    behaviour: tuple[str, ...] | None = None
    base: str | None = None  # what it is compared with: a branch, a tag, a commit
    inherited: int = 0
    problems: tuple[Problem, ...] = ()
    refreshed: bool = False  # whether the tenant was read first
    seconds: float = 0.0
    project: str = "guestlist"  # Pulumi's

    @property
    def shown(self) -> tuple[Change, ...]:
        """The changes that people are told of; the program's own records only follow them."""
        return tuple(change for change in self.changes if not change.is_bookkeeping)

    @property
    def refused(self) -> tuple[Finding, ...]:
        """What stands in the way."""
        return tuple(finding for finding in self.findings if finding.refuses)

    @property
    def exit_code(self) -> int:
        """Of the contract: 1 could not tell, 3 refused by a rule, 2 there are changes, 0 there are none."""
        if any(not problem.refused for problem in self.problems):
            return errors.FAILED
        if self.problems or self.refused:
            return errors.REFUSED
        return errors.DIFFERENCES if self.changes else errors.OK
