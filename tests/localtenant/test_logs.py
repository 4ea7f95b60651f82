"""Reading the tenant log."""

import pytest

from localtenant.errors import ManagementError
from localtenant.management.log_search import matching, types_in


@pytest.fixture
def tenant(a_tenant):
    """A tenant with three entries, a day apart."""
    tenant = a_tenant()
    for number, log_type in enumerate(("s", "f", "sapi")):
        tenant.tenant.log(log_type, f"entry {number}", client_id=f"client-{number}")
        tenant.clock.advance(86400)
    return tenant


def control(tenant, method, body):
    answer = tenant.http.request(method, "/_local/log", json=body)
    assert answer.status_code == 200, answer.text


def _descriptions(answer):
    assert answer.status_code == 200, answer.text
    body = answer.json()
    return [entry["description"] for entry in (body["logs"] if isinstance(body, dict) else body)]


def test_the_newest_entry_comes_first(tenant):
    assert _descriptions(tenant.get("/logs")) == ["entry 2", "entry 1", "entry 0"]


def test_the_order_may_be_turned(tenant):
    assert _descriptions(tenant.get("/logs?sort=date:1")) == ["entry 0", "entry 1", "entry 2"]


def test_a_search_may_be_paged_with_totals(tenant):
    answer = tenant.get("/logs?per_page=2&page=1&include_totals=true")
    assert _descriptions(answer) == ["entry 0"]
    assert {"start": 2, "limit": 2, "length": 1, "total": 3}.items() <= answer.json().items()


def test_fields_are_chosen(tenant):
    assert tenant.get("/logs?fields=type&per_page=1").json() == [{"type": "sapi"}]


def test_the_documented_search_for_changes_since_a_day_works(tenant):
    assert _descriptions(tenant.get("/logs", params={"q": "type:sapi AND date:[2026-11-24 TO *]"})) == ["entry 2"]


def test_a_checkpoint_gives_what_came_after_it_oldest_first_and_ignores_the_rest(tenant):
    first = tenant.logs()[0]["log_id"]
    answer = tenant.get("/logs", params={"from": first, "take": 1, "q": "type:s", "sort": "date:-1"})
    assert _descriptions(answer) == ["entry 1"]
    following = answer.headers["link"].partition(">")[0].removeprefix("<https://localhost:8443/api/v2")
    answer = tenant.get(following)
    assert _descriptions(answer) == ["entry 2"]
    last = tenant.get(answer.headers["link"].partition(">")[0].removeprefix("<https://localhost:8443/api/v2"))
    assert last.json() == []


def test_one_entry_is_read_by_its_id(tenant):
    entry = tenant.logs()[1]
    assert tenant.get(f"/logs/{entry['log_id']}").json() == entry
    assert tenant.get("/logs/900").status_code == 404


def test_the_entries_of_one_user_are_theirs_alone(tenant):
    tenant.tenant.log("s", "hers", user_id="auth0|1")
    assert _descriptions(tenant.get("/users/auth0%7C1/logs")) == ["hers"]
    assert _descriptions(tenant.get("/users/auth0%7C2/logs")) == []


def test_a_search_stops_at_a_thousand(tenant):
    assert tenant.get("/logs?per_page=100&page=9").status_code == 200
    assert tenant.get("/logs?per_page=100&page=10").status_code == 400


def test_reading_the_log_needs_its_scope(tenant):
    assert tenant.with_scopes("read:clients").get("/logs").status_code == 403


def an_entry(**changes):
    return {
        "type": "sapi",
        "date": "2026-11-23T10:00:00.000Z",
        "description": "Update a client",
        "client_id": "abc123",
        "details": {"request": {"path": "/api/v2/clients"}},
        **changes,
    }


