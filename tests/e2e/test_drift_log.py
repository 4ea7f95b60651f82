"""The tenant's log says whether anything has to be read: quickly while nothing is written, and never wrongly that nothing was."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from guestlist.drift.environment import Wanted, check_environment
from guestlist.drift.formats import render
from guestlist.drift.report import Report
from guestlist.drift.watch import Glances
from guestlist.environments import Project as Clone
from tests.e2e.harness import LocalTenant, Project, succeeded

pytestmark = pytest.mark.xdist_group("drift-log")  # one worker deploys, once

BY_HAND = {"X-Local-Person": "Ana Lima <ana@example.com>"}
GUIDED = Wanted(since_checkpoint=True)


@pytest.fixture(scope="module")
def place(deployed: Project) -> Project:
    return deployed


@pytest.fixture(scope="module")
def checked(place: Project, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The checkpoint of a full check."""
    file = tmp_path_factory.mktemp("checked") / "checkpoint.json"
    first = check(place, file)
    assert (first.read, first.log and first.log.why_full) == ("all", "it is the first check")
    return file


@pytest.fixture
def checkpoint(place: Project, checked: Path, tmp_path: Path) -> Path:
    """A copy of it that knows what other tests wrote."""
    file = tmp_path / "checkpoint.json"
    file.write_bytes(checked.read_bytes())
    assert check(place, file).exit_code == 0
    return file


@pytest.fixture(autouse=True)
def as_it_was(place: Project) -> Iterator[None]:
    yield
    place.tenant.control.put("/_local/log", json={}).raise_for_status()
    place.tenant.control.put("/_local/clock", json={"offset_seconds": 0}).raise_for_status()
    rename(place.tenant, "Guestlist on this machine")


def now() -> datetime:
    return datetime.now(UTC)


def check(place: Project, checkpoint: Path, **changes: Any) -> Report:
    wanted = Wanted(**{"since_checkpoint": True, "checkpoint": checkpoint, **changes})
    report = check_environment(
        Clone(root=place.directory), "local", wanted, say=lambda _said: None, clock=now, environ=place.environ
    )
    assert not report.problems, report.problems
    return report


def rename(tenant: LocalTenant, name: str) -> None:
    answer = tenant.api.patch("/tenants/settings", json={"friendly_name": name}, headers=BY_HAND)
    assert answer.is_success, answer.text


def log(tenant: LocalTenant, **faults: float) -> None:
    tenant.control.put("/_local/log", json=faults).raise_for_status()


def drifted(report: Report) -> set[str]:
    return {one.shown for one in report.counted}


def words(report: Report) -> str:
    return " ".join(render([report], "text").split())


def test_after_a_full_check_nothing_is_read_while_nothing_is_written(place: Project, checkpoint: Path) -> None:
    place.tenant.forget_requests()

    second = check(place, checkpoint)

    assert (second.read, second.exit_code, second.calls) == ("nothing", 0, 2)
    assert [call["path"] for call in place.tenant.requests()] == ["/oauth/token", "/api/v2/logs"]
    assert "nothing recorded since" in words(second)
    assert "no drift" not in words(second)


def test_a_write_is_read_again_and_nothing_else_and_its_author_is_named(place: Project, checkpoint: Path) -> None:
    rename(place.tenant, "By hand")
    place.tenant.forget_requests()

    report = check(place, checkpoint)

    assert (report.read, drifted(report)) == ("touched", {"Tenant tenant"})
    [item] = report.items
    assert (item.by[0].who, item.by[0].how) == ("Ana Lima <ana@example.com>", "in the dashboard")
    read = {call["path"] for call in place.tenant.requests()} - {"/oauth/token", "/api/v2/logs"}
    assert read == {"/api/v2/tenants/settings"}


def test_what_was_found_stands_until_it_is_read_again(place: Project, checkpoint: Path) -> None:
    rename(place.tenant, "By hand")
    found = check(place, checkpoint)

    stands = check(place, checkpoint)
    rename(place.tenant, "Guestlist on this machine")
    healed = check(place, checkpoint)

    assert (found.exit_code, stands.read, stands.exit_code) == (2, "nothing", 2)
    assert "what was found stands" in words(stands)
    assert "Ana Lima" in words(stands)
    assert (healed.read, healed.exit_code) == ("touched", 0)
    assert "nothing differs in what was read" in words(healed)


