"""The rate limits of the tiers, on a clock that stands still."""

import pytest

from localtenant.rate_limits import MANAGEMENT, RateLimiter, Tier


class _Time:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def time():
    return _Time()


def a_limiter(time, tier):
    return RateLimiter(MANAGEMENT, tier, time)


def test_the_free_tier_lets_two_calls_through_and_then_two_a_second(time):
    limiter = a_limiter(time, Tier.FREE)
    assert [limiter.take("GET", "/roles").passes for _ in range(3)] == [True, True, False]
    time.now += 0.5
    assert [limiter.take("GET", "/roles").passes for _ in range(2)] == [True, False]


def test_a_call_that_was_refused_costs_nothing(time):
    limiter = a_limiter(time, Tier.FREE)
    for _ in range(10):
        limiter.take("GET", "/roles")
    time.now += 1
    assert [limiter.take("GET", "/roles").passes for _ in range(3)] == [True, True, False]


def test_the_headers_say_what_is_left_and_when_all_is_back(time):
    limiter = a_limiter(time, Tier.FREE)
    limiter.take("GET", "/roles")
    headers = limiter.take("GET", "/roles").headers()
    assert headers == {"x-ratelimit-limit": "2", "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1001"}


def test_the_paid_tier_counts_each_group_of_endpoints_for_itself(time):
    limiter = a_limiter(time, Tier.PAID)
    for _ in range(5):
        assert limiter.take("GET", "/clients/{id}").passes
    assert not limiter.take("GET", "/clients").passes
    assert limiter.take("GET", "/connections/{id}").passes
    assert limiter.take("POST", "/clients").limit == 10


def test_email_templates_are_limited_in_every_real_tier(time):
    limiter = a_limiter(time, Tier.FREE)
    passed = 0
    for _ in range(8):
        passed += limiter.take("PATCH", "/email-templates/{templateName}").passes
        time.now += 0.5
    assert 5 <= passed < 8


def test_the_unlimited_tier_never_says_no(time):
    limiter = a_limiter(time, Tier.UNLIMITED)
    assert all(limiter.take("GET", "/roles").passes for _ in range(5000))


def test_a_clock_that_goes_back_gives_no_calls(time):
    limiter = a_limiter(time, Tier.FREE)
    limiter.take("GET", "/roles")
    limiter.take("GET", "/roles")
    time.now -= 3600
    assert not limiter.take("GET", "/roles").passes


def test_a_tenant_answers_429_with_the_real_body_and_recovers(a_tenant):
    tenant = a_tenant(tier=Tier.FREE)
    answers = [tenant.get("/tenants/settings") for _ in range(3)]
    assert [answer.status_code for answer in answers][-1] == 429
    assert answers[-1].json() == {
        "statusCode": 429,
        "error": "Too Many Requests",
        "message": "Global limit has been reached",
        "errorCode": "too_many_requests",
    }
    assert int(answers[-1].headers["x-ratelimit-reset"]) == int(tenant.clock.seconds()) + 1
    tenant.clock.advance(1)
    assert tenant.get("/tenants/settings").status_code != 429


def test_every_answer_carries_the_limits(a_tenant):
    tenant = a_tenant()
    for answer in (
        tenant.get("/clients"),
        tenant.get("/clients/nobody"),
        tenant.post("/clients", json={"foo": 1}),
        tenant.with_scopes().get("/clients"),
        tenant.http.get("/api/v2/clients"),
        tenant.http.post("/oauth/token", json={}),
    ):
        assert {"x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"} <= set(answer.headers)


def test_tokens_have_limits_of_their_own(a_tenant):
    tenant = a_tenant(tier=Tier.PAID)
    statuses = [tenant.http.post("/oauth/token", json={}).status_code for _ in range(26)]
    assert statuses[:25] == [400] * 25
    assert statuses[25] == 429
    assert tenant.get("/tenants/settings").status_code != 429
