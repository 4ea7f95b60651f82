"""
What a tenant-wide thing is: one that exists once per tenant, is shared by all its applications, and was somebody's before us.

Each has a function that reads it (GETs only) and one that writes it back. What was read is plain JSON, without a secret in it; restoring
writes the same values however often it is called, so a run that was killed half-way may simply be repeated.

A thing that is `own` conflicts with what is there while its value is neither a fresh tenant's nor ours, unless the environment itself says
`own`. A thing that is `require` has to be as the flow needs it. A thing that is `leave` is not looked at.

Not here: the things (the other modules of this package), what an environment wants of them (`stacks/wanted.py`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from ..management import ManagementError
from ..ownership import Difference, Problem, Values, shown

Saved = dict[str, Any]
Body = dict[str, Any]

NOT_ENTITLED = "insufficient_entitlement"  # errorCode of a 403


class Reader(Protocol):
    """Whoever can GET: a client, or one that remembers what it read."""

    def get(self, path: str, **query: str | int) -> Any: ...

    def get_or_none(self, path: str, **query: str | int) -> Any: ...


class Writer(Reader, Protocol):
    """Whoever can write too."""

    def patch(self, path: str, body: Any) -> Any: ...

    def put(self, path: str, body: Any) -> Any: ...

    def delete(self, path: str) -> None: ...


def nothing_lost(_saved: Saved) -> list[str]:
    """Everything of it comes back."""
    return []


def all_of_them(found: Sequence[Difference], live: Values) -> list[Difference]:
    """Any value that is there is somebody's."""
    return [one for one in found if one.live not in (None, "", [], {})] if live else []


@dataclass(frozen=True, kw_only=True)
class TenantWideThing:
    """
    One of them.

    Args:
        name: in the state and in messages.
        setting: whose it is, under guestlist:ownership.
        save: what is there.
        restore: put it back as it was saved.
        values: what was saved as flat fields; empty for a thing that is not there.
        others: of the differences between that and what we want, those that are somebody's choice.
        cannot_restore: sentences about what a later restore will not bring back.
        replaced: what happens to a value that we replace, for the remedy.
        write: make it as it is wanted; `None` where its resource comes and goes with it, and so writes it.
        reads, writes: scopes of the Management API.

    """

    name: str
    setting: str
    save: Callable[[Reader], Saved]
    restore: Callable[[Writer, Saved], None]
    values: Callable[[Saved], Values]
    others: Callable[[Sequence[Difference], Values], list[Difference]] = all_of_them
    cannot_restore: Callable[[Saved], list[str]] = nothing_lost
    replaced: str = "until destroy puts it back"
    write: Callable[[Writer, Values], None] | None = None
    reads: tuple[str, ...]
    writes: tuple[str, ...]

    def look(self, tenant: Reader) -> Saved | Problem:
        """What is there, or that the tenant's plan does not even show it."""
        try:
            return self.save(tenant)
        except ManagementError as error:
            if error.error_code != NOT_ENTITLED:
                raise
            return Problem(
                thing=self.name,
                setting=self.setting,
                sentence=f"the plan of this tenant does not include it ({error.said or 'Auth0 said no more'})",
                remedy=f"Take its settings out, or write {self.setting}: leave",
            )

    def differences(self, saved: Saved, wanted: Values) -> list[Difference]:
        """What an `up` would change; a text that is empty is as good as none."""
        live = self.values(saved)
        return [
            Difference(field=field, live=live.get(field), desired=value)
            for field, value in wanted.items()
            if (live.get(field) or None) != (value or None)
        ]

    def conflict(self, saved: Saved, wanted: Values) -> Problem | None:
        """What somebody else has set and the program would replace; `None` for a fresh tenant's values, or ours."""
        found = self.others(self.differences(saved, wanted), self.values(saved))
        if not found:
            return None
        return Problem(
            thing=self.name,
            setting=self.setting,
            sentence=f"the tenant has a value of its own, which the program would replace: {'; '.join(map(str, found))}",
            remedy=f"To replace it {self.replaced} write {self.setting}: own. To keep it write {self.setting}: leave",
        )

    def unmet(self, saved: Saved, wanted: Values) -> Problem | None:
        """What the flow needs and the tenant does not have."""
        live = self.values(saved)
        lacking = [field for field, value in wanted.items() if not _has(live.get(field), value)]
        if not lacking:
            return None
        if live:
            pairs = "; ".join(
                f"{field} is {shown(live.get(field))}, the flow needs {shown(wanted[field])}" for field in lacking
            )
            sentence = f"it is required to be as the flow needs it: {pairs}"
        else:
            sentence = "it is required, and the tenant has none"
        return Problem(
            thing=self.name,
            setting=self.setting,
            sentence=sentence,
            remedy=f"Set it in the tenant, or let the program do so: {self.setting}: own",
        )


def _has(live: Any, wanted: Any) -> bool:
    """A list has to hold what is wanted, others beside it do no harm."""
    if isinstance(wanted, list):
        return isinstance(live, list) and set(wanted) <= set(live)
    return bool(live == wanted)


def flat(document: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Nested objects as dotted fields."""
    fields: dict[str, Any] = {}
    for key, value in document.items():
        if isinstance(value, dict):
            fields.update(flat(value, f"{prefix}{key}."))
        else:
            fields[prefix + key] = value
    return fields


def nested(fields: Values) -> dict[str, Any]:
    """Dotted fields as nested objects."""
    document: dict[str, Any] = {}
    for field, value in fields.items():
        at = document
        *outer, last = field.split(".")
        for key in outer:
            at = at.setdefault(key, {})
        at[last] = value
    return document


def changed_from(fresh: Mapping[str, Any]) -> Callable[[Sequence[Difference], Values], list[Difference]]:
    """The rule for a thing that every tenant has: somebody's choice is what is not as on a fresh tenant."""

    def others(found: Sequence[Difference], _live: Values) -> list[Difference]:
        return [one for one in found if one.live is not None and one.live != fresh.get(one.field)]

    return others


def body_to_restore(live: Mapping[str, Any], saved: Mapping[str, Any], when_absent: Mapping[str, Any]) -> Body:
    """What to write for each key of `when_absent` so that `live` reads as `saved`; a text that is empty is as good as none."""
    return {
        key: saved.get(key, nothing)
        for key, nothing in when_absent.items()
        if (live.get(key) or None if isinstance(nothing, str) else live.get(key)) != saved.get(key)
    }
