"""Which class an object is in, what becomes of deleted ones, and what the ignore file covers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from guestlist.drift.assemble import Seen, allowed_by_ignore_file, items_of, with_covered
from guestlist.drift.live import Reading
from guestlist.drift.report import Coverage, Item
from guestlist.drift.running_actions import RUNNING, Running, as_it_runs, changed_names, running, secret_names
from guestlist.drift.unmanaged import Found
from tests.unit.drift.factories import TODAY, an_ignored, an_item, an_unmanaged, was_read
from tests.unit.preview.reports import a_change, a_finding, a_resource, urn_of

FOREIGN = Found(kind="Action", id="a1", name="foreign", path="/actions/actions/a1", remark="It runs in post-login.")


def read(*events: dict[str, object]) -> Reading:
    found = Reading()
    for event in events:
        found.take(event)
    return found


DRIFTED = was_read({"name": "Guests"}, {"name": "Others"}, touched=("name",))


def only(seen: Seen, **given: object) -> Item:
    [item] = items_of(seen, today=TODAY, **given)  # type: ignore[arg-type]
    return item


def test_what_the_tenant_has_otherwise_is_drift() -> None:
    item = only(Seen(reading=read(DRIFTED)))

    assert (item.kind, item.shown, item.happened) == ("drift", "Client application", "changed")


def test_what_the_program_wants_otherwise_is_pending() -> None:
    item = only(Seen(reading=read(), pending=[a_change()]))

    assert (item.kind, item.live, item.counts) == ("pending", None, True)


def test_what_both_want_otherwise_is_both() -> None:
    item = only(Seen(reading=read(DRIFTED), pending=[a_change()]))

    assert item.kind == "both"
    assert item.live is not None
    assert item.pending is not None


def test_what_nobody_declares_is_unmanaged() -> None:
    item = only(Seen(reading=read(), others=[FOREIGN]))

    assert (item.kind, item.shown, item.remark) == ("unmanaged", "Action foreign", "It runs in post-login.")


def test_the_programs_own_records_are_no_pending_change() -> None:
    record = a_change(resource=a_resource("TenantBackup", "tenant-backup"))

    assert items_of(Seen(pending=[record]), today=TODAY) == ()


def test_a_deleted_connection_says_that_its_users_are_gone() -> None:
    item = only(Seen(reading=read(was_read({"name": "invited"}, None, kind="Connection", name="invited"))))

    assert item.happened == "deleted"
    assert "All users" in item.remark


def test_one_made_anew_by_hand_is_told_with_the_deleted_one() -> None:
    gone = was_read({"name": "foreign"}, None, kind="Action", name="foreign")

    items = items_of(Seen(reading=read(gone), others=[FOREIGN]), today=TODAY)

    assert [one.kind for one in items] == ["drift", "unmanaged"]
    assert "An object of the same name was made by hand (/actions/actions/a1)" in items[0].remark


def test_an_action_that_runs_otherwise_than_its_draft_is_drift() -> None:
    same = was_read(
        {"name": "a", "code": "x"}, {"name": "a", "code": "x"}, kind="Action", name="require-mfa", identity="a9"
    )

    item = only(Seen(reading=read(same), running={"a9": Running(drafted="x", code="y")}))

    assert [(one.path, one.before, one.after) for one in item.differences] == [(RUNNING, "x", "y")]
    assert item.undeclared == ()
    assert "another version of the code runs" in item.remark


def test_an_edit_that_is_not_deployed_is_said_to_be_none_yet() -> None:
    edited = was_read({"code": "x"}, {"code": "y"}, kind="Action", name="require-mfa", touched=("code",), identity="a9")

    item = only(Seen(reading=read(edited), running={"a9": Running(drafted="y", code="x")}))

    assert [one.path for one in item.differences] == ["code"]
    assert "not deployed" in item.remark


def test_code_that_runs_and_is_neither_draft_nor_declared_is_shown_beside_the_draft() -> None:
    """The edit of the draft would hide it otherwise, and be said to be all that there is."""
    edited = was_read({"code": "x"}, {"code": "y"}, kind="Action", name="require-mfa", touched=("code",), identity="a9")

    item = only(Seen(reading=read(edited), running={"a9": Running(drafted="y", code="z")}))

    assert [(one.path, one.after) for one in item.differences] == [("code", "y"), (RUNNING, "z")]
    assert "neither the draft nor what is declared" in item.remark


def test_an_edit_of_anything_but_the_code_may_be_not_deployed_too() -> None:
    edited = was_read({"runtime": "node22"}, {"runtime": "node18"}, kind="Action", touched=("runtime",), identity="a9")
    [live] = running(
        [{"id": "a9", "code": "x", "deployed_version": {"code": "x"}, "all_changes_deployed": False}]
    ).values()

    item = only(Seen(reading=read(edited), running={"a9": live}))

    assert "not deployed" in item.remark


def test_rules_judge_the_code_that_runs() -> None:
    same = was_read({"code": "x"}, {"code": "x"}, kind="Action", name="require-mfa", identity="a9")

    [step] = as_it_runs(read(same).steps, {"a9": Running(drafted="x", code="y")})

    assert (step.operation, step.after.inputs["code"] if step.after else "") == ("update", "y")


def test_names_of_secrets_that_came_or_went_are_drift() -> None:
    same = was_read({"code": "x"}, {"code": "x"}, kind="Action", name="require-mfa", identity="a9")
    changed = changed_names(
        frozenset({"A", "B"}), secret_names([{"id": "a9", "secrets": [{"name": "B"}, {"name": "C"}]}])["a9"]
    )

    item = only(Seen(reading=read(same), secret_names={"a9": changed}))

    assert [(one.nature, one.before, one.after) for one in item.differences] == [
        ("removed", "A", None),
        ("added", None, "C"),
    ]
    assert item.kind == "drift"


def test_actions_that_were_never_deployed_run_nothing() -> None:
    assert running([{"id": "a", "code": "x"}, {"id": "b", "code": "x", "deployed_version": None}]) == {}


def test_ids_in_lists_get_the_names_that_people_know() -> None:
    opened = was_read(
        {"connections": ["con_1"]}, {"connections": ["con_1", "con_2"]}, kind="ApplicationConnections", name="c"
    )

    item = only(Seen(reading=read(opened), names={"con_2": "Connection google"}))

    assert item.remark == "con_2 is Connection google."


def test_a_covered_object_does_not_count_and_is_last() -> None:
    entry = an_ignored(pattern="Action foreign")

    items = items_of(Seen(reading=read(DRIFTED), others=[FOREIGN]), ignored=[entry], today=TODAY)

    assert [(one.shown, one.counts) for one in items] == [("Client application", True), ("Action foreign", False)]
    assert items[1].covered == entry


def test_an_ended_entry_covers_nothing() -> None:
    item = only(Seen(others=[FOREIGN]), ignored=[an_ignored(pattern="Action foreign", until=date(2026, 1, 1))])

    assert item.counts


def test_an_object_counts_while_one_of_its_properties_is_not_covered() -> None:
    event = was_read({"name": "a", "logo": "x"}, {"name": "b", "logo": "y"}, touched=("name", "logo"))

    part = only(Seen(reading=read(event)), ignored=[an_ignored(pattern="Client application: name")])
    whole = only(Seen(reading=read(event)), ignored=[an_ignored(pattern="Client application: *")])

    assert part.counts
    assert set(part.covered_properties) == {"name"}
    assert not whole.counts


def test_what_waits_for_a_deployment_is_not_covered() -> None:
    entry = an_ignored(pattern="Client *")

    assert only(Seen(pending=[a_change()]), ignored=[entry]).counts
    both = only(Seen(reading=read(DRIFTED), pending=[a_change()]), ignored=[entry])
    assert (both.kind, both.counts) == ("pending", True)


def test_a_finding_about_what_is_covered_is_let_pass_with_that_reason() -> None:
    covered = replace(an_item(id=urn_of("Connection", "invited-users")), covered=an_ignored())

    [finding] = allowed_by_ignore_file([a_finding()], [covered])

    assert finding.allowance is not None
    assert (finding.allowance.reason, finding.refuses) == ("made by the marketing team", False)


def test_coverage_counts_what_the_ignore_file_answers_for() -> None:
    covered = an_unmanaged(covered=an_ignored())

    found = with_covered(Coverage(objects=10, declared=8), [covered, an_unmanaged()])

    assert (found.covered, found.percent) == (1, 90)
