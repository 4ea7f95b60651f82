"""
What is different for the person logging in, in sentences: the outcomes of the same logins, before and after a change.

    >>> said({"a returning user": Outcome(ending="in")}, {"a returning user": Outcome(ending="in", stops=(Stop(kind="profile"),))})
    ('A returning user is now sent to the profile page.',)

Whoever can no longer get in, and whoever suddenly can, comes first; then second factors, pages, tokens, what is written. People with the same
change share a sentence.

Not here: the logins themselves (`rehearsal.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from types import MappingProxyType
from typing import Literal

Ending = Literal["in", "denied", "crashed", "timed out", "elsewhere", "not tried"]
StopKind = Literal["enroll", "challenge", "profile", "page"]

MFA = ("enroll", "challenge")
BROKEN = ("crashed", "timed out")
VERBS = {"is": "are", "gets": "get", "has": "have", "causes": "cause"}


@dataclass(frozen=True, kw_only=True)
class Stop:
    """What a person meets on the way: `factors` of a second factor, `where` of a page."""

    kind: StopKind
    factors: tuple[str, ...] = ()
    where: str = ""


@dataclass(frozen=True, kw_only=True)
class Value:
    """One thing that an Action said: the member `name` of `place` (`the ID token`, `user_metadata`), as JSON."""

    place: str
    name: str
    value: str


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """
    How one login went.

    Args:
        ending: `in`: the application gets its tokens. `elsewhere`: at a page that we cannot answer for. `not tried`: an Action needs what only Auth0 has.
        stops: in their order.
        reason: why not `in`: an Action's own word for it, or its sentence.
        action: whose doing that is.
        claims: what Actions put into tokens.
        scopes: added with `+`, taken out with `-`.
        written: what they put into metadata, or took out of it.
        calls: hosts that an Action sends requests to.

    """

    ending: Ending
    stops: tuple[Stop, ...] = ()
    reason: str = ""
    action: str = ""
    claims: tuple[Value, ...] = ()
    scopes: tuple[str, ...] = ()
    written: tuple[Value, ...] = ()
    calls: tuple[str, ...] = ()


class Weight(IntEnum):
    """What is said first."""

    SHUT_OUT = 0
    LET_IN = 1
    FACTOR_GONE = 2
    REFUSED_OTHERWISE = 3
    LED_ELSEWHERE = 4
    FACTOR = 5
    TOLD = 6
    WRITTEN = 7


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One thing that is different for somebody; verbs in braces (`{is}`) agree with whoever that is."""

    weight: Weight
    said: str


Outcomes = Mapping[str, Outcome]  # by whom: "a returning user"
Groups = Mapping[str, Sequence[str]]  # what several of them are called together, the largest first


def said(before: Outcomes, after: Outcomes, groups: Groups = MappingProxyType({})) -> tuple[str, ...]:
    """Sentences, the gravest first; one that says so if nothing is different."""
    whose: dict[Difference, list[str]] = {}
    for who, outcome in after.items():
        for difference in differences(before[who], outcome):
            whose.setdefault(difference, []).append(who)
    ordered = sorted(whose.items(), key=lambda found: found[0].weight)
    sentences = [_sentence(who, difference.said, groups) for difference, who in ordered]
    if not sentences:
        tried = sum(outcome.ending != "not tried" for outcome in after.values())
        sentences = [f"Nobody's login changes ({tried} kinds of users tried)."] if tried else []
    return (*sentences, *_still_broken(before, after, groups), *_not_tried(before, after, groups))


