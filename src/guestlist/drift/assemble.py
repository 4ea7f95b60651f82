"""
Put a check's report together: which differences belong to one object, in which class, what the ignore file covers.

Not here: asking the engine and the tenant (`check.py`), the formats.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from guestlist.drift.ignore_file import Ignored, covering
from guestlist.drift.live import Reading
from guestlist.drift.report import CLASSES, Class, Coverage, Happened, Item
from guestlist.drift.running_actions import RUNNING, Running, declared_code
from guestlist.drift.unmanaged import Found
from guestlist.preview.change import BOOKKEEPING, Change, PropertyChange
from guestlist.preview.picture import Step
from guestlist.preview.security.finding import Allowance, Finding

GONE: Mapping[str, str] = {
    "Connection": "All users of the connection went with it, with their passwords and second factors: nothing brings them back.",
    "Client": "Its id and its secret are gone: made anew it has others, and the application has to be given them.",
    "ClientGrant": "The client gets no new token for this API.",
    "Action": "It does not run any more.",
    "EmailTemplate": "Auth0's own mail is sent instead.",
    "EmailProvider": "Auth0's own mailer sends the mails, if any.",
    "PhoneProvider": "No text message is sent: whoever has only SMS as a second factor cannot log in.",
    "CustomDomain": "The login domain does not answer any more.",
}
MADE_ANEW = "An object of the same name was made by hand"


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What a check has found out, each part where it could be."""

    reading: Reading | None = None
    pending: Sequence[Change] = ()
    running: Mapping[str, Running] = field(default_factory=dict)
    secret_names: Mapping[str, tuple[PropertyChange, ...]] = field(
        default_factory=dict
    )  # that came or went, by id of the Action
    others: Sequence[Found] = ()
    names: Mapping[str, str] = field(default_factory=dict)  # of the tenant's objects, by id


def items_of(seen: Seen, *, ignored: Sequence[Ignored] = (), today: date) -> tuple[Item, ...]:
    """Every object that is not as it should be, drift first."""
    live = {one.resource.urn: one for one in seen.reading.changes()} if seen.reading else {}
    live.update(_hidden(seen, live))
    pending = {one.resource.urn: one for one in seen.pending if one.resource.kind not in BOOKKEEPING}
    found = [
        *(_of_declared(urn, live.get(urn), pending.get(urn), seen) for urn in dict.fromkeys([*live, *pending])),
        *(_of_other(one) for one in seen.others),
    ]
    covered = [_covered(one, ignored, today) for one in found]
    return tuple(sorted(covered, key=lambda one: (not one.counts, CLASSES.index(one.kind), one.happened != "deleted")))


def with_covered(coverage: Coverage, items: Sequence[Item]) -> Coverage:
    """The figure with what the ignore file answers for."""
    return replace(coverage, covered=sum(1 for one in items if one.kind == "unmanaged" and not one.counts))


def allowed_by_ignore_file(findings: Sequence[Finding], items: Sequence[Item]) -> tuple[Finding, ...]:
    """A finding about what the ignore file covers is shown as let pass, with that reason."""
    by_urn = {one.id: one.covered for one in items if one.covered is not None}
    return tuple(_allowed(one, by_urn.get(one.urn)) for one in findings)


def _allowed(finding: Finding, covered: Ignored | None) -> Finding:
    if covered is None or finding.allowance is not None:
        return finding
    return replace(finding, allowance=Allowance(rule=finding.rule, reason=covered.reason, until=covered.until))


def _hidden(seen: Seen, live: Mapping[str, Change]) -> dict[str, Change]:
    """Actions with what a refresh does not see of them, beside what it does: a version that runs, names of secrets."""
    found = {}
    for step in _actions(seen):
        running = seen.running.get(step.resource.id)
        version = running.hidden(declared_code(step)) if running else None
        hidden = (*seen.secret_names.get(step.resource.id, ()), *([version] if version else []))
        if hidden:
            known = live.get(step.resource.urn)
            properties = (*(known.properties if known else ()), *hidden)
            found[step.resource.urn] = Change(operation="update", resource=step.resource, properties=properties)
    return found


def _actions(seen: Seen) -> Iterator[Step]:
    """Those that are there."""
    for step in seen.reading.steps if seen.reading else ():
        if step.resource.kind == "Action" and step.operation != "delete":
            yield step


def _of_declared(urn: str, live: Change | None, pending: Change | None, seen: Seen) -> Item:
    one = live or pending
    if one is None:
        raise ValueError("an item is about a change")
    kind: Class = "both" if live and pending else "drift" if live else "pending"
    return Item(
        kind=kind,
        id=urn,
        shown=one.resource.shown,
        happened=_happened(one),
        live=live,
        undeclared=tuple(_undeclared(live, seen.reading)) if live and seen.reading else (),
        pending=pending,
        remark=_remark(live, seen) if live else "",
    )


def _happened(change: Change) -> Happened:
    return "deleted" if change.operation == "delete" else "made" if change.operation == "create" else "changed"


def _undeclared(change: Change, reading: Reading) -> Iterator[str]:
    for one in change.properties:
        if one.path != RUNNING and not reading.is_declared(change.resource.urn, one.path):
            yield one.path


def _remark(change: Change, seen: Seen) -> str:
    resource = change.resource
    if change.operation == "delete":
        said = GONE.get(resource.kind, "It is gone from the tenant.")
        name = _title(resource.inputs)
        twin = next((one for one in seen.others if name and (one.kind, one.name) == (resource.kind, name)), None)
        return f"{said} {MADE_ANEW} ({twin.path})." if twin else said
    if resource.kind == "Action":
        running = seen.running.get(resource.id)
        step = next((one for one in _actions(seen) if one.resource.urn == resource.urn), None)
        edited = any(one.path != RUNNING for one in change.properties)
        return running.remark(declared_code(step), edited=edited) if running and step else ""
    return _who_they_are(change, seen.names)


def _who_they_are(change: Change, names: Mapping[str, str]) -> str:
    """Names of objects that a list holds by their ids."""
    ids = [one for each in change.properties for one in (each.before, each.after) if isinstance(one, str)]
    known = [f"{one} is {names[one]}" for one in dict.fromkeys(ids) if one in names]
    return f"{'; '.join(known)}." if known else ""


def _title(inputs: Mapping[str, Any]) -> str:
    return next((str(inputs[name]) for name in ("name", "domain", "identifier") if inputs.get(name)), "")


def _of_other(one: Found) -> Item:
    return Item(kind="unmanaged", id=one.path, shown=one.shown, happened="made", remark=one.remark)


def _covered(item: Item, ignored: Sequence[Ignored], today: date) -> Item:
    """An object is covered as a whole, or by each of its live properties; a change that waits for an `up` is nothing to be ignored."""
    if item.kind == "pending":
        return item
    whole = covering(ignored, item.shown, today=today)
    by_path = {
        one.path: found
        for one in item.differences
        if (found := whole or covering(ignored, item.shown, one.path, today=today))
    }
    everything = whole is not None or (bool(by_path) and all(one.path in by_path for one in item.differences))
    if not everything:
        return replace(item, covered_properties=by_path)
    if item.kind == "both":
        return replace(item, kind="pending", covered_properties=by_path)
    return replace(item, covered=whole or next(iter(by_path.values())), covered_properties=by_path)
