"""Reading the log: one call where that is enough, and everything that speaks against its being whole is said."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from guestlist.tenant_log.reading import Reading, read_writes
from localtenant.management.entitlements import Plan
from stacks.management import ManagementClient, ManagementError
from tests.localtenant.conftest import InProcess, LocalTenant, open_tenant
from tests.unit.tenant_log.factories import NOW, raw

Answer = Callable[[httpx.Request], httpx.Response]


def client(answer: Answer) -> ManagementClient:
    return ManagementClient(
        "tenant.example",
        api_token="token",
        transport=httpx.MockTransport(answer),
        sleep=lambda _seconds: None,
        clock=NOW.timestamp,
    )


def read(answer: Answer, **given: Any) -> tuple[Reading, int]:
    with client(answer) as tenant:
        return read_writes(tenant, NOW - timedelta(hours=1), now=NOW, **given), tenant.calls


def logs(*entries: dict[str, Any], total: int | None = None, **headers: str) -> Answer:
    def answer(request: httpx.Request) -> httpx.Response:
        page = int(request.url.params["page"])
        shown = entries[page * 100 : page * 100 + 100]
        return httpx.Response(
            200, json={"logs": shown, "total": len(entries) if total is None else total}, headers=headers
        )

    return answer


def many(number: int, *, apart: timedelta = timedelta(0)) -> list[dict[str, Any]]:
    return [raw(at=NOW - apart * one, log_id=f"id-{one}") for one in range(number)]


def test_one_call_is_enough_for_a_quiet_tenant() -> None:
    reading, calls = read(logs(raw(), raw("POST", "/users")))

    assert (len(reading.entries), reading.gap, calls) == (2, "", 1)


def test_pages_are_read_until_they_are_older_than_what_was_asked_for() -> None:
    reading, calls = read(logs(*many(500, apart=timedelta(minutes=1))))

    assert (reading.gap, calls) == ("", 1)
    assert read(logs(*many(250)))[1] == 3


@pytest.mark.parametrize(
    ("answer", "gap"),
    [
        (logs(*many(1100)), "more than 1,000 writes"),
        (logs(raw(), total=7), "a page was cut: the log has 7 entries and gave 1"),
        (lambda _request: httpx.Response(403, json={"message": "Insufficient scope"}), "read:logs"),
        (lambda _request: httpx.Response(400, json={"message": "bad query"}), "the log's search was refused"),
        (lambda _request: httpx.Response(200, json={"entries": []}), "another form"),
        (logs(raw(log_id="", _id="")), "has no id"),
    ],
)
def test_what_may_be_missing_is_said(answer: Answer, gap: str) -> None:
    assert gap in read(answer)[0].gap


def test_a_log_that_is_kept_for_less_than_was_asked_for_has_a_gap() -> None:
    with client(logs()) as tenant:
        reading = read_writes(tenant, NOW - timedelta(days=2), now=NOW, retention=timedelta(days=1))

    assert "kept for 1 days only" in reading.gap


def test_a_tenant_that_does_not_answer_is_an_error_and_no_gap() -> None:
    with pytest.raises(ManagementError, match="503"):
        read(lambda _request: httpx.Response(503))


def test_the_tenants_own_clock_counts() -> None:
    reading, _ = read(logs(date="Fri, 27 Nov 2026 09:00:00 GMT"))

    assert reading.now == NOW + timedelta(hours=2)
    assert read(logs(date="Fri, 27 Nov 2026 07:00:03 GMT"))[0].now == NOW


@pytest.fixture
def local() -> Iterator[LocalTenant]:
    loop = asyncio.new_event_loop()
    opened = open_tenant(loop, plan=Plan.ENTERPRISE)
    yield opened
    opened.http.close()
    loop.close()


def reader(local: LocalTenant) -> ManagementClient:
    return ManagementClient(
        "localhost:8443", api_token=local.token, transport=InProcess(local.app, local.loop), clock=local.clock.seconds
    )


def test_on_a_local_tenant_a_hundred_thousand_logins_take_one_call(local: LocalTenant) -> None:
    for _ in range(4):
        local.http.post("/_local/log", json={"logins": 25_000}).raise_for_status()
    local.patch(
        "/tenants/settings", json={"friendly_name": "x"}, headers={"x-local-person": "Ana Lima <ana@example.com>"}
    )

    with reader(local) as tenant:
        reading = read_writes(tenant, local.clock.now() - timedelta(minutes=15), now=local.clock.now())

    assert (tenant.calls, reading.gap) == (1, "")
    assert [(one.path, one.person) for one in reading.entries] == [("/tenants/settings", "Ana Lima <ana@example.com>")]