@pytest.mark.parametrize(
    "query",
    [
        "type:sapi",
        'type:"sapi"',
        "type:(fapi sapi)",
        "type:(fapi OR sapi)",
        "NOT type:fapi",
        "type:fapi OR client_id:abc123",
        "type:sapi client_id:abc123",
        "client_id:abc*",
        "client_id:ab?123",
        '"Update a client"',
        'description:"Update a client"',
        "client",
        "date:[2026-11-23 TO 2026-11-23]",
        "date:{2026-11-22 TO *]",
        "date:[2026-11-23T09:00:00 TO 2026-11-23T11:00:00]",
        "_exists_:client_id",
        "NOT _exists_:user_id",
        "(type:fapi OR type:sapi) AND NOT client_id:other",
        "details.request.path:*clients",
    ],
)
def test_a_query_finds_the_entry(query):
    assert matching(query)(an_entry())


@pytest.mark.parametrize(
    "query",
    [
        "type:fapi",
        "type:SAPI",
        "NOT type:sapi",
        "type:sapi AND client_id:other",
        "client_id:abc",
        "date:[2026-11-24 TO *]",
        "date:{2026-11-23 TO *]",
        "_exists_:user_id",
    ],
)
def test_a_query_leaves_the_entry_out(query):
    assert not matching(query)(an_entry())


@pytest.mark.parametrize("query", ["type:", "(type:sapi", "type:sapi)", '"open', "date:[2026", ":"])
def test_a_query_that_cannot_be_read_is_refused(query):
    with pytest.raises(ManagementError) as caught:
        matching(query)
    assert caught.value.status == 400


def test_a_search_for_a_type_among_many_logins_does_not_look_at_the_logins(tenant, monkeypatch):
    control(tenant, "POST", {"logins": 2000})
    monkeypatch.setattr(tenant.tenant.store, "all", None)

    found = tenant.get(
        "/logs", params={"q": "type:(sapi OR fapi) AND date:[2026-11-01 TO *]", "include_totals": "true"}
    )

    assert found.json()["total"] == 1


@pytest.mark.parametrize(
    ("query", "types"),
    [
        ("type:sapi", {"sapi"}),
        ("type:(sapi OR fapi) AND date:[2026-11-22 TO *]", {"sapi", "fapi"}),
        ("type:(sapi fapi)", {"sapi", "fapi"}),
        ("type:sapi OR type:s", None),
        ("type:sapi AND client_id:a OR type:s", None),
        ("date:[2026-11-22 TO *] AND type:sapi", None),
        ("type:s*", None),
    ],
)
def test_only_what_surely_leaves_other_types_out_is_narrowed(query, types):
    assert types_in(query) == (None if types is None else frozenset(types))


def test_an_entry_may_come_late(tenant):
    control(tenant, "PUT", {"lag_seconds": 60})
    tenant.tenant.log("sapi", "late")

    assert "late" not in _descriptions(tenant.get("/logs"))
    tenant.clock.advance(61)
    control(tenant, "PUT", {})
    tenant.tenant.log("sapi", "later")
    assert _descriptions(tenant.get("/logs"))[:2] == ["later", "late"]


def test_an_entry_may_be_lost(tenant):
    control(tenant, "PUT", {"lose": 1})
    tenant.tenant.log("sapi", "lost")
    tenant.tenant.log("sapi", "kept")

    assert _descriptions(tenant.get("/logs"))[0] == "kept"
    assert "lost" not in _descriptions(tenant.get("/logs"))


def test_an_entry_may_carry_another_moment(tenant):
    control(tenant, "PUT", {"misdate_seconds": -86400 * 30})
    tenant.tenant.log("sapi", "misdated")

    assert _descriptions(tenant.get("/logs"))[-1] == "misdated"


def test_a_call_may_be_a_persons_in_the_dashboard(tenant):
    tenant.post("/roles", json={"name": "guests"}, headers={"x-local-person": "Ana Lima <ana@example.com>"})

    [entry] = [one for one in tenant.logs() if one["type"] == "sapi" and "role" in one["description"]]
    assert (entry["user_name"], entry["client_name"]) == ("Ana Lima", "Auth0 Dashboard")
    assert entry["details"]["request"]["channel"] == "ui"
    assert entry["details"]["request"]["auth"]["user"]["email"] == "ana@example.com"
