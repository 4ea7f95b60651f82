"""
Everything that a drift check of one environment says; what the formats (`text.py`, `markdown.py`, …) are made of.

Not here: finding it out (`check.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from guestlist import errors
from guestlist.drift.ignore_file import Ignored
from guestlist.preview.change import Change, PropertyChange
from guestlist.preview.report import Problem
from guestlist.preview.security.finding import Finding

Class = Literal["drift", "pending", "both", "unmanaged"]
Happened = Literal["changed", "deleted", "made"]
CLASSES: tuple[Class, ...] = ("drift", "both", "unmanaged", "pending")  # in the order in which they are told


@dataclass(frozen=True, kw_only=True)
class Writer:
    """
    Who wrote an object, by the tenant's own log.

    `who`: a person's name or address, or an application's name. `ours`: it was our deployer's client, so an `up`, or somebody with its credentials.
    """

    who: str
    at: datetime  # UTC
    address: str = ""  # IP
    how: str = ""  # in the dashboard, through the Management API
    ours: bool = False


@dataclass(frozen=True, kw_only=True)
class Item:
    """
    One object that is not as it should be.

    `live`: what differs in the tenant from what was deployed last (before: deployed, after: in the tenant). `undeclared`: the paths of those that the
    program says nothing of, which no `up` takes back. `pending`: what the program would change in what was deployed last. `remark`: a
    sentence more, of an unmanaged object what it does, of a deleted one what follows.
    """

    kind: Class
    id: str  # a URN; of an unmanaged object its path below /api/v2
    shown: str  # `Action complete-profile`
    happened: Happened
    live: Change | None = None
    undeclared: tuple[str, ...] = ()
    pending: Change | None = None
    remark: str = ""
    by: tuple[Writer, ...] = ()  # the latest first
    covered: Ignored | None = None  # by the ignore file, the whole of it
    covered_properties: Mapping[str, Ignored] = field(default_factory=dict)  # by path

    @property
    def counts(self) -> bool:
        """Whether somebody has to look at it."""
        return self.covered is None

    @property
    def differences(self) -> tuple[PropertyChange, ...]:
        """Live ones."""
        return self.live.properties if self.live else ()


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """
    How much of the tenant somebody answers for.

    `objects` that were looked at: `declared` by the program, `covered` by the ignore file, `auth0s`: what comes with a tenant. `kinds`: what was listed;
    `not_listed`: why not, by kind.
    """

    objects: int
    declared: int
    covered: int = 0
    auth0s: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()

    @property
    def percent(self) -> int:
        """Rounded down: 100 means all of them."""
        known = self.declared + self.covered + len(self.auth0s)
        return 100 if not self.objects else min(100, known * 100 // self.objects)


@dataclass(frozen=True, kw_only=True)
class LogSaid:
    """
    What the tenant's log told.

    `since`: nothing was recorded since then, if nothing was. `full_check_at`: when everything was read last. `why_full`: why a log-guided check read
    everything all the same. `unread`: why nobody can be named.
    """

    since: datetime | None = None
    full_check_at: datetime | None = None
    why_full: str = ""
    unread: str = ""


@dataclass(frozen=True, kw_only=True)
class Report:
    """
    One environment's check.

    `read`: `all` resources, `touched` ones only, or `nothing` (the log alone). `unseen`: what no check can see, in sentences. `deployer_named`: whether somebody said
    which client deploys.
    """

    environment: str
    domain: str
    items: tuple[Item, ...]
    checked_at: datetime
    read: Literal["all", "touched", "nothing"] = "all"
    unchanged: int = 0
    findings: tuple[Finding, ...] = ()
    coverage: Coverage | None = None
    unseen: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    log: LogSaid | None = None
    ended: tuple[Ignored, ...] = ()  # entries of the ignore file that cover nothing any more
    seconds: float = 0.0
    deployer_named: bool = True
    calls: int = 0  # of our own on the Management API; the engine's are not among them
    project: str = "guestlist"

    @property
    def counted(self) -> tuple[Item, ...]:
        """What somebody has to look at."""
        return tuple(one for one in self.items if one.counts)

    @property
    def covered(self) -> tuple[Item, ...]:
        """What the ignore file covers."""
        return tuple(one for one in self.items if not one.counts)

    @property
    def exit_code(self) -> int:
        """Of the contract: 1 could not tell, 2 something differs, 0 nothing does. A security rule marks drift and never makes it 3."""
        if self.problems:
            return errors.FAILED
        return errors.DIFFERENCES if self.counted else errors.OK
