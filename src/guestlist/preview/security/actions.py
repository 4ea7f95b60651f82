"""
The Actions that run after a login: that MFA is asked for, first, of everybody, and that nobody else's code slips in.

An Action is known by what it does (`challengeWith`, `sendUserTo`) or by our name for it, a binding by the Action's id, or its display name
while the id is not known yet. The values of an Action's secrets are masked: that one changed can be seen, what it says cannot.

Not here: the tenant's policy that stands behind them (`mfa.py`).
Source: https://auth0.com/docs/secure/multi-factor-authentication/customize-mfa, and the redirect comes last:
https://auth0.com/docs/customize/actions/explore-triggers/signup-and-login-triggers/login-trigger/redirect-with-actions
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from guestlist.preview.picture import PENDING, Resource, of_kind
from guestlist.preview.security.finding import Severity
from guestlist.preview.security.rule import Look, Worse, at, listed, rule
from stacks.settings_types import COMPLETE_PROFILE, REQUIRE_MFA

POST_LOGIN = "post-login"
REACH = ("CLIENT_IDS", "CONNECTION_NAME", "FACTORS")  # of require-mfa: whom it asks, and for what
ASKS = re.compile(r"\.(?:enrollWith|challengeWith)(?:Any)?\(|\bmultifactor\.enable\(")
UNNAMED = "an Action whose name is not known yet"
REDIRECTS = re.compile(r"\.sendUserTo\(")
Picture = Mapping[str, Resource]


@dataclass(frozen=True, kw_only=True)
class Binding:
    """One place in the trigger's list; `action` if it is the program's."""

    name: str  # that is shown
    action: Resource | None


def bindings(picture: Picture) -> tuple[Binding, ...]:
    """What runs after a login, in its order."""
    found = []
    for trigger in of_kind(picture, "TriggerActions"):
        if at(trigger, "trigger") == POST_LOGIN:
            listing = at(trigger, "actions")
            found += [one for one in listing if isinstance(one, Mapping)] if isinstance(listing, list) else []
    for one in of_kind(picture, "TriggerAction"):
        if at(one, "trigger") == POST_LOGIN:
            found.append({"id": at(one, "actionId"), "displayName": at(one, "displayName")})
    return tuple(Binding(name=str(one.get("displayName")), action=_action(picture, one)) for one in found)


def _action(picture: Picture, binding: Mapping[str, object]) -> Resource | None:
    actions = of_kind(picture, "Action")
    if binding.get("id") not in (None, PENDING):
        return next((one for one in actions if one.id == binding["id"]), None)
    return next((one for one in actions if at(one, "name") == binding.get("displayName")), None)


def asks(action: Resource | None) -> bool:
    """Whether an Action asks for a second factor."""
    return action is not None and ASKS.search(str(at(action, "code") or "")) is not None


def redirects(action: Resource | None) -> bool:
    """Whether an Action sends people to a page."""
    return action is not None and (
        at(action, "name") == COMPLETE_PROFILE or REDIRECTS.search(str(at(action, "code") or "")) is not None
    )


def bound_mfa_actions(picture: Picture) -> tuple[Resource, ...]:
    """Actions that ask for a second factor and run."""
    return tuple(one.action for one in bindings(picture) if one.action is not None and asks(one.action))


def _is_released(look: Look) -> bool:
    """Whether the trigger's list is not the program's any more: retained, it stays as it is."""
    kinds = ("TriggerActions", "TriggerAction")
    lists = [one for one in of_kind(look.pictures.after, *kinds) if at(one, "trigger") == POST_LOGIN]
    return not lists and any(asks(one) for one in of_kind(look.pictures.after, "Action"))


def _is_unbound(look: Look) -> Resource | None:
    """The Action that asked before, if none does any more."""
    before = bound_mfa_actions(look.pictures.before)
    gone = before and not bound_mfa_actions(look.pictures.after) and not _is_released(look)
    return before[0] if gone and not _emptied(look) else None


def _emptied(look: Look) -> list[Resource]:
    """Actions that run, asked, and do not any more."""
    asked = {one.urn for one in bound_mfa_actions(look.pictures.before)}
    running = [one.action for one in bindings(look.pictures.after) if one.action is not None]
    return [one for one in running if one.urn in asked and not asks(one)]


def _policy_asks_all(look: Look) -> bool:
    return bool(at(look.single("Guardian")[1], "policy") == "all-applications")


@rule(
    "mfa-action-unbound",
    Severity.ERROR,
    why="Nobody is asked for a second factor: a stolen password is enough to get in.",
    remedy=f"Keep {REQUIRE_MFA} in the trigger's list, or Guardian's policy all-applications.",
)
def mfa_action_unbound(look: Look) -> Iterator[Worse]:
    """No Action asks, and no policy does."""
    if (action := _is_unbound(look)) and not _policy_asks_all(look):
        yield Worse(resource=action, what=f"{at(action, 'name')} no longer runs after a login.")


@rule(
    "mfa-left-to-policy",
    Severity.WARNING,
    why="The policy asks after every Action: whoever has only the password reaches the profile page.",
    remedy="Leave mfa.order beforeProfile.",
)
def mfa_left_to_policy(look: Look) -> Iterator[Worse]:
    """No Action asks, the policy does."""
    if (action := _is_unbound(look)) and _policy_asks_all(look):
        yield Worse(
            resource=action,
            what=f"{at(action, 'name')} no longer runs; the tenant's policy asks, after everything else.",
        )


@rule(
    "mfa-action-asks-nothing",
    Severity.ERROR,
    why="The Action still runs and lets everybody pass with a password alone.",
    remedy="Have its code call enrollWith and challengeWith.",
)
def mfa_action_asks_nothing(look: Look) -> Iterator[Worse]:
    """Its code does not command MFA any more."""
    for one in _emptied(look):
        yield Worse(resource=one, what=f"The code of {at(one, 'name')} asks for no second factor.")


@rule(
    "mfa-after-profile",
    Severity.ERROR,
    why="Whoever has only the password reaches the profile page, and may leave the login there with their own names in somebody's account.",
    remedy=f"Put {REQUIRE_MFA} before {COMPLETE_PROFILE}.",
)
def mfa_after_profile(look: Look) -> Iterator[Worse]:
    """The redirect comes first."""
    if _redirect_is_first(look.pictures.after) and not _redirect_is_first(look.pictures.before):
        trigger = next(one for one in of_kind(look.pictures.after, "TriggerActions", "TriggerAction"))
        yield Worse(resource=trigger, what="The second factor is asked for after the profile page.")


def _redirect_is_first(picture: Picture) -> bool:
    order = [one.action for one in bindings(picture)]
    asking = [index for index, one in enumerate(order) if asks(one)]
    redirecting = [index for index, one in enumerate(order) if redirects(one)]
    return bool(asking and redirecting) and min(redirecting) < min(asking)


@rule(
    "mfa-action-narrowed",
    Severity.ERROR,
    why="The Action lets pass whom its secrets do not name: a login of another application, or with another connection.",
    remedy=f"Give {REQUIRE_MFA} all of {listed(REACH)}.",
)
def mfa_action_narrowed(look: Look) -> Iterator[Worse]:
    """One of the secrets that say whom it asks is gone. Only a list that is not masked as a whole says so."""
    for before, after in look.pairs("Action"):
        if not asks(after) and at(after, "name") != REQUIRE_MFA:
            continue
        old, new = (_secret_names(one) for one in (before, after))
        if gone := [name for name in REACH if old and new is not None and name in old and name not in new]:
            yield Worse(resource=after, what=f"{at(after, 'name')} loses its secret {listed(gone)}.")


def _secret_names(action: Resource | None) -> set[str] | None:
    secrets = at(action, "secrets")
    if secrets is None:
        return set()
    return {str(one.get("name")) for one in secrets if isinstance(one, Mapping)} if isinstance(secrets, list) else None


@rule(
    "mfa-action-reach",
    Severity.WARNING,
    why="What the Action's secrets say is masked: they may name fewer applications, another connection or a weaker factor.",
    remedy="Look at what the environment's file says of applications, connection and mfa.factors.",
)
def mfa_action_reach(look: Look) -> Iterator[Worse]:
    """A secret that says whom it asks, or for what, gets another value, and nothing else in the change explains it."""
    for _, after in look.pairs("Action"):
        if at(after, "name") != REQUIRE_MFA and not asks(after):
            continue
        masked = set(look.masked(after.urn))
        touched = [name for name in REACH if f"secrets[{name}].value" in masked and not _is_explained(look, name)]
        if touched:
            yield Worse(resource=after, what=f"{listed(touched)} of {at(after, 'name')} gets another value.")


def _is_explained(look: Look, name: str) -> bool:
    """Whether something that can be seen changes with it."""
    if name == "CLIENT_IDS":
        replaced = any(step.operation == "replace" and step.resource.kind == "Client" for step in look.steps)
        return (
            replaced
            or any(look.new("Client"))
            or any(look.gone("Client"))
            or _changed(look, "ExistingApplications", "names")
        )
    if name == "CONNECTION_NAME":
        return _changed(look, "Connection", "name")
    before, after = look.single("Guardian")
    return before is not None and after is not None and before.inputs != after.inputs


def _changed(look: Look, kind: str, path: str) -> bool:
    values = [
        [at(one, path) for one in of_kind(picture, kind)] for picture in (look.pictures.before, look.pictures.after)
    ]
    return values[0] != values[1]


@rule(
    "foreign-action-bound",
    Severity.WARNING,
    why="Its code sees every login, may let people pass whom ours would stop, and is not in this repository.",
    remedy="Read the Action in the tenant, or take it out of guestlist:actions.postLogin.",
)
def foreign_action_bound(look: Look) -> Iterator[Worse]:
    """An Action that the program does not declare joins the list."""
    known = {one.name for one in bindings(look.pictures.before)}
    after = bindings(look.pictures.after)
    strange = [
        UNNAMED if one.name == PENDING else one.name for one in after if one.action is None and one.name not in known
    ]
    if strange:
        trigger = next(one for one in of_kind(look.pictures.after, "TriggerActions", "TriggerAction"))
        who = listed(strange).replace(UNNAMED, f"A{UNNAMED[1:]}", strange[0] == UNNAMED)
        yield Worse(resource=trigger, what=f"{who} {'runs' if len(strange) == 1 else 'run'} after a login, too.")


@rule(
    "bindings-released",
    Severity.WARNING,
    why="The program no longer notices when somebody takes the MFA Action out of the login, or puts another one in front of it.",
    remedy="Leave ownership.postLogin own, or require.",
)
def bindings_released(look: Look) -> Iterator[Worse]:
    """The list stays as it is and is nobody's to hold."""
    for one in look.gone("TriggerActions"):
        if at(one, "trigger") == POST_LOGIN and _is_released(look):
            yield Worse(resource=one, what="The list of Actions that run after a login is not declared any more.")


@rule(
    "action-dependency-added",
    Severity.WARNING,
    why="Code of others from npm runs inside every login and sees the Action's secrets.",
    remedy="Do without it, or pin and read it.",
)
def action_dependency_added(look: Look) -> Iterator[Worse]:
    """A package of somebody else's, or another version of it."""
    for before, after in look.pairs("Action"):
        strange = sorted(_dependencies(after) - _dependencies(before))
        if strange:
            yield Worse(resource=after, what=f"{at(after, 'name')} loads {listed(strange)}.")


def _dependencies(action: Resource | None) -> set[str]:
    found = at(action, "dependencies")
    return (
        {f"{one.get('name')}@{one.get('version')}" for one in found if isinstance(one, Mapping)}
        if isinstance(found, list)
        else set()
    )


RULES = (
    mfa_action_unbound,
    mfa_left_to_policy,
    mfa_action_asks_nothing,
    mfa_after_profile,
    mfa_action_narrowed,
    mfa_action_reach,
    foreign_action_bound,
    bindings_released,
    action_dependency_added,
)
