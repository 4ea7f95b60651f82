"""
The whole report of each prepared change: what the engine said (`recorded/`), put together as a preview does.

Findings, consequences, cost and rehearsed logins are those of the parts that find them out. Not here: what the engine said, what is rendered of it
(`test_golden.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache

from guestlist.environments import Project, load_settings
from guestlist.preview.as_read import as_read
from guestlist.preview.assemble import Base, Circumstances, assemble
from guestlist.preview.logins import KnownSecrets
from guestlist.preview.picture import Step, step_of
from guestlist.preview.report import Problem, Report
from guestlist.preview.run import Collected
from guestlist.preview.security.finding import Allowance
from guestlist.preview.stand_ins import stand_ins
from tests.docs.pages import ROOT
from tests.unit.preview.record import ENVIRONMENT, TENANT, steps_of
from tests.unit.preview.reports import an_allowance

TODAY = date(2026, 11, 23)
ALLOWED: Mapping[str, tuple[Allowance, ...]] = {
    "password-policy-lowered": (
        an_allowance(rule="password-policy-lowered", reason="The old importer makes short passwords"),
    ),
}
BASES: Mapping[str, str] = {"several-at-once": "callback-added"}  # what is on main already, and not deployed
REFRESHED = frozenset({"foreign-action-appeared"})

UNREACHABLE = Report(
    environment=ENVIRONMENT,
    domain=TENANT,
    changes=(),
    unchanged=0,
    problems=(
        Problem(
            said=f"Cannot preview prod: the tenant {TENANT} did not answer within 30 s. See whether its status page reports an outage, then run: guestlist preview --env prod"
        ),
    ),
)


@cache  # a rehearsal takes a second
def report_of(name: str, *, environment: str = ENVIRONMENT) -> Report:
    """The whole report of a prepared change."""
    steps, settings = _steps(name), load_settings(Project(root=ROOT), "local")
    base = BASES.get(name)
    return assemble(
        Collected(steps=steps, warnings=(), seconds=0, live={"somebody": "looked"} if name in REFRESHED else {}),
        Circumstances(
            environment=environment,
            domain=TENANT if environment == ENVIRONMENT else f"{environment}-{TENANT}",
            local=False,
            today=TODAY,
            allowances=ALLOWED.get(name, ()),
            retained=frozenset(one["urn"] for one in steps_of(name) if (one.get("old") or {}).get("retainOnDelete")),
        ),
        base=Base(name="main", steps=_steps(base), outputs={}, settings=settings) if base else None,
        told=KnownSecrets(settings=settings, applied=stand_ins(settings)),
    )


def _steps(name: str) -> tuple[Step, ...]:
    return tuple(step for metadata in steps_of(name) if (step := step_of(as_read(metadata))))
