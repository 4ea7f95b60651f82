"""
An environment's tenant as it is, beside what the program would make of it: whose each thing is, what differs, what is to be decided.

GETs only, and none that the drift reader's scopes do not allow. The judgement is the program's own (`stacks/ownership.py`): what conflicts
here is what an `up` refuses. It is the first `up`'s view: what a later one finds changed in a thing that is ours already is drift.

Not here: asking and printing (`cli/env_live.py`), checking the settings themselves (`environments.py`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from guestlist.errors import DIFFERENCES, OK, REFUSED
from guestlist.recover_lookup import MANAGED_BY
from stacks.demands import demands, is_decided, owner
from stacks.management import ManagementClient, ReadOnce
from stacks.ownership import OURS, Demands, Difference, Problem
from stacks.post_login_bindings import TRIGGER, PostLogin, bound_actions, look
from stacks.post_login_order import post_login_actions
from stacks.settings import Settings
from stacks.tenant_wide import TENANT_WIDE_THINGS, Saved, setting_of
from stacks.wanted import written


@dataclass(frozen=True, kw_only=True)
class Thing:
    """
    One tenant-wide thing.

    Args:
        name: as in the backup.
        setting: whose it is, under guestlist:ownership.
        owner: `own`, `leave` or `require`.
        decided: the environment says so itself.
        differences: live -> desired; of a required thing, what it lacks is in `problems`.
        problems: what an `up` would be refused for.

    """

    name: str
    setting: str
    owner: str
    decided: bool
    differences: tuple[Difference, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, kw_only=True)
class LiveReport:
    """
    What was found.

    Args:
        bound: Actions that run after a login, in their order.
        foreign: those of `bound` that are not ours.
        order: what the program would bind; ours with `@`.
        doors: names of connections through which people reach our application, beside ours.
        saved: by thing, what a backup holds.

    """

    environment: str
    domain: str
    things: tuple[Thing, ...]
    bound: tuple[str, ...]
    foreign: tuple[str, ...]
    order: tuple[str, ...]
    doors: tuple[str, ...]
    saved: Mapping[str, Saved]

    @property
    def exit_code(self) -> int:
        """0 as wanted, 2 an `up` would change something, 3 an `up` would be refused."""
        if any(thing.problems for thing in self.things):
            return REFUSED
        return DIFFERENCES if self.doors or any(thing.differences for thing in self.things) else OK


def look_at_tenant(tenant: ManagementClient, settings: Settings) -> LiveReport:
    """Read the tenant. Raises: ManagementError, when something cannot be read."""
    wanted, ours = demands(settings), post_login_actions(settings)
    saved: dict[str, Saved] = {}
    things: list[Thing] = []
    reader = ReadOnce(tenant)
    declared = written(settings)
    for name in TENANT_WIDE_THINGS:
        if name in wanted.own or name in wanted.require:
            saved[name] = TENANT_WIDE_THINGS[name].save(reader)
        if name in saved or name in declared:
            things.append(_thing(name, settings, wanted, saved.get(name)))
    post_login = look(tenant, wanted, ours=ours)
    things.append(_trigger(settings, wanted, post_login))
    # Not the program's question, but a person's who decides: who else runs, even where the list is left alone.
    bound = [action.name for action in post_login.bound or bound_actions(tenant)]
    return LiveReport(
        environment=settings.environment,
        domain=settings.tenant.domain,
        things=tuple(things),
        bound=tuple(bound),
        foreign=tuple(name for name in bound if name not in ours),
        order=wanted.order if wanted.post_login == "own" and ours else (),
        doors=tuple(_foreign_doors(tenant, settings)),
        saved=saved,
    )


def _thing(name: str, settings: Settings, wanted: Demands, saved: Saved | None) -> Thing:
    thing = TENANT_WIDE_THINGS[name]
    found: list[Difference] = []
    problem: Problem | None = None
    if saved is not None and name in wanted.own:
        found = thing.differences(saved, wanted.own[name])
        problem = None if name in wanted.decided else thing.conflict(saved, wanted.own[name])
    elif saved is not None:
        problem = thing.unmet(saved, wanted.require[name])
    return Thing(
        name=name,
        setting=setting_of(name),
        owner=owner(settings, name),
        decided=is_decided(settings, name),
        differences=tuple(found),
        problems=() if problem is None else (problem,),
    )


def _trigger(settings: Settings, wanted: Demands, found: PostLogin) -> Thing:
    live = [action.name for action in found.bound]
    desired = [name.removeprefix(OURS) for name in wanted.order]
    differs = wanted.post_login == "own" and any(name.startswith(OURS) for name in wanted.order) and live != desired
    return Thing(
        name=TRIGGER,
        setting=setting_of(TRIGGER),
        owner=wanted.post_login,
        decided=is_decided(settings, TRIGGER) or settings.actions.post_login is not None,
        differences=(Difference(field="bindings", live=live, desired=desired),) if differs else (),
        problems=found.problems,
    )


def _foreign_doors(tenant: ManagementClient, settings: Settings) -> list[str]:
    """Connections that are enabled on our application and that the program would close; none before there is one."""
    for client in tenant.pages("/clients", "clients"):
        metadata = client.get("client_metadata") or {}
        if metadata.get("managed_by") == MANAGED_BY and metadata.get("role") == "application":
            enabled = tenant.pages(f"/clients/{client['client_id']}/connections", "connections")
            return sorted(one["name"] for one in enabled if one["name"] != settings.connection.name)
    return []


def lines_of(report: LiveReport) -> list[str]:
    """Give the report as text: a line for each thing, its differences and problems below it."""
    lines = [f"{report.environment}: the tenant {report.domain}"]
    for thing in report.things:
        said = "written in the environment" if thing.decided else "the default"
        lines.append(f"  {thing.name}: {thing.owner} ({thing.setting}, {said}){_verdict(thing)}")
        lines += [f"    {difference}" for difference in thing.differences]
        lines += [f"    to decide: {problem.sentence}. {problem.remedy}" for problem in thing.problems]
    if report.foreign:
        lines.append(f"  other people's Actions after a login: {', '.join(report.foreign)}")
    if report.doors:
        lines.append(f"  connections on our application that are not ours, up closes them: {', '.join(report.doors)}")
    return lines


def _verdict(thing: Thing) -> str:
    if thing.problems:
        return ": an up would be refused"
    if thing.owner == "leave":
        return ", not looked at"
    if thing.owner == "require":
        return ", as the flow needs it"
    return ", up would change" if thing.differences else ", as wanted"


def document(report: LiveReport) -> dict[str, Any]:
    """Give the report as the JSON of `guestlist env check --live --json`."""
    return {
        "environment": report.environment,
        "domain": report.domain,
        "exitCode": report.exit_code,
        "things": [
            {
                "name": thing.name,
                "setting": thing.setting,
                "ownership": thing.owner,
                "decided": thing.decided,
                "differences": [asdict(difference) for difference in thing.differences],
                "problems": [{"problem": one.sentence, "remedy": one.remedy} for one in thing.problems],
            }
            for thing in report.things
        ],
        "postLogin": {"bound": list(report.bound), "foreign": list(report.foreign), "order": list(report.order)},
        "foreignConnections": list(report.doors),
    }


def backup(report: LiveReport) -> str:
    """Give what a person would need to put things back by hand, as JSON; without a secret."""
    content = {"tenant": report.domain, "things": report.saved, "postLogin": list(report.bound)}
    return json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
