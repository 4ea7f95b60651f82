"""
What a rule is, and how it looks at two pictures.

    @rule("sign-up-opened", Severity.ERROR, why="…", remedy="…")
    def sign_up_opened(look: Look) -> Iterator[Worse]: ...

Not here: the rules (the other files of this folder), running them all (`__init__.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from guestlist.preview.change import properties_of
from guestlist.preview.picture import PENDING, Pictures, Resource, Step, of_kind
from guestlist.preview.security.finding import Severity


@dataclass(frozen=True, kw_only=True)
class Worse:
    """One thing that a change makes less safe. `what` is a sentence, without any secret."""

    resource: Resource
    what: str


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One question about two pictures."""

    id: str
    severity: Severity
    why: str  # what a stranger could do then
    remedy: str
    check: Callable[[Look], Iterator[Worse]]


def rule(id_: str, severity: Severity, *, why: str, remedy: str) -> Callable[[Callable[[Look], Iterator[Worse]]], Rule]:
    """Make a rule of a function."""
    return lambda check: Rule(id=id_, severity=severity, why=why, remedy=remedy, check=check)


@dataclass(frozen=True, kw_only=True)
class Look:
    """Two pictures of one environment, as rules ask about them. `local`: it is the local tenant's, where localhost is no stranger."""

    pictures: Pictures
    steps: tuple[Step, ...] = ()
    local: bool = False

    def pairs(self, *kinds: str) -> Iterator[tuple[Resource | None, Resource]]:
        """Each resource of some kinds that would be there, with what it was before; `None` for a new one."""
        for after in of_kind(self.pictures.after, *kinds):
            yield self.pictures.before.get(after.urn), after

    def single(self, kind: str) -> tuple[Resource | None, Resource | None]:
        """What a tenant has once, whatever it is called in the program."""
        before, after = of_kind(self.pictures.before, kind), of_kind(self.pictures.after, kind)
        return (before or (None,))[0], (after or (None,))[0]

    def gone(self, *kinds: str) -> Iterator[Resource]:
        """What would not be there any more."""
        yield from (one for one in of_kind(self.pictures.before, *kinds) if one.urn not in self.pictures.after)

    def new(self, *kinds: str) -> Iterator[Resource]:
        """What was not there."""
        yield from (one for one in of_kind(self.pictures.after, *kinds) if one.urn not in self.pictures.before)

    def masked(self, urn: str) -> Iterator[str]:
        """Secret properties that get another value: `secrets[CLIENT_IDS].value`. The values themselves nobody sees."""
        for step in self.steps:
            if step.resource.urn == urn and step.operation == "update":
                yield from (one.path for one in properties_of(step) if one.is_secret)


def at(resource: Resource | None, path: str) -> Any:
    """A property, by its path: `options.passwordPolicy`. The only thing of a list is meant by the list; `None` for nothing."""
    value: Any = resource.inputs if resource else None
    for part in path.split("."):
        value = value[0] if isinstance(value, list) and len(value) == 1 else value
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def number(resource: Resource | None, path: str) -> float | None:
    """A property that is a number and known."""
    value = at(resource, path)
    return None if isinstance(value, bool) or not isinstance(value, int | float) else value


def texts(resource: Resource | None, path: str) -> tuple[str, ...]:
    """The words of a list that are known; none for nothing."""
    value = at(resource, path)
    return tuple(one for one in value if isinstance(one, str) and one != PENDING) if isinstance(value, list) else ()


def added(before: Resource | None, after: Resource, path: str) -> tuple[str, ...]:
    """Words that a list gets."""
    old = set(texts(before, path))
    return tuple(one for one in texts(after, path) if one not in old)


def switched(before: Resource | None, after: Resource, path: str, *, to: bool) -> bool:
    """Whether a switch is turned to a side; one of a new resource counts if it says so."""
    return at(after, path) is to and at(before, path) is not to


def lost(before: Resource | None, after: Resource, path: str, *, safe: Any) -> bool:
    """Whether a property was safe and is something else that is known; in a new resource, whether it says something else."""
    value = at(after, path)
    if value in (safe, PENDING):
        return False
    return value is not None if before is None else at(before, path) == safe


def raised(before: Resource | None, after: Resource, path: str, *, usual: float) -> str | None:
    """`3600 -> 7200`, if a number grows; in a new resource, if it is more than the usual one."""
    new, old = number(after, path), number(before, path)
    if new is None:
        return None
    least = (usual if old is None else old) if before else usual
    return f"{_said(old if before and old is not None else usual)} -> {_said(new)}" if new > least else None


def lowered(before: Resource | None, after: Resource, path: str, *, usual: float) -> str | None:
    """`12 -> 8`, if a number shrinks or goes; in a new resource, if it is less than the usual one."""
    new, old = number(after, path), number(before, path)
    if at(after, path) == PENDING:
        return None
    new = usual if new is None else new
    least = (usual if old is None else old) if before else usual
    return f"{_said(least)} -> {_said(new)}" if new < least else None


def _said(value: float) -> str:
    return f"{value:g}" if value < 1e6 else str(int(value))


def listed(words: tuple[str, ...] | list[str]) -> str:
    """`a, b and c`."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