def test_a_late_entry_is_found_by_the_next_look_back(place: Project, checkpoint: Path) -> None:
    log(place.tenant, lag_seconds=60)
    rename(place.tenant, "By hand")

    early = check(place, checkpoint)
    place.tenant.control.post("/_local/clock", json={"advance_seconds": 61}).raise_for_status()
    late = check(place, checkpoint)

    assert (early.read, "nothing recorded" in words(early)) == ("nothing", True)
    assert drifted(late) == {"Tenant tenant"}


def test_a_lost_entry_is_found_by_the_next_full_check(place: Project, checkpoint: Path) -> None:
    log(place.tenant, lose=1)
    rename(place.tenant, "By hand")

    blind = check(place, checkpoint)
    due = check(place, checkpoint, full_check_every=timedelta(seconds=0.001))

    assert (blind.read, "nothing recorded" in words(blind)) == ("nothing", True)
    assert (due.read, drifted(due)) == ("all", {"Tenant tenant"})
    assert due.log is not None
    assert "everything is read every" in due.log.why_full


@pytest.mark.parametrize(("seconds", "read"), [(-300, "touched"), (7200, "all")])
def test_an_entry_with_another_date_is_found(place: Project, checkpoint: Path, seconds: int, read: str) -> None:
    log(place.tenant, misdate_seconds=seconds)
    rename(place.tenant, "By hand")

    report = check(place, checkpoint)

    assert (report.read, drifted(report)) == (read, {"Tenant tenant"})
    place.tenant.control.put("/_local/log", json={}).raise_for_status()


def test_a_clock_that_went_back_leads_to_a_full_check(place: Project, checkpoint: Path) -> None:
    place.tenant.control.put("/_local/clock", json={"offset_seconds": -7200}).raise_for_status()

    report = check(place, checkpoint)

    assert report.read == "all"
    assert report.log is not None
    assert "clock" in report.log.why_full


def test_a_changed_state_or_checkpoint_leads_to_a_full_check(place: Project, checkpoint: Path) -> None:
    document = json.loads(checkpoint.read_text())
    checkpoint.write_text(json.dumps({**document, "basis": {**document["basis"], "state": "another"}}))
    moved = check(place, checkpoint)
    checkpoint.write_text("{")
    damaged = check(place, checkpoint)

    assert moved.log is not None
    assert moved.log.why_full == "the state has changed since the last check"
    assert damaged.log is not None
    assert "is damaged" in damaged.log.why_full


def test_a_watch_asks_for_one_token_and_one_page_of_the_log_a_round(place: Project) -> None:
    glances = Glances(Clone(root=place.directory), "local", clock=now, environ=place.environ)
    assert glances(GUIDED) is None, "there is no checkpoint yet"
    succeeded(place.guestlist("drift", "--env", "local", "--since-checkpoint"))
    place.tenant.forget_requests()

    reports = [glances(GUIDED) for _ in range(3)]
    calls = [call["path"] for call in place.tenant.requests()]
    rename(place.tenant, "By hand")
    written = glances(GUIDED)
    glances.close()

    assert [report.read if report else None for report in reports] == ["nothing"] * 3
    assert calls.count("/api/v2/logs") == 3
    assert len(calls) <= 4
    assert written is None


def test_the_checkpoint_lies_beside_the_state_and_the_state_is_untouched(place: Project) -> None:
    before = place.state()

    told = place.guestlist("drift", "--env", "local", "--since-checkpoint", "--format", "json")

    assert told.returncode == 0, told.stderr
    [file] = list(place.directory.glob(".guestlist/**/drift/local.json"))
    assert file.stat().st_mode & 0o777 == 0o600
    assert place.state() == before


def test_the_lines_that_would_keep_a_change_do_keep_it(place: Project) -> None:
    rename(place.tenant, "By hand")

    told = place.guestlist("drift", "accept", "--env", "local")
    config = place.directory / "config" / "Pulumi.local.yaml"
    before = config.read_text()
    config.write_text(before.replace("friendlyName: Guestlist on this machine", "friendlyName: By hand"))
    kept = place.pulumi("preview", "-s", "local", "--refresh", "--diff")
    config.write_text(before)

    assert told.returncode == 2
    assert "guestlist:tenant:\n  friendlyName: By hand" in told.stdout
    assert "changes EmailTemplate reset-email, too" in told.stdout
    assert "auth0:index/tenant:Tenant" not in kept.stdout.partition("previewing update")[2], kept.stdout
