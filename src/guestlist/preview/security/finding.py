"""What a rule says. Not here: the rules (the other files of this folder)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Severity(StrEnum):
    """How grave a finding is; `error` refuses, unless the environment allows it."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, kw_only=True)
class Allowance:
    """What an environment's file lets pass: `guestlist:allow`."""

    rule: str
    reason: str
    until: date  # the last day


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that a change would make less safe."""

    rule: str  # `sign-up-opened`
    severity: Severity
    urn: str
    resource: str  # `Connection invited-users`
    what: str  # a sentence: what would be so
    why: str  # a sentence: what a stranger could do then
    remedy: str  # what to do, or how to allow it
    allowance: Allowance | None = None  # of the environment, if it has not ended

    @property
    def refuses(self) -> bool:
        """Whether it stands in the way."""
        return self.severity is Severity.ERROR and self.allowance is None
