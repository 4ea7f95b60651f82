"""
The list of Actions that run after a login: whose they are, and which list the program would write.

The list is written whole, so an Action that is missing from it stops running. It may name other people's Actions where they belong.

Not here: writing it (`actions.py`), taking ours out again (`post_login_backup.py`).
Source: PATCH /api/v2/actions/triggers/{triggerId}/bindings replaces the whole list, in order;
GET /api/v2/actions/actions (`triggerId`, `actionName`).
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from .management import ManagementClient
from .ownership import OURS, Demands, Problem

TRIGGER = "post-login"
SETTING = "postLogin"  # under guestlist:ownership
BINDINGS = f"/actions/triggers/{TRIGGER}/bindings"


@dataclass(frozen=True, kw_only=True)
class BoundAction:
    """An Action in the trigger's list."""

    action_id: str
    name: str
    display_name: str  # in this trigger


@dataclass(frozen=True, kw_only=True)
class PostLogin:
    """
    The trigger as it is.

    Args:
        bound: what runs, in its order.
        named: the foreign Actions that the environment's list names and that can be bound.
        unnamed: names of foreign Actions that run and are not in the list.
        problems: what keeps the list from being written.

    """

    bound: tuple[BoundAction, ...]
    named: tuple[BoundAction, ...]
    unnamed: tuple[str, ...]
    problems: tuple[Problem, ...]


NOT_LOOKED_AT = PostLogin(bound=(), named=(), unnamed=(), problems=())


def bound_actions(tenant: ManagementClient) -> list[BoundAction]:
    """What runs after a login, in its order. A trigger takes 20 Actions at most, so one page of 50 holds them all."""
    answer = tenant.get(BINDINGS, per_page=50)
    return [
        BoundAction(
            action_id=binding["action"]["id"], name=binding["action"]["name"], display_name=binding["display_name"]
        )
        for binding in answer.get("bindings", [])
    ]


def look(tenant: ManagementClient, demands: Demands, *, ours: Sequence[str]) -> PostLogin:
    """
    Compare the list with what the environment wants; one GET, and one for each named Action that is not bound yet.

    Args:
        tenant: where.
        demands: what the environment wants.
        ours: names of Actions that are ours, today's and those of the last `up`; in a tenant an Action's name is its own.

    """
    if demands.post_login == "leave" or not ours:
        return NOT_LOOKED_AT
    bound = bound_actions(tenant)
    if demands.post_login == "require":
        return PostLogin(bound=tuple(bound), named=(), unnamed=(), problems=tuple(_unbound(bound, demands)))
    wanted = [name for name in demands.order if not name.startswith(OURS)]
    running = {action.name: action for action in bound}
    unnamed = [name for name in running if name not in ours and name not in wanted]
    problems = [_unnamed(bound, demands, unnamed)] if unnamed else []
    named: list[BoundAction] = []
    for name in wanted:
        found = running.get(name) or _available(tenant, name)
        if isinstance(found, BoundAction):
            named.append(found)
        else:
            problems.append(found)
    return PostLogin(bound=tuple(bound), named=tuple(named), unnamed=tuple(unnamed), problems=tuple(problems))


def _available(tenant: ManagementClient, name: str) -> BoundAction | Problem:
    """An Action that is named and not bound yet: it has to be there and deployed, or Auth0 would refuse the whole list."""
    listed = tenant.get("/actions/actions", triggerId=TRIGGER, actionName=name, per_page=50).get("actions", [])
    found = next((action for action in listed if action["name"] == name), None)
    if found is None:
        return Problem(
            thing=TRIGGER,
            setting=SETTING,
            sentence=f"guestlist:actions.postLogin names {name}, and the tenant has no such Action for this trigger",
            remedy="Take it out of the list, or correct its name",
        )
    if not found.get("deployed_version"):
        return Problem(
            thing=TRIGGER,
            setting=SETTING,
            sentence=f"guestlist:actions.postLogin names {name}, which was never deployed",
            remedy="Deploy it in the tenant, or take it out of the list",
        )
    return BoundAction(action_id=found["id"], name=name, display_name=name)


def _unnamed(bound: Sequence[BoundAction], demands: Demands, unnamed: Sequence[str]) -> Problem:
    them = "it" if len(unnamed) == 1 else "them"
    return Problem(
        thing=TRIGGER,
        setting=SETTING,
        sentence=f"the trigger also runs {', '.join(unnamed)}, which the list does not name and would drop",
        remedy=f"To keep {them} write, in the order wanted, guestlist:actions: postLogin: {json.dumps(suggested(bound, demands))}. "
        "To leave the trigger alone write postLogin: leave",
    )


def suggested(bound: Sequence[BoundAction], demands: Demands) -> list[str]:
    """A list that drops nobody: what runs today in its order, ours behind it as they are wanted."""
    ours = [name for name in demands.order if name.startswith(OURS)]
    others = [action.name for action in bound if OURS + action.name not in ours]
    return [*dict.fromkeys([*(name for name in demands.order if not name.startswith(OURS)), *others]), *ours]


def _unbound(bound: Sequence[BoundAction], demands: Demands) -> list[Problem]:
    ours = [name.removeprefix(OURS) for name in demands.order if name.startswith(OURS)]
    running = [action.name for action in bound if action.name in ours]
    if running == ours:
        return []
    is_now = ", ".join(running) or "none of ours"
    return [
        Problem(
            thing=TRIGGER,
            setting=SETTING,
            sentence=f"the trigger is required to run {', '.join(ours)} in this order, and runs {is_now}",
            remedy="Bind them in the tenant (the first up makes them: write postLogin: leave until then), or write postLogin: own",
        )
    ]
