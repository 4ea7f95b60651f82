"""The control plane, apart from the emulated APIs."""

import asyncio

import httpx
import pytest

from localtenant.deployer import credentials_of
from localtenant.http import Dropped
from localtenant.rate_limits import Tier


def _control(tenant, method, path, **options):
    return tenant.http.request(method, f"/_local/{path}", **options)


def test_health_tells_who_and_how(a_tenant):
    answer = _control(a_tenant(latency_ms=0), "GET", "health")
    assert answer.status_code == 200
    assert {
        "status": "ok",
        "domain": "localhost:8443",
        "tier": "unlimited",
        "plan": "enterprise",
    }.items() <= answer.json().items()


def test_reset_makes_a_fresh_tenant_and_forgets_calls_and_faults(a_tenant):
    tenant = a_tenant()
    tenant.post("/roles", json={"name": "mine"})
    _control(tenant, "POST", "faults", json={"path": "/roles"})
    assert _control(tenant, "POST", "reset").status_code == 200
    assert _control(tenant, "GET", "requests").json() == {"requests": []}
    assert tenant.get("/roles").json() == []


def test_calls_are_recorded_by_template_until_forgotten(a_tenant):
    tenant = a_tenant()
    tenant.get("/clients/nobody")
    tenant.http.get("/api/v2/roles")
    tenant.http.post("/oauth/token", json={})
    calls = _control(tenant, "GET", "requests").json()["requests"]
    assert [(call["method"], call["path"], call["status"]) for call in calls] == [
        ("GET", "/api/v2/clients/{id}", 404),
        ("GET", "/api/v2/roles", 401),
        ("POST", "/oauth/token", 400),
    ]
    assert calls[0]["client_id"] is not None
    assert _control(tenant, "DELETE", "requests").json() == {"requests": []}


def test_tier_and_latency_change_while_it_runs(a_tenant):
    tenant = a_tenant()
    answer = _control(tenant, "PUT", "settings", json={"tier": "free"}).json()
    assert answer == {"tier": "free", "plan": "enterprise", "latency_ms": 0}
    assert [tenant.get("/roles").status_code for _ in range(3)] == [200, 200, 429]


def test_the_plan_changes_while_it_runs_and_the_rate_limits_stay(a_tenant):
    tenant = a_tenant()
    assert tenant.get("/attack-protection/captcha").status_code == 200
    answer = _control(tenant, "PUT", "settings", json={"plan": "free"}).json()
    assert answer == {"tier": "unlimited", "plan": "free", "latency_ms": 0}
    assert tenant.get("/attack-protection/captcha").status_code == 403


@pytest.mark.parametrize(
    "settings",
    [
        {"tier": "gold"},
        {"plan": "gold"},
        {"plan": []},
        {"plan": "free", "latency_ms": -1},
        {"latency_ms": -1},
        {"latency_ms": "1"},
        {"latency_ms": True},
        {"speed": 1},
        [],
    ],
)
def test_a_wrong_setting_is_refused_and_changes_nothing(a_tenant, settings):
    tenant = a_tenant()
    assert _control(tenant, "PUT", "settings", json=settings).status_code == 400
    assert _control(tenant, "GET", "settings").json() == {"tier": "unlimited", "plan": "enterprise", "latency_ms": 0}


def test_the_clock_moves_when_told(a_tenant):
    tenant = a_tenant()
    assert _control(tenant, "POST", "clock", json={"advance_seconds": 60}).json()["now"] == "2026-11-23T12:01:00.000Z"
    assert _control(tenant, "PUT", "clock", json={"offset_seconds": 0}).json()["now"] == "2026-11-23T12:00:00.000Z"


