"""What was found stands in the checkpoint until something about it is read again."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guestlist.drift.report import Report
from guestlist.drift.standing import records_of, standing_of, without
from tests.unit.drift.factories import a_report, a_writer, an_ignored, an_item, an_unmanaged
from tests.unit.preview.reports import a_change, a_finding, a_property, an_allowance, urn_of
from tests.unit.tenant_log.test_entries import ANY_JSON

FULL = a_report(
    an_item(
        by=(a_writer(),),
        live=a_change(a_property(path="callbacks"), a_property(path="secretive", before="x", after="canary")),
    ),
    an_item(kind="pending", id="p", shown="Tenant tenant", live=None, pending=a_change()),
    an_unmanaged(remark="It runs in post-login.", covered=an_ignored()),
    findings=(a_finding(), a_finding(allowance=an_allowance())),
)


def again(report: Report) -> Any:
    return standing_of(json.loads(json.dumps(records_of(report))))


def test_what_was_found_is_read_back_without_its_values() -> None:
    standing = again(FULL)

    assert [(one.kind, one.shown, one.counts) for one in standing.items] == [
        ("drift", "Client application", True),
        ("pending", "Tenant tenant", True),
        ("unmanaged", "Action foreign", False),
    ]
    assert standing.items[0].by == FULL.items[0].by
    assert standing.items[0].remark == "What differs: callbacks, secretive. Found 2026-11-27 07:00 UTC."
    assert standing.findings == FULL.findings
    assert "canary" not in json.dumps(records_of(FULL))


def test_the_moment_of_the_find_stays() -> None:
    later = a_report(*again(FULL).items, read="nothing")

    assert again(later).items == again(FULL).items


def test_what_is_read_again_stands_no_more() -> None:
    standing = again(
        a_report(an_item(), an_unmanaged(), an_unmanaged(shown="Role guests", id="/roles/r"), findings=(a_finding(),))
    )

    rest = without(standing, [urn_of("Client", "application"), urn_of("Connection", "invited-users")], ["Action"])

    assert [one.shown for one in rest.items] == ["Role guests"]
    assert rest.findings == ()


@given(record=ANY_JSON, name=st.sampled_from(["item", "finding"]))
def test_a_damaged_record_is_refused(record: Any, name: str) -> None:
    with pytest.raises((KeyError, TypeError, ValueError, AttributeError)):
        standing_of([{name: record}])