def differences(before: Outcome, after: Outcome) -> Iterator[Difference]:
    """What is different between two outcomes of the same login. Where it ends otherwise, nothing else is worth a word."""
    if "not tried" in (before.ending, after.ending):
        return
    if before.ending != after.ending:
        yield _ends_otherwise(before, after)
        return
    if before.ending != "elsewhere" and _refused(before) != _refused(after):
        said = f"{{is}} now {_refused(after)} (before: {_refused(before)})"
        yield Difference(weight=Weight.REFUSED_OTHERWISE, said=said)
    yield from _stops(before.stops, after.stops)
    for host in _only(after.calls, before.calls):
        yield Difference(weight=Weight.LED_ELSEWHERE, said=f"now {{causes}} requests to {host}")
    for host in _only(before.calls, after.calls):
        yield Difference(weight=Weight.TOLD, said=f"no longer {{causes}} requests to {host}")
    yield from _values(Weight.TOLD, before.claims, after.claims, "{gets}")
    yield from _values(Weight.WRITTEN, before.written, after.written, "{has}")
    if before.scopes != after.scopes:
        now, was = (", ".join(scopes) or "none" for scopes in (after.scopes, before.scopes))
        yield Difference(weight=Weight.TOLD, said=f"{{gets}} other scopes now: {now} (before: {was})")


def _ends_otherwise(before: Outcome, after: Outcome) -> Difference:
    if after.ending == "in":
        return Difference(weight=Weight.LET_IN, said=f"{{is}} now let in (before: {_refused(before)})")
    if after.ending in BROKEN:
        return Difference(weight=Weight.SHUT_OUT, said=f"can no longer log in: {_failure(after)}")
    was = "" if before.ending == "in" else f" (before: {_refused(before)})"
    weight = Weight.LED_ELSEWHERE if after.ending == "elsewhere" else Weight.SHUT_OUT
    return Difference(weight=weight, said=f"{{is}} now {_refused(after)}{was}")


def _refused(outcome: Outcome) -> str:
    match outcome.ending:
        case "denied":
            return f"denied: {outcome.reason}"
        case "elsewhere":
            return f"sent to {outcome.stops[-1].where}"
        case "crashed" | "timed out":
            return f"failed: {_failure(outcome)}"
        case _:
            return "let in"


def _failure(outcome: Outcome) -> str:
    if outcome.ending == "timed out":
        return f"the Action {outcome.action} does not end in time"
    return f"the Action {outcome.action} crashes ({outcome.reason})"


def _stops(before: tuple[Stop, ...], after: tuple[Stop, ...]) -> Iterator[Difference]:
    yield from _factors(_mfa(before), _mfa(after))
    yield from _pages(before, after)
    kinds_before, kinds_after = _order(before), _order(after)
    if kinds_before != kinds_after and sorted(kinds_before) == sorted(kinds_after):
        yield Difference(
            weight=Weight.FACTOR_GONE, said=f"{{is}} now led in another order: {_way(after)} (before: {_way(before)})"
        )


def _factors(before: tuple[Stop, ...], after: tuple[Stop, ...]) -> Iterator[Difference]:
    if before and not after:
        yield Difference(weight=Weight.FACTOR_GONE, said="{is} no longer asked for a second factor")
    elif after and not before:
        yield Difference(weight=Weight.FACTOR, said="{is} now asked for a second factor")
    elif [stop.kind for stop in before] != [stop.kind for stop in after]:
        yield Difference(weight=Weight.FACTOR, said=f"{{is}} now asked to {_to_do(after)} (before: {_to_do(before)})")
    elif before != after:
        offered, was = _offered(after), _offered(before)
        yield Difference(weight=Weight.FACTOR, said=f"{{is}} now offered {offered} as second factor (before: {was})")


def _pages(before: tuple[Stop, ...], after: tuple[Stop, ...]) -> Iterator[Difference]:
    was, now = _profile(before), _profile(after)
    if now and not was:
        yield Difference(weight=Weight.LED_ELSEWHERE, said="{is} now sent to the profile page")
    elif was and not now:
        yield Difference(weight=Weight.LED_ELSEWHERE, said="{is} no longer sent to the profile page")
    elif was and now and was.where != now.where:
        yield Difference(
            weight=Weight.LED_ELSEWHERE, said=f"{{is}} now sent to the profile page {now.where} (before: {was.where})"
        )
    for where in _only(_elsewhere(after), _elsewhere(before)):
        yield Difference(weight=Weight.LED_ELSEWHERE, said=f"{{is}} now sent to {where}")
    for where in _only(_elsewhere(before), _elsewhere(after)):
        yield Difference(weight=Weight.LED_ELSEWHERE, said=f"{{is}} no longer sent to {where}")


