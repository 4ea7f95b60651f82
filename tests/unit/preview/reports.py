"""Reports to render: valid ones, in which a test changes one thing."""

from __future__ import annotations

from datetime import date
from typing import Any

from guestlist.preview.budget import Budget
from guestlist.preview.change import Change, PropertyChange
from guestlist.preview.picture import Resource
from guestlist.preview.report import Problem, Report
from guestlist.preview.security.finding import Allowance, Finding, Severity

CLIENT = "urn:pulumi:prod::guestlist::guestlist:auth0:Applications$auth0:index/client:Client::application"


def urn_of(kind: str, name: str) -> str:
    module = kind[:1].lower() + kind[1:]
    return f"urn:pulumi:prod::guestlist::auth0:index/{module}:{kind}::{name}"


def a_resource(kind: str = "Client", name: str = "application", **inputs: Any) -> Resource:
    module = kind[:1].lower() + kind[1:]
    return Resource(urn=urn_of(kind, name), type=f"auth0:index/{module}:{kind}", inputs=inputs)


def a_property(**changes: Any) -> PropertyChange:
    return PropertyChange(**{"path": "name", "nature": "changed", "before": "Guests", "after": "People", **changes})


def a_change(*properties: PropertyChange, **changes: Any) -> Change:
    values: dict[str, Any] = {
        "operation": "update",
        "resource": a_resource(),
        "properties": properties or (a_property(),),
        **changes,
    }
    return Change(**values)


def a_finding(**changes: Any) -> Finding:
    values: dict[str, Any] = {
        "rule": "sign-up-opened",
        "severity": Severity.ERROR,
        "urn": urn_of("Connection", "invited-users"),
        "resource": "Connection invited-users",
        "what": "Anybody could sign up to `invited-users`.",
        "why": "A stranger with any address gets an account, and with it the application.",
        "remedy": "Set disable_signup back to True in stacks/database.py, or allow the rule in config/Pulumi.prod.yaml.",
        **changes,
    }
    return Finding(**values)


def an_allowance(**changes: Any) -> Allowance:
    values: dict[str, Any] = {
        "rule": "sign-up-opened",
        "reason": "The open day, ticket SEC 17",
        "until": date(2026, 12, 31),
        **changes,
    }
    return Allowance(**values)


def a_report(*changed: Change, **changes: Any) -> Report:
    values: dict[str, Any] = {
        "environment": "prod",
        "domain": "example.eu.auth0.com",
        "changes": changed or (a_change(),),
        "unchanged": 20,
        "budget": Budget(calls={"PATCH /clients/{id}": 1, "GET /clients/{id}": 6}),
        **changes,
    }
    return Report(**values)


def a_problem(said: str = "The tenant did not answer within 30 s. Run the preview again.") -> Problem:
    return Problem(said=said)
