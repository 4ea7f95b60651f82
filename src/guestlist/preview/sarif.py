"""
The findings of a preview as SARIF 2.1.0, for code scanning: each rule once, each finding where the program says it.

What the environment's file allows is there too, as suppressed, with the reason.

Not here: changes that no rule minds (`markdown.py`). Source: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from importlib import metadata
from typing import Any

from guestlist.preview.change import Change
from guestlist.preview.characters import visible
from guestlist.preview.report import Report
from guestlist.preview.security.finding import Finding

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
# Kinds that the environment's file describes; of another kind, somebody wrote Python.
CONFIGURED = frozenset(
    {
        "AttackProtection",
        "Branding",
        "Client",
        "Connection",
        "CustomDomain",
        "EmailProvider",
        "EmailTemplate",
        "Guardian",
        "PhoneProvider",
        "PromptCustomText",
        "Tenant",
        "TriggerActions",
    }
)
PROGRAM = "stacks/program.py"


def render_sarif(reports: Report | Sequence[Report]) -> str:
    """One run for each environment."""
    several = [reports] if isinstance(reports, Report) else list(reports)
    return sarif(
        [
            run_document(
                "preview",
                one.environment,
                one.findings,
                {change.resource.urn: change for change in one.changes},
                [problem.said for problem in one.problems],
            )
            for one in several
        ]
    )


def sarif(runs: Sequence[Mapping[str, Any]]) -> str:
    """A whole document."""
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": list(runs)}, indent=2) + "\n"


def run_document(
    command: str, environment: str, findings: Sequence[Finding], changes: Mapping[str, Change], problems: Sequence[str]
) -> dict[str, Any]:
    """
    One run.

    Args:
        command: that looked: preview, drift.
        environment: at what.
        findings: each becomes a result.
        changes: by URN, to say in which file a finding is.
        problems: what could not be told.

    """
    rules = {one.rule: one for one in reversed(findings)}
    order = sorted(rules)
    return {
        "tool": {
            "driver": {
                "name": "guestlist",
                "version": metadata.version("guestlist"),
                "rules": [_rule(rules[name]) for name in order],
            }
        },
        "automationDetails": {"id": f"guestlist-{command}/{visible(environment)}/"},
        "invocations": [
            {
                "executionSuccessful": not problems,
                "toolExecutionNotifications": [
                    {"level": "error", "message": {"text": visible(one)}} for one in problems
                ],
            }
        ],
        "results": [_result(environment, one, order.index(one.rule), changes) for one in findings],
    }


def _rule(one: Finding) -> dict[str, Any]:
    return {
        "id": visible(one.rule),
        "shortDescription": {"text": visible(one.rule.replace("-", " ").capitalize())},
        "fullDescription": {"text": visible(one.why)},
        "help": {"text": visible(one.remedy)},
        "defaultConfiguration": {"level": one.severity.value},
    }


def _result(environment: str, one: Finding, index: int, changes: Mapping[str, Change]) -> dict[str, Any]:
    known = f"{environment}\n{one.rule}\n{one.urn}"
    found: dict[str, Any] = {
        "ruleId": visible(one.rule),
        "ruleIndex": index,
        "level": one.severity.value,
        "message": {"text": visible(f"{environment}, {one.resource}: {one.what} {one.why} {one.remedy}")},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {
                        "uri": _file(environment, one, changes.get(one.urn)),
                        "uriBaseId": "%SRCROOT%",
                    },
                    "region": {"startLine": 1},
                },
                "logicalLocations": [{"name": visible(one.resource), "kind": "resource"}],
            }
        ],
        "partialFingerprints": {"guestlist/v1": hashlib.sha256(known.encode("utf-8", "replace")).hexdigest()[:32]},
    }
    if one.allowance is not None:
        until = one.allowance.until.isoformat()
        found["suppressions"] = [
            {"kind": "external", "justification": visible(f"Allowed until {until}: {one.allowance.reason}")}
        ]
    return found


def _file(environment: str, one: Finding, change: Change | None) -> str:
    """Where the program says what the finding is about; the whole program where that cannot be told."""
    kind = one.urn.split("::")[-2].rpartition(":")[2] if one.urn.count("::") >= 2 else ""
    if kind == "Action" and change is not None and change.operation in {"create", "update"}:
        trigger = change.resource.inputs.get("supportedTriggers")
        folder = trigger.get("id") if isinstance(trigger, Mapping) else None
        if folder and _is_name(str(folder)) and _is_name(change.resource.name):
            return f"actions/{folder}/{change.resource.name}.js"
    if kind in CONFIGURED and _is_name(environment):
        return f"config/Pulumi.{environment}.yaml"
    return PROGRAM


def _is_name(text: str) -> bool:
    return text.isascii() and text.replace("-", "").replace("_", "").replace(".", "").isalnum() and ".." not in text