def _mfa(stops: Iterable[Stop]) -> tuple[Stop, ...]:
    return tuple(stop for stop in stops if stop.kind in MFA)


def _profile(stops: Iterable[Stop]) -> Stop | None:
    return next((stop for stop in stops if stop.kind == "profile"), None)


def _elsewhere(stops: Iterable[Stop]) -> list[str]:
    return [stop.where for stop in stops if stop.kind == "page"]


def _order(stops: Iterable[Stop]) -> list[str]:
    return ["the second factor" if stop.kind in MFA else _name(stop) for stop in stops]


def _way(stops: Iterable[Stop]) -> str:
    return ", then ".join(_order(stops))


def _name(stop: Stop) -> str:
    return "the profile page" if stop.kind == "profile" else stop.where


def _to_do(stops: Iterable[Stop]) -> str:
    words = {"enroll": "enrol a second factor", "challenge": "show a second factor"}
    return ", then ".join(words[stop.kind] for stop in stops)


def _offered(stops: Iterable[Stop]) -> str:
    return ", then ".join(" or ".join(stop.factors) for stop in stops)


def _values(weight: Weight, before: tuple[Value, ...], after: tuple[Value, ...], verb: str) -> Iterator[Difference]:
    for place in dict.fromkeys(value.place for value in (*after, *before)):
        was, now = ({one.name: one.value for one in values if one.place == place} for values in (before, after))
        other = [name for name in now if name in was and now[name] != was[name]]
        for names, how in (
            (_only(now, was), f"now {verb} in {place}"),
            (_only(was, now), f"no longer {verb} in {place}"),
            (other, f"now {verb} another value in {place}"),
        ):
            if names:
                yield Difference(weight=weight, said=f"{how}: {_listed(names)}")


def _only(these: Iterable[str], those: Iterable[str]) -> list[str]:
    without = set(those)
    return [one for one in these if one not in without]


def _sentence(who: Sequence[str], what: str, groups: Groups) -> str:
    named = _named(who, groups)
    for verb, several in VERBS.items():
        what = what.replace(f"{{{verb}}}", several if len(named) > 1 else verb)
    return _capital(f"{_listed(named)} {what}.")


def _named(who: Sequence[str], groups: Groups) -> list[str]:
    """People by the name that they have in common, as far as they have one; the others one by one."""
    left, named = list(who), []
    for name, members in groups.items():
        if set(members) <= set(left):
            named.append(name)
            left = [one for one in left if one not in members]
    return [*named, *left]


def _still_broken(before: Outcomes, after: Outcomes, groups: Groups) -> list[str]:
    whose: dict[str, list[str]] = {}
    for who, outcome in after.items():
        if outcome.ending in BROKEN and before[who].ending == outcome.ending:
            whose.setdefault(_failure(outcome), []).append(who)
    return [
        _capital(f"{_listed(_named(who, groups))} cannot log in, as before: {failure}.")
        for failure, who in whose.items()
    ]


def _not_tried(before: Outcomes, after: Outcomes, groups: Groups) -> list[str]:
    whose: dict[tuple[str, str], list[str]] = {}
    for who in after:
        lacking = next((one for one in (after[who], before[who]) if one.ending == "not tried"), None)
        if lacking is not None:
            whose.setdefault((lacking.action, lacking.reason), []).append(who)
    return [
        f"Not tried for {_listed(_named(who, groups))}: the Action {action} ({why})."
        for (action, why), who in whose.items()
    ]


def _listed(words: Iterable[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
