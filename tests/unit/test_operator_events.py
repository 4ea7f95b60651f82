"""The engine's stream of events, and the lines that people see of it."""

import json
from typing import Any

from guestlist.engine_events import Diagnostic, Step, Summary, changes_line, differs, name_of, parse, progress_line
from tests.unit.operator_state import a_urn


def a_line(key: str, **event: Any) -> str:
    return json.dumps({"sequence": 1, "timestamp": 0, key: event})


def a_step(**changes: Any) -> Step:
    return Step(**{"operation": "create", "urn": a_urn(), "phase": "ends", **changes})


def test_debug_messages_are_dropped_because_they_hold_outputs_in_plain_text() -> None:
    said = 'register resource outputs prepared: string_value: "s3cr3t-canary"'

    assert parse(a_line("diagnosticEvent", severity="debug", message=said)) is None


def test_property_values_are_not_kept() -> None:
    metadata = {
        "op": "update",
        "urn": a_urn(),
        "type": "auth0:index/client:Client",
        "new": {"custom": True, "inputs": {"clientSecret": "s3cr3t-canary"}},
        "detailedDiff": {"clientSecret": {"diffKind": "update"}, "__defaults": {}},
    }

    step = parse(a_line("resOutputsEvent", metadata=metadata))

    assert step == a_step(operation="update", changed=("clientSecret",))


def test_an_error_keeps_its_resource() -> None:
    found = parse(a_line("diagnosticEvent", severity="error", message="boom\n", urn=a_urn()))

    assert found == Diagnostic(severity="error", message="boom", urn=a_urn())


def test_the_summary_counts_by_operation() -> None:
    found = parse(
        a_line("summaryEvent", resourceChanges={"same": 2, "create": 1}, durationSeconds=3, result="succeeded")
    )

    assert found == Summary(changes={"same": 2, "create": 1}, seconds=3, result="succeeded")


def test_what_is_no_event_is_nothing() -> None:
    for line in ("", "warning: something", "[]", "{}", '{"preludeEvent": {"config": {"guestlist:smtpPassword": "x"}}}'):
        assert parse(line) is None


def test_a_name_is_the_kind_and_the_logical_name() -> None:
    child = "urn:pulumi:dev::guestlist::guestlist:auth0:Application$auth0:index/client:Client::application"

    assert name_of(child) == "Client application"
    assert name_of("urn:pulumi:dev::p::pulumi-python:dynamic:Resource::tenant-backup") == "tenant-backup"
    assert name_of("no urn") == "no urn"


def test_a_run_tells_what_is_done() -> None:
    assert progress_line(a_step(), preview=False) == "  + Client application created"
    assert progress_line(a_step(phase="begins"), preview=False) is None
    assert progress_line(a_step(operation="same"), preview=False) is None
    assert progress_line(a_step(custom=False), preview=False) is None


def test_a_preview_tells_which_properties_would_change() -> None:
    step = a_step(operation="update", changed=("options.disableSignup",))

    assert progress_line(step, preview=True) == "  ~ Client application: update (options.disableSignup)"


def test_a_failure_is_told() -> None:
    assert progress_line(a_step(phase="failed"), preview=False) == "  ! Client application: could not create"


def test_changes_are_counted_in_words() -> None:
    assert changes_line({"same": 3, "create": 2, "update": 1}, preview=False) == "2 created, 1 updated, 3 unchanged"
    assert changes_line({"create": 2}, preview=True) == "2 to create"
    assert changes_line({}, preview=False) == "0 unchanged"


def test_reading_is_no_change() -> None:
    assert not differs({"same": 3, "read": 1, "refresh": 2})
    assert differs({"same": 3, "delete": 1})
