"""
The outcome of a rehearsed login, in the terms that two of them are compared in.

Not here: the login (`rehearsal.py`), the comparison (`behaviour.py`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from guestlist.preview.behaviour import Ending, Outcome, Stop, Value
from guestlist.preview.stand_ins import TENANT
from localtenant.actions import trial
from localtenant.actions.calls import ActionResult
from localtenant.actions.steps import Denied, Failed, Finished, Redirect

LONGEST_REASON = 160
_REASON = re.compile(r"^guestlist denied a login: (\w+)$")
_CALLED = re.compile(r"^offline: (\S+) (\S+)$")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T[\d:.]+Z")
_OF_THE_LOCAL_TENANT = ("not supported by the local tenant", "the local tenant installs no dependencies")


def outcome_of(tried: trial.Tried, person: trial.Person, *, is_page: Callable[[str], bool], refused: str) -> Outcome:
    """
    What the login was like.

    Args:
        tried: the login.
        person: as they were before it.
        is_page: whether an address is the profile page's.
        refused: why the page showed no form, if it did not.

    """
    last_run = tried.runs[-1] if tried.runs else None
    action = last_run.action if last_run else ""
    calls = [match[2] for run in tried.runs for line in run.result.logs if (match := _CALLED.match(line))]
    outcome = Outcome(
        ending="in",
        stops=tuple(_stop(stop, is_page) for stop in tried.stops),
        calls=tuple(dict.fromkeys("the Management API" if host == TENANT else host for host in calls)),
        written=_written(tried, person),
    )
    lacking = next((run for run in tried.runs if _lacks(run.result)), None)
    if lacking is not None:
        return replace(outcome, ending="not tried", action=lacking.action, reason=_lacks(lacking.result))
    if isinstance(tried.last, Finished):
        return replace(outcome, claims=_claims(tried.last), scopes=_scopes(tried.last))
    ending, reason = _end(tried, is_page, refused)
    return replace(outcome, ending=ending, reason=reason, action=action)


def _end(tried: trial.Tried, is_page: Callable[[str], bool], refused: str) -> tuple[Ending, str]:
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
        case Redirect(url=url) if is_page(url) and refused:
            found = ("denied", f"the profile page does not take what it is told ({refused})")
        case Redirect(url=url) if is_page(url):
            found = ("denied", "the profile page is shown again and again")
        case Redirect():
            found = ("elsewhere", "")
    return found


def _stop(stop: trial.Stop, is_page: Callable[[str], bool]) -> Stop:
    if stop.kind != "redirect":
        return Stop(kind=stop.kind, factors=stop.factors)
    where = stop.url.partition("?")[0]
    return Stop(kind="profile" if is_page(stop.url) else "page", where=where)


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
