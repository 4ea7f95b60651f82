"""
An environment's tenant as it is, beside what the program would make of it: whose each thing is, what differs, what is to be decided.

GETs only, and none that the drift reader's scopes do not allow. The judgement is the program's own (`stacks/ownership.py`): what conflicts
here is what an `up` refuses. It is the first `up`'s view: what a later one finds changed in a thing that is ours already is drift.

Not here: asking and printing (`cli/env_live.py`), checking the settings themselves (`environments.py`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from guestlist.errors import DIFFERENCES, OK, REFUSED
from guestlist.reach import Reach, reach
from guestlist.recover_lookup import MANAGED_BY
from stacks.demands import demands, is_decided, owner
from stacks.entitlements import PLANS, lacking
from stacks.management import ManagementClient, ReadOnce
from stacks.ownership import OURS, Demands, Difference, Problem, label
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
        applications: names of the tenant's other applications.
        faults: what else keeps an `up` from ending well.
        reach: how many of the users that are there a switch would touch.
        lacks: what the plan does not include, if the environment says nothing of its plan, for each plan below the top.
        saved: by thing, what a backup holds.

    """

    environment: str
    domain: str
    things: tuple[Thing, ...]
    bound: tuple[str, ...]
    foreign: tuple[str, ...]
    order: tuple[str, ...]
    doors: tuple[str, ...]
    applications: tuple[str, ...]
    faults: tuple[str, ...]
    reach: tuple[Reach, ...]
    lacks: Mapping[str, tuple[str, ...]]
    saved: Mapping[str, Saved]

    @property
    def exit_code(self) -> int:
        """0 as wanted, 2 an `up` would change something, 3 an `up` would be refused."""
        if self.faults or any(thing.problems for thing in self.things):
            return REFUSED
        return DIFFERENCES if self.doors or any(thing.differences for thing in self.things) else OK


def look_at_tenant(tenant: ManagementClient, settings: Settings) -> LiveReport:
    """Read the tenant. Raises: ManagementError, when something cannot be read."""
    wanted, ours = demands(settings), post_login_actions(settings)
    saved: dict[str, Saved] = {}
    things: list[Thing] = []
    reader = ReadOnce(tenant)
    declared = written(settings)
    for name, thing in TENANT_WIDE_THINGS.items():
        live: Saved | Problem | None = None
        if name in wanted.own or name in wanted.require:
            live = thing.look(reader)
        if live is not None or name in declared:
            things.append(_thing(name, settings, wanted, live))
        if live is not None and not isinstance(live, Problem):
            saved[name] = live
    post_login = look(tenant, wanted, ours=ours)
    things.append(_trigger(settings, wanted, post_login))
    clients = list(tenant.pages("/clients", "clients"))
    # Not the program's question, but a person's who decides: who else runs, even where the list is left alone.
    bound = [action.name for action in post_login.bound or bound_actions(tenant)]
    return LiveReport(
        environment=settings.environment,
        domain=settings.tenant.domain,
        things=tuple(things),
        bound=tuple(bound),
        foreign=tuple(name for name in bound if name not in ours),
        order=wanted.order if wanted.post_login == "own" and ours else (),
        doors=tuple(_foreign_doors(tenant, clients, settings)),
        applications=tuple(client["name"] for client in clients if _is_foreign(client, settings)),
        faults=tuple(_missing_applications(clients, settings)),
        reach=reach(reader, settings),
        lacks=lacks(settings),
        saved=saved,
    )


def lacks(settings: Settings) -> Mapping[str, tuple[str, ...]]:
    """By plan, what it does not include; nothing where the environment names its plan: then `guestlist env check` has said so."""
    if settings.tenant.plan is not None:
        return {}
    by_plan = {plan: tuple(feature.what for feature in lacking(settings, plan).values()) for plan in PLANS}
    return {plan: features for plan, features in by_plan.items() if features}


def _thing(name: str, settings: Settings, wanted: Demands, live: Saved | Problem | None) -> Thing:
    thing = TENANT_WIDE_THINGS[name]
    found: list[Difference] = []
    problem: Problem | None = None
    if isinstance(live, Problem):
        problem = live
    elif live is not None and name in wanted.own:
        found = thing.differences(live, wanted.own[name])
        problem = None if name in wanted.decided else thing.conflict(live, wanted.own[name])
    elif live is not None:
        problem = thing.unmet(live, wanted.require[name])
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


def _is_ours(client: Mapping[str, Any]) -> bool:
    return (client.get("client_metadata") or {}).get("managed_by") == MANAGED_BY


def _is_foreign(client: Mapping[str, Any], settings: Settings) -> bool:
    return not (_is_ours(client) or client.get("global") or client.get("name") in settings.existing_applications())


def _missing_applications(clients: Sequence[Mapping[str, Any]], settings: Settings) -> Iterator[str]:
    """Applications that the environment says are there."""
    names = [client.get("name") for client in clients]
    for name in settings.existing_applications():
        if names.count(name) != 1:
            count = "no application" if name not in names else f"{names.count(name)} applications"
            yield f"the environment says that {name} is existing, and the tenant has {count} of this name"


def _foreign_doors(tenant: ManagementClient, clients: Sequence[Mapping[str, Any]], settings: Settings) -> Iterator[str]:
    """Connections that are enabled on an application of ours and that the program would close; none before there is one."""
    found: set[str] = set()
    for client in clients:
        role = str((client.get("client_metadata") or {}).get("role", ""))
        if _is_ours(client) and role.startswith("application"):
            enabled = tenant.pages(f"/clients/{client['client_id']}/connections", "connections")
            found |= {str(one["name"]) for one in enabled if one["name"] != settings.connection.name}
    yield from sorted(found)


def lines_of(report: LiveReport) -> list[str]:
    """Give the report as text: a line for each thing, its differences and problems below it."""
    lines = [f"{report.environment}: the tenant {report.domain}"]
    for thing in report.things:
        said = "written in the environment" if thing.decided else "the default"
        lines.append(f"  {label(thing.setting, thing.name)}: {thing.owner} ({said}){_verdict(thing)}")
        lines += [f"    {difference}" for difference in thing.differences]
        lines += [f"    to decide: {problem.sentence}. {problem.remedy}" for problem in thing.problems]
    if report.foreign:
        lines.append(f"  other people's Actions after a login: {', '.join(report.foreign)}")
    if report.applications:
        lines.append(f"  other applications, left alone: {', '.join(report.applications)}")
    lines += [f"  to correct: {fault}" for fault in report.faults]
    lines += [f"  users: {one}" for one in report.reach]
    lines += [
        f"  on Auth0's plan {plan} this would be refused: {'; '.join(features)}"
        for plan, features in report.lacks.items()
    ]
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
        "foreignApplications": list(report.applications),
        "faults": list(report.faults),
        "users": [asdict(one) for one in report.reach],
        "notIncluded": {plan: list(features) for plan, features in report.lacks.items()},
    }


def backup(report: LiveReport) -> str:
    """Give what a person would need to put things back by hand, as JSON; without a secret."""
    content = {"tenant": report.domain, "things": report.saved, "postLogin": list(report.bound)}
    return json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
