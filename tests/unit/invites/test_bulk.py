"""Many invites at once: what is asked, how often, and what each row ends as."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from guestlist.errors import InviteFailed, InviteInDoubt, InviteRefused, TenantFailed
from guestlist.invites.bulk import FAILURES_IN_A_ROW, PASSES
from guestlist.invites.results import Invited
from guestlist.invites.sending import NothingLeft
from stacks.management import ManagementError
from tests.bulk_invites import NOON, WEEK, Books, Killed, VirtualClock, failing, run_once, some_rows, sometimes


@pytest.fixture
def books() -> Books:
    return Books(VirtualClock())


def outcomes(results: list) -> Counter[str]:
    return Counter(result.outcome for result in results)


def test_each_row_is_invited_once_in_the_files_order(tmp_path: Path, books: Books) -> None:
    rows = some_rows(5)
    results = run_once(tmp_path, rows, books)
    assert [(result.row, result.outcome, result.attempts) for result in results] == [(row, "sent", 1) for row in rows]
    assert books.asked == [row.address for row in rows]


def test_the_same_file_again_asks_nobody_while_the_links_work(tmp_path: Path, books: Books) -> None:
    rows = some_rows(3)
    run_once(tmp_path, rows, books)
    books.clock.sleep(WEEK - 1)
    again = run_once(tmp_path, tuple(reversed(rows)), books)
    assert [(result.outcome, result.earlier) for result in again] == [("sent", True)] * 3
    assert "2026-11-23 12:00 UTC" in again[0].detail
    assert len(books.asked) == 3
    books.clock.sleep(2)
    run_once(tmp_path, rows, books)
    assert len(books.asked) == 6
    assert set(books.mails.values()) == {1}


def test_what_failed_is_tried_five_times_with_growing_pauses(tmp_path: Path, books: Books) -> None:
    books.fails = failing(1.0)
    waited: list[str] = []
    (result,) = run_once(tmp_path, some_rows(1), books, report=waited.append)
    assert (result.outcome, result.attempts, result.detail) == (
        "failed",
        PASSES,
        "person0@example.com: the tenant answered 500",
    )
    assert books.clock.seconds == 5 + 15 + 30 + 60
    assert waited[0] == "person0@example.com is tried again in 5 s"
    books.fails = failing(0)
    (result,) = run_once(tmp_path, some_rows(1), books)
    assert (result.outcome, result.attempts) == ("sent", PASSES + 1)


def test_auth0s_minute_between_two_mails_to_an_address_is_waited_for(tmp_path: Path, books: Books) -> None:
    answers = [InviteFailed("no mail was sent", wait_seconds=60), None]
    books.fails = lambda _: answers.pop(0)
    (result,) = run_once(tmp_path, some_rows(1), books)
    assert result.outcome == "sent"
    assert books.clock.seconds == 60


def test_a_third_of_all_calls_failing_costs_no_row(tmp_path: Path, books: Books) -> None:
    books.fails = failing(0.3)
    results = run_once(tmp_path, some_rows(300), books)
    assert outcomes(results)["sent"] >= 298
    assert len({result.row.address for result in results}) == 300
    assert outcomes(run_once(tmp_path, some_rows(300), books)) == {"sent": 300}
    assert max(books.mails.values()) == 1


def test_who_is_refused_is_not_asked_about_again(tmp_path: Path, books: Books) -> None:
    books.fails = lambda address: InviteRefused(f"Cannot invite {address}: blocked", reason="blocked")
    assert outcomes(run_once(tmp_path, some_rows(2), books)) == {"refused": 2}
    assert outcomes(run_once(tmp_path, some_rows(2), books)) == {"refused": 2}
    assert len(books.asked) == 2


def test_what_only_takes_time_is_waited_for_or_left_to_the_next_run(tmp_path: Path, books: Books) -> None:
    until = [NOON + timedelta(seconds=30), NOON + timedelta(hours=1)]
    books.fails = lambda _: InviteRefused("too soon", reason="too_soon", until=until.pop(0)) if until else None
    assert outcomes(run_once(tmp_path, some_rows(1), books)) == {"failed": 1}
    assert (len(books.asked), books.clock.seconds) == (2, 30)
    assert outcomes(run_once(tmp_path, some_rows(1), books)) == {"sent": 1}


def test_nobody_in_doubt_gets_a_second_mail_unasked(tmp_path: Path, books: Books) -> None:
    books.loses_answers = lambda _: True
    assert outcomes(run_once(tmp_path, some_rows(2), books)) == {"in_doubt": 2}
    assert outcomes(run_once(tmp_path, some_rows(2), books)) == {"in_doubt": 2}
    assert set(books.mails.values()) == {1}
    assert outcomes(run_once(tmp_path, some_rows(2), books, resend_in_doubt=True)) == {"in_doubt": 2}
    assert set(books.mails.values()) == {2}
    books.loses_answers = lambda _: False
    assert outcomes(run_once(tmp_path, some_rows(2), books, resend_in_doubt=True)) == {"sent": 2}


def test_a_mail_that_is_asked_for_too_soon_is_sent_a_minute_later(tmp_path: Path, books: Books) -> None:
    books.loses_answers = lambda _: True
    assert outcomes(run_once(tmp_path, some_rows(1), books)) == {"in_doubt": 1}
    answers = [InviteRefused("too soon", reason="too_soon", until=NOON + timedelta(seconds=60)), None]
    books.fails, books.loses_answers = lambda _: answers.pop(0), lambda _: False
    assert outcomes(run_once(tmp_path, some_rows(1), books, resend_in_doubt=True)) == {"sent": 1}
    assert books.clock.seconds == 60


def test_a_doubt_that_settles_soon_is_asked_about_again_without_a_mail(tmp_path: Path, books: Books) -> None:
    doubts = [InviteInDoubt("nobody knows", attempt="a", settles_at=NOON + timedelta(seconds=90)), None]
    books.fails = lambda _: doubts.pop(0)
    books.standing["person0@example.com"] = "pending"
    (result,) = run_once(tmp_path, some_rows(1), books, resend_in_doubt=True)
    assert result.outcome == "already_invited"
    assert books.clock.seconds == 90


def test_what_the_tenant_will_not_take_is_not_tried_again(tmp_path: Path, books: Books) -> None:
    def fails(address: str) -> BaseException | None:
        if address != "person0@example.com":
            return None
        failed = TenantFailed("Cannot invite: no such thing")
        failed.__cause__ = ManagementError("400", status=400)
        return failed

    books.fails = fails
    assert outcomes(run_once(tmp_path, some_rows(3), books)) == {"failed": 1, "sent": 2}
    assert books.clock.seconds == 0


@pytest.mark.parametrize("status", [403, 404])
def test_what_is_refused_about_one_person_only_keeps_nobody_else_out(tmp_path: Path, books: Books, status: int) -> None:
    def fails(address: str) -> BaseException | None:
        if address != "person0@example.com":
            return None
        failed, why = InviteFailed("no mail was sent: there is no such role"), NothingLeft("there is no such role")
        failed.__cause__, why.__cause__ = why, ManagementError("no such role", status=status)
        return failed

    books.fails = fails
    assert outcomes(run_once(tmp_path, some_rows(3), books)) == {"failed": 1, "sent": 2}
    assert len(books.asked) == 3


def test_a_tenant_that_takes_nothing_ends_the_run(tmp_path: Path, books: Books) -> None:
    books.fails = failing(1.0)
    results = run_once(tmp_path, some_rows(100), books)
    assert outcomes(results) == {"failed": 100}
    assert len(books.asked) == FAILURES_IN_A_ROW
    assert "was not tried: the 20 rows before it all failed" in {result.detail for result in results}
    books.fails = failing(0)
    assert outcomes(run_once(tmp_path, some_rows(100), books)) == {"sent": 100}


def test_a_tenant_that_loses_every_answer_ends_the_run_and_old_doubts_do_not_end_the_next(
    tmp_path: Path, books: Books
) -> None:
    books.loses_answers = lambda _: True
    assert outcomes(run_once(tmp_path, some_rows(100), books)) == {"in_doubt": 20, "failed": 80}
    books.loses_answers = lambda _: False
    assert outcomes(run_once(tmp_path, some_rows(100), books)) == {"in_doubt": 20, "sent": 80}
    assert set(books.mails.values()) == {1}


def test_an_inviter_that_is_not_let_in_tries_one_row(tmp_path: Path, books: Books) -> None:
    def fails(_address: str) -> BaseException:
        failed = InviteFailed("does not let the inviter in", wait_seconds=60)
        failed.__cause__ = ManagementError("403", status=403)
        return failed

    books.fails = fails
    assert outcomes(run_once(tmp_path, some_rows(30), books)) == {"failed": 30}
    assert len(books.asked) == 1


def test_warnings_and_what_is_known_of_the_user_are_handed_on(tmp_path: Path) -> None:
    def invite(wish: object, **_more: bool) -> Invited:
        return Invited(address="a", user_id="auth0|1", state="sent_again", expires_at="2026", warnings=("No role.",))

    books = Books(VirtualClock())
    books.__class__ = type("Says", (Books,), {"__call__": lambda _self, wish, **more: invite(wish, **more)})
    (result,) = run_once(tmp_path, some_rows(1), books)
    assert (result.outcome, result.user_id, result.expires_at, result.detail) == ("sent", "auth0|1", "2026", "No role.")


@pytest.mark.parametrize("seed", range(5))
def test_a_run_that_is_killed_anywhere_goes_on_where_it_was(tmp_path: Path, books: Books, seed: int) -> None:
    import random

    chance = random.Random(seed)
    rows = some_rows(40)
    books.fails, books.loses_answers = failing(0.2, seed), sometimes(seed, 0.1)
    for _ in range(10):
        books.killer.arm(chance.randrange(1, 90))
        try:
            run_once(tmp_path, rows, books)
        except Killed:
            continue
    books.killer.arm(None)
    results = run_once(tmp_path, rows, books)
    assert len(results) == 40
    assert set(books.mails.values()) == {1}
    for result in results:
        expected = 1 if result.outcome in {"sent", "already_invited"} else None
        assert expected is None or books.mails[result.row.address] == 1
        assert result.outcome != "failed"
