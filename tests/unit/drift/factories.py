"""Reports of drift, valid ones, in which a test changes one thing; and what the engine writes of a resource that it read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from guestlist.drift.ignore_file import Ignored
from guestlist.drift.report import Coverage, Item, Report, Writer
from tests.unit.preview.reports import a_change, urn_of

NOW = datetime(2026, 11, 27, 7, 0, tzinfo=UTC)
TODAY = NOW.date()


def a_writer(**changes: Any) -> Writer:
    values: dict[str, Any] = {
        "who": "Ana <ana@example.com>",
        "at": datetime(2026, 11, 26, 10, 0, tzinfo=UTC),
        "address": "203.0.113.7",
        "how": "in the dashboard",
        **changes,
    }
    return Writer(**values)


def an_item(**changes: Any) -> Item:
    values: dict[str, Any] = {
        "kind": "drift",
        "id": urn_of("Client", "application"),
        "shown": "Client application",
        "happened": "changed",
        "live": a_change(),
        **changes,
    }
    return Item(**values)


def an_unmanaged(**changes: Any) -> Item:
    values = {
        "kind": "unmanaged",
        "id": "/actions/actions/a1",
        "shown": "Action foreign",
        "happened": "made",
        "live": None,
    }
    return an_item(**{**values, **changes})


def an_ignored(**changes: Any) -> Ignored:
    values: dict[str, Any] = {
        "pattern": "Client *",
        "reason": "made by the marketing team",
        "until": date(2027, 3, 31),
        **changes,
    }
    return Ignored(**values)


def a_report(*items: Item, **changes: Any) -> Report:
    values: dict[str, Any] = {
        "environment": "prod",
        "domain": "example.eu.auth0.com",
        "items": items,
        "checked_at": NOW,
        "unchanged": 20,
        "coverage": Coverage(objects=12, declared=10, auth0s=("Client Default App",), kinds=("Client", "Connection")),
        "unseen": ("the values of Actions' secrets",),
        **changes,
    }
    return Report(**values)


def was_read(
    before: Mapping[str, Any],
    after: Mapping[str, Any] | None,
    *,
    kind: str = "Client",
    name: str = "application",
    touched: tuple[str, ...] = (),
    declared: Mapping[str, Any] | None = None,
    identity: str = "id-1",
) -> dict[str, Any]:
    """The `metadata` of a `resOutputsEvent` of a refresh."""
    urn = urn_of(kind, name)
    kind_of = f"auth0:index/{kind.lower()}:{kind}"
    old = {
        "urn": urn,
        "type": kind_of,
        "id": identity,
        "custom": True,
        "inputs": dict(before if declared is None else declared),
        "outputs": dict(before),
    }
    op = "delete" if after is None else "same" if before == after else "update"
    return {
        "op": op,
        "urn": urn,
        "type": kind_of,
        "detailedDiff": {path: {"diffKind": "update"} for path in touched} or None,
        "old": old,
        "new": None if after is None else {**old, "outputs": dict(after)},
    }