def test_it_answers_its_own_host_only(a_tenant):
    for host in ("evil.example.com", "localhost", "localhost:1", "profile.localhost:8443"):
        answer = _control(a_tenant(), "GET", "health", headers={"host": host})
        assert answer.status_code == 421, host
    assert _control(a_tenant(), "GET", "health", headers={"host": "127.0.0.1:8443"}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example.com"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_it_takes_nothing_from_another_web_site(a_tenant, headers):
    answer = _control(a_tenant(), "POST", "reset", headers=headers)
    assert answer.status_code == 403
    assert "access-control-allow-origin" not in answer.headers


def test_it_answers_this_machine_only(a_tenant):
    tenant = a_tenant()
    transport = httpx.ASGITransport(app=tenant.app, client=("192.0.2.7", 1))

    async def ask():
        async with httpx.AsyncClient(transport=transport, base_url="https://localhost:8443") as client:
            return await client.get("/_local/health")

    assert tenant.loop.run_until_complete(ask()).status_code == 403


def test_what_it_lacks_is_404(a_tenant):
    assert _control(a_tenant(), "GET", "nothing").status_code == 404


@pytest.mark.parametrize(
    "fault", [{"when": "later"}, {"action": "explode"}, {"action": "status:99"}, {"times": "many"}, {"where": "/x"}]
)
def test_a_fault_that_makes_no_sense_is_refused(a_tenant, fault):
    assert _control(a_tenant(), "POST", "faults", json=fault).status_code == 400


def test_a_fault_before_the_commit_leaves_nothing(a_tenant):
    tenant = a_tenant()
    fault = {"method": "POST", "path": "/roles", "when": "before_commit", "action": "status:503"}
    _control(tenant, "POST", "faults", json=fault)
    assert tenant.post("/roles", json={"name": "x"}).status_code == 503
    assert tenant.get("/roles").json() == []
    assert tenant.logs() == []


def test_a_fault_after_the_commit_loses_the_answer_only(a_tenant):
    tenant = a_tenant()
    fault = {"method": "POST", "path": "/api/v2/roles", "when": "after_commit", "action": "status:502"}
    _control(tenant, "POST", "faults", json=fault)
    assert tenant.post("/roles", json={"name": "x"}).status_code == 502
    assert [role["name"] for role in tenant.get("/roles").json()] == ["x"]
    assert [entry["type"] for entry in tenant.logs()] == ["sapi"]


def test_a_fault_strikes_as_often_as_it_was_told(a_tenant):
    tenant = a_tenant()
    _control(tenant, "POST", "faults", json={"method": "GET", "path": "/roles", "action": "status:500", "times": 2})
    headers = {"authorization": f"Bearer {tenant.token}"}
    statuses = [tenant.http.get("/api/v2/roles", headers=headers).status_code for _ in range(3)]
    assert statuses == [500, 500, 200]
    assert _control(tenant, "GET", "faults").json()["faults"][0]["struck"] == 2


def test_a_fault_may_wait_for_a_later_write(a_tenant):
    tenant = a_tenant()
    fault = {"method": "PATCH|POST", "path": ".*", "when": "after_commit", "action": "status:502", "skip": 1}
    _control(tenant, "POST", "faults", json=fault)

    statuses = [tenant.post("/roles", json={"name": "a"}).status_code, tenant.get("/roles").status_code]
    statuses += [tenant.post("/roles", json={"name": name}).status_code for name in "bc"]

    assert statuses == [200, 200, 502, 200]


def test_a_fault_may_name_paths_by_a_regular_expression(a_tenant):
    tenant = a_tenant()
    _control(tenant, "POST", "faults", json={"path": "clients/[^/]+$", "action": "status:418"})
    assert tenant.get("/clients").status_code == 200
    assert tenant.get("/clients/one").status_code == 418


def test_a_fault_may_strike_by_chance(a_tenant):
    tenant = a_tenant()
    _control(tenant, "POST", "faults", json={"path": "/roles", "action": "status:503", "times": 1000, "chance": 0.3})
    statuses = [tenant.get("/roles").status_code for _ in range(200)]
    assert set(statuses) == {200, 503}
    assert 40 <= statuses.count(503) <= 80


MAIL = {"email": "ana@example.com", "connection": "people"}


def test_a_request_for_a_password_mail_meets_faults_too(a_tenant):
    tenant = a_tenant()
    connection = tenant.post("/connections", json={"name": "people", "strategy": "auth0"}).json()
    deployer = [{"client_id": credentials_of(tenant.tenant)["client_id"], "status": True}]
    tenant.patch(f"/connections/{connection['id']}/clients", json=deployer)
    ana = {"connection": "people", "email": MAIL["email"], "password": "Correct-horse-1"}
    assert tenant.post("/users", json=ana).status_code == 201
    for when in ("before_commit", "after_commit"):
        fault = {"method": "POST", "path": "dbconnections", "when": when, "action": "status:500"}
        _control(tenant, "POST", "faults", json=fault)
    requests = []
    for _ in range(3):
        answer = tenant.http.post("/dbconnections/change_password", json=MAIL)
        requests.append((answer.status_code, len(tenant.logs("scpr"))))
    assert requests == [(500, 0), (500, 1), (200, 2)]


def test_requests_for_password_mails_spend_from_the_authentication_apis_limit(a_tenant):
    tenant = a_tenant(tier=Tier.PAID)
    statuses = [tenant.http.post("/dbconnections/change_password", json=MAIL).status_code for _ in range(26)]
    assert statuses == [400] * 25 + [429]
    assert tenant.http.post("/oauth/token", json={}).headers["x-ratelimit-remaining"] == "0"


def test_a_dropped_connection_gets_no_answer(a_tenant):
    tenant = a_tenant()
    _control(tenant, "POST", "faults", json={"path": "/roles", "action": "drop"})
    with pytest.raises(Dropped):
        tenant.get("/roles")


def test_a_held_request_is_counted_and_let_go_when_faults_are_cleared(a_tenant):
    tenant = a_tenant()
    fault = {"method": "POST", "path": "/roles", "when": "after_commit", "action": "hang"}
    _control(tenant, "POST", "faults", json=fault)

    async def hold_and_release():
        transport = httpx.ASGITransport(app=tenant.app, client=("127.0.0.1", 1))
        async with httpx.AsyncClient(transport=transport, base_url="https://localhost:8443") as client:
            headers = {"authorization": f"Bearer {tenant.token}"}
            held = asyncio.ensure_future(client.post("/api/v2/roles", json={"name": "x"}, headers=headers))
            while tenant.app.runtime.faults.held == 0:  # noqa: ASYNC110 - one turn of the loop, no waiting
                await asyncio.sleep(0)
            shown = (await client.get("/_local/faults")).json()
            roles = (await client.get("/api/v2/roles", headers=headers)).json()
            await client.delete("/_local/faults")
            with pytest.raises(Dropped):
                await held
            return shown, roles, (await client.get("/_local/faults")).json()

    shown, roles, after = tenant.loop.run_until_complete(hold_and_release())
    assert shown["held"] == 1
    assert [role["name"] for role in roles] == ["x"]  # committed, although nobody was told
    assert after == {"faults": [], "held": 0}
