"""The Management API client: pacing, repeating, and errors that say what failed and nothing secret."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Barrier, BrokenBarrierError
from typing import Any

import httpx
import pytest

from stacks.management import ManagementClient, ManagementError, canonical_audience

DOMAIN = "tenant.example.auth0.com"
NOW = 1_800_000_000.0


@dataclass(kw_only=True)
class Time:
    """A clock that sleeping moves on."""

    now: float = NOW
    slept: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def a_client(
    *answers: httpx.Response | Exception, time: Time | None = None
) -> tuple[ManagementClient, list[httpx.Request]]:
    """A client with a token in hand, whose calls get these answers in turn."""
    left, seen = list(answers), []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        next_answer = left.pop(0)
        if isinstance(next_answer, Exception):
            raise next_answer
        return next_answer

    clock = time or Time()
    client = ManagementClient(
        DOMAIN,
        api_token="a-token",
        transport=httpx.MockTransport(answer),
        sleep=clock.sleep,
        clock=lambda: clock.now,
    )
    return client, seen


def too_many(reset: float | None) -> httpx.Response:
    headers = {} if reset is None else {"x-ratelimit-reset": str(int(reset))}
    return httpx.Response(429, json={"errorCode": "too_many_requests"}, headers=headers)


def test_a_call_carries_the_token_and_the_query() -> None:
    client, seen = a_client(httpx.Response(200, json={"fields": 1}))

    assert client.get("/clients/a", fields="client_secret") == {"fields": 1}
    assert str(seen[0].url) == f"https://{DOMAIN}/api/v2/clients/a?fields=client_secret"
    assert seen[0].headers["authorization"] == "Bearer a-token"


def test_a_rate_limit_is_waited_out_until_its_reset() -> None:
    time = Time()
    client, _ = a_client(too_many(NOW + 7), httpx.Response(200, json=[]), time=time)

    assert client.get("/guardian/policies") == []
    assert time.slept == [7.0]


@pytest.mark.parametrize(("reset", "waited"), [(NOW - 5, 0.25), (NOW + 3600, 60.0), (None, 5.0)])
def test_a_strange_reset_is_bounded(reset: float | None, waited: float) -> None:
    time = Time()
    client, _ = a_client(too_many(reset), httpx.Response(200, json=[]), time=time)

    client.get("/guardian/policies")

    assert time.slept == [waited]


def test_a_rate_limit_repeats_even_a_post_because_nothing_was_done() -> None:
    client, seen = a_client(too_many(NOW + 1), httpx.Response(201, json={"id": 1}))

    assert client.post("/users", {}) == {"id": 1}
    assert len(seen) == 2


def test_a_tenant_that_stays_busy_is_given_up_in_the_end() -> None:
    client, _ = a_client(*[too_many(NOW)] * 30)

    with pytest.raises(ManagementError) as error:
        client.get("/clients")

    assert error.value.status == 429


@pytest.mark.parametrize("status", [500, 502, 503, 504, 524])
def test_a_passing_failure_is_repeated(status: int) -> None:
    time = Time()
    client, _ = a_client(httpx.Response(status), httpx.Response(status), httpx.Response(200, json=1), time=time)

    assert client.get("/clients") == 1
    assert time.slept == [0.5, 1.0]


def test_a_lasting_failure_is_reported_with_its_status() -> None:
    client, seen = a_client(*[httpx.Response(503)] * 9)

    with pytest.raises(ManagementError, match="answered 503 Service Unavailable to PATCH /connections/c") as error:
        client.patch("/connections/c", {})

    assert error.value.status == 503
    assert len(seen) == 4


@pytest.mark.parametrize("answer", [httpx.Response(500), httpx.ReadError("reset by peer")])
def test_a_post_is_not_repeated_when_the_tenant_may_have_done_it(answer: httpx.Response | Exception) -> None:
    client, seen = a_client(answer, httpx.Response(201, json={}))

    with pytest.raises(ManagementError):
        client.post("/users", {})

    assert len(seen) == 1


def test_a_post_that_never_left_is_repeated() -> None:
    client, seen = a_client(httpx.ConnectError("refused"), httpx.Response(201, json={}))

    assert client.post("/users", {}) == {}
    assert len(seen) == 2


def test_a_lost_answer_is_asked_for_again() -> None:
    client, _ = a_client(httpx.ReadTimeout("slow"), httpx.Response(200, json=7))

    assert client.get("/clients") == 7


def test_an_unreachable_tenant_is_named() -> None:
    client, _ = a_client(*[httpx.ConnectError("refused")] * 4)

    with pytest.raises(ManagementError, match=f"on the tenant {DOMAIN} got no answer: refused") as error:
        client.get("/clients")

    assert error.value.status is None


def test_an_error_answer_is_a_sentence_with_auth0s_own_words() -> None:
    body = {
        "statusCode": 403,
        "message": "Insufficient scope, expected any of: read:clients",
        "errorCode": "insufficient_scope",
    }
    client, _ = a_client(httpx.Response(403, json=body))

    with pytest.raises(ManagementError) as error:
        client.get("/clients")

    assert str(error.value) == (
        f"The tenant {DOMAIN} answered 403 Forbidden to GET /clients: Insufficient scope, expected any of: read:clients"
    )
    assert error.value.error_code == "insufficient_scope"


def test_what_is_not_there_is_an_answer_where_it_is_asked_for() -> None:
    client, _ = a_client(httpx.Response(404, json={}), httpx.Response(500), *[httpx.Response(500)] * 3)

    assert client.get_or_none("/emails/provider") is None
    with pytest.raises(ManagementError):
        client.get_or_none("/emails/provider")


def test_an_empty_answer_is_none() -> None:
    client, _ = a_client(httpx.Response(204))

    assert client.patch("/connections/c/clients", []) is None


def test_every_page_of_a_list_is_read() -> None:
    client, seen = a_client(
        httpx.Response(200, json={"connections": [1, 2], "next": "more"}),
        httpx.Response(200, json={"connections": [3]}),
    )

    assert list(client.pages("/clients/a/connections", "connections")) == [1, 2, 3]
    assert dict(seen[1].url.params) == {"take": "100", "from": "more"}


def with_token_endpoint(*, expires_in: int, time: Time, **extra: Any) -> tuple[ManagementClient, list[str]]:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/oauth/token":
            asked.append(request.content.decode())
            return extra.get("token") or httpx.Response(200, json={"access_token": "t", "expires_in": expires_in})
        return httpx.Response(200, json={})

    client = ManagementClient(
        DOMAIN,
        client_id="an-id",
        client_secret="a-secret-value",
        transport=httpx.MockTransport(answer),
        sleep=time.sleep,
        clock=lambda: time.now,
    )
    return client, asked


def test_a_token_is_fetched_once_and_again_before_it_ends() -> None:
    time = Time()
    client, asked = with_token_endpoint(expires_in=86400, time=time)

    client.get("/clients")
    client.get("/clients")
    assert len(asked) == 1
    assert f'"audience":"https://{DOMAIN}/api/v2/"' in asked[0].replace(" ", "")

    time.now += 86400 - 30
    client.get("/clients")
    assert len(asked) == 2


def test_two_threads_share_one_token() -> None:
    both_are_here, tokens = Barrier(2), []

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/oauth/token":
            with suppress(BrokenBarrierError):
                both_are_here.wait(timeout=0.2)  # a second one who asks for a token comes within this time
            tokens.append("token")
            return httpx.Response(200, json={"access_token": "t", "expires_in": 86400})
        return httpx.Response(200, json=[])

    client = ManagementClient(DOMAIN, client_id="id", client_secret="secret", transport=httpx.MockTransport(answer))
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(client.get, ["/clients", "/connections"]))

    assert tokens == ["token"]


def test_refused_credentials_are_a_sentence_without_the_secret() -> None:
    refusal = httpx.Response(401, json={"error": "access_denied", "error_description": "Unauthorized"})
    client, _ = with_token_endpoint(expires_in=1, time=Time(), token=refusal)

    with pytest.raises(ManagementError) as error:
        client.get("/clients")

    assert "Management API token as client an-id: Unauthorized" in str(error.value)
    assert "a-secret-value" not in str(error.value)
    assert error.value.error_code == "access_denied"


def test_an_audience_holds_the_port_of_a_local_tenant() -> None:
    assert canonical_audience("localhost:8443") == "https://localhost:8443/api/v2/"


CREDENTIALS = {"AUTH0_CLIENT_ID": "id", "AUTH0_CLIENT_SECRET": "secret"}


@pytest.mark.parametrize("named", [DOMAIN, DOMAIN.upper(), f"https://{DOMAIN}/", f" {DOMAIN} "])
def test_credentials_come_from_the_environment(named: str) -> None:
    client = ManagementClient.from_environment(DOMAIN, {**CREDENTIALS, "AUTH0_DOMAIN": named})

    assert client.domain == DOMAIN


def test_an_api_token_is_enough() -> None:
    ManagementClient.from_environment(DOMAIN, {"AUTH0_API_TOKEN": "t"})


@pytest.mark.parametrize("environ", [{}, {"AUTH0_CLIENT_ID": "id"}, {"AUTH0_CLIENT_SECRET": "secret"}])
def test_missing_credentials_are_named(environ: dict[str, str]) -> None:
    with pytest.raises(ManagementError, match="set AUTH0_CLIENT_ID and AUTH0_CLIENT_SECRET, or AUTH0_API_TOKEN"):
        ManagementClient.from_environment(DOMAIN, environ)


def test_another_tenants_credentials_are_refused_before_any_call() -> None:
    called: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        called.append(request)
        return httpx.Response(200)

    with pytest.raises(ManagementError, match=r"the credentials in the environment are for other\.eu\.auth0\.com"):
        ManagementClient.from_environment(
            DOMAIN,
            {**CREDENTIALS, "AUTH0_DOMAIN": "other.eu.auth0.com"},
            transport=httpx.MockTransport(answer),
        )

    assert called == []
