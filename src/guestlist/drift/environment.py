"""
Check an environment: open it, see what the tenant's log makes unnecessary, look, and say who did it.

Not here: looking (`check.py`), going on for days (`watch.py`).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from guestlist.deployment import Deployment, open_environment
from guestlist.drift.check import check, problem
from guestlist.drift.report import Report
from guestlist.environments import Project
from guestlist.errors import GuestlistError
from stacks.management import ManagementError
from stacks.settings import PROJECT

DEPLOYER = "GUESTLIST_DEPLOYER_CLIENT_ID"

Say = Callable[[str], None]
Clock = Callable[[], datetime]


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """How to look."""

    from_source: bool = False


def check_environment(
    project: Project,
    environment: str,
    wanted: Wanted,
    *,
    say: Say,
    clock: Clock,
    environ: Mapping[str, str] | None = None,
) -> Report:
    """Look. Never raises for what is wrong with the environment: the report says it."""
    try:
        deployment = open_environment(
            project,
            environment,
            say=say,
            environ=environ,
            from_source=wanted.from_source,
            check_secrets=False,  # the program checks them itself
        )
        tenant = deployment.tenant()
    except (GuestlistError, ManagementError) as error:
        return _blank(environment, error, clock)
    with tenant:
        report = check(deployment, tenant, now=clock(), deployers=deployers(deployment)).report
        return replace(report, calls=tenant.calls)


def deployers(deployment: Deployment, environ: Mapping[str, str] = os.environ) -> frozenset[str]:
    """Client ids of whoever deploys and whoever checks, as far as they are told."""
    found = {
        deployment.environ.get("AUTH0_CLIENT_ID", ""),
        environ.get(DEPLOYER, ""),
        deployment.environ.get(DEPLOYER, ""),
    }
    return frozenset(one for one in found if one)


def _blank(environment: str, error: GuestlistError | ManagementError, clock: Clock) -> Report:
    """Nothing could be told."""
    return Report(
        project=PROJECT,
        environment=environment,
        domain="",
        items=(),
        checked_at=clock(),
        read="nothing",
        problems=(problem(error),),
    )
